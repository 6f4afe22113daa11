"""The later networks read out of torchvision's modules again, and held against the file that comes with the app."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lenet_explain.descendants import DescentError, Reading, compared, reading_of
from lenet_explain.jobs import JobState, QueueFull
from lenet_explain.lore.descendants import heritage_of
from lenet_explain.ui import state
from lenet_explain.ui.cache import jobs, visitor
from lenet_explain.ui.frame import plain, row, sentence

TICK = 0.5  # seconds between two looks while it goes on
_JOB = "descendants_job"  # of this visitor: the newest


def again(shown: Reading) -> None:
    """Start, stop and follow the reading; at its end, whether it agrees with what is shown."""
    job = state.value(_JOB)
    going = job if job and not jobs().state(job).over else None
    with row():
        st.button(
            "Read them out again", icon=":material/play_arrow:", key="read-out", disabled=bool(going),
            on_click=_start, help="In a worker process, on torch's meta device: shapes without numbers, no weights.",
        )  # fmt: skip
        st.button("Stop", icon=":material/stop:", key="stop-reading", disabled=not going, on_click=_stop, args=(going,))
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    if job:
        st.fragment(_views, run_every=TICK if going else None)(job, shown, going)


def _views(job: str, shown: Reading, going: str | None) -> None:
    result = jobs().result(job)
    if result and "networks" in result:
        _verdict(result, shown)
    else:
        _status(jobs().state(job), jobs().latest(job) or {})
    if going and jobs().state(going).over:
        st.rerun()


def _verdict(result: dict[str, Any], shown: Reading) -> None:
    try:
        found = reading_of(result)
    except DescentError as error:
        st.error(plain(sentence(str(error))))
        return
    differ, parts = compared(shown, found), sum(len(one.parts) for one in found.networks.values())
    if differ:
        lines = "\n".join(f"- {plain(one)}" for one in differ)
        st.warning(
            f"Not the same as shown above ({plain(shown.software)}), read out of {plain(found.software)}:\n{lines}"
        )
    else:
        st.success(
            f"The same as shown above: all {parts:,} parts of {len(found.networks)} networks, read out of "
            f"{plain(found.software)}.",
            icon=":material/check:",
        )


def _status(job: JobState, event: dict[str, Any]) -> None:
    done, of = int(event.get("done", 0)), int(event.get("of", 1))
    said = f"{done} of {of} networks read" if event else "nothing read yet"
    if event and job.phase == "running":
        said = f"{said}, now {heritage_of(str(event['reading'])).title}"
    if job.phase in ("failed", "lost"):
        st.error(plain(sentence(job.message or "the reading has ended")))
    elif job.phase == "waiting":
        st.progress(0.0, text=f"Number {job.place} of {job.waiting} in the queue.")
    else:
        words = {"starting": "Starting the worker …", "stopping": "Stopping …"}
        shown = said if job.phase == "running" else f"{job.phase}: {said}"
        st.progress(min(1.0, done / of), text=words.get(job.phase, sentence(shown)))


def _start() -> None:
    try:
        job = jobs().submit(visitor(), {"task": "descendants"})
    except QueueFull as refusal:
        state.tell(str(refusal))
        return
    state.choose({_JOB: job})


def _stop(job: str | None) -> None:
    if job:
        jobs().cancel(job)
