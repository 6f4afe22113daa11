"""Which visitors are here, in which browser, and which have left but may come back."""

from __future__ import annotations


class Owners:
    """A lost connection looks like a visitor who leaves: only the time until the next claim tells them apart."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._browsers: dict[str, str] = {}  # of those who are here, and of those who have left
        self._left: dict[str, float] = {}

    def claim(self, visitor: str, browser: str | None, address: str | None = None) -> list[str]:
        """browser: None where it cannot be told; address: of the machine, which then stands for it.

        Returns the visitors whose place this one takes: a page that is loaded anew comes as a new visitor, and those of
        its browser have all left. They are not waited for.
        """
        known = visitor in self._browsers
        self._browsers[visitor] = browser or (f"at {address}" if address else visitor)
        self._left.pop(visitor, None)
        if known or browser is None:
            return []
        before = [one for one, theirs in self._browsers.items() if theirs == browser and one != visitor]
        if not all(one in self._left for one in before):
            return []
        for one in before:
            self._drop(one)
        return before

    def release(self, visitor: str, now: float) -> None:
        self._browsers.setdefault(visitor, visitor)
        self._left[visitor] = now

    def acted(self, visitor: str) -> None:
        """Someone who was taken for gone has done something."""
        if visitor in self._left:
            self._left.pop(visitor)

    def browser(self, visitor: str) -> str:
        """Where it is not known, the visitor alone."""
        return self._browsers.get(visitor, visitor)

    def is_here(self, visitor: str) -> bool:
        return visitor in self._browsers and visitor not in self._left

    def take_gone(self, now: float) -> list[str]:
        """Those who left longer than the grace ago; each is named once."""
        gone = [visitor for visitor, since in self._left.items() if now - since >= self._grace]
        for visitor in gone:
            self._drop(visitor)
        return gone

    def _drop(self, visitor: str) -> None:
        del self._left[visitor], self._browsers[visitor]

    @property
    def anyone(self) -> bool:
        return len(self._browsers) > len(self._left)
