"""Where everything of the figure stands: each stage in a column of its own, what makes it below the gap before it.

Maps are drawn to scale, a few of each stack; vectors as bars, longer for more units but not to scale. Lengths in px.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

from lenet_explain.export.names import one_line
from lenet_explain.export.rows import kind_of, window_of
from lenet_explain.network.activations import IDENTITY
from lenet_explain.network.layers import BatchNormalisation, Shape
from lenet_explain.network.walk import Network, Step, walk

MOST_DRAWN = 10  # maps of a stack
BAR = 10  # px, width of a vector
_SHIFT, _DEEPEST = 6, 44  # px from map to map, and of a whole stack
_SMALLEST = 5  # px of a map
_LONGEST = 18  # characters of a name
_LINE_OF = 11  # characters; what a layer does takes as many lines as it needs
BOLD = 1.12  # how much wider than the plain letters
LINE = 1.25  # height, in font sizes

# of DejaVu Sans, in font sizes; other fonts of the figure are narrower
_WIDTHS = {**dict.fromkeys("ijl.,:;'|", 0.36), **dict.fromkeys("frt ()[]/-", 0.43), **dict.fromkeys("MW@%mw", 1.0)}


@dataclass(frozen=True, slots=True)
class Stage:
    """What flows between two layers. names: of the layers that make it; does: what they do, a line each;
    window: side of the window on the stage before, 0 where everything is read."""

    names: str
    shape: Shape
    does: tuple[str, ...]
    window: int


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def centre(self) -> float:
        return self.left + self.width / 2

    def meets(self, other: Box) -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


@dataclass(frozen=True, slots=True)
class Column:
    """A stage in its place. front: the foremost map, or the bar; shift: from map to map, back to front."""

    stage: Stage
    drawn: Box
    front: Box
    shift: float
    count: int
    label: Box
    below: Box


@dataclass(frozen=True, slots=True)
class Figure:
    columns: tuple[Column, ...]
    width: float
    height: float
    middle: float
    unit: float
    font: float


def stages(network: Network) -> tuple[Stage, ...]:
    """The input, then a stage for each layer; batch normalisation, which keeps the shape, joins the stage before."""
    found = [Stage("Input", network.input, (), 0)]
    for step in walk(network):
        does = _does(step)
        if isinstance(step.layer, BatchNormalisation) and found[1:]:
            last = found.pop()
            found.append(Stage(f"{last.names}, {_name(step)}", step.after, (*last.does, *does), last.window))
        else:
            window = step.layer.window(step.before).size if window_of(step) else 0
            found.append(Stage(_name(step), step.after, does, window))
    return tuple(found)


def _name(step: Step) -> str:
    name = one_line(step.name)
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _does(step: Step) -> tuple[str, ...]:
    said = [part for part in window_of(step).split(", ") if part]
    said += _wrapped(kind_of(step))
    activation = step.layer.activation
    return (*said, *([] if activation == IDENTITY else _wrapped(activation.name)))


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, _LINE_OF, break_long_words=False)


def text_width(words: str, font: float) -> float:
    """No less than the words take in a sans-serif font."""
    return font * sum(_WIDTHS.get(letter) or _letter(letter) for letter in words)


def _letter(letter: str) -> float:
    if not letter.isascii():
        return 0.9 if letter in "×·…−" else 1.1
    return 0.66 if letter.islower() or letter.isdigit() else 0.8


def figure(network: Network, font: float, picture: float) -> Figure:
    """font: size of the letters; picture: side of the largest map."""
    found = stages(network)
    maps = [max(one.shape.height, one.shape.width) for one in found if not is_bar(one.shape)]
    unit = picture / max(maps, default=1)
    longest = max((one.shape.maps for one in found if is_bar(one.shape)), default=1)
    sizes = [_size(one.shape, unit, picture, longest) for one in found]
    head = 2 * LINE * font + 0.5 * font
    middle = font + head + max(height for _, height in sizes) / 2
    foot = 2 * middle - font - head + 0.8 * font
    columns: list[Column] = []
    for stage, size in zip(found, sizes, strict=True):
        columns.append(_column(stage, size, columns[-1] if columns else None, (font, middle, foot)))
    last = max(max(one.label.right, one.drawn.right, one.below.right) for one in columns)
    lines = max(len(one.does) for one in found)
    return Figure(tuple(columns), last + font, foot + lines * LINE * font + font, middle, unit, font)


def is_bar(shape: Shape) -> bool:
    return shape.height == shape.width == 1


def _size(shape: Shape, unit: float, picture: float, longest: int) -> tuple[float, float]:
    """Width and height of what is drawn."""
    if is_bar(shape):
        return BAR, picture * (0.2 + 0.8 * math.sqrt(shape.maps / longest))
    depth = _shift(shape) * (_count(shape) - 1)
    return max(_SMALLEST, shape.width * unit) + depth, max(_SMALLEST, shape.height * unit) + depth


def _count(shape: Shape) -> int:
    return 1 if is_bar(shape) else min(MOST_DRAWN, shape.maps)


def _shift(shape: Shape) -> float:
    return min(_SHIFT, _DEEPEST / max(1, _count(shape) - 1))


def _column(stage: Stage, size: tuple[float, float], before: Column | None, at: tuple[float, float, float]) -> Column:
    """at: font size, height of the middle, and of the first line below."""
    font, middle, foot = at
    label = max(text_width(stage.names, font) * BOLD, text_width(str(stage.shape), font))
    below = max((text_width(line, font) for line in stage.does), default=0.0)
    width = max(label, size[0])
    gap, left = _gap(before, below, font)
    centre, top = left + width / 2, middle - size[1] / 2
    drawn = Box(centre - size[0] / 2, top, *size)
    depth = 0.0 if is_bar(stage.shape) else _shift(stage.shape) * (_count(stage.shape) - 1)
    front = Box(drawn.left + depth, top + depth, size[0] - depth, size[1] - depth)
    return Column(
        stage=stage,
        drawn=drawn,
        front=front,
        shift=_shift(stage.shape),
        count=_count(stage.shape),
        label=Box(centre - label / 2, top - (2 * LINE + 0.4) * font, label, 2 * LINE * font),
        below=Box(left - gap / 2 - below / 2, foot, below, len(stage.does) * LINE * font),
    )


def _gap(before: Column | None, below: float, font: float) -> tuple[float, float]:
    """The space before a column, so wide that what is written below it has room, and where the column begins."""
    if before is None:
        return 0.0, font
    right = max(before.label.right, before.drawn.right)
    free = max(before.below.right + 0.6 * font, font)  # from here on the line below is empty
    gap = max(1.5 * font, 2 * (free + below / 2 - right))
    return gap, right + gap
