"""The curves of several runs as one SVG file: stands alone, without script, and prints.

Loss above accuracy, over steps or seconds; colours and marks as in figures.lanes, on white.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lenet_explain.figures.curves import Entry, thinned
from lenet_explain.figures.lanes import AXES, By, Lane, loss_top
from lenet_explain.figures.theme import LIGHT

WIDTH, PANEL = 900, 300  # px
LEFT, RIGHT, HEAD, FOOT, LEGEND = 70, 20, 34, 26, 30
MARKED = 8  # marks along a line
FONT = "'Source Sans 3', 'Source Sans', 'Noto Sans', 'DejaVu Sans', sans-serif"

Point = tuple[float, float]


def svg(lanes: Sequence[Lane], by: By) -> str:
    """Text of an SVG file; names of runs are escaped."""
    height, legend = size(lanes)[1], _legend_height(lanes)
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", role="img")
    root.set("width", str(WIDTH))
    root.set("height", str(height))
    root.set("font-family", FONT)
    root.set("font-size", "16")
    SubElement(root, "title").text = "Loss and accuracy of " + ", ".join(_printable(lane.name) for lane in lanes)
    SubElement(root, "rect", width=str(WIDTH), height=str(height), fill=LIGHT.background)
    for place, lane in enumerate(lanes):
        _legend(root, place, _printable(lane.name))
    word = "steps" if by == "steps" else "seconds of training"
    for panel, score in enumerate(("loss", "accuracy")):
        group = SubElement(root, "g", transform=f"translate(0 {legend + panel * PANEL})")
        _text(group, 8, 20, f"{score} over {word}: thin training, dashed test")
        _panel(group, lanes, score, AXES[by])
    indent(root)
    return tostring(root, encoding="unicode")


def size(lanes: Sequence[Lane]) -> tuple[int, int]:
    """Width and height in px."""
    return WIDTH, 2 * PANEL + _legend_height(lanes)


def _legend_height(lanes: Sequence[Lane]) -> int:
    return LEGEND * math.ceil(len(lanes) / 2) + 10


def _panel(group: Element, lanes: Sequence[Lane], score: str, axis: str) -> None:
    lines = [
        (place, part, list(_points(lane.entries, axis, f"{part}_{score}")))
        for place, lane in enumerate(lanes)
        for part in ("training", "test")
    ]
    every = [point for _, _, points in lines for point in points]
    right = max([x for x, _ in every], default=1.0) or 1.0
    highest = min(max([y for _, y in every], default=1.0), loss_top(lanes) or math.inf)
    top = 1.0 if score == "accuracy" else 1.08 * highest or 1.0

    def spot(point: Point) -> Point:
        x = LEFT + point[0] / right * (WIDTH - LEFT - RIGHT)
        return x, HEAD + (1 - min(point[1], 1.05 * top) / top) * (PANEL - HEAD - FOOT)

    for value in ticks(top):
        _, y = spot((0, value))
        ends = {"x1": f"{LEFT}", "x2": f"{WIDTH - RIGHT}", "y1": f"{y:.1f}", "y2": f"{y:.1f}"}
        SubElement(group, "line", ends, stroke=f"{LIGHT.quiet}", opacity="0.25")
        _text(group, LEFT - 8, y + 5, f"{value:.0%}" if score == "accuracy" else f"{value:g}", anchor="end")
    for value in ticks(right):
        _text(group, spot((value, 0))[0], PANEL - 6, f"{value:,g}", anchor="middle")
    for place, part, points in lines:
        _line(group, [spot(point) for point in points], place, part)


def _line(group: Element, points: Sequence[Point], place: int, part: str) -> None:
    colour = LIGHT.lanes[place]
    spots = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    attributes = {"points": spots, "fill": "none", "stroke": colour}
    attributes["stroke-width"] = "1.3" if part == "training" else "2.4"
    if part == "test":
        attributes["stroke-dasharray"] = "7 4"
    SubElement(group, "polyline", attributes)
    every = max(1, math.ceil(len(points) / MARKED))
    first = every // 2 if part == "training" else 0  # so that marks of the one stand between those of the other
    for x, y in [*points[first:-1:every], *points[-1:]]:
        _mark(group, x, y, place)


def _mark(group: Element, x: float, y: float, place: int) -> None:
    corners = _CORNERS[place]
    colour = LIGHT.lanes[place]
    if not corners:
        SubElement(group, "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="4.5", fill=colour)
        return
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    SubElement(group, "polygon", points=points, fill=colour)


_CORNERS: tuple[tuple[Point, ...], ...] = (  # around a point, in px, as curves_marks.js has them
    (),
    ((-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)),
    ((0, -5.5), (5.5, 4.5), (-5.5, 4.5)),
    ((0, -6), (6, 0), (0, 6), (-6, 0)),
    ((0, 5.5), (5.5, -4.5), (-5.5, -4.5)),
    ((-2.3, -6), (2.3, -6), (2.3, 6), (-2.3, 6)),
)


def _legend(root: Element, place: int, name: str) -> None:
    x, y = 20 + place % 2 * WIDTH / 2, 26 + place // 2 * LEGEND
    ends = {"x1": f"{x}", "x2": f"{x + 36}", "y1": f"{y}", "y2": f"{y}"}
    SubElement(root, "line", {**ends, "stroke": LIGHT.lanes[place], "stroke-width": "2.4"})
    _mark(root, x + 18, y, place)
    _text(root, x + 46, y + 5, name)


def _text(parent: Element, x: float, y: float, words: str, anchor: str = "start") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": LIGHT.text}
    SubElement(parent, "text", place).text = words


def _points(entries: Sequence[Entry], axis: str, column: str) -> Iterator[Point]:
    for entry in thinned(entries):
        x, y = entry.get(axis), entry.get(column)
        if x is not None and y is not None and math.isfinite(x) and math.isfinite(y):
            yield float(x), float(y)


def ticks(end: float) -> list[float]:
    """Four to eight round numbers from 0 to at most `end`."""
    rough = end / 5
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * nice for nice in (1, 2, 5, 10) if size * nice >= rough)
    return [round(step * index, 10) for index in range(int(end / step + 1e-9) + 1)]


def _printable(words: str) -> str:
    """Without control characters, for which XML has no word."""
    return "".join(letter for letter in words if letter.isprintable())
