"""LeNet-5 and the later networks by the same measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lenet_explain.descendants.descendant import Descendant
from lenet_explain.descendants.file import Reading
from lenet_explain.descendants.folding import stages
from lenet_explain.network.layers import Shape
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import DEPTH_RULE, Network, deepens, totals, walk

Measure = Literal["parameters", "macs", "depth", "field"]
WORDS: Mapping[Measure, str] = {
    "parameters": "parameters",
    "macs": "multiply-accumulates",
    "depth": "layers one after the other",
    "field": "pixels that a unit sees across",
}
NOTES: Mapping[Measure, str] = {
    "parameters": "All that is learned, also what serves training only.",
    "macs": "For one image: multiplications by a weight. A scale of batch normalisation is not counted, as it can be "
    "multiplied into the kernel before it.",
    "depth": f"{DEPTH_RULE} Where branches meet, the longest way counts.",
    "field": "Of a unit in the last map that has more than one place. A field may reach beyond the edges of the input, "
    "where there are only zeros.",
}
ANCESTOR = "lenet5"


@dataclass(frozen=True, slots=True)
class Grown:
    """How wide a unit sees after so many convolutions and dense layers; name: of the layer or block."""

    name: str
    depth: int
    field: int


@dataclass(frozen=True, slots=True)
class Measured:
    """field: in the last map with more than one place, in pixels along its longer side, beyond the edges too."""

    key: str
    input: Shape
    answers: int
    parameters: int
    macs: int
    depth: int
    field: int
    growth: tuple[Grown, ...]

    def value(self, measure: Measure) -> int:
        return {"parameters": self.parameters, "macs": self.macs, "depth": self.depth, "field": self.field}[measure]

    def times(self, other: Measured, measure: Measure) -> float:
        return self.value(measure) / other.value(measure)


def ancestor() -> Measured:
    return of_network(NETWORKS[ANCESTOR])


def of_network(network: Network) -> Measured:
    """Raises DescriptionError where the network does not fit together."""
    steps, depth, growth = walk(network), 0, []
    for step in steps:
        depth += deepens(step.layer)
        if step.after.height * step.after.width > 1:
            growth.append(Grown(step.name, depth, int(step.field.size.value)))
    sums, field = totals(steps), max((one.field for one in growth), default=int(steps[0].field.size.value))
    numbers = (int(sums.parameters.value), int(sums.macs.value), depth, field)
    return Measured(network.key, network.input, steps[-1].after.maps, *numbers, tuple(growth))


@lru_cache(maxsize=32)
def of_descendant(network: Descendant) -> Measured:
    growth = tuple(
        Grown(stage.title, network.depths[stage.lines[-1].number], max(one.size for one in stage.reaches))
        for stage in stages(network)
        if not stage.sees_all
    )
    numbers = (network.parameters, network.total_macs, network.depth, network.field)
    return Measured(network.key, network.input, network.parts[network.answer].after.maps, *numbers, growth)


def family(reading: Reading) -> tuple[Measured, ...]:
    """LeNet-5 first, then oldest first."""
    return (ancestor(), *(of_descendant(one) for one in reading.networks.values()))
