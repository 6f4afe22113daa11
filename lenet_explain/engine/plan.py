"""From a description to a plan: the list of operations that the engine runs, with shapes and places in memory.

No other part of the engine knows a layer or a network by name. Every number of an image stands at a fixed place of one
long row, and so does every weight; images lie innermost, see source/layers.c.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from lenet_explain.engine.operation import (
    AVERAGE,
    CONVOLUTION,
    DENSE,
    DISTANCES,
    LARGEST,
    NORMALISATION,
    PAD,
    RELUS,
    SIGMOIDS,
    SUBSAMPLING,
    TANHS,
    Operation,
    Stored,
)
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation, ScaledTanh
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.walk import Network, Step, walk

MOST_MAPS = 1024  # that a convolution may read or give; the engine has room for so many


@dataclass(frozen=True, slots=True)
class Plan:
    """operations: in their order; links, constants: what they point into; arrays: the weights, learned ones first;
    outputs: for each layer where its values stand and of what shape; numbers: of one image, its pixels first;
    distances: whether the smallest answer wins."""

    operations: tuple[Operation, ...]
    links: tuple[int, ...]
    constants: tuple[float, ...]
    arrays: tuple[Stored, ...]
    outputs: Mapping[str, tuple[int, Shape]]
    numbers: int
    learned: int
    measured: int
    distances: bool

    @property
    def normalises(self) -> bool:
        """Whether all images of a batch have to go through together."""
        return any(one.kind == NORMALISATION for one in self.operations)

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "operations": [one.row for one in self.operations],
            "links": self.links,
            "constants": self.constants,
            "arrays": [
                {"layer": one.layer, "name": one.name, "first": one.first, "shape": one.shape} for one in self.arrays
            ],
            "outputs": {
                name: {"first": first, "shape": (shape.maps, shape.height, shape.width)}
                for name, (first, shape) in self.outputs.items()
            },
            "numbers": self.numbers,
            "learned": self.learned,
            "measured": self.measured,
            "distances": self.distances,
            "normalises": self.normalises,
        }


def plan_of(network: Network) -> Plan:
    """Raises DescriptionError where the description does not fit together, or is more than the engine has room for."""
    return _Planning(network).plan()


class _Planning:
    """The lists that grow while a network is followed layer by layer."""

    def __init__(self, network: Network) -> None:
        self.steps, self.answer = walk(network), network.answer
        self.operations: list[Operation] = []
        self.links: list[int] = []
        self.constants: list[float] = []
        self.arrays: list[Stored] = []
        self.outputs: dict[str, tuple[int, Shape]] = {}
        self.place, self.numbers = 0, network.input.units  # where the newest values stand, and how many there are
        self.learned = 0
        self.measured: list[tuple[str, int]] = []  # layers that measure, with their number of maps

    def plan(self) -> Plan:
        for at, step in enumerate(self.steps):
            self._layer(at, step)
            self._activation(at, step)
            self.outputs[step.name] = (self.place, step.after)
        first = self.learned
        for name, maps in self.measured:
            self.arrays += [Stored(name, "mean", first, (maps,)), Stored(name, "variance", first + maps, (maps,))]
            first += 2 * maps
        return Plan(
            tuple(self._with_measured()),
            tuple(self.links),
            tuple(self.constants),
            tuple(self.arrays),
            MappingProxyType(self.outputs),
            self.numbers,
            self.learned,
            first - self.learned,
            self.answer == "distances",
        )

    def _with_measured(self) -> list[Operation]:
        """Measured numbers stand after all that is learned, so their places are known last."""
        found, first = [], self.learned
        for one in self.operations:
            found.append(replace(one, measured=first) if one.kind == NORMALISATION else one)
            first += 2 * one.maps * (one.kind == NORMALISATION)
        return found

    def _layer(self, at: int, step: Step) -> None:
        layer, before, after = step.layer, step.before, step.after
        window = layer.window(before)
        slides: dict[str, int] = {"size": window.size, "stride": window.stride}
        match layer:
            case Convolution():
                self._convolution(at, step, layer)
            case Dense():
                self._weighted(DENSE, at, before, after, step, fan_out=layer.units)
            case Subsampling():
                first = self._arrays(step, coefficient=(before.maps,), bias=(before.maps,))
                self._add(SUBSAMPLING, at, before, after, weights=first, count=before.maps, **slides)
            case AveragePooling():
                self._add(AVERAGE, at, before, after, **slides)
            case MaxPooling():
                self._add(LARGEST, at, before, after, **slides)
            case BatchNormalisation():
                first = self._arrays(step, scale=(before.maps,), shift=(before.maps,))
                self._add(NORMALISATION, at, before, after, weights=first, count=before.maps)
                self.measured.append((step.name, before.maps))
            case RadialBasis():
                self._add(DISTANCES, at, before, after, constants=len(self.constants))
                self.constants += [float(value) for code in layer.codes for value in code]
            case _:
                raise DescriptionError(f"{step.name}: the engine has no operation for a {layer.kind} layer")

    def _convolution(self, at: int, step: Step, layer: Convolution) -> None:
        """One that has a single place and reads everything is a dense layer; a border is an operation of its own."""
        before, links = step.before, layer.links(step.before)
        if max(before.maps, layer.maps) > MOST_MAPS:
            raise DescriptionError(f"{step.name}: a convolution has at most {MOST_MAPS:,} maps before and after it")
        fan_out = sum(map(len, links)) // before.maps * layer.kernel * layer.kernel
        window = (layer.kernel, layer.kernel)
        if (before.height, before.width) == window and not layer.padding and layer.table is None:
            self._weighted(DENSE, at, before, step.after, step, fan_out=fan_out)
            return
        if layer.padding:
            edge = 2 * layer.padding
            framed = Shape(before.maps, before.height + edge, before.width + edge)
            self._add(PAD, at, before, framed, padding=layer.padding)
            before = framed
        table, number = [-1] * (before.maps * layer.maps), 0
        for row, inputs in enumerate(links):
            for index in inputs:
                table[row * before.maps + index] = number
                number += 1
        slides = {"size": layer.kernel, "stride": layer.stride, "links": len(self.links)}
        self.links += table
        self._weighted(CONVOLUTION, at, before, step.after, step, fan_out=fan_out, **slides)

    def _weighted(self, kind: int, at: int, before: Shape, after: Shape, step: Step, **more: int) -> None:
        """A convolution or a dense layer, with the weights that the description gives it."""
        layer = step.layer
        assert isinstance(layer, Convolution | Dense)
        if isinstance(layer, Dense):
            name, shape = "weights", (layer.units, step.before.units)
        else:
            k, links = layer.kernel, layer.links(step.before)
            name = "kernels"
            shape = (layer.maps, step.before.maps, k, k) if layer.table is None else (sum(map(len, links)), k, k)
        first = self._arrays(step, **{name: shape})
        count = self.learned - first
        bias = self._arrays(step, bias=(after.maps,)) if layer.bias else -1
        self._add(kind, at, before, after, weights=first, count=count, bias=bias, **more)

    def _arrays(self, step: Step, **shapes: tuple[int, ...]) -> int:
        """Room for a layer's arrays, one after the other; where the first stands."""
        first = self.learned
        for name, shape in shapes.items():
            self.arrays.append(Stored(step.name, name, self.learned, shape))
            size = 1
            for length in shape:
                size *= length
            self.learned += size
        return first

    def _activation(self, at: int, step: Step) -> None:
        """In place: the sums are not needed once they are squashed. Softmax belongs to the loss."""
        does, shape = step.layer.activation, step.after
        if does in (IDENTITY, SOFTMAX):
            return
        kind, reals = _activation(does)
        one = self._operation(kind, at, shape, shape)
        self.operations.append(replace(one, target=self.place, constants=len(self.constants)))
        self.constants += reals

    def _add(self, kind: int, at: int, before: Shape, after: Shape, **more: int) -> None:
        """An operation that gives new values."""
        self.operations.append(replace(self._operation(kind, at, before, after), target=self.numbers, **more))
        self.place = self.numbers
        self.numbers += after.units

    def _operation(self, kind: int, at: int, before: Shape, after: Shape) -> Operation:
        sizes = (before.maps, before.height, before.width, after.maps, after.height, after.width)
        return Operation(kind, at, *sizes, source=self.place)


def _activation(does: Activation) -> tuple[int, list[float]]:
    match does:
        case ScaledTanh(amplitude=amplitude, slope=slope):
            return TANHS, [amplitude, slope]
        case _ if does == TANH:
            return TANHS, [1.0, 1.0]
        case _ if does == SIGMOID:
            return SIGMOIDS, []
        case _ if does == RELU:
            return RELUS, []
    raise DescriptionError(f"the engine has no function for the activation {does.name!r}")
