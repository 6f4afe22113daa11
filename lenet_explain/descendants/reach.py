"""Receptive fields along one axis, also where ways part and meet again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """Input pixels that the first unit sees: from `start` on (negative: beyond the edge), `size` of them; the next
    unit's field lies `jump` pixels farther. A jump of 0: there is one unit, or every unit sees the same."""

    start: int = 0
    size: int = 1
    jump: int = 1

    def after(self, kernel: int, stride: int, padding: int) -> Reach:
        """size + (k − 1)·jump; jump·stride; start − padding·jump."""
        return Reach(self.start - padding * self.jump, self.size + (kernel - 1) * self.jump, self.jump * stride)

    def of_all(self, units: int, side: int) -> Reach:
        """What `units` neighbours see together of an input of `side` pixels."""
        first = max(0, self.start)
        last = min(side - 1, self.start + (units - 1) * self.jump + self.size - 1)
        return Reach(first, last - first + 1, 0)


def together(reaches: Iterable[Reach]) -> Reach:
    """Where ways meet: all that any of them sees. Raises ValueError where they do not step alike."""
    found = list(reaches)
    jumps = {one.jump for one in found}
    if len(jumps) != 1:
        raise ValueError(f"ways meet whose units step by {sorted(jumps)} pixels, and must step alike")
    start = min(one.start for one in found)
    return Reach(start, max(one.start + one.size for one in found) - start, jumps.pop())
