"""Something that a visitor asks the worker for and waits beside: a button, Stop, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lenet_explain.jobs import JobState, QueueFull
from lenet_explain.ui import state
from lenet_explain.ui.cache import jobs, visitor
from lenet_explain.ui.frame import row, sentence
from lenet_explain.ui.standing import Reached, standing

TICK = 0.5  # seconds between two looks while it goes on


@dataclass(frozen=True, slots=True)
class Errand:
    """key: of its button, and part of the names of all else."""

    key: str
    label: str
    help: str
    task: Mapping[str, Any]

    @property
    def job_key(self) -> str:
        return f"{self.key}_job"  # of this visitor: the newest


def run(errand: Errand, views: Callable[[str], None]) -> None:
    """Start, stop and follow it; views(job) shows what there is, again and again while it goes on."""
    job = state.value(errand.job_key)
    going = job if job and not jobs().state(job).over else None
    with row():
        st.button(
            errand.label, icon=":material/play_arrow:", key=errand.key, disabled=bool(going), on_click=_start,
            args=(errand,), help=errand.help,
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", key=f"stop-{errand.key}", disabled=not going, on_click=_stop, args=(going,)
        )
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    if job:
        st.fragment(_followed, run_every=TICK if going else None)(views, job, going)


def progress(job: JobState, share: float, said: str) -> None:
    """One line and a bar. said: how far it is, in words."""
    words = {"running": sentence(said), "stopping": "Stopping …"}
    reached = Reached(share, words.get(job.phase, sentence(f"{job.phase}: {said}")))
    standing(job, reached if job.phase != "starting" else None, Reached(0.0, ""), "worker")


def _followed(views: Callable[[str], None], job: str, going: str | None) -> None:
    views(job)
    if going and jobs().state(going).over:
        st.rerun()


def _start(errand: Errand) -> None:
    try:
        job = jobs().submit(visitor(), errand.task)
    except QueueFull as refusal:
        state.tell(str(refusal))
        return
    state.choose({errand.job_key: job})


def _stop(job: str | None) -> None:
    if job:
        jobs().cancel(job)
