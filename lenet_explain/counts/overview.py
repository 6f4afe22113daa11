"""All networks in one table: what is counted of each, and what was measured of the weights that come with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lenet_explain.checkpoints.cards import Card
from lenet_explain.network.walk import Network, Totals, deepens, totals, walk
from lenet_explain.results.accuracy import Accuracy


@dataclass(frozen=True, slots=True)
class Overview:
    """card: of the weights that come with the app; None where there are none."""

    network: Network
    card: Card | None

    @property
    def totals(self) -> Totals:
        return totals(walk(self.network))

    @property
    def depth(self) -> int:
        """By walk.DEPTH_RULE."""
        return sum(map(deepens, self.network.layers))

    @property
    def error(self) -> float | None:
        """Share of the test digits that are misread, from 0 to 1."""
        return None if self.card is None else 1 - self.card.reached.share

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the error."""
        if self.card is None:
            return None
        reached: Accuracy = self.card.reached
        low, high = reached.interval
        return 1 - high, 1 - low

    @property
    def seconds(self) -> float | None:
        return None if self.card is None else self.card.seconds


Measure = Callable[[Overview], float | None]
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "parameters": lambda one: one.totals.parameters.value,
        "connections": lambda one: one.totals.connections.value,
        "macs": lambda one: one.totals.macs.value,
        "depth": lambda one: one.depth,
        "input": lambda one: one.network.input.units,
        "error": lambda one: one.error,
        "seconds": lambda one: one.seconds,
    }
)


def ordered(rows: Iterable[Overview], by: str, up: bool) -> tuple[Overview, ...]:
    """by: key of MEASURES. Rows that were not measured come last, either way; equals keep their order."""
    measured, others = [], []
    for row in rows:
        value = MEASURES[by](row)
        (others if value is None else measured).append((value, row))
    measured.sort(key=lambda pair: pair[0], reverse=not up)
    return tuple(row for _, row in [*measured, *others])
