"""What becomes of a hundred cheques in each system: read, rejected to be read by a person, or misread."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from lenet_explain.figures.theme import FONT, Palette, figure
from lenet_explain.lore.history import System

HEIGHT = 250  # px
_PARTS = ("read", "rejected", "misread")


def outcomes(systems: Sequence[System], colours: Palette) -> go.Figure:
    """Stacked bars in %, the first system on top; rejected ones are hatched, so that colour is not the only sign."""
    drawn = figure(colours, HEIGHT)
    for part, colour, pattern in zip(_PARTS, (colours.right, colours.zero, colours.wrong), ("", "/", ""), strict=True):
        values = [getattr(one, part) for one in systems]
        drawn.add_bar(
            y=[one.title for one in systems],
            x=values,
            orientation="h",
            name=part,
            marker={
                "color": colour,
                "line": {"color": colours.quiet, "width": 1},
                "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": colours.quiet, "size": 8},
            },
            text=[f"{value} %" for value in values],
            textposition="outside" if part == "misread" else "inside",
            textangle=0,
            insidetextanchor="middle",
            textfont={"size": FONT, "color": colours.text if part != "read" else colours.background},
            cliponaxis=False,
            hovertemplate="%{y}: %{x} % " + part + "<extra></extra>",
        )
    drawn.update_layout(
        barmode="stack", bargap=0.35, legend={"orientation": "h", "y": 1.25, "x": 0, "traceorder": "normal"}
    )
    drawn.update_xaxes(range=[0, 118], showticklabels=False, showgrid=False, zeroline=False)
    drawn.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=6)
    return drawn


def outcomes_alt(systems: Sequence[System]) -> str:
    said = [f"{one.title}: {one.read} % read, {one.rejected} % rejected, {one.misread} % misread" for one in systems]
    return f"What becomes of cheques. {'; '.join(said)}."
