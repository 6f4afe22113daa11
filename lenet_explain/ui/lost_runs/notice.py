"""A visitor who comes back in a new visit: what the last one in the same tab has lost, and why.

The browser's tab keeps a note of what was started last. What it hands back is not to be trusted: it is read as settings
in a link are, and at most stops a job whose visitor is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from lenet_explain.jobs import Policy
from lenet_explain.jobs.interface import OVER
from lenet_explain.network.named import network_named
from lenet_explain.recipes.differences import nearest_recipe
from lenet_explain.ui.lost_runs import again
from lenet_explain.ui.lost_runs.task_words import WRONG, Params, Task, in_words, page_of, run_of
from lenet_explain.ui.parts.controls import Form
from lenet_explain.ui.parts.frame import row, sentence
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import custom_network, links, state
from lenet_explain.ui.visit.cache import jobs, visitor
from lenet_explain.ui.visit.values import Lost, Started

TICK = 2.0  # seconds between two notes while a job goes on
_SAME = "With the same settings."
_NUMBERS = ("passes", "seed")  # parameters whose controls hold numbers, not words
_VISIT = register("page/visit")


def follow() -> None:
    """On every page: the tab's note of what this visit started is renewed, and what an earlier one lost is told."""
    visitor()
    newest = state.newest()
    going = isinstance(newest, Started) and not jobs().state(newest.job).over
    st.fragment(_follow, run_every=TICK if going else None)()


def _follow() -> None:
    if task := state.led_to():
        _go_to(*page_of(task))
    newest = state.newest()
    note = _note(newest) if isinstance(newest, Started) else None
    name = hashlib.sha256(visitor().encode()).hexdigest()[:16]
    told = _VISIT(key="visit", data=[{"visit": name, "note": note}], on_left_change=lambda: None, height="content")
    if told["left"] and newest is None:
        state.remember_newest(_lost(told["left"]))
    if isinstance(lost := state.newest(), Lost) and not lost.dismissed:
        _tell(lost)


def _note(newest: Started) -> dict[str, Any]:
    now, latest = jobs().state(newest.job), jobs().latest(newest.job) or {}
    return {
        "server": jobs().started,
        "job": newest.job,
        "task": newest.task,
        "began": newest.began,
        "phase": now.phase,
        "share": latest.get("share", 0.0),
        "step": latest.get("step"),
        "steps": latest.get("steps"),
        "runs": len(state.records()),
    }


def _lost(left: Any) -> Lost | None:
    """None where it cannot be read, where it goes on in another tab, and where its result is there for everyone."""
    try:
        task, job, began = again.checked(dict(left["task"])), str(left["job"]), float(left["began"])
        _words(Lost(task, began, "", "", 0))
        page_of(task)
        reached, runs = _reached(left), int(left["runs"])
    except WRONG:
        return None
    if task["task"] in Policy().share_work and left.get("phase") in OVER:
        return None  # what it gave lies in files
    restarted = left.get("server") != jobs().started
    if not restarted and (_result_is_there(task, job) or not jobs().left_behind(job)):
        return None
    if restarted:
        why = "the server was restarted"
    elif left.get("reloaded"):
        why = "the page was loaded anew, and each load begins a new visit"
    else:
        why = "the connection was gone for so long that the server gave the visit up"
    return Lost(task, began, reached, why, runs)


def _reached(left: Mapping[str, Any]) -> str:
    """How far it had come, in words. Raises ValueError for what is no share, TypeError for what is no number."""
    share, step, steps = float(left["share"]), left.get("step"), left.get("steps")
    if not 0 <= share <= 1:
        raise ValueError("a share is from 0 to 1")
    at = f"step {int(step):,} of {int(steps):,}" if step is not None and steps is not None else f"{share:.0%}"
    phase = left.get("phase")
    if phase == "waiting":
        return "waited in the queue"
    return f"had ended ({phase}) at {at}" if phase in OVER else f"had reached {at}"


def _result_is_there(task: Task, job: str) -> bool:
    """Whoever asks for the same again gets it at once."""
    return task["task"] in Policy().share_results and jobs().state(job).phase == "finished"


def _words(lost: Lost) -> str:
    words = f"{in_words(lost.task)}, started at {_clock(lost.began)}, {lost.reached} and is lost: {lost.why}"
    table = f" The table of that visit's {lost.runs} runs is gone too." if lost.runs > 1 else ""
    return f"{sentence(words)}{table}"


def _tell(lost: Lost) -> None:
    st.warning(_words(lost), icon=":material/history_toggle_off:")
    if refused := state.told():
        st.warning(sentence(refused), icon=":material/info:")
    with row():
        if again.startable(lost.task):
            st.button(
                "Start it again", key="start-again", icon=":material/restart_alt:", help=_SAME, on_click=_start_again,
                args=(lost.task,),
            )  # fmt: skip
        else:
            page, params = page_of(lost.task)
            st.page_link(page, label="Open its page again", icon=":material/arrow_forward:", query_params=dict(params))
        if st.button("Dismiss", key="dismiss-lost", icon=":material/close:"):
            state.remember_newest(replace(lost, dismissed=True))
            st.rerun()


def _start_again(task: Task) -> None:
    """With the controls of its page set to what it is."""
    if not again.again(task):
        return
    state.lead_to(task)
    if run := run_of(task):
        recipe, changed = nearest_recipe(run.recipe, network_named(run.network))
        values = links.widget_values(run.network, recipe, changed, Form())
        custom_network.choose(run.network, {**values, "network": custom_network.option(run.network), "data": run.data})
    else:
        params = page_of(task)[1].items()
        state.choose({name: float(str(value)) if name in _NUMBERS else value for name, value in params})


def _go_to(page: str, params: Params) -> None:
    """Streamlit takes no parameter for which the page on screen has a widget; the controls are set without it too."""
    try:
        st.switch_page(page, query_params=dict(params))
    except StreamlitAPIException:
        st.switch_page(page, query_params={})


def _clock(began: float) -> str:
    """The time of day where the visitor is: '14:03'"""
    offset = st.context.timezone_offset
    zone = None if offset is None else timezone(timedelta(minutes=-offset))
    return f"{datetime.fromtimestamp(began, UTC).astimezone(zone):%H:%M}"
