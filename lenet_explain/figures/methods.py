"""Error against costs: the paper's methods and those measured here on the same axes, told apart by shape and colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from lenet_explain.figures.theme import FONT, Palette, figure
from lenet_explain.lore.methods import WORDS, Axis, Point, unbeaten

HEIGHT = 640  # px
_PLOT = (820, 500)  # px of the axes on a projector, for which labels are placed
_LETTER, _LINE, _MARK = 0.5 * FONT, 1.15 * FONT, 13  # px
_PLACES = {  # of a label beside its mark: how far its middle lies from it, in half widths, half heights and px of gap
    "middle right": (1, 0, 9, 0),
    "middle left": (-1, 0, -9, 0),
    "top center": (0, 1, 0, 8),
    "bottom center": (0, -1, 0, -8),
    "top right": (1, 1, 4, 4),
    "bottom right": (1, -1, 4, -4),
    "top left": (-1, 1, -4, 4),
    "bottom left": (-1, -1, -4, -4),
}
_TICKS = (0.2, 0.5, 1, 2, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    height: float

    def meets(self, other: _Box) -> bool:
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )


def error_against(points: Sequence[Point], axis: Axis, colours: Palette) -> go.Figure:
    """Both axes logarithmic. A broken line joins the paper's methods that no other beats at no greater cost."""
    drawn = figure(colours, HEIGHT)
    best = unbeaten([one for one in points if not one.ours], axis)
    drawn.add_scatter(
        x=[one.cost(axis) for one in best], y=[one.error for one in best], mode="lines",
        line={"color": colours.quiet, "dash": "dot", "width": 2, "shape": "hv"},
        name="the paper's best for their cost", hoverinfo="skip",
    )  # fmt: skip
    placed = labels(points, axis)
    for ours in (False, True):
        for convolutional in (False, True):
            group = [one for one in points if (one.ours, one.convolutional) == (ours, convolutional)]
            if group:
                _add(drawn, group, placed, (axis, colours))
    return _laid_out(drawn, points, axis)


def _add(drawn: go.Figure, group: Sequence[Point], placed: dict[Point, str], how: tuple[Axis, Palette]) -> None:
    axis, colours = how
    ours, convolutional = group[0].ours, group[0].convolutional
    colour = colours.test if ours else colours.training
    shape = ("diamond" if ours else "circle") + ("" if convolutional else "-open")
    drawn.add_scatter(
        x=[one.cost(axis) for one in group],
        y=[one.error for one in group],
        mode="markers+text",
        name=f"{'measured here' if ours else 'the paper'}: {'convolutional' if convolutional else 'others'}",
        marker={"symbol": shape, "size": _MARK, "color": colour, "line": {"width": 2.5, "color": colour}},
        text=[_spaced(one.short, placed.get(one)) for one in group],
        textposition=[placed.get(one, "middle right") for one in group],
        textfont={"size": FONT, "color": colours.text},
        customdata=[[one.name, _count(one.cost(axis)), one.how.replace("; ", "<br>")] for one in group],
        hovertemplate=f"%{{customdata[0]}}<br>error %{{y}} %<br>{WORDS[axis]} %{{customdata[1]}}"
        "<br>%{customdata[2]}<extra></extra>",
        cliponaxis=False,
    )


def _spaced(words: str, place: str | None) -> str:
    """A little farther from the mark, on the side where that is; nothing where there is no room for it."""
    space = "\u00a0"
    return "" if place is None else f"{space if 'right' in place else ''}{words}{space if 'left' in place else ''}"


def _laid_out(drawn: go.Figure, points: Sequence[Point], axis: Axis) -> go.Figure:
    left, right, bottom, top = _ranges(points, axis)
    drawn.update_layout(
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": FONT}},
        margin={"t": 70, "b": 10, "r": 10},
    )
    drawn.update_xaxes(
        type="log", range=[left, right], dtick=1, tickformat="~s",
        title={"text": WORDS[axis], "font": {"size": FONT}},
    )  # fmt: skip
    ticks = [value for value in _TICKS if bottom <= math.log10(value) <= top]
    drawn.update_yaxes(
        type="log", range=[bottom, top], tickvals=ticks, ticktext=[f"{value:g} %" for value in ticks],
        title={"text": "test error on MNIST", "font": {"size": FONT}},
    )  # fmt: skip
    return drawn


