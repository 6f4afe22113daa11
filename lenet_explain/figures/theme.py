"""What a colour means, in light and in dark; safe for colour-blind eyes and never the only sign.

The hues are those of Okabe and Ito, darkened or lightened until they stand out from the background.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme, as CSS hex codes."""

    background: str
    text: str
    quiet: str  # axes, captions, borders
    accent: str  # what is chosen
    training: str
    test: str
    right: str
    wrong: str
    negative: str  # weights and values below zero
    zero: str
    positive: str
    lanes: tuple[str, ...]  # runs on one axis, in this order; each has a mark of its own too


LIGHT = Palette(
    background="#ffffff",
    text="#1c2330",
    quiet="#5c6675",
    accent="#0b5cad",
    training="#0b6bb8",
    test="#b85a00",
    right="#00795a",
    wrong="#b83f00",
    negative="#0b5cad",
    zero="#f4f4f2",
    positive="#c24a00",
    lanes=("#7a3fa8", "#8a6a00", "#0b6bb8", "#b83f00", "#00795a", "#3c4654"),
)
DARK = Palette(
    background="#12161d",
    text="#e8ebf0",
    quiet="#9aa5b4",
    accent="#6db3f2",
    training="#6db3f2",
    test="#f2a54a",
    right="#3cc79c",
    wrong="#ff8a52",
    negative="#58a6f0",
    zero="#1e242e",
    positive="#ff9a4d",
    lanes=("#cfa0f2", "#e0bd45", "#6db3f2", "#ff8a52", "#3cc79c", "#c3cad4"),
)


def palette(scheme: Scheme) -> Palette:
    return DARK if scheme == "dark" else LIGHT


FAMILY = '"Source Sans", "Source Sans 3", sans-serif'  # Streamlit's own, which it brings along
FONT = 16  # px: legible from the last row


def figure(colours: Palette, height: int) -> go.Figure:
    """An empty Plotly figure in these colours; every Plotly figure of the project starts here."""
    drawn = go.Figure()
    drawn.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 36, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": FONT, "color": colours.text, "family": FAMILY},
        hoverlabel={"font": {"size": FONT}},
    )
    drawn.update_xaxes(gridcolor=f"{colours.quiet}40", automargin=True, fixedrange=True)
    drawn.update_yaxes(gridcolor=f"{colours.quiet}40", automargin=True, fixedrange=True)
    return drawn
