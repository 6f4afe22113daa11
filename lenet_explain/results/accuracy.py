"""What a confusion matrix says: accuracy with its interval, and right and wrong by digit. Plain integers, no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Accuracy:
    """right of total, with the 95 % Wilson interval of the share; shares from 0 to 1."""

    right: int
    total: int

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 1927: honest at shares near 1, where the usual ± p(1 − p)/n is not."""
        if not self.total:
            return 0.0, 1.0
        n, p, z2 = self.total, self.share, Z_95**2
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        reach = Z_95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return max(0.0, middle - reach), min(1.0, middle + reach)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:.1%} ({low:.1%} to {high:.1%})"


def accuracy(confusion: Sequence[Sequence[int]]) -> Accuracy:
    """confusion: (classes, classes), row = true digit, column = answer."""
    return Accuracy(sum(row[digit] for digit, row in enumerate(confusion)), sum(map(sum, confusion)))


def by_digit(confusion: Sequence[Sequence[int]]) -> tuple[Accuracy, ...]:
    return tuple(Accuracy(row[digit], sum(row)) for digit, row in enumerate(confusion))
