"""Photographs of digits drawn by a program: strokes as splines, pen, paper, light, table, camera, JPEG.

Nobody's writing and no camera's picture: regular hands, flat paper and nothing else lying about make every figure
that is measured on them an upper bound for real people. The same seed gives the same photographs.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[Any]  # of float32: OpenCV says only that it gives an array
Stroke = tuple[tuple[float, float], ...]  # places to go through, x to the right and y down, the digit's height being 1

# Several ways to write each digit; a place given twice is a corner.
SHAPES: dict[str, tuple[tuple[Stroke, ...], ...]] = {
    "0": (
        (((.35, .02), (.12, .15), (.02, .5), (.12, .86), (.34, .98), (.56, .86), (.66, .5), (.56, .15), (.35, .02)),),
        (((.42, .05), (.2, .06), (.05, .35), (.04, .68), (.2, .96), (.42, .92), (.56, .6), (.54, .25), (.38, .03)),),
        (((.3, .0), (.1, .2), (.05, .55), (.15, .9), (.3, 1.), (.46, .88), (.52, .5), (.46, .14), (.26, .02)),),
    ),
    "1": (
        (((.1, .0), (.1, .35), (.09, .7), (.08, 1.)),),
        (((.0, .24), (.12, .12), (.24, .0), (.24, .0), (.23, .5), (.22, 1.)),),
        (((.3, .0), (.24, .33), (.16, .66), (.08, 1.)),),
    ),
    "2": (
        (((.04, .24), (.14, .06), (.34, .0), (.54, .1), (.56, .32), (.4, .56), (.2, .78), (.02, .98), (.02, .98),
          (.3, .98), (.62, .97)),),
        (((.05, .2), (.2, .02), (.42, .04), (.52, .22), (.44, .48), (.24, .76), (.1, .92), (.02, .9), (.08, .8),
          (.24, .84), (.42, .97), (.62, .92)),),
        (((.02, .16), (.2, .01), (.44, .06), (.5, .26), (.38, .5), (.18, .74), (.0, 1.), (.0, 1.), (.28, .96),
          (.56, 1.)),),
    ),
    "3": (
        (((.04, .14), (.2, .01), (.44, .05), (.5, .24), (.38, .42), (.2, .47), (.2, .47), (.44, .54), (.56, .74),
          (.44, .94), (.2, 1.), (.0, .88)),),
        (((.04, .02), (.28, .02), (.54, .02), (.54, .02), (.38, .2), (.22, .4), (.22, .4), (.46, .48), (.56, .7),
          (.44, .93), (.2, 1.), (.02, .9)),),
        (((.06, .1), (.26, .0), (.46, .12), (.42, .34), (.22, .46), (.44, .52), (.54, .74), (.38, .97), (.14, .99),
          (.0, .88)),),
    ),
    "4": (
        (((.2, .0), (.1, .3), (.0, .6), (.0, .6), (.3, .6), (.62, .58)), ((.46, .22), (.44, .6), (.42, 1.))),
        (((.44, .0), (.22, .32), (.0, .66), (.0, .66), (.3, .66), (.62, .66)), ((.44, .0), (.44, .5), (.43, 1.))),
        (((.08, .02), (.06, .3), (.08, .5), (.08, .5), (.3, .53), (.54, .48)), ((.54, .02), (.5, .5), (.46, 1.))),
    ),
    "5": (
        (((.1, .02), (.08, .22), (.06, .44), (.06, .44), (.28, .38), (.5, .5), (.56, .7), (.44, .92), (.2, 1.),
          (.0, .9)), ((.1, .02), (.32, .02), (.54, .0))),
        (((.56, .02), (.34, .02), (.12, .03), (.12, .03), (.09, .24), (.06, .45), (.06, .45), (.3, .39), (.52, .54),
          (.54, .76), (.36, .97), (.12, .98), (.0, .92)),),
    ),
    "6": (
        (((.46, .02), (.24, .16), (.08, .42), (.02, .7), (.12, .93), (.32, 1.), (.5, .88), (.52, .68), (.36, .55),
          (.16, .6), (.05, .76)),),
        (((.32, .0), (.16, .3), (.04, .62), (.08, .9), (.28, 1.), (.48, .9), (.5, .7), (.34, .58), (.14, .64),
          (.05, .78)),),
    ),
    "7": (
        (((.0, .04), (.28, .03), (.56, .02), (.56, .02), (.42, .34), (.28, .67), (.18, 1.)),),
        (((.0, .04), (.28, .03), (.56, .02), (.56, .02), (.42, .34), (.28, .67), (.18, 1.)),
         ((.16, .5), (.36, .48), (.56, .47))),
        (((.0, .1), (.1, .02), (.3, .05), (.56, .02), (.56, .02), (.38, .3), (.26, .64), (.22, 1.)),),
    ),
    "8": (
        (((.48, .14), (.3, .01), (.1, .1), (.1, .28), (.28, .45), (.48, .62), (.54, .82), (.4, .98), (.18, .98),
          (.04, .82), (.12, .62), (.3, .46), (.46, .3), (.48, .14)),),
        (((.3, .0), (.1, .1), (.1, .34), (.3, .45), (.5, .34), (.5, .1), (.3, .0)),
         ((.3, .45), (.06, .58), (.05, .86), (.3, 1.), (.55, .86), (.54, .58), (.3, .45))),
    ),
    "9": (
        (((.5, .14), (.3, .0), (.08, .1), (.03, .3), (.16, .47), (.36, .44), (.5, .24), (.5, .14), (.5, .14),
          (.5, .5), (.46, .75), (.42, 1.)),),
        (((.52, .2), (.38, .01), (.14, .05), (.03, .25), (.12, .45), (.32, .46), (.5, .26), (.52, .2), (.54, .5),
          (.44, .8), (.24, .98), (.06, .96)),),
        (((.5, .12), (.28, .0), (.06, .14), (.06, .36), (.26, .46), (.46, .34), (.5, .12), (.5, .12), (.44, .55),
          (.34, 1.)),),
    ),
}  # fmt: skip
LETTERS: dict[str, tuple[Stroke, ...]] = {
    "a": (((.5, .55), (.3, .42), (.06, .55), (.04, .85), (.24, 1.), (.48, .84), (.5, .5), (.5, .5), (.5, .8),
          (.58, 1.)),),
    "e": (((.06, .7), (.3, .7), (.5, .66), (.44, .48), (.24, .42), (.04, .6), (.06, .86), (.26, 1.), (.5, .9)),),
    "h": (((.06, .0), (.06, .5), (.06, 1.)), ((.06, .7), (.2, .46), (.4, .46), (.46, .7), (.46, 1.))),
    "i": (((.06, .45), (.06, 1.)), ((.06, .22), (.07, .26))),
    "k": (((.06, .0), (.06, 1.)), ((.46, .44), (.06, .74), (.06, .74), (.28, .82), (.5, 1.))),
    "l": (((.1, .0), (.08, .5), (.08, .92), (.2, 1.)),),
    "m": (((.04, .45), (.04, 1.)), ((.04, .6), (.2, .43), (.32, .6), (.32, 1.)),
          ((.32, .6), (.5, .43), (.62, .6), (.62, 1.))),
    "n": (((.04, .45), (.04, 1.)), ((.04, .65), (.24, .43), (.44, .6), (.44, 1.))),
    "o": (((.28, .42), (.05, .56), (.05, .86), (.28, 1.), (.5, .86), (.5, .56), (.28, .42)),),
    "r": (((.06, .45), (.06, 1.)), ((.06, .66), (.2, .46), (.4, .46))),
    "s": (((.44, .5), (.24, .42), (.08, .55), (.26, .7), (.44, .84), (.26, 1.), (.04, .92)),),
    "t": (((.2, .1), (.2, .6), (.24, .96), (.4, .96)), ((.02, .42), (.4, .42))),
    "u": (((.04, .45), (.05, .85), (.24, 1.), (.44, .84), (.44, .45), (.44, .45), (.46, 1.)),),
    "w": (((.0, .45), (.14, 1.), (.14, 1.), (.3, .5), (.3, .5), (.46, 1.), (.46, 1.), (.6, .45)),),
}  # fmt: skip

PENS = {  # colour of the ink, and how much of the paper it covers
    "pencil": ((70, 70, 76), (0.35, 0.7)),
    "ballpoint": ((40, 50, 140), (0.65, 0.95)),
    "black ballpoint": ((45, 45, 50), (0.65, 0.95)),
    "felt": ((25, 25, 30), (0.9, 1.0)),
    "red": ((190, 40, 45), (0.7, 1.0)),
    "chalk": ((235, 235, 228), (0.55, 0.9)),
}
PAPERS = {
    "plain": (238, 238, 236), "yellowish": (232, 224, 190), "ruled": (236, 238, 236), "squared": (236, 238, 238),
    "board": (48, 62, 56), "black board": (42, 42, 46),
}  # fmt: skip
TABLES = ((122, 88, 60), (172, 138, 96), (60, 62, 68), (44, 84, 62), (150, 150, 156), (205, 200, 190))
SIZES = ((800, 600), (800, 600), (1024, 768), (1024, 768), (1280, 960), (1600, 1200))


@dataclass(frozen=True)
class Photograph:
    """wanted: the digit; None where there is not exactly one. facts: what it is of, for the table's rows."""

    content: bytes
    wanted: str | None
    kind: str  # "one digit", "empty", "word", "printed page", "two digits", "no paper", "face"
    pen: str
    pen_mm: float
    height_mm: float
    height_pixels: float
    paper: str
    shadow: str
    facts: tuple[str, ...] = field(default=())


