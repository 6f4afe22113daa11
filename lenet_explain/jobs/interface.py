"""What a page may ask of whoever runs its jobs, on one machine or on many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Event = dict[str, Any]

Phase = Literal["waiting", "starting", "running", "stopping", "finished", "stopped", "failed", "lost"]

OVER: frozenset[Phase] = frozenset({"finished", "stopped", "failed", "lost"})


class QueueFull(Exception):  # noqa: N818 - a refusal with its reason, not a fault
    """The job was not taken; the message says why and what the visitor can do."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds until a waiting job starts. likely: by the progress of those that run, and by how long such jobs have
    taken; latest: if each job before it takes all the time that a job may take."""

    likely: float
    latest: float


@dataclass(frozen=True, slots=True)
class JobState:
    """Where a job stands.

    place        1 for the next to start; None unless the job is waiting
    waiting      how many jobs wait, this one included
    message      one sentence for the visitor when the job failed, was lost or is being stopped by the queue; else None
    started_at, ended_at   seconds since 1970; None before
    turn         seconds until it starts, as far as can be told; None unless it waits
    silent       seconds since its process last gave a sign of life; 0 where it has none
    """

    phase: Phase
    place: int | None = None
    waiting: int = 0
    message: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    turn: Turn | None = None
    silent: float = 0.0

    @property
    def over(self) -> bool:
        return self.phase in OVER


@dataclass(frozen=True, slots=True)
class Events:
    """The small part of a job's progress events, oldest first, and what to pass as `since` next time."""

    entries: tuple[Event, ...]
    next: int


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A run at one of its steps. confusion: (classes, classes); weights: halved to float16."""

    step: int
    confusion: NDArray[np.int64]
    weights: Mapping[str, Mapping[str, NDArray[np.float16]]]


class Jobs(Protocol):
    """Every method returns at once. A job that is no longer kept is lost, without events: nothing raises for it.

    A visitor is one visit in one tab, a browser whoever has it, in all tabs. Some jobs depend on nothing of a
    visitor's: those who ask for the same one share it. Events are shared between callers: read them, never change them.
    """

    @property
    def started(self) -> str:
        """A name of this start of the server, another one after each restart."""
        ...

    def submit(self, visitor: str, task: Mapping[str, Any]) -> str:
        """Take a task for a visitor and return the job's name, which cannot be guessed. Raises QueueFull."""
        ...

    def state(self, job: str) -> JobState: ...

    def events(self, job: str, since: int = 0) -> Events:
        """Progress from number `since` on: numbers, truth values, short texts and short lists only."""
        ...

    def first(self, job: str) -> Event | None:
        """The first whole progress event, such as the filters before training."""
        ...

    def latest(self, job: str) -> Event | None:
        """The newest progress event with large fields, whole; where none had any, the newest."""
        ...

    def snapshots(self, job: str) -> tuple[Snapshot, ...]:
        """A few dozen moments of a run at most, oldest first, with the first and the newest."""
        ...

    def result(self, job: str) -> Event | None:
        """What the task ended with; also of a stopped job, where it ended in time."""
        ...

    def cancel(self, job: str, visitor: str | None = None) -> bool:
        """The visitor wants it no more: it is stopped unless others share it; None: it is stopped for all. Returns
        whether it goes on."""
        ...

    def claim(self, visitor: str, browser: str | None = None, address: str | None = None) -> None:
        """The visitor is here (again), in this browser. Where this is the browser's only open tab, what its earlier
        visits have left running is stopped. address: of the visitor's machine; whoever has no known browser there
        counts as one."""
        ...

    def release(self, visitor: str) -> None:
        """The visitor's connection is gone; unless claimed again soon, the jobs are stopped and forgotten."""
        ...

    def left_behind(self, job: str) -> bool:
        """Whether everyone who asked for it is gone, or it is not known; it is stopped then."""
        ...

    def warm(self) -> None:
        """Someone may start a job soon: have a worker ready where memory allows."""
        ...

    def close(self) -> None:
        """End every worker and wait until they are gone."""
        ...
