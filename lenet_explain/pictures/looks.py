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
from lenet_explain.pictures.interface import MOST_DIGITS
from lenet_explain.pictures.parts import Character, Part, characters_of, parts_of

_REACHES = ((1 / 40, 1), (1 / 12, 2), (1 / 3, 4))  # of the longer side; strokes are seen whole up to about half of it
_WHOLE = 0.6  # of the reach: strokes this wide may have been cut off
_THIN = 0.1  # of the reach: finer strokes are a smaller reach's
_FAINTEST, _NOISY, _CLOSE = 42, 2.2, 1.35  # darkness, of 255, and times what noise alone does not reach
_STANDS_OUT = 0.6  # of its darkness: so much darker than what lies around it is whatever was written
_FINE = 0.12  # of a character's side: strokes finer than this are taken even if they may have been cut off
_MARGIN = 0.025  # of the longer side
_ALIKE = 0.8  # as dark as what a smaller reach shows
_PIECES = 30  # parts of all characters together; more are print
_DARKER = 2.0  # times as dark as noise, what reaches in from the edge is looked at again
_TORN = 4  # pixels that a line which was taken out may have torn a stroke apart by
_BETTER = 3.0  # times as much writing has to be seen at a larger reach
SPECK = 0.03  # of the longer side: a photograph's digit is no smaller, or too small to be read
_THREAD = 0.0065  # of a character's side: finer strokes are the lines of the paper or the edge of a sheet


@dataclass(frozen=True)
class Look:
    """What one way of looking shows."""

    dark: Darkness
    characters: list[Character]
    labels: Labels
    lines: list[ruling.Line]
    light: bool  # strokes lighter than their ground
    smaller: int  # pixels of the picture to one of these
    contrast: float  # of the first character's ink against what lies around it, as `level` counts darkness
    even: bool = False  # the ground is one grey, as of a drawing or a scan

    @property
    def whole(self) -> bool:
        """Whether the reach suits the strokes: neither cut off nor better seen by a smaller one."""
        share = self.characters[0].stroke / self.dark.reach
        return share <= _WHOLE and (share >= _THIN or self.smaller == 1)

    @property
    def fine(self) -> bool:
        """Whether the strokes are all there, although they are near the reach."""
        first = self.characters[0]
        return first.stroke <= min(_FINE * first.side, self.dark.reach)

    @property
    def stands_out(self) -> bool:
        return bool(self.characters) and self.contrast >= _STANDS_OUT * self.level

    @property
    def faint(self) -> bool:
        """Not told from the paper: close to its noise, or faint where there is much of it."""
        noise = float(np.median(self.dark.least[::8, ::8]))
        return self.level < _CLOSE * noise or (self.level < _FAINTEST and self.level < _NOISY * noise)

    @property
    def speck(self) -> bool:
        """Too small against the photograph to be what it was taken of."""
        return not self.even and max(one.side for one in self.characters) < SPECK * max(self.labels.shape)

    @property
    def thread(self) -> bool:
        """Too thin for its length to be a pen's."""
        return self.characters[0].stroke < _THREAD * self.characters[0].side

    @property
    def rank(self) -> int:
        """Doubtful, blurred or clear: what is clearer is taken before it is weighed."""
        doubtful = self.faint or self.speck or self.thread
        return 0 if doubtful else 1 + self.characters[0].parts[0].crisp

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
    def weight(self) -> float:
        return self.characters[0].mass * self.smaller**2 if self.characters else 0.0


def best_look(picture: Bytes, enlarged: float) -> Look | None:
    """The look that shows whole strokes; a larger reach has to show much more. Light strokes are looked for where no
    dark ones are clear. A doubtful look is the best where there is no other. enlarged: pixels to one of the file."""
    if (plain := _plain(picture, enlarged)) and plain.stands_out and plain.whole and plain.rank:
        return plain
    dark = _strongest(list(_looks(picture, enlarged, light=False)))
    if dark and (dark.rank == 2 or dark.thread):
        return dark
    light = _strongest(list(_looks(cv2.bitwise_not(picture), enlarged, light=True)))
    return max((one for one in (dark, light) if one), key=lambda one: (one.rank, one.weight * one.level), default=None)


