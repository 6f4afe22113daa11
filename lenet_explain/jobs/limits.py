"""Limits and timeouts of the job queue."""

from __future__ import annotations

from dataclasses import dataclass, field

from lenet_explain.jobs.machine import usable_cores

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Policy:
    """Times in seconds, memory in bytes.

    A ready worker holds about 330 MB, and a training one up to 480 MB on MNIST. So one is made ready only where
    `warm_memory` is free, and given up below `short_memory`: far enough apart that giving it up does not make it
    start again.
    """

    max_running: int = field(default_factory=usable_cores)
    max_waiting: int = 100
    max_of_one: int = 3  # unfinished jobs of one browser, in all its tabs; of one tab it is one
    max_kept: int = 64  # ended jobs, each with up to 2 MB of events and 3 MB of snapshots
    max_kept_of_one: int = 16  # of them for one browser
    grace: float = 60  # between a visitor's leaving and the end of the visitor's jobs
    keep: float = 30 * 60  # an ended job
    keep_left: float = 2 * 60  # an ended job of a visitor who has left: as long as Streamlit keeps a visit
    limit: float = 20 * 60  # one job, from its start
    terminate_after: float = 6  # from asking a worker to stop: as long as it gives itself
    kill_after: float = 8
    deaf_after: float = 2.0  # a worker that was asked to stop and has given no sign of life for so long is killed
    surely_deaf_after: float = 8  # one that has been silent so long when it is asked to stop is killed at once
    silent_limit: float = 60  # any other
    job_memory: int = 500 * MEGABYTE  # that must be free for another job while one runs; the first one always starts
    warm_memory: int = 700 * MEGABYTE
    short_memory: int = 300 * MEGABYTE
    warm_unused: float = 10 * 60  # with no visitor here
    spare_descriptors: int = 40  # open files and connections that must be left for a job: a worker takes six
    share_results: frozenset[str] = frozenset({"ablation", "attribution", "baselines", "descendants", "preferences"})
    share_work: frozenset[str] = frozenset({"fetch"})  # what it gives lies in files, which may be gone by the next time
    tick: float = 0.5  # between two looks at the clock; starts and stops do not wait for it
