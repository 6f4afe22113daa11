"""What stands out of the paper, as connected parts, and which of them are characters that somebody wrote."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from lenet_explain.pictures.darkness import Bytes, Darkness, Floats, Labels

_MOST_PARTS = 600
_SPECK = 6  # pixels, a smaller part is none
_SOFT = 0.22  # of its darkness within a pixel: what begins less sharply is shade and no stroke
_BLURRED, _DARK = 0.09, 120  # but strokes this dark may be softer: no shade is
_DULL = 0.4  # times as sharp as the main part: what is duller is a shadow beside it
_AS_DARK = 0.58  # as the main part: what is fainter is a shadow or the edge of a sheet beside it
_LOWEST = 8  # pixels, a character is no lower


@dataclass(frozen=True)
class Part:
    """One connected part: its number in the labels, its box in pixels, and what it is like."""

    label: int
    left: int
    top: int
    width: int
    height: int
    area: int
    level: float  # mean darkness, 0 to 255
    stroke: float  # mean width of its strokes, in pixels
    sharp: float  # the share of its darkness that most of its edge gains within a pixel

    @property
    def side(self) -> int:
        return max(self.width, self.height)

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def written(self) -> bool:
        """Long and thin, with an edge: a stroke of a pen."""
        return self.side >= _LOWEST and self.stroke <= 0.6 * self.side and self.edged

    @property
    def edged(self) -> bool:
        return self.crisp or (self.sharp >= _BLURRED and self.level >= _DARK)

    @property
    def crisp(self) -> bool:
        return self.sharp >= _SOFT


@dataclass
class Character:
    """Parts that make one character; the first is the largest."""

    parts: list[Part] = field(default_factory=list)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom, in pixels."""
        return (
            min(part.left for part in self.parts), min(part.top for part in self.parts),
            max(part.right for part in self.parts), max(part.bottom for part in self.parts),
        )  # fmt: skip

    @property
    def side(self) -> int:
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def area(self) -> int:
        return sum(part.area for part in self.parts)

    @property
    def level(self) -> float:
        return sum(part.area * part.level for part in self.parts) / self.area

    @property
    def stroke(self) -> float:
        return sum(part.area * part.stroke for part in self.parts) / self.area

    @property
    def mass(self) -> float:
        return self.area * self.level


def parts_of(dark: Darkness, enlarged: float = 1) -> tuple[list[Part], Labels]:
    """The parts, the heaviest first, and the label of each pixel, 0 for paper. enlarged: pixels to one of the file,
    which makes edges softer."""
    mask = cv2.compare(dark.values, dark.least, cv2.CMP_GT)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    if count < 2:
        return [], labels
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    at = np.flatnonzero(mask)
    label = labels.ravel()[at]
    areas = np.bincount(label, minlength=count)
    masses = np.bincount(label, weights=dark.values.ravel()[at], minlength=count)
    widths = np.maximum(
        4 * np.bincount(label, weights=inside.ravel()[at], minlength=count) / np.maximum(areas, 1) - 2, 1
    )
    steps = _steepness(dark.values)
    edge = (mask > 0) & (inside < 1.5)
    chosen = [one for one in np.argsort(-masses)[:_MOST_PARTS] if areas[one] >= _SPECK]
    parts = []
    for one in map(int, chosen):
        left, top, width, height = map(int, stats[one, :4])
        level = float(masses[one] / areas[one])
        window = slice(top, top + height), slice(left, left + width)
        steep = steps[window][edge[window] & (labels[window] == one)]
        sharp = enlarged * float(np.median(steep)) / max(level, 1.0) if steep.size else 0.0
        parts.append(Part(one, left, top, width, height, int(areas[one]), level, float(widths[one]), sharp))
    return parts, labels


def _steepness(values: Bytes) -> Floats:
    """How much the darkness changes within a pixel, at most, in a place or beside it."""
    smooth = cv2.GaussianBlur(values, (0, 0), 0.8)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    return cv2.dilate(cv2.magnitude(across, down), np.ones((5, 5), np.uint8))


