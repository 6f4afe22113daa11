"""Layers whose units read everything before them: weighted sums, and distances to fixed codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_explain.network.layers.layer import Layer
from lenet_explain.network.layers.shape import DescriptionError, Shape, Size, Window
from lenet_explain.network.worked import Worked, given


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """Every unit reads every value before it; maps are laid out in one row first."""

    units: int
    bias: bool = True
    kind: ClassVar[str] = "dense"

    def __post_init__(self) -> None:
        Layer.__post_init__(self)
        self._at_least(1, units=self.units)

    def window(self, before: Shape) -> Window:
        return Window(before.height)

    def size_after(self, before: Shape) -> Size:
        return Size(given(self.units), given(1), given(1))

    def _inputs(self, before: Shape) -> Worked:
        if before.height == before.width == 1:
            return given(before.maps)
        return given(before.maps) * given(before.height) * given(before.width)

    def parameters(self, before: Shape) -> Worked:
        inputs = self._inputs(before)
        return (inputs + given(1) if self.bias else inputs) * given(self.units)

    def connections(self, before: Shape) -> Worked:
        return self.parameters(before)

    def macs(self, before: Shape) -> Worked:
        return self._inputs(before) * given(self.units)


@dataclass(frozen=True, slots=True)
class RadialBasis(Layer):
    """Squared Euclidean distance to one fixed code for each class: the smallest answer wins.

    codes: for each class a row of ±1, as long as the vector before. Source: LeCun et al. 1998, Eq. 7.
    """

    codes: tuple[tuple[int, ...], ...]
    kind: ClassVar[str] = "radial basis"

    def __post_init__(self) -> None:
        Layer.__post_init__(self)
        self._at_least(1, codes=len(self.codes))
        if any(len(code) != len(self.codes[0]) for code in self.codes):
            lengths = sorted({len(code) for code in self.codes})
            raise DescriptionError(f"{self.name}: the codes have lengths {lengths}, and must be of one length")
        if any(value not in (-1, 1) for code in self.codes for value in code):
            raise DescriptionError(f"{self.name}: a code holds a value that is not −1 or +1")

    def window(self, before: Shape) -> Window:
        return Window(1)

    def size_after(self, before: Shape) -> Size:
        needed = Shape(len(self.codes[0]), 1, 1)
        if before != needed:
            raise DescriptionError(f"{self.name}: codes of {needed.maps} values do not fit {before}, and need {needed}")
        return Size(given(len(self.codes)), given(1), given(1))

    def parameters(self, before: Shape) -> Worked:
        return given(0)

    def connections(self, before: Shape) -> Worked:
        return given(before.maps) * given(len(self.codes))

    def macs(self, before: Shape) -> Worked:
        return self.connections(before)
