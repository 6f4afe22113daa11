"""Who is next, and how long until then."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean
from typing import TYPE_CHECKING

from lenet_explain.jobs.interface import Turn

if TYPE_CHECKING:
    from lenet_explain.jobs.job import Job

REMEMBERED = 8  # ended jobs of each kind


def in_turn(waiting: Iterable[Job], running: Iterable[Job], served: Mapping[str, float]) -> list[Job]:
    """The waiting jobs in the order in which they will start: everyone's first, then everyone's second, and so on;
    among these, whose turn was longest ago.

    waiting: as they came; running: count as their owners' first; served: when each owner's turn was last
    """
    asked = Counter(job.owner for job in running)
    ranked: list[tuple[int, float, int, Job]] = []
    for number, job in enumerate(waiting):
        ranked.append((asked[job.owner], served.get(job.owner, 0.0), number, job))
        asked[job.owner] += 1
    return [job for *_, job in sorted(ranked, key=lambda one: one[:3])]


def waits(left: Sequence[float], needs: Iterable[float]) -> list[float]:
    """Seconds until each waiting job starts, as many running at once as now.

    left: how much longer each running job goes on; needs: how long each waiting job takes, in their turn
    """
    free = list(left) or [0.0]
    heapq.heapify(free)
    found: list[float] = []
    for need in needs:
        found.append(free[0])
        heapq.heapreplace(free, free[0] + need)
    return found


class Pace:
    """How long jobs of each kind have taken lately."""

    def __init__(self, limit: float) -> None:
        """limit: seconds that a job may take, with the time that its process has to end"""
        self._limit = limit
        self._taken: dict[str, deque[float]] = {}

    def ended(self, job: Job) -> None:
        if job.phase in ("finished", "stopped"):
            self._taken.setdefault(job.kind, deque(maxlen=REMEMBERED)).append(job.ended - job.began)

    def usual(self, kind: str) -> float:
        """Of the same kind; where none has ended yet, of all; where none has at all, the limit."""
        taken = self._taken.get(kind) or [one for all_of_kind in self._taken.values() for one in all_of_kind]
        return mean(taken) if taken else self._limit

    def left(self, job: Job, now: float) -> float:
        """How much longer a running job goes on: by the share of its work that is done, else by what is usual."""
        spent = now - job.began
        at_work = now - job.at_work_since
        known = job.share is not None and job.share > 0
        guess = at_work * (1 - job.share) / job.share if known and job.share else self.usual(job.kind) - spent
        return max(0.0, min(guess, self._limit - spent))

    def turns(self, line: Sequence[Job], running: Sequence[Job], now: float) -> list[Turn]:
        """When each job of the line will start. now: on the clock of Job.began"""
        likely = waits([self.left(job, now) for job in running], [self.usual(job.kind) for job in line])
        latest = waits([max(0.0, self._limit - (now - job.began)) for job in running], [self._limit] * len(line))
        return [Turn(min(pair), max(pair)) for pair in zip(likely, latest, strict=True)]
