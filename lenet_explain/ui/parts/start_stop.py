"""How every page starts a job and stops it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from lenet_explain.jobs import QueueFull
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs, visitor
from lenet_explain.ui.visit.values import Started


def start(task: Mapping[str, Any]) -> str | None:
    """The job's name; None where it is refused, with the reason kept for the page."""
    try:
        job = jobs().submit(visitor(), task)
    except QueueFull as refusal:
        state.tell(str(refusal))
        return None
    state.remember_newest(Started(job, task, time.time()))
    return job


def stop(job: str) -> bool:
    """This visitor wants it no more. Returns whether it goes on for others, who asked for the same."""
    return jobs().cancel(job, visitor())
