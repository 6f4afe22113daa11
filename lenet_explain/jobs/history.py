"""What is kept of a job's progress, in bounded memory however much a worker sends."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice

from lenet_explain.jobs.face import Event, Events

ENTRIES = 2_000
KEYS = 64
TEXT = 200  # characters
LIST = 32  # items


class History:
    """The small part of many progress events, and two whole ones: the first and the newest."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, Event]] = []  # numbered in the order of arrival, thinned when too many
        self._count = 0
        self._large_seen = False
        self.first: Event | None = None
        self.latest: Event | None = None

    def add(self, event: Event) -> None:
        small = _small(event)
        large = len(small) < len(event)
        if large or not self._large_seen:
            self.latest = event
        self._large_seen |= large
        self.first = self.first or event
        self._entries.append((self._count, small))
        self._count += 1
        if len(self._entries) > ENTRIES:
            self._entries = [self._entries[0], *self._entries[2:-1:2], self._entries[-1]]

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
