"""What is kept of a job's progress, in bounded memory however much a worker sends."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice

from lenet_explain.jobs.interface import Event, Events, Snapshot

ENTRIES = 2_000
SNAPSHOTS = 24
LARGEST = 512_000  # bytes of one snapshot, about four times what any network here has: a larger one is not kept
KEYS = 64
TEXT = 200  # characters
LIST = 32  # items


class History:
    """The small part of many progress events, two whole ones, the first and the newest, and snapshots of a few."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, Event]] = []  # numbered in the order of arrival, thinned when too many
        self._count = 0
        self._large_seen = False
        self._snapshots: list[Snapshot] = []  # evenly thinned, and after them the newest
        self._heard, self._every = 0, 1  # progress with weights, and which of it is kept
        self.first: Event | None = None
        self.latest: Event | None = None

    def add(self, event: Event) -> None:
        small = _small(event)
        large = len(small) < len(event)
        if large or not self._large_seen:
            self.latest = event
        self._large_seen |= large
        self.first = self.first or event
        self._take(event)
        self._entries.append((self._count, small))
        self._count += 1
        if len(self._entries) > ENTRIES:
            self._entries = [self._entries[0], *self._entries[2:-1:2], self._entries[-1]]

    def snapshots(self) -> tuple[Snapshot, ...]:
        """At most SNAPSHOTS of them, oldest first, with the first and the newest."""
        return tuple(self._snapshots)

    def _take(self, event: Event) -> None:
        """Every so many snapshots stay, twice as many apart each time that there are too many; the newest, which stands
        last, only until the next one comes, unless its turn to stay has come."""
        if not {"step", "weights", "confusion"} <= event.keys():
            return
        from lenet_explain.jobs.wire import snapshot_of  # NumPy only where a run has weights

        taken = snapshot_of(event)
        if sum(array.nbytes for arrays in taken.weights.values() for array in arrays.values()) > LARGEST:
            return
        if self._heard and (self._heard - 1) % self._every:
            self._snapshots.pop()
        self._snapshots.append(taken)
        self._heard += 1
        if len(self._snapshots) > SNAPSHOTS:
            stay = [one for one in self._snapshots if one is not taken]
            self._every *= 2
            self._snapshots = [*stay[::2], taken]

    def since(self, number: int) -> Events:
        start = bisect_left(self._entries, number, key=lambda entry: entry[0])
        return Events(tuple(small for _, small in self._entries[start:]), self._count)


def _small(event: Event) -> Event:
    return dict(islice(((key, value) for key, value in event.items() if _fits(value)), KEYS))


def _fits(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= LIST and all(_is_scalar(item) for item in value)
    return _is_scalar(value)


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= TEXT
    return value is None or isinstance(value, (bool, int, float))
