"""LeNet-5 and its descendants on one logarithmic axis, and how fields grow with depth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from lenet_explain.descendants.beside import WORDS, Measure, Measured
from lenet_explain.figures.theme import FONT, Palette, figure

ROW = 66  # px of a network
_MARK, _SMALL = 15, 8  # px
_ROOM = 0.04  # of the axis, beyond the outermost marks
_GROWTH = 420  # px
_ABOVE = 0.12  # powers of ten above the highest line, for its label


@dataclass(frozen=True, slots=True)
class Look:
    """key: of the network that stands out."""

    key: str
    measure: Measure


def against(found: Sequence[Measured], titles: Mapping[str, str], chosen: Look, colours: Palette) -> go.Figure:
    """A row a network, LeNet-5 first. On a logarithmic axis lines from LeNet-5's mark of the same length mean the same
    factor. LeNet-5 is a diamond; the chosen network is filled, the others are rings."""
    drawn = figure(colours, ROW * len(found) + 80)
    low, high = _range([one.value(chosen.measure) for one in found])
    for row, one in enumerate(found):
        _add(drawn, (row, one, found[0]), chosen, colours)
        value = one.value(chosen.measure)
        drawn.data[-1].update(
            textposition="top left" if math.log10(value) > (low + high) / 2 else "top right",
            hovertemplate=f"{titles[one.key]}<br>{value:,} {WORDS[chosen.measure]}<extra></extra>",
        )
    ticks = _ticks(low, high)
    drawn.update_layout(showlegend=False, margin={"t": 10, "r": 12})
    drawn.update_xaxes(
        type="log", range=[low, high], tickvals=ticks, ticktext=[_short(one) for one in ticks],
        title={"text": WORDS[chosen.measure], "font": {"size": FONT}},
    )  # fmt: skip
    drawn.update_yaxes(
        range=[len(found) - 0.4, -0.8], tickvals=list(range(len(found))), showgrid=False, zeroline=False,
        ticktext=[titles[one.key].replace(" (", "<br>(") for one in found],
    )  # fmt: skip
    return drawn


def _add(drawn: go.Figure, what: tuple[int, Measured, Measured], chosen: Look, colours: Palette) -> None:
    """A line from LeNet-5's value to the network's, and its mark. what: the row, its network, LeNet-5."""
    row, one, first = what
    stands_out = row == 0 or one.key == chosen.key
    colour = colours.training if row == 0 else colours.test
    value = one.value(chosen.measure)
    drawn.add_scatter(
        x=[first.value(chosen.measure), value], y=[row, row], mode="lines", hoverinfo="skip",
        line={"color": colour, "width": 5 if stands_out else 2},
    )  # fmt: skip
    symbol = "diamond" if row == 0 else "circle" if stands_out else "circle-open"
    drawn.add_scatter(
        x=[value], y=[row], mode="markers+text", cliponaxis=False,
        marker={"symbol": symbol, "size": _MARK, "color": colour, "line": {"width": 3, "color": colour}},
        text=[said(one, first, chosen.measure)], textfont={"size": FONT, "color": colours.text},
    )  # fmt: skip


def said(one: Measured, first: Measured, measure: Measure) -> str:
    """The value, and how many times LeNet-5's it is."""
    value = f"{one.value(measure):,}"
    return value if one == first else f"{value} ({factor(one.times(first, measure))}×)"


def factor(times: float) -> str:
    """'1.6', '12', '2,306'"""
    return f"{times:.1f}" if times < 10 else f"{times:,.0f}"


def _range(values: Sequence[int]) -> tuple[float, float]:
    """Exponents of ten."""
    low, high = math.log10(min(values)), math.log10(max(values))
    room = _ROOM * (high - low) + 0.02
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Powers of ten; with 2 and 5 between them where there are few of these."""
    steps = (1,) if high - low > 2.8 else (1, 2, 5)
    powers = range(math.floor(low), math.ceil(high) + 1)
    return [step * 10**power for power in powers for step in steps if low <= math.log10(step * 10**power) <= high]


def _short(value: float) -> str:
    """'100 k', '10 M', '1 G'"""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}\u202f{letter}"
    return f"{value:g}"


def against_alt(found: Sequence[Measured], titles: Mapping[str, str], measure: Measure) -> str:
    """The chart in a sentence, for who does not see it."""
    rows = "; ".join(f"{titles[one.key]} {said(one, found[0], measure)}" for one in found)
    return f"{WORDS[measure].capitalize()}, on a logarithmic axis, with the factor to LeNet-5: {rows}."


def growth(one: Measured, ancestor: Measured, titles: Mapping[str, str], colours: Palette) -> go.Figure:
    """How wide units see, over the layers that learn; a broken line at the side of each network's input, named at the
    end from which its own curve stays away."""
    drawn = figure(colours, _GROWTH)
    looks = ((ancestor, "diamond", colours.training, "dot"), (one, "circle", colours.test, "dash"))
    for network, symbol, colour, dash in looks:
        own = network == one
        drawn.add_scatter(
            x=[0, one.depth], y=[_side(network)] * 2, mode="lines+text", hoverinfo="skip", showlegend=False,
            line={"color": colour, "dash": dash, "width": 2},
            text=[f"input: {_side(network)}", ""] if own else ["", f"input: {_side(network)}"],
            textposition="top right" if own else "top left", textfont={"size": FONT, "color": colour},
        )  # fmt: skip
        drawn.add_scatter(
            x=[step.depth for step in network.growth], y=[step.field for step in network.growth], mode="lines+markers",
            name=titles[network.key], line={"color": colour, "width": 2.5},
            marker={"symbol": symbol, "size": _SMALL if own else _MARK - 3, "color": colour},
            text=[step.name for step in network.growth],
            hovertemplate="%{text}: a unit sees %{y:,} pixels across<extra></extra>",
        )  # fmt: skip
    fields = [step.field for network in (one, ancestor) for step in network.growth]
    low, high = _range([*fields, _side(one), _side(ancestor)])
    ticks = _ticks(low, high + _ABOVE)
    drawn.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, margin={"t": 40, "r": 12})
    drawn.update_xaxes(title={"text": WORDS["depth"], "font": {"size": FONT}}, range=[0, one.depth + 0.2])
    drawn.update_yaxes(
        type="log", range=[low, high + _ABOVE], tickvals=ticks, ticktext=[_short(tick) for tick in ticks],
        title={"text": "pixels across", "font": {"size": FONT}, "standoff": 14},
    )  # fmt: skip
    return drawn


def _side(network: Measured) -> int:
    return max(network.input.height, network.input.width)


def growth_alt(one: Measured, ancestor: Measured, titles: Mapping[str, str]) -> str:
    said = [
        f"{titles[network.key]} from {network.growth[0].field:,} pixels after {network.growth[0].name} to "
        f"{network.growth[-1].field:,} after {network.growth[-1].name}, of an input of {network.input.height:,}"
        for network in (ancestor, one)
    ]
    return f"How wide units see, over the layers that learn, on a logarithmic axis: {'; '.join(said)}."
