"""Where a job stands, in one line and a bar: the same words wherever a visitor waits."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from lenet_explain.jobs import JobState, Policy
from lenet_explain.jobs.durations import in_time
from lenet_explain.ui.parts.frame import plain, sentence

SILENCE = 15  # seconds without a sign of life that are told


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
        _bar(Reached(0.0, in_line(job)))
    elif reached is None:
        words = {"stopped": "Stopped before the first step.", "stopping": "Stopping …"}
        _bar(Reached(0.0, words.get(job.phase, f"Starting the {name} …")))
    else:
        _bar(reached)
    if job and job.phase == "stopped" and job.message:
        stays = "; what it reached until then stays" if reached else ""
        st.warning(plain(sentence(f"{job.message}{stays}")), icon=":material/timer_off:")
    if job and (silence := silent(job, name)):
        st.warning(silence, icon=":material/heart_broken:")


def in_line(job: JobState) -> str:
    """The place of a job that waits, and when its turn comes."""
    words = f"Number {job.place} of {job.waiting} in the queue"
    if job.turn is None:
        return f"{words}."
    soon, late = in_time(job.turn.likely), in_time(job.turn.latest)
    if soon == late:
        return f"{words}: its turn comes in {late} at the latest."
    return f"{words}: its turn comes in about {soon}, in {late} at the latest."


def silent(job: JobState, name: str) -> str | None:
    """A sentence where the process has given no sign of life for a while."""
    if job.over or job.silent < SILENCE:
        return None
    limit = in_time(Policy().silent_limit)
    return (
        f"No sign of life from the {name} for {job.silent:.0f} s: it may hang. Stop ends it within 3 s; after {limit} "
        "without one it is ended by itself."
    )


def _bar(reached: Reached) -> None:
    st.progress(min(1.0, reached.share), text=reached.said)
