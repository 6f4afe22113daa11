"""What a race is: two lanes on the same digits, and who was to win it."""

from __future__ import annotations

from dataclasses import dataclass

from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.results.paired import Pick


@dataclass(frozen=True, slots=True)
class Lane:
    """One side of a race. problem: why this cannot be trained, or None."""

    network: Network
    recipe: Recipe
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RaceSetup:
    """What the controls of a race say: two lanes, first A and then B, on the same digits."""

    lanes: tuple[Lane, Lane]
    data: str


@dataclass(frozen=True, slots=True)
class Race:
    """A race that this visitor started, and who was to win it."""

    job: str
    setup: RaceSetup
    pick: Pick
