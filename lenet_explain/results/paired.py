"""Two networks on the same test digits: who reads more of them, and whether chance alone could do it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lenet_explain.results.accuracy import Z_95, Accuracy

Pick = Literal["A", "B", "draw"]


@dataclass(frozen=True, slots=True)
class Paired:
    """Counts of test digits that both read, only the one, only the other, and neither."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def total(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def a(self) -> Accuracy:
        return Accuracy(self.both + self.only_a, self.total)

    @property
    def b(self) -> Accuracy:
        return Accuracy(self.both + self.only_b, self.total)

    @property
    def difference(self) -> float:
        """Accuracy of A minus that of B, from −1 to 1."""
        return (self.only_a - self.only_b) / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the difference, as of digits drawn anew; half a digit is added to each count.

        Source: Agresti and Min 2005, Simple improved confidence intervals for comparing matched proportions.
        Not covered: what another seed would do.
        """
        n, a, b = self.total + 2, self.only_a + 0.5, self.only_b + 0.5
        middle = (a - b) / n
        reach = Z_95 * math.sqrt(a + b - (a - b) ** 2 / n) / n
        return max(-1.0, middle - reach), min(1.0, middle + reach)

    @property
    def winner(self) -> Pick:
        """A or B where the interval leaves out 0, else a draw."""
        low, high = self.interval
        return "A" if low > 0 else "B" if high < 0 else "draw"


def paired(counts: Mapping[str, Any]) -> Paired:
    """From the end of a race, see jobs.race."""
    return Paired(*(int(counts[name]) for name in ("both", "only_a", "only_b", "neither")))


def verdict(found: Paired) -> str:
    """Who won by how much, and why that is or is not chance: two sentences."""
    first, second = ("A", "B") if found.difference >= 0 else ("B", "A")
    more, fewer = (found.only_a, found.only_b) if first == "A" else (found.only_b, found.only_a)
    low, high = found.interval if first == "A" else (-found.interval[1], -found.interval[0])
    span = f"95 % interval {_points(low)} to {_points(high)}"
    if found.only_a == found.only_b:
        right = f"{found.a.right:,} of {found.total:,}"
        return f"**A draw.** Both read {right} test digits: a difference of 0 points ({span})."
    head = f"**{first} won.**" if found.winner != "draw" else "**A draw.**"
    ahead = (
        f"{first} reads {max(found.a.right, found.b.right):,} of {found.total:,} test digits, {second} "
        f"{min(found.a.right, found.b.right):,}: {_points(abs(found.difference))} points ({span})."
    )
    chance = (
        f"That is more than chance gives: {more:,} digits are read by {first} alone, {fewer:,} by {second} alone."
        if found.winner != "draw"
        else f"Chance alone could do that: {more:,} digits are read by {first} alone, {fewer:,} by {second} alone."
    )
    return f"{head} {ahead} {chance}"


def picked(pick: Pick, winner: Pick) -> str:
    """Whether the visitor was right."""
    if pick == winner:
        return f"You picked {in_words(pick)}: right."
    return f"You picked {in_words(pick)}; it was {in_words(winner)}."


def in_words(pick: Pick) -> str:
    return "a draw" if pick == "draw" else pick


def _points(share: float) -> str:
    """0.0563 → '+5.6', −0.01 → '−1.0': percentage points."""
    return f"{100 * share:+.1f}".replace("-", "−")
