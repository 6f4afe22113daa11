"""What other programs print of a network, by their rules, and each difference from the count here as a term with its
reason.

Meant are Keras 3's model.summary() and torchinfo's summary() of the programs that `export` writes. Their rules were
read in their sources, and tests hold the numbers to those that they print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, RadialBasis, Subsampling
from lenet_explain.network.walk import Network, Step, totals, walk
from lenet_explain.network.worked import Worked, given

HERE, KERAS, TORCHINFO = "this app", "Keras 3", "torchinfo"
COUNTS: Mapping[str, str] = MappingProxyType({"parameters": "parameters", "macs": "multiply-accumulates"})


@dataclass(frozen=True, slots=True)
class Difference:
    """change: not 0; layers: where it arises, in their order; why: in a sentence without its full stop."""

    change: int
    layers: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Printed:
    """label: what the tool calls the number; count: the key of COUNTS that it is to be compared with."""

    tool: str
    label: str
    count: str
    here: int
    differences: tuple[Difference, ...] = ()

    @property
    def worked(self) -> Worked:
        """416,520 + 6,518 = 423,038"""
        added = given(self.here)
        for one in self.differences:
            added = added + given(one.change) if one.change > 0 else added - given(-one.change)
        return added


Rule = tuple[Callable[[Step], int], str]  # what a layer adds to the count here, and why

_AVERAGES: tuple[Rule, ...] = (
    (
        lambda step: 2 * step.before.maps if isinstance(step.layer, BatchNormalisation) else 0,
        "the running mean and variance of each map, which are measured and not trained: Keras's non-trainable params",
    ),
)
_MULT_ADDS: tuple[Rule, ...] = (
    (
        lambda step: step.after.units if _biased(step) else 0,
        "biases, which are added and not multiplied: torchinfo counts all that is called weight or bias",
    ),
    (
        lambda step: -int(step.macs.value) if _sparse(step) else 0,
        "kernels of the sparse layer, which are not called weight, so that torchinfo passes over them",
    ),
    (
        lambda step: -int(step.macs.value) if isinstance(step.layer, Subsampling) else 0,
        "products with the coefficients of subsampling, which are not called weight either",
    ),
    (
        lambda step: step.before.maps if isinstance(step.layer, Subsampling) else 0,
        "biases of subsampling, counted once a map and not once a place, as the layer is no convolution",
    ),
    (
        lambda step: 2 * step.before.maps - int(step.macs.value) if isinstance(step.layer, BatchNormalisation) else 0,
        "scale and shift of batch normalisation, counted once a map, where here each value is multiplied by its scale",
    ),
    (
        lambda step: -int(step.macs.value) if isinstance(step.layer, RadialBasis) else 0,
        "squares of the differences to the fixed codes, which are no parameters, so that torchinfo does not see them",
    ),
)


def printed(network: Network) -> tuple[Printed, ...]:
    """What each tool prints, this app first for each count."""
    steps = walk(network)
    sums = totals(steps)
    parameters, macs = int(sums.parameters.value), int(sums.macs.value)
    return (
        Printed(HERE, "parameters", "parameters", parameters),
        Printed(KERAS, "Trainable params", "parameters", parameters),
        Printed(KERAS, "Total params", "parameters", parameters, _differences(steps, _AVERAGES)),
        Printed(TORCHINFO, "Total params", "parameters", parameters),
        Printed(HERE, "multiply-accumulates", "macs", macs),
        Printed(TORCHINFO, "Total mult-adds", "macs", macs, _differences(steps, _MULT_ADDS)),
    )


def _differences(steps: Sequence[Step], rules: Sequence[Rule]) -> tuple[Difference, ...]:
    return tuple(_found(steps, rules))


def _found(steps: Sequence[Step], rules: Sequence[Rule]) -> Iterator[Difference]:
    for rule, why in rules:
        changes = {step.name: change for step in steps if (change := rule(step))}
        if total := sum(changes.values()):
            yield Difference(total, tuple(changes), why)


def _biased(step: Step) -> bool:
    return isinstance(step.layer, Convolution | Dense) and step.layer.bias


def _sparse(step: Step) -> bool:
    return isinstance(step.layer, Convolution) and step.layer.table is not None
