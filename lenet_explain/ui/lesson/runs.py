"""A visitor's training runs: start, stop, forget, and what stands in the way."""

from __future__ import annotations

import streamlit as st

from lenet_explain.data.datasets import DATASETS
from lenet_explain.network.named import short_name
from lenet_explain.ui.parts import start_stop
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.training import recorded_runs
from lenet_explain.ui.visit import mnist, state
from lenet_explain.ui.visit.cache import jobs, visitor
from lenet_explain.ui.visit.values import Run, Setup

Active = frozenset[str]  # keys of the networks whose run has not ended


def run_of(setup: Setup) -> Run | None:
    """This visitor's newest run of the network on screen."""
    return state.runs().get(setup.network.key)


def active() -> Active:
    """Asked once a run of the page and handed on, so that buttons and views agree."""
    visitor()
    recorded_runs.going_on()
    return frozenset(key for key, run in state.runs().items() if not jobs().state(run.job).over)


def buttons(setup: Setup, busy: Active) -> None:
    """Train, Stop and Reset. To be called inside a row."""
    jobs().warm()
    run, here = run_of(setup), setup.network.key in busy
    why = "One run at a time: stop the other one first, or wait until it ends." if busy and not here else None
    ready = not busy and not setup.problem and mnist.ready(setup.data)
    st.button(
        "Train", type="primary", icon=":material/play_arrow:", key="train", shortcut="Ctrl+Enter", help=why,
        disabled=not ready, on_click=_start, args=(setup,),
    )  # fmt: skip
    st.button("Stop", icon=":material/stop:", key="stop", disabled=not here, on_click=_stop, args=(run,))
    st.button(
        "Reset", icon=":material/restart_alt:", key="reset",
        disabled=here or (run is None and setup.network.key not in state.loaded()),
        on_click=state.reset, args=(setup.network.key,), help="Back to the weights before training",
    )  # fmt: skip


def notes(setup: Setup, busy: Active) -> None:
    """What stands in the way of training, where something does: a refusal, a misfit, another run, missing files."""
    others = busy - {setup.network.key}
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    if setup.problem:
        words = f"This recipe cannot train {short_name(setup.network.key)}: {setup.problem}"
        st.error(sentence(words), icon=":material/block:")
    if others:
        st.info(f"{short_name(min(others))} is still training: choose it above to watch or to stop it.")
    mnist.offer(setup.data)


def credit(setup: Setup) -> None:
    """Where the digits come from."""
    data = DATASETS[setup.data]
    st.caption(f"{data.title}: {sentence(data.summary)} Source: {data.source}. Licence: {data.licence}.")


def _start(setup: Setup) -> None:
    task = {"task": "train", "network": setup.network.key, "recipe": setup.recipe.as_dict(), "data": setup.data}
    if job := start_stop.start(task):
        state.remember_run(Run(job, setup.network.key, setup.data, setup.recipe))


def _stop(run: Run | None) -> None:
    if run:
        start_stop.stop(run.job)
