"""Layers that make maps smaller: the trainable subsampling of 1998, and the pooling that replaced it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_explain.network.layers.layer import Layer
from lenet_explain.network.layers.shape import DescriptionError, Shape, Size, Window
from lenet_explain.network.worked import Worked, given, rounded_up


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
    """Windows that may overlap or leave gaps, with nothing to train.

    ceil: what is left over at the lower and right edge gets a window too, which reads only what is there, as in Caffe
    and by PyTorch's ceil_mode; else it is not read.
    """

    stride: int = 2
    ceil: bool = False

    def __post_init__(self) -> None:
        _Pooling.__post_init__(self)
        self._at_least(1, stride=self.stride)
        if not isinstance(self.ceil, bool):
            raise DescriptionError(f"{self.name}: ceil is {self.ceil!r}, and must be true or false")
        if self.ceil and self.stride > self.size:
            raise DescriptionError(
                f"{self.name}: the stride is {self.stride}, and with ceil may be at most the size, {self.size}: "
                "a window could begin beyond the edge"
            )

    def window(self, before: Shape) -> Window:
        return Window(self.size, self.stride)

    def beyond(self, before: Shape) -> tuple[int, int]:
        """How many rows of the lowest windows, and columns of the rightmost, lie beyond the edge; 0 without ceil."""
        if not self.ceil:
            return 0, 0
        after = self.shape_after(before)
        ends = ((after.height, before.height), (after.width, before.width))
        down, right = ((count - 1) * self.stride + self.size - length for count, length in ends)
        return down, right

    def connections(self, before: Shape) -> Worked:
        if not any(self.beyond(before)):
            return _Pooling.connections(self, before)
        after, k = self.shape_after(before), given(self.size)
        sides = zip((after.height, after.width), self.beyond(before), strict=True)
        down, right = (given(count) * k - given(beyond) if beyond else given(count) * k for count, beyond in sides)
        return given(after.maps) * down * right

    def _slide(self, length: int, window: Window) -> Worked:
        if not self.ceil:
            return _Pooling._slide(self, length, window)
        padded = given(length) + given(2) * given(window.padding)
        return rounded_up(padded - given(window.size), given(window.stride)) + given(1)


@dataclass(frozen=True, slots=True)
class AveragePooling(_UntrainedPooling):
    """The mean of each window; of one that reaches beyond the edge, of the values that are there."""

    kind: ClassVar[str] = "average pooling"


@dataclass(frozen=True, slots=True)
class MaxPooling(_UntrainedPooling):
    """The largest value of each window."""

    kind: ClassVar[str] = "max pooling"
