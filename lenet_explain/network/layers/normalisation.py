"""Batch normalisation: not in the 1998 network; Ioffe and Szegedy 2015."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_explain.network.layers.layer import Layer
from lenet_explain.network.layers.shape import Shape, Size, Window
from lenet_explain.network.worked import Worked, given

EPSILON = 1e-5  # added to the variance before its root, against division by zero


@dataclass(frozen=True, slots=True)
class BatchNormalisation(Layer):
    """Each map shifted and scaled to mean 0 and variance 1 over the batch, then by a trained scale and shift."""

    kind: ClassVar[str] = "batch normalisation"

    def window(self, before: Shape) -> Window:
        return Window(1)

    def size_after(self, before: Shape) -> Size:
        return Size(given(before.maps), given(before.height), given(before.width))

    def parameters(self, before: Shape) -> Worked:
        return given(before.maps) * (given(1) + given(1))  # a scale and a shift a map

    def connections(self, before: Shape) -> Worked:
        return self.parameters(before).result * given(before.height) * given(before.width)

    def macs(self, before: Shape) -> Worked:
        return given(before.maps) * given(before.height) * given(before.width)
