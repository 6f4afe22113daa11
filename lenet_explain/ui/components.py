"""The browser's own drawings, registered once: `tiles` for weights, `ladder` for layers, `curves` for a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from streamlit.components.v2 import component

from lenet_explain.figures.theme import Palette, palette
from lenet_explain.figures.tiles import TileSet, framed
from lenet_explain.frontend import bundle, text
from lenet_explain.ui import state
from lenet_explain.ui.frame import scheme

View = Literal["shapes", "parameters"]

_TILES_HTML = """
<div class="root">
  <p class="caption"></p>
  <canvas class="picture" role="img" tabindex="0"></canvas>
  <p class="note"></p>
  <div class="legend">
    <span class="low"></span>
    <div class="scale"><div class="bar"></div><span class="zero">0</span></div>
    <span class="high"></span>
  </div>
  <div class="readout">
    <canvas class="loupe" aria-hidden="true"></canvas>
    <div class="words"><div class="place"></div><div class="values"></div></div>
  </div>
  <div class="spoken" aria-live="polite"></div>
</div>
"""
_LADDER_HTML = """
<div class="root">
  <div class="list" role="listbox"></div>
  <div class="foot"></div>
  <div class="detail"></div>
</div>
"""
_CURVES_HTML = """
<div class="root">
  <div class="plots" role="application" tabindex="0"></div>
  <div class="foot"><span class="axis"></span><button class="whole" type="button">Whole run</button></div>
  <div class="readout"></div>
  <div class="spoken" aria-live="polite"></div>
</div>
"""
_UPLOT = "vendor/uplot/uPlot"

_TILES = component(
    "lenet_tiles",
    html=_TILES_HTML,
    css=text("tiles.css"),
    js=bundle("tiles.js"),
)
_LADDER = component("lenet_ladder", html=_LADDER_HTML, css=text("ladder.css"), js=bundle("ladder.js"))
_CURVES = component(
    "lenet_curves",
    html=_CURVES_HTML,
    css=text(f"{_UPLOT}.min.css") + text("curves.css"),
    js=bundle("curves.js", f"{_UPLOT}.iife.min.js"),
)


def _palette() -> Palette:
    return palette(scheme())


def tiles(tile_set: TileSet, *, key: str) -> None:
    """Draw a layer's weights; the same key draws new data into the same picture, without a flicker."""
    framed_tiles(framed(tile_set, _palette()), key=key)


def framed_tiles(payload: bytes, *, key: str) -> None:
    """Draw what figures.tiles or figures.tile_moments has framed."""
    _TILES(key=key, data=payload, height="content")


def ladder(
    rows: list[dict[str, Any]],
    chosen: str,
    view: View,
    *,
    key: str,
    on_choose: Callable[[str], None] | None = None,
) -> str:
    """List the rows of figures.ladder, `chosen` marked; returns the layer just chosen, else `chosen`.

    on_choose is called with a layer's name before the script runs again, so that every part of the page can follow.
    """

    def told() -> None:
        name = state.component_value(key, "layer")
        if on_choose is not None and name is not None:
            on_choose(name)

    colours = _palette()
    data = {
        "rows": rows,
        "chosen": chosen,
        "view": view,
        "colours": {
            "text": colours.text,
            "quiet": colours.quiet,
            "accent": colours.accent,
            "line": f"{colours.quiet}40",
            "hover": f"{colours.quiet}1f",
        },
    }
    result = _LADDER(key=key, data=[data], on_layer_change=told, height="content")  # a dict would import pandas
    return result["layer"] or chosen


def curves(drawn: dict[str, Any], alt: str, *, key: str) -> None:
    """Draw figures.curves or figures.lanes with a `run` to name whose they are; the same one keeps zoom and readout."""
    _CURVES(key=key, data=[{**drawn, "alt": alt}], height="content")  # a dict would import pandas
