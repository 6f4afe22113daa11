"""The parts of a plan: its lines, as the C structure of source/layers.c holds them, and where weights stand."""

from __future__ import annotations

from dataclasses import dataclass, fields

# the kinds of source/layers.c, in its order
PAD, CONVOLUTION, DENSE, SUBSAMPLING, AVERAGE, LARGEST, NORMALISATION, DISTANCES, TANHS, SIGMOIDS, RELUS = range(1, 12)


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of a plan, in the order of the C structure's fields; what a kind does not need is 0."""

    kind: int
    layer: int
    maps: int
    height: int
    width: int
    after: int
    high: int
    wide: int
    size: int = 0
    stride: int = 0
    padding: int = 0
    source: int = 0
    target: int = 0
    weights: int = 0
    count: int = 0
    bias: int = -1
    measured: int = 0
    links: int = 0
    constants: int = 0
    fan_out: int = 0

    @property
    def row(self) -> tuple[int, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Stored:
    """Where an array of `starting_weights` stands in the row of all weights."""

    layer: str
    name: str
    first: int
    shape: tuple[int, ...]
