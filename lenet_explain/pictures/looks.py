"""Ways of looking at a picture, and which of them shows whole strokes: thin or wide, dark on light or light on dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lenet_explain.pictures import ruling
from lenet_explain.pictures.darkness import Bytes, Darkness, Labels, against_border, against_paper
from lenet_explain.pictures.edges import without_edges
from lenet_explain.pictures.erasing import without
from lenet_explain.pictures.face import MOST_DIGITS
from lenet_explain.pictures.parts import Character, Part, characters_of, parts_of

_REACHES = ((1 / 40, 1), (1 / 12, 2), (1 / 3, 4))  # of the longer side; strokes are seen whole up to about half of it
_WHOLE = 0.6  # of the reach: strokes this wide may have been cut off
_THIN = 0.1  # of the reach: finer strokes are a smaller reach's
_DULL, _PALE, _FAINT = 110, 150, 55  # greys of the ground, darkness of the strokes
_SOFT, _DEEP = 0.15, 105  # darkness gained within a pixel of the picture, and darkness: below both it is a shade
_LOST, _SMALL = 32, 0.06  # darkness, share of the longer side: below both it is noise
_MARGIN = 0.025  # of the longer side
_ALIKE = 0.8  # as dark as what a smaller reach shows
_PIECES = 30  # parts of all characters together; more are print
_BETTER = 3.0  # times as much writing has to be seen at a larger reach


@dataclass(frozen=True)
class Look:
    """What one way of looking shows."""

    dark: Darkness
    characters: list[Character]
    labels: Labels
    lines: list[ruling.Line]
    light: bool  # strokes lighter than their ground
    smaller: int  # pixels of the picture to one of these

    @property
    def whole(self) -> bool:
        if not self.characters:
            return False
        if self.level < _LOST and self.characters[0].side < _SMALL * max(self.labels.shape):
            return False  # a blot of noise
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


def best_look(part: Bytes) -> Look | None:
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


def _strongest(looks: Iterator[Look]) -> Look | None:
    best: Look | None = None
    for look in looks:
        if not look.whole or (look.smaller > 1 and look.shade):
            continue
        if look.crowd:
            return look
        if best is None or (look.weight > _BETTER * best.weight and look.level > _ALIKE * best.level):
            best = look
    return best


def _plain(part: Bytes) -> Look | None:
    """A drawing or a scan, whose ground is one grey."""
    if not (found := against_border(part)):
        return None
    dark, light = found
    lines = ruling.lines_of(dark)
    dark = without(dark, lines)
    parts, labels = parts_of(dark)
    parts = [replace(part, sharp=1.0) for part in parts]  # enlarged pixels are soft
    return Look(dark, characters_of(parts, part.shape[:2]), labels, lines, light, 1)


def _looks(colours: Bytes, light: bool) -> Iterator[Look]:
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
            dark = without(dark, lines)
        parts, labels = parts_of(dark)
        rules = [line.at(1 / smaller) for line in lines]
        parts = without_edges(parts, labels, cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), rules)
        if smaller > 1:
            parts = [part for part in parts if _inside(part, small.shape)]
        yield Look(dark, characters_of(parts, small.shape[:2]), labels, lines, light, smaller)


def _inside(part: Part, shape: tuple[int, ...]) -> bool:
    """Whether it keeps away from the picture's edge, where a table shows beside the sheet."""
    margin = _MARGIN * max(shape)
    least, most = min(part.left, part.top), max(part.right - shape[1], part.bottom - shape[0])
    return least >= margin and -most >= margin
