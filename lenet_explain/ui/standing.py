"""Where a job stands, in one line and a bar: the same words wherever a visitor waits."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from lenet_explain.jobs import JobState
from lenet_explain.ui.frame import plain, sentence


class Reached(NamedTuple):
    """share: from 0 to 1; said: how far it is, in words."""

    share: float
    said: str


def standing(job: JobState | None, reached: Reached | None, before: Reached, name: str = "training process") -> None:
    """reached: by the job, None until it has told; before: what stands there while there is no job; name: of who
    works."""
    if job is None:
        _bar(before)
    elif job.phase in ("failed", "lost"):
        st.error(plain(sentence(job.message or f"the {name} has ended")))
    elif job.phase == "waiting":
        _bar(Reached(0.0, f"Number {job.place} of {job.waiting} in the queue."))
    elif reached is None:
        words = {"stopped": "Stopped before the first step.", "stopping": "Stopping …"}
        _bar(Reached(0.0, words.get(job.phase, f"Starting the {name} …")))
    else:
        _bar(reached)
    if job and job.phase == "stopped" and job.message:
        stays = "; what it reached until then stays" if reached else ""
        st.warning(plain(sentence(f"{job.message}{stays}")), icon=":material/timer_off:")


def _bar(reached: Reached) -> None:
    st.progress(min(1.0, reached.share), text=reached.said)