def _strongest(looks: list[Look]) -> Look | None:
    seen = [look for look in looks if look.stands_out]
    best: Look | None = None
    for look in (look for look in seen if look.whole):
        if look.crowd and not look.faint:
            return look
        much = best and look.weight > _BETTER * best.weight and look.level > _ALIKE * best.level
        if best is None or look.rank > best.rank or (much and look.rank == best.rank):
            best = look
    if best and best.rank == 2:
        return best
    return next((look for look in seen if look.fine and look.rank == 2), best)


def _plain(picture: Bytes, enlarged: float) -> Look | None:
    """A drawing or a scan, whose ground is one grey."""
    if not (found := against_border(picture)):
        return None
    dark, light = found
    lines = ruling.lines_of(dark)
    dark = without(dark, lines)
    parts, labels = parts_of(dark, enlarged)
    characters = characters_of(parts, dark.values.shape, _TORN if lines else 0)
    contrast = _contrast(characters, labels, cv2.bitwise_not(picture) if light else picture)
    return Look(dark, characters, labels, lines, light, 1, contrast, even=True)


def _looks(colours: Bytes, enlarged: float, *, light: bool) -> Iterator[Look]:
    """Thin strokes first, wide ones on a smaller copy without thin ones. colours: dark strokes on a lighter ground."""
    lines: list[ruling.Line] = []
    for reach, smaller in _REACHES:
        small, wide = colours, max(9, round(reach * max(colours.shape) / smaller))
        if smaller > 1:
            small = cv2.resize(colours, None, fx=1 / smaller, fy=1 / smaller, interpolation=cv2.INTER_AREA)
            small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((max(3, round(_THIN * wide)),) * 2, np.uint8))
        dark = against_paper(small, wide, wide=smaller > 1)
        if smaller == 1 and not light:
            lines = ruling.lines_of(dark)
            dark = without(dark, lines)
        parts, labels = parts_of(dark, enlarged)
        if parts and _reaches_edge(parts[0], small.shape):  # it may hold writing: look again where it is darker
            least = np.where(labels == parts[0].label, _DARKER * dark.least, dark.least).clip(0, 255).astype(np.uint8)
            dark = replace(dark, least=least)
            parts, labels = parts_of(dark, enlarged)
        rules = [line.at(1 / smaller) for line in lines]
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        parts = without_edges(parts, labels, grey, rules)
        if smaller > 1:
            parts = [part for part in parts if _inside(part, small.shape)]
        characters = characters_of(parts, dark.values.shape, _TORN / smaller if lines else 0)
        yield Look(dark, characters, labels, lines, light, smaller, _contrast(characters, labels, small))


def _contrast(characters: list[Character], labels: Labels, colours: Bytes) -> float:
    """How much darker the first character is than what lies around its box, in the colour that shows it most, 0 to 255;
    less than 0 where it is lighter."""
    if not characters:
        return 0.0
    left, top, right, bottom = characters[0].box
    margin = max(6, characters[0].side // 2)
    window = slice(max(0, top - margin), bottom + margin), slice(max(0, left - margin), right + margin)
    outside = np.ones(labels.shape, bool)
    outside[top:bottom, left:right] = False
    ink = np.isin(labels[window], [part.label for part in characters[0].parts])
    around, inked = colours[window][outside[window]], np.median(colours[window][ink], axis=0)
    if not len(around):
        return characters[0].level
    ground = np.median(around[:: 1 + len(around) // 20_000], axis=0)
    return 255 * float(((ground - inked) / np.maximum(ground, 64)).max())


def _reaches_edge(part: Part, shape: tuple[int, ...]) -> bool:
    return min(part.left, part.top) <= 1 or part.right >= shape[1] - 1 or part.bottom >= shape[0] - 1


def _inside(part: Part, shape: tuple[int, ...]) -> bool:
    """Whether it keeps away from the picture's edge, where a table shows beside the sheet."""
    margin = _MARGIN * max(shape)
    least, most = min(part.left, part.top), max(part.right - shape[1], part.bottom - shape[0])
    return least >= margin and -most >= margin
