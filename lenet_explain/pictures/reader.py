"""A picture file read: its digits with their ink, where they lie, and what was measured; or one true sentence.

Runs in the reader's process. Strokes are looked for at several widths, the thin first, dark on light and light on dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np

from lenet_explain import paper
from lenet_explain.pictures import ruling
from lenet_explain.pictures.darkness import Bytes
from lenet_explain.pictures.decoding import decoded
from lenet_explain.pictures.interface import (
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
from lenet_explain.pictures.looks import SPECK, Look, best_look
from lenet_explain.pictures.panels import panel_of
from lenet_explain.pictures.parts import Character

_NOTHING = "No writing was found: choose a picture with a digit, dark on light or light on dark, sharp and from near."
_FAINT = (
    "No writing was found that clearly stands out from the paper: take the picture in more and more even light, from "
    "nearer, or write with a darker pen."
)
SMALLEST = 12  # pixels of the file, a digit is no smaller

_NARROWEST = 32  # pixels of the shorter side as it is looked at
_ENLARGED = 480  # pixels: smaller pictures are looked at as large as this


def reading_of(content: bytes, crop: Box | None = None) -> PictureReading:
    """Raises PictureError, MemoryError, cv2.error."""
    return reading_of_pixels(*decoded(content), crop)


def reading_of_pixels(colours: Bytes, shrunk: float, crop: Box | None = None) -> PictureReading:
    """Of what `decoded` gives. Raises PictureError, MemoryError, cv2.error."""
    part, pixels = _cut(colours, crop)
    try:
        if part.shape[:2] == (paper.CENTRED_FIELD, paper.CENTRED_FIELD) and not crop:
            digits, notes = (_as_it_is(part),), ()
        else:
            digits, notes = _digits(part, pixels, shrunk, colours.shape[:2])
    except PictureError as error:
        error.preview = _preview(colours)
        raise
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
    high, wide = (max(1, round(side * by)) for side in grey.shape)
    return cv2.resize(grey, (wide, high), interpolation=cv2.INTER_AREA)


def _as_it_is(colours: Bytes) -> FoundDigit:
    """A picture of MNIST's own size is taken pixel by pixel."""
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    border = float(np.median(np.r_[grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    lack = border - grey if border > 127 else grey - border
    if lack.max() < 12 or (lack > 12).mean() > 0.6:
        raise PictureError(_NOTHING)
    ink = np.rint(LEVELS * (lack / float(lack.max())).clip(0, 1)).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(ink)
    side, inked = len(grey), (ink > LEVELS // 3).astype(np.uint8)
    inside = cv2.distanceTransform(inked, cv2.DIST_L2, 3)[inked > 0]
    stroke, parts = max(1.0, 4 * float(inside.mean()) - 2), cv2.connectedComponents(inked)[0] - 1
    measures = Measures(stroke / max(width, height), height / side, float(height), parts, float(lack.max()) / 255)
    box = Box(left / side, top / side, width / side, height / side)
    return FoundDigit(ink.repeat(SIDE // side, 0).repeat(SIDE // side, 1), box, measures)


def _digits(
    part: Bytes, cut: tuple[int, int, int, int], shrunk: float, whole: tuple[int, int]
) -> tuple[tuple[FoundDigit, ...], tuple[str, ...]]:
    """shrunk: pixels of the file to one of the picture; whole: its height and width."""
    enlarged = max(1.0, _ENLARGED / max(part.shape))
    if min(part.shape[:2]) * enlarged < _NARROWEST:
        high, wide = (max(1, round(side * shrunk)) for side in part.shape[:2])
        raise PictureError(
            f"The picture is {wide} pixels wide and {high} high: no digit can be read in so narrow a strip."
        )
    if enlarged > 1:
        part = cv2.resize(part, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
    panel = panel_of(part)
    look = best_look(part[panel], enlarged) if panel else None
    if look is None:
        panel, look = None, best_look(part, enlarged)
    if look is None:
        raise PictureError(_NOTHING)
    enlarged /= look.smaller
    _refuse(look, shrunk / enlarged)
    down, across = (panel[0].start / look.smaller, panel[1].start / look.smaller) if panel else (0.0, 0.0)
    tilt, digits = ruling.tilt_of(look.lines), []
    for one in _in_reading_order(look.characters):
        left, top, right, bottom = one.box
        left, top = cut[0] + (left + across) / enlarged, cut[1] + (top + down) / enlarged
        wide, high = (right - one.box[0]) / enlarged, (bottom - one.box[1]) / enlarged
        box = Box(left / whole[1], top / whole[0], wide / whole[1], high / whole[0])
        measures = Measures(one.stroke / one.side, high / whole[0], high * shrunk, len(one.parts), one.level / 255)
        digits.append(FoundDigit(ink_of(one, look.labels, look.dark, tilt), box, measures))
    return tuple(digits), tuple(_notes(look, tilt))


def _refuse(look: Look, scale: float) -> None:
    """Raises PictureError for a page and for what is doubtful. scale: pixels of the file to one of the look's."""
    first = look.characters[0]
    if look.faint:
        raise PictureError(_FAINT)
    if look.thread:
        raise PictureError(
            f"No digit was found, only a line {first.side / first.stroke:.0f} times as long as it is wide, as of ruled "
            "paper or the edge of a sheet: take the picture from nearer, of the digit and little around it."
        )
    if look.crowd:
        raise PictureError(
            f"{max(len(look.characters), look.pieces)} characters were found, as on a printed page: take a picture of "
            f"one digit, or of a row of at most {MOST_DIGITS}."
        )
    side = max(max(one.side for one in look.characters) * scale, 1)
    if side < SMALLEST or look.speck:
        least = max(SMALLEST, math.ceil(SPECK * max(look.labels.shape) * scale))
        raise PictureError(
            f"Come nearer: what was found is only {side:.0f} pixels large, and {least} are needed in this picture."
        )


def _in_reading_order(characters: list[Character]) -> list[Character]:
    """Row by row, each from left to right."""
    tallest = max(one.height for one in characters)
    rows: list[list[Character]] = []
    for one in sorted(characters, key=lambda one: one.box[1] + one.box[3]):
        middle = (one.box[1] + one.box[3]) / 2
        if rows and abs(middle - np.mean([(other.box[1] + other.box[3]) / 2 for other in rows[-1]])) < 0.6 * tallest:
            rows[-1].append(one)
        else:
            rows.append([one])
    return [one for row in rows for one in sorted(row, key=lambda one: one.box[0])]


def _notes(look: Look, tilt: float) -> Iterator[str]:
    if look.lines:
        yield f"{len(look.lines)} straight lines that cross the sheet were taken out."
    if abs(tilt) >= 1:
        yield f"The lines of the paper are turned by {abs(tilt):.0f}°: what was found is turned back."
    if look.light:
        yield "The writing is lighter than its ground."
