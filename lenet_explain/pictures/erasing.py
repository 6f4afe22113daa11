"""The lines of ruled and squared paper taken out of the darkness.

A stroke that crosses a line is darker than it, and stays; where both are alike the stroke is closed over the gap.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet_explain.pictures.darkness import Bytes, Darkness, Floats
from lenet_explain.pictures.ruling import BAND, Line, band_of, places_of


def without(dark: Darkness, lines: list[Line]) -> Darkness:
    """The darkness without the lines: what is no darker than its line beside it is paper."""
    if not lines:
        return dark
    allowed, upright = (np.zeros(dark.values.shape, np.float32) for _ in range(2))
    for line in lines:
        _allow(upright if abs(line.angle) > 45 else allowed, dark.values, line)
    allowed += upright  # where two of them cross
    ruled = allowed > 0
    rest = np.where(ruled & (dark.values <= allowed), 0, dark.values).astype(np.uint8)
    closed = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    rest = np.where(ruled, np.maximum(rest, np.minimum(closed, dark.values)), rest)
    return Darkness(rest, dark.least, dark.faint, dark.reach)


def _allow(allowed: Floats, values: Bytes, line: Line) -> None:
    """Write beside the line how dark the line itself gets there; 0 where it does not reach."""
    whole = _longer(line, values.shape)
    band = band_of(values, whole, BAND)
    level = _typical(band)
    middle = level[:, BAND]
    level[level < 0.15 * middle[:, None]] = 0
    x, y, normal = places_of(whole)
    steps = np.arange(-BAND, BAND + 1e-6, 0.5, dtype=np.float32)
    at = np.arange(2 * BAND + 1)
    for aside in steps:
        column = np.rint(x + normal[0] * aside).astype(np.int64)
        row = np.rint(y + normal[1] * aside).astype(np.int64)
        inside = (column >= 0) & (row >= 0) & (column < values.shape[1]) & (row < values.shape[0])
        below = int(np.clip(np.floor(aside) + BAND, 0, at[-1] - 1))
        here = np.maximum(level[:, below], level[:, below + 1])[inside]
        place = row[inside], column[inside]
        allowed[place] = np.maximum(allowed[place], here)


def _longer(line: Line, shape: tuple[int, ...], by: float = 12) -> Line:
    step = by / max(line.length, 1)
    dx, dy = step * (line.end[0] - line.start[0]), step * (line.end[1] - line.start[1])
    return Line((line.start[0] - dx, line.start[1] - dy), (line.end[0] + dx, line.end[1] + dy))


def _typical(band: Floats) -> Floats:
    """(n, b): the upper part of what a line is, stretch by stretch of it, without what crosses it."""
    stretches = max(1, min(8, len(band) // 40))
    parts = band[: len(band) // stretches * stretches].reshape(stretches, -1, band.shape[1])
    middle = np.minimum(np.median(parts, 1), 1.3 * np.median(band, 0))  # a stroke may run along a stretch
    spread = np.median(np.abs(parts - middle[:, None]), 1)
    upper = np.where(middle > 2, 1.15 * middle + 3.5 * spread, 0)
    at = (np.arange(stretches) + 0.5) * len(band) / stretches
    return np.stack([np.interp(np.arange(len(band)), at, one) for one in upper.T], 1).astype(np.float32)
