"""Windows laid side by side, so that a layer is one product of matrices; and the way back, which adds them up."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from lenet_explain.layers import Shape
from lenet_explain.layers.shape import Window

Array = NDArray[np.floating]


class Windows:
    """All places of one window on maps of one shape.

    C, H, W: maps, height and width before; k: the window's side; P: its places, row by row.
    """

    def __init__(self, before: Shape, window: Window, after: Shape) -> None:
        self.k, self.stride, self.padding = window.size, window.stride, window.padding
        self.before, self.places = before, (after.height, after.width)
        self._whole = (window.padding, after.height, after.width) == (
            0,
            1,
            1,
        ) and before.height == before.width == self.k
        self._read = self._planes = self._cells = np.empty(0)

    def patches(self, maps: Array) -> Array:
        """(B, C, H, W) → (B, C, k·k, P), copied into an array that the next call fills anew."""
        if self._whole:
            return maps.reshape(len(maps), self.before.maps, -1, 1)
        if self.padding:
            edge = (self.padding, self.padding)
            maps = np.pad(maps, ((0, 0), (0, 0), edge, edge))
        maps = np.ascontiguousarray(maps)
        batch, across, down, right = maps.strides
        shape = (len(maps), self.before.maps, self.k, self.k, *self.places)
        strides = (batch, across, down, right, down * self.stride, right * self.stride)
        view = np.ndarray(shape, maps.dtype, maps.data, 0, strides)  # as_strided, at a tenth of its cost
        if self._read.shape != shape or self._read.dtype != maps.dtype:
            self._read = np.empty(shape, maps.dtype)
        self._read[...] = view
        return self._read.reshape(len(maps), self.before.maps, self.k**2, -1)

    def added(self, patches: Array) -> Array:
        """The transpose of `patches`: each value goes back to where it was read, and what meets there is added.

        (B, C, k·k, P), or with axes joined, → (B, C, H, W). Each of the k·k cells of the window has a plane of its own
        as large as the maps; a cell's values are written into its plane at one stroke, then the planes are added.
        """
        if self._whole:
            return patches.reshape(len(patches), self.before.maps, self.before.height, self.before.width)
        if (len(self._planes), self._planes.dtype) != (len(patches), patches.dtype):
            self._lay_out(len(patches), patches.dtype)
        self._cells[...] = patches.reshape(self._cells.shape)
        maps = np.add.reduce(self._planes, axis=2)
        edge = self.padding
        if not edge:
            return maps
        return maps[:, :, edge : edge + self.before.height, edge : edge + self.before.width]

    def _lay_out(self, count: int, dtype: np.dtype) -> None:
        """The planes, zero but where values are about to be written: the same places, `_cells`, each time."""
        height, width = self.before.height + 2 * self.padding, self.before.width + 2 * self.padding
        self._planes = np.zeros((count, self.before.maps, self.k**2, height, width), dtype)
        batch, across, cell, down, right = self._planes.strides
        self._cells = as_strided(
            self._planes,
            (count, self.before.maps, self.k, self.k, *self.places),
            (batch, across, self.k * cell + down, cell + right, down * self.stride, right * self.stride),
        )
