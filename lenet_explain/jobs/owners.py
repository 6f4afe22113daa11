"""Which visitors are here, and which have left but may come back."""

from __future__ import annotations


class Owners:
    """A lost connection looks like a visitor who leaves: only the time until the next claim tells them apart."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._here: set[str] = set()
        self._left: dict[str, float] = {}

    def claim(self, owner: str) -> None:
        self._left.pop(owner, None)
        self._here.add(owner)

    def release(self, owner: str, now: float) -> None:
        self._here.discard(owner)
        self._left[owner] = now

    def acted(self, owner: str) -> None:
        """Someone who was taken for gone has done something."""
        if owner in self._left:
            self.claim(owner)

    def take_gone(self, now: float) -> list[str]:
        """Those who left longer than the grace ago; each is named once."""
        gone = [owner for owner, since in self._left.items() if now - since >= self._grace]
        for owner in gone:
            del self._left[owner]
        return gone

    @property
    def anyone(self) -> bool:
        return bool(self._here)
