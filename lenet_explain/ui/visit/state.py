"""What one visitor has chosen and started. The only file that touches `st.session_state`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from lenet_explain.results.ablation import Ablation, Row, Rows, Setting
from lenet_explain.results.record import NAME, Record
from lenet_explain.results.strongest import Unit
from lenet_explain.ui.training.race_values import Race
from lenet_explain.ui.visit.values import Drafts, Loaded, Lost, Pictured, Run, Started

_RUNS, _RACE, _RECORDS, _FETCH, _NOTICE = "_runs", "_race", "_records", "_fetch", "_notice"
_SUGGESTED = "_suggested"
_NEWEST, _LEAD = "_newest", "_lead"
_EVIDENCE = "_evidence"
_LOADED, _REFUSED = "_loaded", "_refused"
_STEP, _LOOKED = "step", "_looked"  # the moment of a run: its name in the URL, and what is remembered of it
_ABLATION, _ROWS = "_ablation", "_rows"
_SEARCHES = "_searches"
_OWN_NETWORK, _CODE, _DRAFTS = "_own_network", "_code", "_drafts"
_PICTURE = "_picture"
KEPT = 50  # runs of one visitor; the oldest are forgotten first
LAYER = "layer"  # the key of the widget that chooses a layer, and its name in the URL


def runs() -> Mapping[str, Run]:
    """The newest run of each network, by the network's key."""
    return st.session_state.get(_RUNS, {})


def remember_run(run: Run) -> None:
    st.session_state[_RUNS] = {**runs(), run.network: run}
    _record(run.job, "", run.network, run.data, run.recipe)


def forget_run(network: str) -> None:
    st.session_state[_RUNS] = {key: run for key, run in runs().items() if key != network}


def loaded() -> Mapping[str, Loaded]:
    """The file last loaded for each network, by the network's key."""
    return st.session_state.get(_LOADED, {})


def remember_loaded(file: Loaded) -> None:
    st.session_state[_LOADED] = {**loaded(), file.card.network: file}


def reset(network: str) -> None:
    """Forget the newest run of this network; where there is none, the file loaded for it."""
    if network in runs():
        forget_run(network)
    else:
        st.session_state[_LOADED] = {key: file for key, file in loaded().items() if key != network}


def own_network() -> str | None:
    """The text of the network that this visitor has built."""
    return st.session_state.get(_OWN_NETWORK)


def keep_own_network(text: str) -> None:
    st.session_state[_OWN_NETWORK] = text


def known_code() -> str | None:
    """The code of the network in the link, once it is taken up or was put there."""
    return st.session_state.get(_CODE)


def know(code: str) -> None:
    st.session_state[_CODE] = code


def drafts() -> Drafts:
    return st.session_state.get(_DRAFTS, Drafts())


def remember_drafts(drafts: Drafts) -> None:
    st.session_state[_DRAFTS] = drafts


def picture() -> Pictured:
    """The picture that this visitor handed over last; one without content where there is none."""
    return st.session_state.get(_PICTURE, Pictured())


def remember_picture(picture: Pictured) -> None:
    st.session_state[_PICTURE] = picture


def value(key: str) -> Any:
    """What a widget says at this moment, for a callback or a fragment drawn before it changed; None where it is not
    drawn."""
    return st.session_state.get(key)


def refuse(message: str | None) -> None:
    """Keep why the file in the upload field was not taken, until there is another."""
    st.session_state[_REFUSED] = message


def refused() -> str | None:
    return st.session_state.get(_REFUSED)


def race() -> Race | None:
    """This visitor's newest race."""
    return st.session_state.get(_RACE)


def remember_race(race: Race) -> None:
    st.session_state[_RACE] = race
    for name, lane in zip("ab", race.setup.lanes, strict=True):
        _record(race.job, name, lane.network.key, race.setup.data, lane.recipe)


def searches() -> Mapping[Unit, str]:
    """The newest job that looks for the input of a unit, by unit, oldest first."""
    return st.session_state.get(_SEARCHES, {})


def remember_search(unit: Unit, job: str) -> None:
    others = {one: kept for one, kept in searches().items() if one != unit}
    st.session_state[_SEARCHES] = {**dict(list(others.items())[-KEPT:]), unit: job}


def forget_search(job: str) -> None:
    st.session_state[_SEARCHES] = {unit: kept for unit, kept in searches().items() if kept != job}


