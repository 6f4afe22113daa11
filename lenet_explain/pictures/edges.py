"""Straight parts that nobody wrote: what is left of a rule, and the edge of the sheet on a table."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from lenet_explain.pictures.darkness import Bytes, Labels
from lenet_explain.pictures.parts import Part
from lenet_explain.pictures.ruling import Line, lies_along

_STEP = 0.14  # the ground differs so much on the two sides of an edge, as a share of the lighter
_CHECKED = 60  # parts, the heaviest first
_ALIKE = 8.0  # degrees between what reaches the edge and the rules, were it one more of them
_BESIDE = 9.0  # pixels from a rule, what is left of it lies no further


def without_edges(parts: list[Part], labels: Labels, grey: Bytes, lines: list[Line]) -> list[Part]:
    """The parts without straight ones along a rule or between two grounds. grey: (H, W); labels: as parts_of gives."""
    return [
        part for at, part in enumerate(parts)
        if at >= _CHECKED or not part.written or not _straight_edge(part, labels, grey, lines)
    ]  # fmt: skip


def _straight_edge(part: Part, labels: Labels, grey: Bytes, lines: list[Line]) -> bool:
    seen = labels[part.top : part.bottom, part.left : part.right] == part.label
    places = np.argwhere(seen)[:, ::-1].astype(np.float32) + np.array([part.left, part.top], np.float32)
    vx, vy, x, y = (float(one) for one in cv2.fitLine(places, cv2.DIST_L2, 0, 0.01, 0.01).ravel())
    along = (places[:, 0] - x) * vx + (places[:, 1] - y) * vy
    aside = np.abs((places[:, 1] - y) * vx - (places[:, 0] - x) * vy)
    length = float(np.ptp(along))
    if float(np.percentile(aside, 95)) > 1.2 * part.stroke + 1.5 or length < 8 * part.stroke:
        return False
    ends = ((x + along.min() * vx, y + along.min() * vy), (x + along.max() * vx, y + along.max() * vy))
    if any(lies_along(line, *ends, _BESIDE) for line in lines):
        return True
    if _touches(part, grey) and any(abs((_angle(vx, vy) - line.angle + 90) % 180 - 90) < _ALIKE for line in lines):
        return True
    off = 1.5 * part.stroke + 4
    at = np.linspace(along.min(), along.max(), 25)
    sides = [_median(grey, x + at * vx - side * vy, y + at * vy + side * vx) for side in (-off, off)]
    return abs(sides[0] - sides[1]) > _STEP * max(*sides, 1.0)


def _touches(part: Part, grey: Bytes) -> bool:
    """Whether it reaches the picture's edge."""
    return min(part.left, part.top) <= 2 or part.right >= grey.shape[1] - 2 or part.bottom >= grey.shape[0] - 2


def _angle(across: float, down: float) -> float:
    return float(np.degrees(np.arctan2(down, across)))


def _median(grey: Bytes, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    rows, columns = np.rint(y).astype(int), np.rint(x).astype(int)
    inside = (rows >= 0) & (columns >= 0) & (rows < grey.shape[0]) & (columns < grey.shape[1])
    return float(np.median(grey[rows[inside], columns[inside]])) if inside.any() else 0.0
