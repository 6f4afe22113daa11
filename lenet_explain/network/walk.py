"""A network as a frozen description, and `walk`, which follows it layer by layer and works out its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lenet_explain.network.activations import SOFTMAX
from lenet_explain.network.html_table import html_table
from lenet_explain.network.layers import Convolution, Dense, DescriptionError, Field, Layer, RadialBasis, Shape, Size
from lenet_explain.network.worked import Worked, number, total


@dataclass(frozen=True, slots=True)
class Pixels:
    """What a network is fed for paper and for full ink."""

    background: float
    ink: float


@dataclass(frozen=True, slots=True)
class Network:
    """A named network: what it reads, its layers in order, and where the description comes from."""

    key: str
    title: str
    summary: str
    source: str
    input: Shape
    layers: tuple[Layer, ...]
    pixels: Pixels

    def __post_init__(self) -> None:
        if not self.layers:
            raise DescriptionError(f"{self.key}: a network needs at least one layer")
        names = [layer.name for layer in self.layers]
        for name in names:
            if names.count(name) > 1:
                raise DescriptionError(f"{name}: two layers have this name, and every layer needs its own")
        for layer in self.layers[:-1]:
            if layer.activation == SOFTMAX:
                raise DescriptionError(
                    f"{layer.name}: softmax turns outputs into shares, and must be in the last layer"
                )
        for side, length in (("maps", self.input.maps), ("height", self.input.height), ("width", self.input.width)):
            if length < 1:
                raise DescriptionError(f"{self.key}: the input's {side} is {length}, and must be at least 1")

    @property
    def answer(self) -> Literal["distances", "logits"]:
        """What the last layer gives: distances, where the smallest wins, or logits, where the largest does."""
        return "distances" if isinstance(self.layers[-1], RadialBasis) else "logits"

    def _repr_html_(self) -> str:
        """What a notebook shows: a row for each layer, with the arithmetic of its parameters."""
        return _table(f"{self.title}, {self.source}", walk(self))


@dataclass(frozen=True, slots=True)
class Step:
    """One layer in its place: the shapes around it and its numbers, each with its arithmetic."""

    layer: Layer
    before: Shape
    size: Size
    parameters: Worked
    connections: Worked
    macs: Worked
    field: Field
    memory: Worked

    @property
    def name(self) -> str:
        return self.layer.name

    @property
    def after(self) -> Shape:
        return self.size.shape


@dataclass(frozen=True, slots=True)
class Totals:
    """The columns of a walk, added up."""

    parameters: Worked
    connections: Worked
    macs: Worked
    memory: Worked


class Walk(tuple[Step, ...]):
    """The steps of a network in their order; a notebook shows them as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return _table(f"From {self[0].before}", self)


@lru_cache(maxsize=64)
def walk(network: Network) -> Walk:
    """Follow the input through every layer. Raises DescriptionError naming layer, value and rule."""
    steps: list[Step] = []
    shape, field = network.input, Field.of_a_pixel()
    for layer in network.layers:
        size = layer.size_after(shape)
        field = layer.field_after(field, shape)
        steps.append(
            Step(
                layer=layer,
                before=shape,
                size=size,
                parameters=layer.parameters(shape),
                connections=layer.connections(shape),
                macs=layer.macs(shape),
                field=field,
                memory=layer.memory_after(shape),
            )
        )
        shape = size.shape
    return Walk(steps)


DEPTH_RULE = (
    "Depth counts convolutions and fully connected layers one after the other, the output among them, as the 16 of "
    "VGG16 are counted; subsampling, pooling and normalisation are left out. The paper counts its subsampling too: "
    "seven layers."
)


def deepens(layer: Layer) -> bool:
    """Whether a layer counts for the depth: see DEPTH_RULE."""
    return isinstance(layer, Convolution | Dense | RadialBasis)


def totals(steps: tuple[Step, ...]) -> Totals:
    return Totals(
        parameters=total(step.parameters for step in steps),
        connections=total(step.connections for step in steps),
        macs=total(step.macs for step in steps),
        memory=total(step.memory for step in steps),
    )


def _table(caption: str, steps: Walk) -> str:
    head = ("layer", "kind", "shape", "parameters", "connections", "sum of the parameters")
    rows = [
        (
            step.name,
            step.layer.kind,
            str(step.after),
            number(step.parameters.value),
            number(step.connections.value),
            step.parameters.line,
        )
        for step in steps
    ]
    sums = totals(steps)
    last = ("total", "", "", number(sums.parameters.value), number(sums.connections.value), sums.parameters.line)
    return html_table(caption, head, [*rows, last])