def ablation() -> Ablation | None:
    """This visitor's newest ablation."""
    return st.session_state.get(_ABLATION)


def remember_ablation(ablation: Ablation | None) -> None:
    st.session_state[_ABLATION] = ablation


def evidence() -> Mapping[str, Any] | None:
    """The attribution that this visitor asked for last: when, its job, None where it was refused, image and network."""
    return st.session_state.get(_EVIDENCE)


def remember_evidence(asked: Mapping[str, Any]) -> None:
    st.session_state[_EVIDENCE] = asked


def all_rows() -> Mapping[Setting, Rows]:
    """What this visitor's ablations have found, by their settings and the variation's key."""
    return st.session_state.get(_ROWS, {})


def keep_rows(setting: Setting, found: Mapping[str, Row]) -> None:
    """Also of other settings some are kept: the oldest are forgotten first."""
    others = {key: kept for key, kept in st.session_state.get(_ROWS, {}).items() if key != setting}
    recent = dict(list(others.items())[-KEPT:])
    st.session_state[_ROWS] = {**recent, setting: dict(found)}


def records() -> tuple[Record, ...]:
    """This visitor's runs of this session, oldest first, at most KEPT of them; lanes of races among them."""
    return st.session_state.get(_RECORDS, ())


def change_records(change: Callable[[Record], Record | None]) -> None:
    """Each record as `change` gives it back; where that is None, it is forgotten."""
    st.session_state[_RECORDS] = tuple(found for found in map(change, records()) if found is not None)


def name_records(names: Mapping[str, str]) -> None:
    """names: by Record.key, as the visitor wrote them."""
    change_records(lambda one: replace(one, name=" ".join(names.get(one.key, one.name).split())[:NAME]))


def _record(*settings: Any) -> None:
    """settings: job, lane, network, data and recipe of a Record."""
    number = max((record.number for record in records()), default=0) + 1
    st.session_state[_RECORDS] = (*records(), Record(number, *settings, began=time.time()))[-KEPT:]


def newest() -> Started | Lost | None:
    """What this visitor started last; until there is something, what an earlier visit in this tab has lost."""
    return st.session_state.get(_NEWEST)


def remember_newest(job: Started | Lost | None) -> None:
    st.session_state[_NEWEST] = job


def lead_to(task: Mapping[str, Any]) -> None:
    """Let the next run of the app go to the page where this task is seen."""
    st.session_state[_LEAD] = task


def led_to() -> Mapping[str, Any] | None:
    """The task given to `lead_to`, once."""
    return st.session_state.pop(_LEAD, None)


def fetch_job() -> str | None:
    """The job that fetches a data set for this visitor."""
    return st.session_state.get(_FETCH)


def remember_fetch(job: str | None) -> None:
    st.session_state[_FETCH] = job


def tell(message: str) -> None:
    """Keep a sentence for the next run of the page."""
    st.session_state[_NOTICE] = message


def told() -> str | None:
    """The sentence kept by `tell`, once."""
    return st.session_state.pop(_NOTICE, None)


def choose_layer(name: str) -> None:
    """Set the layer that every view follows; to be called before its widget is drawn, as from a callback."""
    st.session_state[LAYER] = name


def choose(values: Mapping[str, Any]) -> None:
    """Set widgets by their keys; to be called from a callback."""
    for key, value in values.items():
        st.session_state[key] = value


def suggest(values: Mapping[str, Any]) -> None:
    """Set widgets before they are drawn, once in a visit, and only where the link says nothing of any of them.

    Streamlit writes what is set into the URL only for a widget that is there already: hence the second time.
    """
    said = st.session_state.get(_SUGGESTED, 0)
    if said == 0 and not set(values) & set(st.query_params):
        choose(values)
    elif said == 1:
        choose({key: st.session_state[key] for key in values if key in st.session_state})
    st.session_state[_SUGGESTED] = said + 1


def asked_step() -> int | None:
    """The step of a run to look at: as the link says, else where this visitor last stopped."""
    said = st.query_params.get(_STEP, "")
    return int(said) if said.isdecimal() and len(said) < 10 else st.session_state.get(_LOOKED)


def look_at_step(step: int) -> None:
    st.session_state[_LOOKED] = step
    st.query_params[_STEP] = str(step)


def component_value(key: str, name: str) -> Any:
    """What a browser component last said under this name, or None."""
    return st.session_state.get(key, {}).get(name)
