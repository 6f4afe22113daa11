"""Work that a visitor asks the worker for and waits beside: a button, Stop, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lenet_explain.jobs import JobState
from lenet_explain.ui.parts import start_stop
from lenet_explain.ui.parts.frame import row, sentence
from lenet_explain.ui.parts.job_status import Reached, standing
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs, visitor

TICK = 0.5  # seconds between two looks while it goes on


@dataclass(frozen=True, slots=True)
class Request:
    """key: of its button, and part of the names of all else."""

    key: str
    label: str
    help: str
    task: Mapping[str, Any]

    @property
    def job_key(self) -> str:
        return f"{self.key}_job"  # of this visitor: the newest


def run(request: Request, views: Callable[[str], None]) -> None:
    """Start, stop and follow it; views(job) shows what there is, again and again while it goes on."""
    visitor()
    job = state.value(request.job_key)
    going = job if job and not jobs().state(job).over else None
    with row():
        st.button(
            request.label, icon=":material/play_arrow:", key=request.key, disabled=bool(going), on_click=_start,
            args=(request,), help=request.help,
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", key=f"stop-{request.key}", disabled=not going, on_click=_stop,
            args=(request, going),
        )  # fmt: skip
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


def _start(request: Request) -> None:
    if job := start_stop.start(request.task):
        state.choose({request.job_key: job})


def _stop(request: Request, job: str | None) -> None:
    if job and start_stop.stop(job):
        state.choose({request.job_key: None})
