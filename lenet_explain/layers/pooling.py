"""Layers that make maps smaller: the trainable subsampling of 1998, and the pooling that replaced it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_explain.layers.layer import Layer
from lenet_explain.layers.shape import DescriptionError, Shape, Size, Window
from lenet_explain.worked import Worked, given


@dataclass(frozen=True, slots=True)
class _Pooling(Layer):
    """A window that reads one map at a time and keeps their number."""

    size: int = 2

    def __post_init__(self) -> None:
        Layer.__post_init__(self)
        self._at_least(1, size=self.size)

    def size_after(self, before: Shape) -> Size:
        return self._slid(before, given(before.maps))

    def _units_after(self, before: Shape) -> Worked:
        after = self.shape_after(before)
        return given(after.maps) * given(after.height) * given(after.width)

    def parameters(self, before: Shape) -> Worked:
        return given(0)

    def connections(self, before: Shape) -> Worked:
        return self._units_after(before) * given(self.size) * given(self.size)

    def macs(self, before: Shape) -> Worked:
        return given(0)


@dataclass(frozen=True, slots=True)
class Subsampling(_Pooling):
    """The sum of each size×size block, times the map's coefficient, plus the map's bias, then squashed.

    Source: LeCun et al. 1998, II.B, "S2". Section II.A says average; see paper.CONTRADICTIONS.
    """

    kind: ClassVar[str] = "subsampling"

    def window(self, before: Shape) -> Window:
        return Window(self.size, self.size)

    def size_after(self, before: Shape) -> Size:
        for side, length in (("height", before.height), ("width", before.width)):
            if length % self.size:
                raise DescriptionError(
                    f"{self.name}: the {side} {length} of {before} is not a multiple of {self.size}, "
                    f"and {self.size}×{self.size} subsampling needs blocks that do not overlap"
                )
        return _Pooling.size_after(self, before)

    def parameters(self, before: Shape) -> Worked:
        return given(before.maps) * (given(1) + given(1))  # a coefficient and a bias a map

    def connections(self, before: Shape) -> Worked:
        return self._units_after(before) * (given(self.size) * given(self.size) + given(1))

    def macs(self, before: Shape) -> Worked:
        return self._units_after(before)  # the block is added first, then multiplied once


@dataclass(frozen=True, slots=True)
class _UntrainedPooling(_Pooling):
    """Windows that may overlap or leave gaps, with nothing to train."""

    stride: int = 2

    def __post_init__(self) -> None:
        _Pooling.__post_init__(self)
        self._at_least(1, stride=self.stride)

    def window(self, before: Shape) -> Window:
        return Window(self.size, self.stride)


@dataclass(frozen=True, slots=True)
class AveragePooling(_UntrainedPooling):
    """The mean of each window."""

    kind: ClassVar[str] = "average pooling"


@dataclass(frozen=True, slots=True)
class MaxPooling(_UntrainedPooling):
    """The largest value of each window."""

    kind: ClassVar[str] = "max pooling"
