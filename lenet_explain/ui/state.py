"""What one visitor has chosen and started. The only file that touches `st.session_state`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lenet_explain.training.recipe import Recipe
from lenet_explain.walk import Network

_RUNS, _FETCH, _NOTICE = "_runs", "_fetch", "_notice"
LAYER = "layer"  # the key of the widget that chooses a layer, and its name in the URL


@dataclass(frozen=True, slots=True)
class Setup:
    """What the controls say. problem: why this cannot be trained, or None."""

    network: Network
    data: str
    recipe: Recipe
    layer: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A training run that this visitor started."""

    job: str
    network: str
    data: str
    recipe: Recipe


def runs() -> Mapping[str, Run]:
    """The newest run of each network, by the network's key."""
    return st.session_state.get(_RUNS, {})


def remember_run(run: Run) -> None:
    st.session_state[_RUNS] = {**runs(), run.network: run}


def forget_run(network: str) -> None:
    st.session_state[_RUNS] = {key: run for key, run in runs().items() if key != network}


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


def component_value(key: str, name: str) -> Any:
    """What a browser component last said under this name, or None."""
    return st.session_state.get(key, {}).get(name)
