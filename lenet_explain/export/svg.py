"""A network as a figure for a paper: maps as stacks, vectors as bars, what each layer does below; stands alone, prints.

Black on white unless told otherwise; no script, no font from elsewhere. Names are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lenet_explain.export.layout import LINE, Box, Column, Figure, Stage, figure, is_bar, stages
from lenet_explain.export.names import one_line
from lenet_explain.network.walk import Network

FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours: of lines and letters, and of what is behind them."""

    line: str = "#000000"
    paper: str = "#ffffff"


def svg(network: Network, font: float = 16, picture: float = 90, ink: Ink | None = None) -> str:
    """Text of an SVG file. font: px of the letters; picture: px of the largest map's side."""
    drawn, colours = figure(network, font, picture), ink or Ink()
    width, height = f"{drawn.width:.0f}", f"{drawn.height:.0f}"
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", role="img")
    root.attrib |= {"width": width, "height": height, "aria-label": description(network)}
    root.attrib |= {"font-family": FONTS, "font-size": f"{font:g}", "text-anchor": "middle"}
    SubElement(root, "title").text = one_line(network.title)
    SubElement(root, "desc").text = description(network)
    SubElement(root, "rect", width=width, height=height, fill=colours.paper)
    for column in drawn.columns:
        _maps(root, column, colours)
    for before, column in pairwise(drawn.columns):
        _link(root, drawn, before, column, colours)
    for column in drawn.columns:
        shown = [column.stage.names, str(column.stage.shape)]
        _lines(root, column.label, shown, drawn, colours)
        _lines(root, column.below, column.stage.does, drawn, colours)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def description(network: Network) -> str:
    """The figure in words."""
    return f"{one_line(network.title)}: {'; '.join(map(_in_words, stages(network)))}."


def _in_words(stage: Stage) -> str:
    does = f" by {' '.join(stage.does)}" if stage.does else ""
    return f"{stage.names} {stage.shape}{does}"


def _maps(root: Element, column: Column, ink: Ink) -> None:
    """From the one behind to the one in front."""
    for at in range(column.count):
        back = (column.count - 1 - at) * column.shift
        one = Box(column.front.left - back, column.front.top - back, column.front.width, column.front.height)
        _rect(root, one, {"fill": ink.paper, "stroke": ink.line})


def _link(root: Element, drawn: Figure, before: Column, column: Column, ink: Ink) -> None:
    """A window on the map in front and what becomes of it; or an arrow, where everything is read."""
    if not column.stage.window or is_bar(before.stage.shape):
        _arrow(root, (before.drawn.right + 3, column.drawn.left - 3), drawn, ink)
        return
    side = min(column.stage.window * drawn.unit, before.front.width, before.front.height)
    free = before.front.width - side, before.front.height - side
    window = Box(before.front.left + 0.7 * free[0], before.front.top + 0.8 * free[1], side, side)
    _rect(root, window, {"fill": "none", "stroke": ink.line, "stroke-width": "1.6"})
    front = column.front
    inside = front.centre, front.top + 0.6 * front.height
    target = (front.left, drawn.middle) if is_bar(column.stage.shape) else inside
    for corner in (window.top, window.bottom):
        ends = {"x1": window.right, "y1": corner, "x2": target[0], "y2": target[1]}
        _line(root, ends, {"stroke": ink.line, "stroke-dasharray": "4 3"})


def _arrow(root: Element, ends: tuple[float, float], drawn: Figure, ink: Ink) -> None:
    start, end = ends
    head, y = min(8.0, (end - start) / 2), drawn.middle
    _line(root, {"x1": start, "y1": y, "x2": end - head, "y2": y}, {"stroke": ink.line})
    corners = f"{end:.1f},{y:.1f} {end - head:.1f},{y - 4:.1f} {end - head:.1f},{y + 4:.1f}"
    SubElement(root, "polygon", points=corners, fill=ink.line)


def _line(root: Element, ends: dict[str, float], looks: dict[str, str]) -> None:
    SubElement(root, "line", {name: f"{value:.1f}" for name, value in ends.items()} | looks)


def _rect(root: Element, box: Box, looks: dict[str, str]) -> None:
    sides = {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
    SubElement(root, "rect", {name: f"{value:.1f}" for name, value in sides.items()} | looks)


def _lines(root: Element, box: Box, words: Iterable[str], drawn: Figure, ink: Ink) -> None:
    """Lines one below the other in the middle of the box; the first of a label, the name, is bold."""
    for at, line in enumerate(words):
        y = box.top + (at + 0.95) * LINE * drawn.font - 0.2 * drawn.font
        text = SubElement(root, "text", x=f"{box.centre:.1f}", y=f"{y:.1f}", fill=ink.line)
        text.text = line
        if at == 0 and box.top < drawn.middle:
            text.set("font-weight", "bold")
