"""What a product of matrices reads of the maps: patches."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Patches(NamedTuple):
    """A patch is all that `rows` × `columns` neighbouring units read together.

    One unit to a patch is a convolution as everybody writes it. Several make a larger and squarer matrix out of less
    memory, but multiply by zeros where only some of them look. stride: between neighbouring units; k: side of a kernel;
    high, wide: patches below and beside each other.
    """

    rows: int
    columns: int
    stride: int
    k: int
    high: int
    wide: int

    @classmethod
    def of(cls, inputs: int, sides: tuple[int, int], k: int, stride: int, fours: bool) -> Patches:
        """inputs: maps that are read, with these sides; fours: the units come in fours.

        Two rows repay their zeros where little is read: measured, benchmarks/train.py.
        """
        rows, columns = (2 if inputs < k else 1, 2) if fours else (1, 1)
        high, wide = ((side - k) // stride + 1 for side in sides)
        return cls(rows, columns, stride, k, high // rows, wide // columns)

    @property
    def units(self) -> int:
        return self.rows * self.columns

    @property
    def sides(self) -> tuple[int, int]:
        """Rows and columns of maps under a patch."""
        return self.k + (self.rows - 1) * self.stride, self.k + (self.columns - 1) * self.stride

    @property
    def steps(self) -> tuple[int, int]:
        """From patch to patch, downwards and to the right."""
        return self.rows * self.stride, self.columns * self.stride

    def beside(self, rows: Tensor) -> Tensor:
        """(H, C, W, B) → (H, C, across, wide, B): what each column of the patches reads; a view that overlaps"""
        high, inputs, width, images = rows.shape
        strides = (inputs * width * images, width * images, images, self.steps[1] * images, 1)
        return rows.as_strided((high, inputs, self.sides[1], self.wide, images), strides)

    def under(self, shifted: Tensor) -> Tensor:
        """(H, C, across, wide, B) → (high, down·C·across, wide·B): a view in which patches below each other overlap"""
        _, inputs, across, wide, images = shifted.shape
        row = inputs * across * wide * images
        shape = (self.high, self.sides[0] * inputs * across, wide * images)
        return shifted.as_strided(shape, (self.steps[0] * row, wide * images, 1))

    def places(self, numbers: Tensor, nothing: int) -> Tensor:
        """Which weight stands where in the matrix that multiplies a patch.

        numbers: (maps, C, k, k), of the weights; nothing: the number for no weight. (units·maps, down·C·across)
        """
        maps, inputs, k, _ = numbers.shape
        (down, across), stride = self.sides, self.stride
        table = torch.full((self.rows, self.columns, maps, down, inputs, across), nothing)
        for row in range(self.rows):
            for column in range(self.columns):
                above, left = row * stride, column * stride
                table[row, column, :, above : above + k, :, left : left + k] = numbers.transpose(1, 2)
        return table.view(self.units * maps, -1)
