"""One part of a network as it stands in the module: what it reads, its window and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from lenet_explain.network.layers import Shape
from lenet_explain.network.worked import Worked, given

Kind = Literal[
    "convolution", "dense", "batch normalisation", "ReLU", "dropout", "flatten",
    "max pooling", "average pooling", "adaptive pooling", "concatenation", "addition",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
WINDOWED = ("convolution", "max pooling", "average pooling")
WEIGHTED = ("convolution", "dense")
MEETING = ("concatenation", "addition")
PASSING = ("batch normalisation", "ReLU", "dropout", "flatten")  # unit by unit: no window, no products counted
INPUT = -1  # in Part.reads


@dataclass(frozen=True, slots=True)
class Place:
    """A window: kernel, stride and padding, each (height, width)."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """reads: the parts read, by their numbers in the network, INPUT among them; after: its output for one image;
    window: of WINDOWED kinds; groups: of a convolution; parameters: as many as the module holds."""

    name: str
    kind: Kind
    reads: tuple[int, ...]
    after: Shape
    parameters: int
    window: Place | None = None
    groups: int = 1

    def weights(self, before: Shape) -> Worked:
        """Kernel cells, or links of a dense layer: k·k·inputs·maps. 0 of other kinds."""
        if self.kind == "dense":
            return given(before.units) * given(self.after.units)
        if self.kind != "convolution" or self.window is None:
            return given(0)
        height, width = self.window.kernel
        inputs = given(before.maps) / given(self.groups) if self.groups > 1 else given(before.maps)
        return given(height) * given(width) * inputs * given(self.after.maps)

    def parameters_of(self, before: Shape) -> tuple[Worked, ...]:
        """What such a part may hold: without biases and with them."""
        if self.kind == "batch normalisation":
            return (given(2) * given(self.after.maps),)
        weights = self.weights(before)
        if self.kind not in WEIGHTED:
            return (weights,)
        return weights, weights + given(self.after.maps)

    def counted(self, before: Shape) -> Worked:
        """The sum that gives its parameters."""
        return next(one for one in self.parameters_of(before) if one.value == self.parameters)

    def macs(self, before: Shape) -> Worked:
        """Multiplications by a weight for one image: weights times places. A scale of batch normalisation, which can
        be multiplied into the kernel before it, is not counted."""
        weights = self.weights(before)
        if self.kind != "convolution":
            return weights
        return weights.result * given(self.after.height) * given(self.after.width)

    def fault(self, befores: Sequence[Shape]) -> str | None:
        """What of it cannot be, with the value and the rule; befores: the shapes that it reads."""
        after, before = self.after, befores[0]
        if len(befores) != 1 and self.kind not in MEETING:
            return f"it reads {len(befores)} parts, and must read one"
        if (self.window is not None) != (self.kind in WINDOWED):
            return (
                f"its window is {self.window}, and {self.kind} {'needs one' if self.kind in WINDOWED else 'has none'}"
            )
        if self.groups != 1 and (self.kind != "convolution" or before.maps % self.groups):
            return f"groups is {self.groups}, and must divide the {before.maps} maps of a convolution's input"
        sides = (after.height, after.width)
        if self.kind == "adaptive pooling" and sides not in ((1, 1), (before.height, before.width)):
            return f"it pools {before} to {after}, and must pool to 1×1 or leave the size as it is"
        rule = self._shape_rule(befores)
        if rule is not None and rule != after:
            return f"its output is {after}, and must be {rule}"
        allowed = [int(one.value) for one in self.parameters_of(before)]
        if self.parameters not in allowed:
            return f"it has {self.parameters:,} parameters, and must have {' or '.join(f'{n:,}' for n in allowed)}"
        return None

    def _shape_rule(self, befores: Sequence[Shape]) -> Shape | None:
        """The output that follows from what it reads; None where the module is free to choose."""
        before, after = befores[0], self.after
        if self.kind == "concatenation":
            return Shape(sum(one.maps for one in befores), before.height, before.width)
        if self.kind == "flatten":
            return Shape(before.units, 1, 1)
        if self.kind == "dense":
            return Shape(after.maps, 1, 1)
        if self.kind == "adaptive pooling":
            return Shape(before.maps, after.height, after.width)
        if self.window is None:
            return before
        sides = [
            (length + 2 * padding - kernel) // stride + 1
            for length, kernel, stride, padding in zip(
                (before.height, before.width), self.window.kernel, self.window.stride, self.window.padding, strict=True
            )
        ]
        return Shape(after.maps if self.kind == "convolution" else before.maps, *sides)
