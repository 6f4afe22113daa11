"""The lines of ruled and squared paper: found as straight lines that cross the sheet."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lenet_explain.pictures.darkness import Bytes, Darkness, Floats

_SMALL = 400  # pixels, the longer side at which lines are looked for
_ASIDE = 27  # degrees from level or upright
_MOST = 120  # lines of one direction
_PATIENCE = 25  # guesses without a line, one after the other
BAND = 7  # pixels to each side that are looked at
_LONG = 0.33  # of the longer side, at least
_FAMILY = 4  # parallels that make a ruling, else a line has to go from edge to edge
_ALIKE = 4.0  # degrees between parallels
_COVERED = 0.55  # of a line, at least
_EVEN = 0.45  # a rule is nowhere fainter against what it is mostly


@dataclass(frozen=True)
class Line:
    """From one end to the other, in pixels; angle in degrees, −90 to 90, 0 level, growing clockwise."""

    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def length(self) -> float:
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    def at(self, scale: float) -> Line:
        """The same line where the picture is so many times as large."""
        return Line((self.start[0] * scale, self.start[1] * scale), (self.end[0] * scale, self.end[1] * scale))

    @property
    def angle(self) -> float:
        turn = float(np.degrees(np.arctan2(self.end[1] - self.start[1], self.end[0] - self.start[0])))
        return (turn + 90) % 180 - 90


def lines_of(dark: Darkness) -> list[Line]:
    """The rules of the paper in a picture, and its edges where they show as lines; none on plain paper."""
    found: list[Line] = []
    for guesses in _guesses(dark):
        missed = 0
        for guess in guesses:
            if any(_meet(guess, other) for other in found):
                continue
            line = _traced(dark, guess)
            if line and not any(_meet(line, other) for other in found):
                found.append(line)
                missed = 0
            else:
                missed += 1
                if missed == _PATIENCE:
                    break
    longer = max(dark.values.shape)
    return [line for line in found if _crosses(line, dark.values.shape) or _parallels(line, found, longer) >= _FAMILY]


def tilt_of(lines: list[Line]) -> float:
    """Degrees by which the paper is turned clockwise, −27 to 27; 0 where no lines tell."""
    turned = [(line.angle + 45) % 90 - 45 for line in lines]
    return float(np.median(turned)) if len(turned) >= _FAMILY else 0.0


def _guesses(dark: Darkness) -> Iterator[list[Line]]:
    """Level lines and upright ones by Hough's transform on a smaller copy, each the best supported first."""
    step = max(1, round(max(dark.values.shape) / _SMALL))
    ridge = cv2.compare(dark.values, dark.faint, cv2.CMP_GT)
    thin = cv2.subtract(ridge, cv2.morphologyEx(ridge, cv2.MORPH_OPEN, np.ones((2 * BAND, 2 * BAND), np.uint8)))
    small = cv2.resize(thin, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    small = cv2.inRange(small, (math.ceil(255 / (step + 1)) - 1,), (255,))
    aside, least = np.radians(_ASIDE), round(0.6 * _LONG * max(small.shape))
    for low, high in ((np.pi / 2 - aside, np.pi / 2 + aside), (-aside, aside)):
        lines = cv2.HoughLines(small, 1, np.pi / 360, least, min_theta=low, max_theta=high)
        if lines is not None:
            polar = lines.reshape(-1, lines.shape[-1])[:2500, :2].astype(np.float64)
            clipped = [
                _clipped((rho + 0.5) * step, theta, dark.values.shape) for rho, theta in _apart(polar, small.shape)
            ]
            yield [line for line in clipped if line]


def _apart(polar: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Of lines as (n, 2) of rho and theta those that differ from all before them."""
    away = polar[:, 0] - np.cos(polar[:, 1]) * shape[1] / 2 - np.sin(polar[:, 1]) * shape[0] / 2  # from the middle
    taken: list[int] = []
    for at in range(len(polar)):
        turned = np.abs(polar[taken, 1] - polar[at, 1])
        if not ((np.abs(away[taken] - away[at]) < 2.5 + 60 * turned) & (turned < 0.1)).any():
            taken.append(at)
            if len(taken) == _MOST:
                break
    return polar[taken]


def _clipped(rho: float, theta: float, shape: tuple[int, ...]) -> Line | None:
    """The part of an endless line within the picture."""
    height, width = shape
    across, down = np.cos(theta), np.sin(theta)
    x, y, far = rho * across, rho * down, 2.0 * (height + width)
    ends = [(int(x - far * down), int(y + far * across)), (int(x + far * down), int(y - far * across))]
    inside, first, last = cv2.clipLine((0, 0, width, height), *ends)
    if not inside or np.hypot(last[0] - first[0], last[1] - first[1]) < _LONG * max(shape):
        return None
    return Line((float(first[0]), float(first[1])), (float(last[0]), float(last[1])))


def places_of(line: Line, step: int = 1) -> tuple[Floats, Floats, Floats]:
    """Along the line, every step pixels: x (n,), y (n,), and the unit normal (2,)."""
    count = max(2, round(line.length / step) + 1)
    x = np.linspace(line.start[0], line.end[0], count, dtype=np.float32)
    y = np.linspace(line.start[1], line.end[1], count, dtype=np.float32)
    normal = np.array([line.start[1] - line.end[1], line.end[0] - line.start[0]], np.float32) / max(line.length, 1e-6)
    return x, y, normal


def band_of(values: Bytes, line: Line, reach: int, step: int = 1) -> Floats:
    """(n, 2·reach + 1): the values beside a line, every step pixels along it and pixel by pixel across it."""
    x, y, normal = places_of(line, step)
    aside = np.arange(-reach, reach + 1, dtype=np.float32)
    xs, ys = x[:, None] + normal[0] * aside, y[:, None] + normal[1] * aside
    return cv2.remap(values, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)


def _traced(dark: Darkness, guess: Line) -> Line | None:
    """The guess moved onto the ridge under it, from where it begins to where it ends; None where there is none."""
    line = guess
    for _ in range(2):
        band = cv2.blur(band_of(dark.values, line, BAND, 3), (1, 5))
        peak, middle = band.argmax(1), band.mean(1)
        clear = band.max(1) > 1.3 * middle + 3
        if clear.mean() < 0.5 * _COVERED:
            return None
        along = 3 * np.arange(len(peak))[clear]
        slope, level = _straight(along, (peak[clear] - BAND).astype(np.float64))
        _, _, normal = places_of(line)
        first, last = level, level + slope * 3 * (len(peak) - 1)
        line = Line(
            (line.start[0] + float(normal[0]) * first, line.start[1] + float(normal[1]) * first),
            (line.end[0] + float(normal[0]) * last, line.end[1] + float(normal[1]) * last),
        )
    return _ended(dark, line)


def _straight(along: NDArray, aside: NDArray) -> tuple[float, float]:
    """Slope and level of a straight line through most of the places, twice without what lies far off."""
    slope, level = 0.0, float(np.median(aside))
    for within in (3.0, 1.5, 1.5):
        near = np.abs(aside - level - slope * along) <= within
        if near.sum() < 8 or np.ptp(along[near]) < 8:
            break
        slope, level = (float(one) for one in np.polyfit(along[near], aside[near], 1))
    return slope, level


def _ended(dark: Darkness, line: Line) -> Line | None:
    """The stretch of the line that is covered."""
    band = band_of(dark.values, line, BAND, 3)
    ridge = band[:, BAND - 1 : BAND + 2].max(1)
    beside = np.maximum(band[:, : BAND - 3].mean(1), band[:, BAND + 4 :].mean(1))
    over = (ridge > 1.2 * beside + 3).astype(np.float32)
    covered = cv2.blur(over, (1, 15)).ravel() >= _COVERED
    runs = np.flatnonzero(np.diff(np.r_[0, covered.astype(np.int8), 0])).reshape(-1, 2).tolist()
    joined: list[list[int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] < 30:
            joined[-1][1] = last
        else:
            joined.append([first, last])
    first, last = max(joined, key=lambda run: run[1] - run[0], default=(0, 0))
    if 3 * (last - first) < _LONG * max(dark.values.shape) or over[first:last].mean() < _COVERED + 0.1:
        return None
    low, middle = np.percentile(cv2.blur(ridge[first:last], (1, 3)), (15, 50))
    x, y, _ = places_of(line, 3)
    noise = cv2.remap(dark.faint, x[first:last, None], y[first:last, None], cv2.INTER_NEAREST)
    if low < _EVEN * middle or middle < float(np.median(noise)):
        return None  # a row of print, or nothing that would be taken for ink
    return Line((float(x[first]), float(y[first])), (float(x[last - 1]), float(y[last - 1])))


def _meet(line: Line, other: Line) -> bool:
    """Whether two lines, near parallel, run within a few pixels of each other somewhere."""
    if abs((line.angle - other.angle + 90) % 180 - 90) > 8:
        return False
    _, _, normal = places_of(other, 1000)
    first, last = (
        (x - other.start[0]) * normal[0] + (y - other.start[1]) * normal[1] for x, y in (line.start, line.end)
    )
    return bool(first * last < 0 or min(abs(first), abs(last)) < 4)


def _parallels(line: Line, lines: list[Line], longer: int) -> int:
    return sum(abs((line.angle - one.angle + 90) % 180 - 90) < _ALIKE and one.length > _LONG * longer for one in lines)


def lies_along(line: Line, start: tuple[float, float], end: tuple[float, float], within: float) -> bool:
    """Whether a stretch from start to end runs beside a line, no further away than so many pixels."""
    _, _, normal = places_of(line, 1000)
    return all(
        abs((x - line.start[0]) * float(normal[0]) + (y - line.start[1]) * float(normal[1])) <= within
        for x, y in (start, end)
    )


def _crosses(line: Line, shape: tuple[int, ...]) -> bool:
    """From one edge of the picture to another."""
    height, width = shape
    near = 0.02 * max(shape)
    return all(min(x, y, width - 1 - x, height - 1 - y) <= near for x, y in (line.start, line.end))
