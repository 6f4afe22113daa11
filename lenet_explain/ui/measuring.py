"""The simple methods measured again, by the visitor, on the digits that come with the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lenet_explain.jobs import JobState, QueueFull
from lenet_explain.lore.baselines import BASELINES, row_of
from lenet_explain.ui import state
from lenet_explain.ui.cache import jobs, visitor
from lenet_explain.ui.frame import plain, row, sentence

TICK = 0.5  # seconds between two looks while it goes on
_JOB = "baselines_job"  # of this visitor: the newest


def again() -> None:
    """Start, stop and follow the measurement."""
    job = state.value(_JOB)
    going = job if job and not jobs().state(job).over else None
    with row():
        st.button(
            "Measure them on the small digits", icon=":material/play_arrow:", key="measure", disabled=bool(going),
            on_click=_start, help="All of them learn and are tested in a worker process, in a few seconds.",
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", key="stop-measuring", disabled=not going, on_click=_stop, args=(going,)
        )
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    if job:
        st.fragment(_views, run_every=TICK if going else None)(job, going)


def _views(job: str, going: str | None) -> None:
    event = jobs().result(job) or jobs().latest(job)
    rows: Sequence[Mapping[str, Any]] = event.get("rows", []) if event else []
    _status(jobs().state(job), rows)
    if rows:
        lines = [
            "| method | misread | error (95 % interval) | numbers kept | multiply-accumulates |",
            "|---|---|---|---|---|",
        ]
        st.markdown("\n".join([*lines, *map(_line, rows)]))
    if going and jobs().state(going).over:
        st.rerun()


def _line(values: Mapping[str, Any]) -> str:
    found = row_of(values)
    low, high = found.reached.interval
    cells = (
        found.baseline.title,
        f"{found.total - found.right} of {found.total:,}",
        f"{found.error:.1f} % ({100 * (1 - high):.1f} to {100 * (1 - low):.1f})",
        found.cost.kept.line,
        found.cost.macs.line,
    )
    return f"| {' | '.join(cells)} |"


def _status(job: JobState, rows: Sequence[Mapping[str, Any]]) -> None:
    said = f"{len(rows)} of {len(BASELINES)} methods measured"
    if job.phase in ("failed", "lost"):
        st.error(plain(sentence(job.message or "the measurement has ended")))
    elif job.phase == "waiting":
        st.progress(0.0, text=f"Number {job.place} of {job.waiting} in the queue.")
    else:
        words = {"starting": "Starting the worker …", "stopping": "Stopping …"}
        text = said if job.phase == "running" else f"{job.phase}: {said}"
        st.progress(min(1.0, len(rows) / len(BASELINES)), text=words.get(job.phase, sentence(text)))


def _start() -> None:
    try:
        job = jobs().submit(visitor(), {"task": "baselines", "data": "digits"})
    except QueueFull as refusal:
        state.tell(str(refusal))
        return
    state.choose({_JOB: job})


def _stop(job: str | None) -> None:
    if job:
        jobs().cancel(job)
