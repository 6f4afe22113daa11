"""A picture file read: its digits with their ink, where they lie, and what was measured; or one true sentence.

Runs in the reader's process. Strokes are looked for at several widths, the thin first, dark on light and light on dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from lenet_explain import paper
from lenet_explain.pictures import ruling
from lenet_explain.pictures.darkness import Bytes, Darkness, against_border, against_paper
from lenet_explain.pictures.decoding import decoded
from lenet_explain.pictures.edges import without_edges
from lenet_explain.pictures.face import (
    LEVELS,
    MOST_DIGITS,
    PREVIEW,
    SIDE,
    Box,
    FoundDigit,
    Measures,
    PictureError,
    PictureReading,
)
from lenet_explain.pictures.laying import ink_of
from lenet_explain.pictures.panels import panel_of
from lenet_explain.pictures.parts import Character, characters_of, parts_of

SMALLEST = 12  # pixels of the file, a digit is no lower

_ENLARGED = 480  # pixels: smaller pictures are looked at as large as this
_REACHES = ((1 / 40, 1), (1 / 12, 2), (1 / 3, 4))  # of the longer side; strokes are seen whole up to about half of it
_WHOLE = 0.6  # of the reach: strokes this wide may have been cut off
_THIN = 0.1  # of the reach: finer strokes are a smaller reach's
_DULL, _PALE, _FAINT = 110, 150, 55  # greys of the ground, darkness of the strokes
_SOFT, _DEEP = 0.06, 105  # darkness gained within a pixel of the picture, and darkness: below both it is a shade
_ALIKE = 0.8  # as dark as what a smaller reach shows
_PIECES = 30  # parts of all characters together; more are print
_BETTER = 3.0  # times as much writing has to be seen at a larger reach


@dataclass(frozen=True)
class _Look:
    """What one way of looking shows."""

    dark: Darkness
    characters: list[Character]
    labels: NDArray[np.int32]
    lines: list[ruling.Line]
    light: bool  # strokes lighter than their ground
    smaller: int  # pixels of the picture to one of these

    @property
    def whole(self) -> bool:
        if not self.characters:
            return False
        share = self.characters[0].stroke / self.dark.reach
        return share <= _WHOLE and (share >= _THIN or self.smaller == 1)

    @property
    def level(self) -> float:
        return self.characters[0].level

    @property
    def crowd(self) -> bool:
        """Too many characters for a row of digits: a page."""
        return len(self.characters) > MOST_DIGITS or self.pieces > _PIECES

    @property
    def pieces(self) -> int:
        return sum(len(one.parts) for one in self.characters)

    @property
    def shade(self) -> bool:
        """Faint and without an edge, as a finger's shadow."""
        first = self.characters[0].parts[0]
        return first.sharp / self.smaller < _SOFT and self.level < _DEEP

    @property
    def weight(self) -> float:
        return self.characters[0].mass * self.smaller**2 if self.characters else 0.0


def reading_of(content: bytes, crop: Box | None = None) -> PictureReading:
    """Raises PictureError, MemoryError, cv2.error."""
    colours, shrunk = decoded(content)
    part, pixels = _cut(colours, crop)
    if part.shape[:2] == (paper.CENTRED_FIELD, paper.CENTRED_FIELD) and not crop:
        digits, notes = (_as_it_is(part),), ()
    else:
        digits, notes = _digits(part, pixels, shrunk, colours.shape[:2])
    return PictureReading(digits, _preview(colours), notes)


def _cut(colours: Bytes, crop: Box | None) -> tuple[Bytes, tuple[int, int, int, int]]:
    """The picture within the box, and the box in pixels: left, top, width, height."""
    height, width = colours.shape[:2]
    if crop is None:
        return colours, (0, 0, width, height)
    sides = np.nan_to_num([crop.left * width, crop.top * height, crop.width * width, crop.height * height])
    left, top = int(np.clip(sides[0], 0, width - 1)), int(np.clip(sides[1], 0, height - 1))
    right = int(np.clip(np.ceil(sides[0] + sides[2]), left + 1, width))
    bottom = int(np.clip(np.ceil(sides[1] + sides[3]), top + 1, height))
    return np.ascontiguousarray(colours[top:bottom, left:right]), (left, top, right - left, bottom - top)


def _preview(colours: Bytes) -> Bytes:
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    by = min(1.0, PREVIEW / max(grey.shape))
    size = tuple(max(1, round(side * by)) for side in grey.shape[::-1])
    return np.ascontiguousarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))