def characters_of(parts: list[Part], shape: tuple[int, ...], torn: float = 0) -> list[Character]:
    """The characters among the parts, the heaviest first; none where nothing is written.

    What reaches the picture's edge is left out where anything else is written. torn: pixels that lines which were
    taken out may have torn a stroke apart by.
    """
    height, width = shape
    written = [part for part in parts if part.written]
    inner = [one for one in written if min(one.left, one.top) > 1 and one.right < width - 1 and one.bottom < height - 1]
    inner = [one for one in inner if not _frames(one, inner)]
    chosen = inner or [one for one in written if one.side < 0.9 * max(shape)]
    if not chosen:
        return []
    main = max(chosen, key=_weight)
    strokes = [one for one in parts if one in chosen or (one.side >= 0.12 * main.side and one.edged)]
    strokes = [one for one in strokes if one.sharp >= _DULL * main.sharp]
    strokes = [
        one for one in strokes
        if one.level >= _AS_DARK * main.level and 0.4 <= one.stroke / main.stroke <= 2.5 and (one in inner or not inner)
    ]  # fmt: skip
    joined = _joined(strokes, 1.5 * main.stroke + 1 + torn, 0.5 if torn else 0.3)
    large = max((one for one in joined if main in one.parts), key=lambda one: one.side)
    return sorted(
        (one for one in joined if one is large or _like(one, large)),
        key=lambda one: -one.mass,
    )


def _like(one: Character, large: Character) -> bool:
    """Written by the same pen, and not much smaller."""
    same = one.level >= 0.6 * large.level and 0.4 <= one.stroke / large.stroke <= 2.5
    return same and one.side >= 0.45 * large.side and one.mass >= 0.12 * large.mass


def _weight(part: Part) -> float:
    return part.area * part.level**1.5 * min(1.0, part.sharp / 0.3) ** 2


def _frames(part: Part, others: list[Part]) -> bool:
    """Whether it is a rectangle drawn around others: thin, and most of its box is empty but for them."""
    if (
        part.area > 0.25 * part.width * part.height
        or part.area < 3 * (part.width + part.height) / 2 * part.stroke * 0.5
    ):
        return False
    within = [
        one for one in others
        if one is not part and one.left > part.left and one.top > part.top
        and one.right < part.right and one.bottom < part.bottom and one.side > 0.25 * part.side
    ]  # fmt: skip
    return bool(within) and part.area > 1.6 * (part.width + part.height) * part.stroke


def _joined(strokes: list[Part], gap: float, below: float) -> list[Character]:
    """Parts above each other or hardly apart belong to one character. gap: pixels; below: the gap between one part and
    a smaller one above it, as a share of the larger one's side."""
    groups: list[Character] = []
    for stroke in strokes:
        near = [group for group in groups if any(_near(stroke, other, gap, below) for other in group.parts)]
        rest = [group for group in groups if group not in near]
        merged = [stroke, *(part for group in near for part in group.parts)]
        groups = [*rest, Character(sorted(merged, key=lambda part: -part.area))]
    return groups


def _near(one: Part, other: Part, gap: float, most: float) -> bool:
    aside = max(one.left, other.left) - min(one.right, other.right)
    below = max(one.top, other.top) - min(one.bottom, other.bottom)
    over = -aside >= 0.4 * min(one.width, other.width)
    if not over and min(one.height, other.height) >= 0.6 * max(one.height, other.height) and aside < 0:
        return False  # two characters beside each other, one leaning over
    taller = max(one.side, other.side)
    if max(aside, below) <= 0:
        return True
    smaller = min(one.side, other.side) / taller
    if over:  # one above the other
        return below <= max(gap, 0.1 * taller) or (below <= most * taller and smaller < 0.75)
    return max(aside, below) <= gap and smaller < 0.8
