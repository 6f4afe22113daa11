"""Windows laid side by side, so that a layer is one product of matrices; and the way back, which adds them up."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from lenet_explain.network.layers import Shape
from lenet_explain.network.layers.shape import Window

Array = NDArray[np.floating]


class Windows:
    """All places of one window on maps of one shape.

    C, H, W: maps, height and width before, H and W with the padding; k: the window's side; P: its places, row by row.
    Both ways go by columns, (B, C, k, H, W′): for each column of the window what it meets while the window moves
    sideways. Whole rows of places lie together there, and long runs are what copying likes.
    """

    def __init__(self, before: Shape, window: Window, after: Shape, border: float = 0.0) -> None:
        self.k, self.stride, self.padding = window.size, window.stride, window.padding
        self.maps, self.size = before.maps, (before.height, before.width)
        self.places, self.border = (after.height, after.width), border
        ends = [(count - 1) * self.stride + self.k for count in self.places]
        height, width = (max(side + 2 * self.padding, end) for side, end in zip(self.size, ends, strict=True))
        self.padded = (height, width)
        self._read = self._added = np.empty((0, 0))

    def patches(self, maps: Array) -> Array:
        """(B, C, H, W) → (B, C, k·k, P), copied into an array that the next call fills anew."""
        if len(self._read) != len(maps) or self._read.dtype != maps.dtype:
            self._lay_out_reading(len(maps), maps.dtype)
        if self.padded != self.size:
            self._inner[...] = maps
            maps = self._outer
        maps = np.ascontiguousarray(maps)
        batch, across, down, right = maps.strides
        strides = (batch, across, right, down, right * self.stride)
        self._columns[...] = np.ndarray(self._columns.shape, maps.dtype, maps.data, 0, strides)  # as_strided, but quick
        self._read[...] = self._under
        return self._patches

    def added(self, patches: Array) -> Array:
        """The transpose of `patches`: each value goes back to where it was read, and what meets there is added.

        (B, C, k·k, P), or with axes joined, → (B, C, H, W), without the padding. Each row of the window has planes of
        its own, then each column has one: all values are written at one stroke, always to the same places, then the
        planes are added.
        """
        if len(self._added) != len(patches) or self._added.dtype != patches.dtype:
            self._lay_out_adding(len(patches), patches.dtype)
        self._cells_of_rows[...] = patches.reshape(self._cells_of_rows.shape)
        self._cells_of_columns[...] = np.add.reduce(self._of_rows, axis=0)
        np.add.reduce(self._of_columns, axis=0, out=self._added)
        return self._within(self._added)

    def cells_there(self) -> Array:
        """How many cells of the window lie within the maps and their padding, for each place: (P,)."""
        sides = (side + 2 * self.padding for side in self.size)
        down, right = (
            np.minimum(self.k, side - self.stride * np.arange(count))
            for side, count in zip(sides, self.places, strict=True)
        )
        return np.multiply.outer(down, right).ravel().astype(np.float64)

    def _within(self, padded: Array) -> Array:
        edge, (height, width) = self.padding, self.size
        return padded[:, :, edge : edge + height, edge : edge + width] if self.padded != self.size else padded

    def _lay_out_reading(self, count: int, dtype: np.dtype) -> None:
        (height, width), (high, wide), k = self.padded, self.places, self.k
        self._outer = np.full((count, self.maps, height, width), self.border, dtype)
        self._inner = self._within(self._outer)
        self._columns = np.empty((count, self.maps, k, height, wide), dtype)
        batch, across, column, down, right = self._columns.strides
        self._read = np.empty((count, self.maps, k, k, high, wide), dtype)
        self._patches = self._read.reshape(count, self.maps, k * k, high * wide)
        strides = (batch, across, down, column, down * self.stride, right)
        self._under = as_strided(self._columns, self._read.shape, strides)

    def _lay_out_adding(self, count: int, dtype: np.dtype) -> None:
        """The planes, zero but for the cells, where values are about to be written."""
        (height, width), (high, wide), k = self.padded, self.places, self.k
        self._added = np.empty((count, self.maps, height, width), dtype)
        self._of_rows = np.zeros((k, count, self.maps, k, height, wide), dtype)
        row, batch, across, column, down, right = self._of_rows.strides
        strides = (batch, across, row + down, column, down * self.stride, right)
        self._cells_of_rows = as_strided(self._of_rows, (count, self.maps, k, k, high, wide), strides)
        self._of_columns = np.zeros((k, count, self.maps, height, width), dtype)
        column, batch, across, down, right = self._of_columns.strides
        strides = (batch, across, column + right, down, right * self.stride)
        self._cells_of_columns = as_strided(self._of_columns, (count, self.maps, k, height, wide), strides)