def spline(places: Stroke, random: np.random.Generator, jitter: float) -> Floats:
    """(n, 2): a centripetal-like Catmull-Rom curve through the places, each moved a little; doubled places stay one."""
    points = np.array(places, np.float64)
    moved = points + random.normal(0, jitter, points.shape)
    for at in range(1, len(points)):
        if (points[at] == points[at - 1]).all():
            moved[at] = moved[at - 1]
    runs, start = [], 0
    for at in range(1, len(moved) + 1):
        if at == len(moved) or (moved[at] == moved[at - 1]).all():
            runs.append(moved[start:at])
            start = at
    return np.concatenate([_smooth(run) for run in runs]).astype(np.float32)


def _smooth(points: NDArray) -> NDArray:
    if len(points) < 2:
        return points
    ends = [2 * points[0] - points[1], *points, 2 * points[-1] - points[-2]]
    at = np.linspace(0, 1, 12, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        parts.append(
            0.5 * (2 * b + (c - a) * at + (2 * a - 5 * b + 4 * c - d) * at**2 + (3 * b - a - 3 * c + d) * at**3)
        )
    return np.concatenate([*parts, points[-1:]])


def written(text: str, random: np.random.Generator) -> list[Floats]:
    """The strokes of a row of characters of height 1, by one hand, the first one's left top at (0, 0)."""
    slant, wide, jitter = random.uniform(-0.12, 0.25), random.uniform(0.85, 1.2), random.uniform(0.004, 0.018)
    strokes, left = [], 0.0
    for letter in text:
        shape = SHAPES[letter][random.integers(len(SHAPES[letter]))] if letter in SHAPES else LETTERS[letter]
        curves = [spline(stroke, random, jitter) for stroke in shape]
        for curve in curves:
            curve[:, 0] = wide * curve[:, 0] + slant * (0.5 - curve[:, 1])
        first = min(curve[:, 0].min() for curve in curves)
        last = max(curve[:, 0].max() for curve in curves)
        strokes += [curve + np.array([left - first, 0], np.float32) for curve in curves]
        left += last - first + random.uniform(0.12, 0.4)
    return strokes


def _noise(shape: tuple[int, int], cell: float, random: np.random.Generator) -> Floats:
    """Smooth noise of mean 0 and deviation about 1, its patches about `cell` pixels."""
    small = (max(2, round(shape[0] / cell) + 2), max(2, round(shape[1] / cell) + 2))
    return cv2.resize(random.standard_normal(small, np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)


class Scene:
    """A sheet before a camera. Places on the paper are in mm, the middle of what is written at (0, 0)."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int], scale: float, tilt: float) -> None:
        """scale: pixels to a mm; tilt: degrees by which the sheet is turned."""
        self.random, self.scale, (self.height, self.width) = random, scale, size
        turn = np.deg2rad(tilt)
        about = np.array([self.width * random.uniform(0.32, 0.68), self.height * random.uniform(0.32, 0.68)])
        rotate = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        matrix = np.eye(3)
        matrix[:2, :2], matrix[:2, 2] = rotate, about
        matrix[2, :2] = random.normal(0, 0.04, 2) * scale / max(size)  # seen a little from the side
        self.matrix = matrix
        y, x = np.mgrid[: self.height, : self.width].astype(np.float32)
        back = np.linalg.inv(matrix).astype(np.float32)
        depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
        self.x = ((back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth).astype(np.float32)  # mm at each pixel
        self.y = ((back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth).astype(np.float32)
        self.colour = np.zeros((self.height, self.width, 3), np.float32)
        self.covered = np.zeros((self.height, self.width), np.float32)
        self.facts: list[str] = []

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width

    def paper(self, kind: str) -> None:
        self.colour[:] = PAPERS[kind]
        self.colour *= (1 + 0.012 * _noise(self.shape, 40, self.random) + 0.008 * _noise(self.shape, 3, self.random))[
            ..., None
        ]
        if kind.endswith("board"):
            self.colour += (6 * _noise(self.shape, 120, self.random) + 3 * _noise(self.shape, 12, self.random))[
                ..., None
            ]
        if kind in ("ruled", "squared"):
            self._rules(kind)

    def _rules(self, kind: str) -> None:
        random = self.random
        colour = np.array(
            [(120, 160, 215), (140, 190, 175), (165, 165, 172), (130, 150, 200)][random.integers(4)], np.float32
        )
        thick, strength = random.uniform(0.15, 0.32), random.uniform(0.3, 0.85)
        pitch = float(random.choice([7, 8, 9, 10])) if kind == "ruled" else 5.0
        offset = random.uniform(0, pitch, 2)
        cover = self._lines(self.y, pitch, offset[0], thick)
        if kind == "squared":
            cover = np.maximum(cover, self._lines(self.x, pitch, offset[1], thick))
        self.colour += (strength * cover)[..., None] * (colour - self.colour)
        if kind == "ruled" and random.random() < 0.3:
            margin = np.clip(0.5 + self.scale * (thick / 2 - np.abs(self.x + random.uniform(20, 60))), 0, 1)
            self.colour += (strength * margin)[..., None] * (np.array([220, 120, 120], np.float32) - self.colour)

    def _lines(self, along: Floats, pitch: float, offset: float, thick: float) -> Floats:
        away = np.abs((along + offset) % pitch - pitch / 2)
        return np.clip(0.5 + self.scale * (thick / 2 - away), 0, min(1.0, thick * self.scale)).astype(np.float32)

    def write(self, strokes: list[Floats], pen: str, pen_mm: float, height_mm: float, middle: bool = True) -> None:
        """Strokes of height 1 become height_mm high; they lie about (0, 0) or start there."""
        every = np.concatenate(strokes)
        centre = (every.min(0) + every.max(0)) / 2 if middle else np.array([0, 0], np.float32)
        colour, cover = PENS[pen]
        mask, fine = np.zeros((2 * self.height, 2 * self.width), np.uint8), 16
        for stroke in strokes:
            places = self._seen((stroke - centre) * height_mm) * 2 + 0.5
            width = max(1, round(2 * pen_mm * self.scale * self.random.uniform(0.92, 1.08)))
            cv2.polylines(mask, [np.rint(places * fine).astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)
        ink = cv2.resize(mask, (self.width, self.height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        ink *= min(1.0, 2 * pen_mm * self.scale)  # a stroke of less than half a pixel fades
        strength = self.random.uniform(*cover)
        grain = {"pencil": 0.3, "chalk": 0.3, "felt": 0.03}.get(pen, 0.12)
        uneven = (
            1
            + grain * _noise(self.shape, max(1.2, 0.25 * self.scale), self.random)
            + grain / 2 * _noise(self.shape, 4 * self.scale, self.random)
        )
        self.covered = np.maximum(self.covered, ink)
        ink = np.clip(ink * strength * uneven, 0, 1)[..., None]
        self.colour += ink * (np.array(colour, np.float32) - self.colour)

    def _seen(self, places: Floats) -> Floats:
        seen = np.c_[places, np.ones(len(places))] @ self.matrix.T
        return (seen[:, :2] / seen[:, 2:]).astype(np.float32)

    def table(self, beside: float) -> None:
        """The sheet ends `beside` mm or more from the middle, on one side or two."""
        random = self.random
        base = np.array(TABLES[random.integers(len(TABLES))], np.float32)
        grain = cv2.resize(
            random.normal(0, 1, (self.height, max(2, self.width // 80))).astype(np.float32), (self.width, self.height)
        )
        wood = base * (1 + 0.05 * cv2.GaussianBlur(grain, (0, 0), 1) + 0.04 * _noise(self.shape, 90, random))[..., None]
        corner = random.random() < 0.35
        sides = random.permutation(4)[: 2 if corner else 1]
        away = np.full(self.shape, -1e9, np.float32)
        for side in sides:
            along = (self.x, self.y, -self.x, -self.y)[side]
            reach = beside + abs(random.normal(0, 0.25)) * max(self.shape) / self.scale / 2
            away = np.maximum(away, along - reach)
        part = np.clip(0.5 + away * self.scale, 0, 1)[..., None]
        cast = 1 - 0.35 * np.exp(-np.clip(away, 0, None) / random.uniform(0.5, 3))[..., None] * (away > 0)[..., None]
        self.colour += part * (wood * cast - self.colour)

    def shade(self, kind: str) -> None:
        """kind: the shadow of a 'hand' or a 'phone', or a 'gradient'."""
        random, (height, width) = self.random, self.shape
        if kind == "gradient":
            turn, y, x = random.uniform(0, 2 * np.pi), *np.mgrid[:height, :width].astype(np.float32)
            along = np.cos(turn) * (x / width - 0.5) + np.sin(turn) * (y / height - 0.5)
            self.colour *= (1 - random.uniform(0.3, 0.6) * (along + 0.5))[..., None]
            return
        mask = np.zeros(self.shape, np.uint8)
        middle = np.array([random.uniform(0.1, 0.9) * width, random.uniform(0.1, 0.9) * height])
        turn, size = random.uniform(0, 360), random.uniform(0.2, 0.45) * min(width, height)
        if kind == "phone":
            box = cv2.boxPoints((tuple(middle), (size, 2 * size), turn))
            cv2.fillPoly(mask, [np.rint(box).astype(np.int32)], 255)
        else:
            self._hand(mask, middle, np.deg2rad(turn), size)
        soft = cv2.GaussianBlur(mask, (0, 0), random.uniform(0.004, 0.03) * width).astype(np.float32) / 255
        self.colour *= 1 - (random.uniform(0.25, 0.5) * soft)[..., None] * np.array([1.0, 0.97, 0.9], np.float32)

    def _hand(self, mask: NDArray, middle: NDArray, turn: float, size: float) -> None:
        def end(angle: float, far: float) -> tuple[int, int]:
            return round(middle[0] + far * np.cos(angle)), round(middle[1] + far * np.sin(angle))

        cv2.circle(mask, end(turn, 0), round(size * 0.55), 255, -1)
        cv2.line(mask, end(turn, 0), end(turn + np.pi, 4 * size), 255, round(size * 0.7))
        for finger in range(4):
            cv2.line(mask, end(turn, 0), end(turn + 0.28 * (finger - 1.5), 1.5 * size), 255, max(1, round(size * 0.17)))

    def taken(self, blur: float, noise: float, quality: int, turned: int) -> bytes:
        """The photograph as a JPEG file. blur, noise: in pixels and grey values; turned: EXIF orientation, 1 to 8."""
        random = self.random
        y, x = np.mgrid[-1 : 1 : self.height * 1j, -1 : 1 : self.width * 1j].astype(np.float32)
        seen = self.colour * (1 - random.uniform(0, 0.15) * (x * x + y * y) / 2)[..., None]
        seen *= random.uniform(0.62, 1.02) * np.array(
            [random.uniform(0.93, 1.04), 1, random.uniform(0.92, 1.06)], np.float32
        )
        if blur:
            seen = cv2.GaussianBlur(seen, (0, 0), blur)
        seen += cv2.GaussianBlur(noise * random.standard_normal(seen.shape, np.float32), (0, 0), 0.6) * 1.8
        image = Image.fromarray(seen.clip(0, 255).astype(np.uint8))
        back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transpositions that undo each orientation
        exif = Image.Exif()
        if turned in back:
            image = image.transpose(Image.Transpose(back[turned]))
            exif[0x0112] = turned
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, exif=exif)
        return buffer.getvalue()


def _chosen(random: np.random.Generator, options: dict[str, float]) -> str:
    return str(random.choice(list(options), p=np.array(list(options.values())) / sum(options.values())))


def photograph(seed: int, kind: str = "one digit") -> Photograph:
    random = np.random.default_rng([seed, *kind.encode()])
    pen = _chosen(random, {"pencil": 3, "ballpoint": 3, "black ballpoint": 1, "felt": 2, "red": 2, "chalk": 1})
    lowest, highest = {"pencil": (0.3, 0.9), "felt": (0.7, 2.0), "red": (0.3, 2.0), "chalk": (1.2, 4)}.get(
        pen, (0.3, 1.0)
    )
    pen_mm = float(random.uniform(lowest, highest))
    paper = (
        _chosen(random, {"board": 1, "black board": 1})
        if pen == "chalk"
        else _chosen(random, {"plain": 3, "yellowish": 1.5, "ruled": 3, "squared": 2.5})
    )
    height_mm = float(random.uniform(max(8, 6 * pen_mm), 40)) * (2.5 if pen == "chalk" else 1)
    size = SIZES[random.integers(len(SIZES))]
    size = size if random.random() < 0.5 else (size[1], size[0])
    share = np.exp(random.uniform(np.log(0.07), np.log(0.5)))
    pixels = max(share * min(size), 26.0)
    scale = pixels / height_mm
    if pen_mm * scale < 0.8:  # what no eye would read is no photograph of a digit
        scale = 0.8 / pen_mm
    scene = Scene(random, size, scale, float(random.uniform(-20, 20)))
    scene.paper(paper)
    text = {
        "one digit": str(random.integers(10)),
        "two digits": "".join(map(str, random.integers(0, 10, 2))),
        "word": "".join(random.choice(list(LETTERS), random.integers(4, 8))),
    }.get(kind, "")
    if kind == "printed page":
        _print(scene, random)
    elif kind in DRAWN:
        DRAWN[kind](scene, random)
    elif text:
        scene.write(written(text, random), pen, pen_mm, height_mm)
    if paper not in ("board", "black board") and kind not in DRAWN and random.random() < 0.4:
        scene.table(height_mm * (0.62 if len(text) < 2 else 0.35 * len(text) + 0.3) + 2)
        scene.facts.append("table edge")
    shadow = _chosen(random, {"none": 4, "gradient": 2, "hand": 2, "phone": 2})
    if shadow != "none":
        scene.shade(shadow)
    turned = int(random.integers(1, 9)) if random.random() < 0.25 else 1
    quality = int(random.choice([60, 75, 88]))
    content = scene.taken(
        float(random.choice([0, 0.7, 1.2])) * min(1.0, pen_mm * scale / 2), float(random.uniform(1, 5)), quality, turned
    )
    height = height_mm * scale
    return Photograph(
        content,
        text if kind == "one digit" else None,
        kind,
        pen,
        pen_mm,
        height_mm,
        height,
        paper,
        shadow,
        tuple(scene.facts),
    )


def _print(scene: Scene, random: np.random.Generator) -> None:
    """Rows of small printed letters."""
    size = random.uniform(2.2, 3.2) if scene.scale > 4 else 12 / scene.scale
    across, down = scene.width / scene.scale, scene.height / scene.scale
    left, top = -across * random.uniform(0.2, 0.35), -down * random.uniform(0.2, 0.35)
    fonts = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)
    place = np.array([left, top])
    mask = np.zeros(scene.shape, np.uint8)
    letters = list("abcdefghiklmnoprstuvwy    ")
    flat = np.zeros((max(8, round(down * scene.scale * 0.75)), max(8, round(across * scene.scale * 0.7))), np.uint8)
    for row in np.arange(size * scene.scale * 1.2, flat.shape[0], size * scene.scale * 1.9):
        line = "".join(random.choice(letters, 90))
        cv2.putText(
            flat,
            line,
            (2, int(row)),
            fonts[0],
            size * scene.scale / 22,
            255,
            max(1, round(size * scene.scale / 11)),
            cv2.LINE_AA,
        )
    shift = np.array([[1 / scene.scale, 0, place[0]], [0, 1 / scene.scale, place[1]], [0, 0, 1]])
    mask = cv2.warpPerspective(flat, scene.matrix @ shift, (scene.width, scene.height), flags=cv2.INTER_AREA)
    scene.colour += (mask.astype(np.float32) / 255 * 0.85)[..., None] * (
        np.array([30, 30, 34], np.float32) - scene.colour
    )


def _face(scene: Scene, random: np.random.Generator) -> None:
    """Nobody's face: shaded ovals before a blurred room."""
    shape = scene.shape
    scene.colour[:] = (
        np.array([150, 140, 130], np.float32)
        + (35 * _noise(shape, 160, random) + 10 * _noise(shape, 40, random))[..., None]
    )
    middle, tall = (shape[1] // 2, shape[0] // 2), int(0.36 * min(shape))
    wide = int(tall * 0.74)
    skin = np.array([(224, 182, 155), (198, 148, 112), (120, 82, 60)][random.integers(3)], np.float32)
    hair = np.array([(50, 38, 30), (110, 78, 46), (190, 160, 110)][random.integers(3)], np.float32)

    def oval(place: tuple[int, int], axes: tuple[int, int], colour: Floats, soft: float) -> None:
        mask = np.zeros(shape, np.uint8)
        cv2.ellipse(mask, place, (max(1, axes[0]), max(1, axes[1])), 0, 0, 360, 255, -1)
        cover = cv2.GaussianBlur(mask, (0, 0), max(0.5, soft * tall)).astype(np.float32)[..., None] / 255
        scene.colour += cover * (colour - scene.colour)

    oval((middle[0], middle[1] - tall // 4), (int(wide * 1.15), int(tall * 1.05)), hair, 0.03)
    oval(middle, (wide, tall), skin, 0.02)
    oval((middle[0], middle[1] + tall // 4), (wide // 5, tall // 6), skin * 0.85, 0.04)
    for side in (-1, 1):
        eye = (middle[0] + side * wide * 2 // 5, middle[1] - tall // 6)
        oval(eye, (wide // 5, tall // 14), np.array([235, 232, 228], np.float32), 0.008)
        oval(eye, (wide // 13, tall // 14), np.array([50, 40, 36], np.float32), 0.006)
        oval((eye[0], eye[1] - tall // 6), (wide // 4, tall // 34), hair, 0.012)
    oval((middle[0], middle[1] + tall // 2), (wide // 3, tall // 18), np.array([165, 85, 85], np.float32), 0.012)
    scene.colour *= (1 + 0.1 * _noise(shape, 200, random))[..., None]


def _no_paper(scene: Scene, random: np.random.Generator) -> None:
    """A table, a lawn, a wall: texture of several sizes."""
    base = np.array(TABLES[random.integers(len(TABLES))], np.float32)
    texture = sum(
        weight * _noise(scene.shape, cell, random) for cell, weight in ((200, 0.18), (50, 0.1), (12, 0.06), (3, 0.05))
    )
    scene.colour[:] = base * (1 + np.asarray(texture, np.float32))[..., None]


DRAWN: dict[str, Callable[[Scene, np.random.Generator], None]] = {"face": _face, "no paper": _no_paper}
OTHERS = ("empty", "word", "two digits", "printed page", "no paper", "face")