def _ranges(points: Sequence[Point], axis: Axis) -> tuple[float, float, float, float]:
    """Exponents of ten: left, right, bottom, top; with room for labels."""
    across = [math.log10(one.cost(axis)) for one in points]
    down = [math.log10(one.error) for one in points]
    return min(across) - 0.3, max(across) + 0.6, min(down) - 0.12, max(down) + 0.1


def labels(points: Sequence[Point], axis: Axis) -> dict[Point, str]:
    """Where each label goes so that none covers another or a mark; a point for whose label there is no room has none.
    LeNet-5, the paper's best and what was measured here choose first."""
    marks = {one: _mark(one, points, axis) for one in points}
    best = unbeaten([one for one in points if not one.ours], axis)
    order = sorted(points, key=lambda one: (not one.short.startswith("LeNet-5"), one not in best, not one.ours))
    found: dict[Point, str] = {}
    taken = _steps([marks[one] for one in best])
    for one in order:
        others = [box for other, box in marks.items() if other != one] + taken
        for place in _PLACES:
            box = _label(one, marks[one], place)
            if _inside(box) and not any(box.meets(other) for other in others):
                found[one] = place
                taken.append(box)
                break
    return found


def _steps(marks: Sequence[_Box]) -> list[_Box]:
    """The broken line through these marks, across and then down, as boxes that no label may cover."""
    found = []
    for here, there in pairwise(marks):
        found.append(_Box((here.x + there.x) / 2, here.y, abs(there.x - here.x), 4))
        found.append(_Box(there.x, (here.y + there.y) / 2, 4, abs(there.y - here.y)))
    return found


def _mark(one: Point, points: Sequence[Point], axis: Axis) -> _Box:
    left, right, bottom, top = _ranges(points, axis)
    x = (math.log10(one.cost(axis)) - left) / (right - left) * _PLOT[0]
    y = (math.log10(one.error) - bottom) / (top - bottom) * _PLOT[1]
    return _Box(x, y, _MARK, _MARK)


def _label(one: Point, mark: _Box, place: str) -> _Box:
    width, height = (len(one.short) + 1) * _LETTER, _LINE
    across, down, gap_x, gap_y = _PLACES[place]
    return _Box(mark.x + across * width / 2 + gap_x, mark.y + down * height / 2 + gap_y, width, height)


def _inside(box: _Box) -> bool:
    return box.width / 2 <= box.x <= _PLOT[0] - box.width / 2 and box.height / 2 <= box.y <= _PLOT[1] - box.height / 2


def error_against_alt(points: Sequence[Point], axis: Axis) -> str:
    """The chart in a few sentences, for who does not see it."""
    best = unbeaten([one for one in points if not one.ours], axis)
    here = sorted((one for one in points if one.ours), key=lambda one: one.error)
    said = "; ".join(_said(one, axis) for one in best)
    ours = "; ".join(_said(one, axis) for one in here)
    return (
        f"Test error on MNIST against {WORDS[axis]}, both on logarithmic axes, {len(points)} methods. The paper's best "
        f"for their cost, cheapest first: {said}. Measured here, fewest errors first: {ours}."
    )


def table(points: Iterable[Point]) -> list[tuple[str, ...]]:
    """Rows of text, fewest errors first: method, error, numbers kept, multiply-accumulates, from where."""
    return [
        (one.name, f"{one.error:g} %", _count(one.kept), _count(one.macs), one.how)
        for one in sorted(points, key=lambda one: (one.error, one.kept))
    ]


def _said(one: Point, axis: Axis) -> str:
    return f"{one.name} {one.error:g} % at {_count(one.cost(axis))}"


def _count(value: float) -> str:
    return f"{value:,.0f}"
