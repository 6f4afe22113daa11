"""Long work beside the web process: one worker process a job, first come first served.

A page submits a task, asks for its state and its events, and may cancel it; it never sees a process.
`Jobs` is what pages need; `Queue` keeps that promise on one machine.
"""

from lenet_explain.jobs.interface import Event, Events, Jobs, JobState, Phase, QueueFull, Snapshot
from lenet_explain.jobs.limits import Policy
from lenet_explain.jobs.machine import free_memory, usable_cores
from lenet_explain.jobs.queue import Queue

__all__ = [
    "Event",
    "Events",
    "JobState",
    "Jobs",
    "Phase",
    "Policy",
    "Queue",
    "QueueFull",
    "Snapshot",
    "free_memory",
    "usable_cores",
]
