"""The numbers that a queue goes by."""

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
    max_kept: int = 64  # ended jobs, each with up to 2 MB of events and 3 MB of snapshots
    grace: float = 60  # between a visitor's leaving and the end of the visitor's jobs
    keep: float = 30 * 60  # an ended job
    limit: float = 20 * 60  # one job, from its start
    terminate_after: float = 6  # from asking a worker to stop: as long as it gives itself
    kill_after: float = 8
    job_memory: int = 500 * MEGABYTE  # that must be free for another job while one runs; the first one always starts
    warm_memory: int = 700 * MEGABYTE
    short_memory: int = 300 * MEGABYTE
    warm_unused: float = 10 * 60  # with no visitor here
    tick: float = 0.5  # between two looks at the clock; starts and stops do not wait for it