def _as_it_is(colours: Bytes) -> FoundDigit:
    """A picture of MNIST's own size is taken pixel by pixel."""
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    border = float(np.median(np.r_[grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    lack = border - grey if border > 127 else grey - border
    if np.abs(lack).max() < 12 or (lack > 12).mean() > 0.6:
        raise PictureError("No writing was found: choose a picture with a digit, dark on light or light on dark.")
    ink = np.rint(LEVELS * (lack / max(float(lack.max()), 1.0)).clip(0, 1)).astype(np.uint8)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if not rows.size:
        raise PictureError("No writing was found: choose a picture with a digit, dark on light or light on dark.")
    side, tall = len(grey), int(np.ptp(rows)) + 1
    box = Box(columns[0] / side, rows[0] / side, (np.ptp(columns) + 1) / side, tall / side)
    count = cv2.connectedComponents((ink > LEVELS // 3).astype(np.uint8))[0] - 1
    thick = (
        4 * float(cv2.distanceTransform((ink > LEVELS // 3).astype(np.uint8), cv2.DIST_L2, 3)[ink > LEVELS // 3].mean())
        - 1
    )
    measures = Measures(max(thick, 0.5) / tall, tall / side, float(tall), max(1, count), float(lack.max()) / 255)
    return FoundDigit(ink.repeat(SIDE // side, 0).repeat(SIDE // side, 1), box, measures)


def _digits(
    part: Bytes, cut: tuple[int, int, int, int], shrunk: float, whole: tuple[int, int]
) -> tuple[tuple[FoundDigit, ...], tuple[str, ...]]:
    """shrunk: pixels of the file to one of the picture; whole: its height and width."""
    enlarged = max(1.0, _ENLARGED / max(part.shape))
    if enlarged > 1:
        part = cv2.resize(part, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
    panel = panel_of(part)
    look = _best(part[panel]) if panel else None
    if look is None:
        panel, look = None, _best(part)
    if look is None:
        raise PictureError(_nothing(part))
    characters = look.characters
    if look.crowd:
        raise PictureError(
            f"{max(len(characters), look.pieces)} characters were found, as on a printed page: take a picture of one digit, "
            f"or of a row of at most {MOST_DIGITS}."
        )
    enlarged /= look.smaller
    tallest = max(character.height for character in characters)
    high = max(max(one.side for one in characters) / enlarged * shrunk, 1)
    if high < SMALLEST:
        raise PictureError(f"Come nearer: the digit is only {high:.0f} pixels high, and {SMALLEST} are needed.")
    tilt = ruling.tilt_of(look.lines)
    down, across = (panel[0].start, panel[1].start) if panel else (0, 0)
    digits = []
    for one in _in_reading_order(characters, tallest):
        left, top, right, bottom = (
            (side + start / look.smaller) / enlarged
            for side, start in zip(one.box, (across, down, across, down), strict=True)
        )
        box = Box(
            (cut[0] + left) / whole[1], (cut[1] + top) / whole[0], (right - left) / whole[1], (bottom - top) / whole[0]
        )
        measures = Measures(
            one.stroke / one.side, (bottom - top) / whole[0], (bottom - top) * shrunk, len(one.parts), one.level / 255
        )
        digits.append(FoundDigit(ink_of(one, look.labels, look.dark, tilt), box, measures))
    return tuple(digits), tuple(_notes(look, tilt))


def _best(part: Bytes) -> _Look | None:
    """The look that shows whole strokes; a larger reach has to show much more. Light strokes are looked for where the
    ground is dark or dark strokes are faint."""
    if (plain := _plain(part)) and plain.whole:
        return plain
    dark = _strongest(_looks(part, light=False))
    ground = float(np.median(part[::4, ::4]))
    if dark and (ground > _PALE or (ground > _DULL and dark.level > _FAINT) or dark.crowd):
        return dark
    light = _strongest(_looks(cv2.bitwise_not(part), light=True))
    return max((one for one in (dark, light) if one), key=lambda one: one.weight * one.level, default=None)


def _strongest(looks: Iterator[_Look]) -> _Look | None:
    best: _Look | None = None
    for look in looks:
        if not look.whole or (look.smaller > 1 and look.shade):
            continue
        if look.crowd:
            return look
        if best is None or (look.weight > _BETTER * best.weight and look.level > _ALIKE * best.level):
            best = look
    return best


def _plain(part: Bytes) -> _Look | None:
    """A drawing or a scan, whose ground is one grey."""
    if not (found := against_border(part)):
        return None
    dark, light = found
    lines = ruling.lines_of(dark)
    dark = ruling.without(dark, lines)
    parts, labels = parts_of(dark)
    parts = [replace(part, sharp=1.0) for part in parts]  # enlarged pixels are soft
    return _Look(dark, characters_of(parts, part.shape[:2]), labels, lines, light, 1)


def _looks(colours: Bytes, light: bool) -> Iterator[_Look]:
    """Thin strokes first, wide ones on a smaller copy without thin ones. colours: dark strokes on a lighter ground."""
    lines: list[ruling.Line] = []
    for reach, smaller in _REACHES:
        small, wide = colours, max(9, round(reach * max(colours.shape) / smaller))
        if smaller > 1:
            small = cv2.resize(colours, None, fx=1 / smaller, fy=1 / smaller, interpolation=cv2.INTER_AREA)
            small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((max(3, round(_THIN * wide)),) * 2, np.uint8))
        dark = against_paper(small, wide, wide=smaller > 1)
        if smaller == 1:
            lines = ruling.lines_of(dark)
            dark = ruling.without(dark, lines)
        parts, labels = parts_of(dark)
        rules = [line.at(1 / smaller) for line in lines]
        parts = without_edges(parts, labels, cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), rules)
        yield _Look(dark, characters_of(parts, small.shape[:2]), labels, lines, light, smaller)


def _nothing(part: Bytes) -> str:
    return "No writing was found: choose a picture with a digit, dark on light or light on dark, sharp and from near."


def _in_reading_order(characters: list[Character], tallest: int) -> list[Character]:
    """Row by row, each from left to right."""
    rows: list[list[Character]] = []
    for one in sorted(characters, key=lambda one: one.box[1] + one.box[3]):
        middle = (one.box[1] + one.box[3]) / 2
        if rows and abs(middle - np.mean([(other.box[1] + other.box[3]) / 2 for other in rows[-1]])) < 0.6 * tallest:
            rows[-1].append(one)
        else:
            rows.append([one])
    return [one for row in rows for one in sorted(row, key=lambda one: one.box[0])]


def _notes(look: _Look, tilt: float) -> Iterator[str]:
    if look.lines:
        yield f"{len(look.lines)} straight lines that cross the sheet were taken out."
    if abs(tilt) >= 1:
        yield f"The lines of the paper are turned by {abs(tilt):.0f}°: what was found is turned back."
    if look.light:
        yield "The writing is lighter than its ground."
