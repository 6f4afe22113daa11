"""Convolution, dense or by a table of connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_explain.network.layers.layer import Layer
from lenet_explain.network.layers.shape import DescriptionError, Shape, Size, Window
from lenet_explain.network.worked import Worked, given


@dataclass(frozen=True, slots=True)
class Convolution(Layer):
    """`maps` kernels slid over the input maps, one weight per kernel cell shared by all positions.

    table: for each map the input maps that it reads, counted from 0; None means all of them (dense).
    """

    maps: int
    kernel: int
    stride: int = 1
    padding: int = 0
    table: tuple[tuple[int, ...], ...] | None = None
    bias: bool = True
    kind: ClassVar[str] = "convolution"
    _window_word: ClassVar[str] = "kernel"

    def __post_init__(self) -> None:
        Layer.__post_init__(self)
        self._at_least(1, maps=self.maps, kernel=self.kernel, stride=self.stride)
        self._at_least(0, padding=self.padding)
        for row, inputs in enumerate(self.table or ()):
            if not inputs:
                raise DescriptionError(f"{self.name}: map {row} reads no input map, and must read at least one")
            if len(set(inputs)) < len(inputs):
                raise DescriptionError(
                    f"{self.name}: map {row} reads {list(inputs)}, and must name each input map once"
                )
        if self.table is not None and len(self.table) != self.maps:
            raise DescriptionError(
                f"{self.name}: the table has {len(self.table)} rows, and must have one for each of the {self.maps} maps"
            )

    def links(self, before: Shape) -> tuple[tuple[int, ...], ...]:
        """For each map the input maps that it reads. Raises DescriptionError where the table names another."""
        if self.table is None:
            return (tuple(range(before.maps)),) * self.maps
        for row, inputs in enumerate(self.table):
            for index in inputs:
                if not 0 <= index < before.maps:
                    raise DescriptionError(
                        f"{self.name}: map {row} reads input map {index}, and there are only 0 to {before.maps - 1}"
                    )
        return self.table

    def window(self, before: Shape) -> Window:
        return Window(self.kernel, self.stride, self.padding)

    def size_after(self, before: Shape) -> Size:
        if self.table is not None:
            self.links(before)
        return self._slid(before, given(self.maps))

    def weights(self, before: Shape) -> Worked:
        """Kernel cells without biases: links·k·k where sparse, k·k·inputs·maps where dense."""
        k = given(self.kernel)
        if self.table is not None:
            return given(sum(map(len, self.links(before)))) * k * k
        return k * k * given(before.maps) * given(self.maps)

    def parameters(self, before: Shape) -> Worked:
        if not self.bias:
            return self.weights(before)
        if self.table is not None:
            return self.weights(before) + given(self.maps)
        k = given(self.kernel)
        return (k * k * given(before.maps) + given(1)) * given(self.maps)

    def connections(self, before: Shape) -> Worked:
        after = self.shape_after(before)
        return self.parameters(before).result * given(after.height) * given(after.width)

    def macs(self, before: Shape) -> Worked:
        after = self.shape_after(before)
        return self.weights(before).result * given(after.height) * given(after.width)
