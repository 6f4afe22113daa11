"""The browser's own drawings, registered once: `tiles` for weights, `ladder` for layers, `curves` for a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from lenet_explain.figures.theme import Palette, palette
from lenet_explain.figures.tiles import TileSet, framed
from lenet_explain.ui.parts.frame import scheme
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state

View = Literal["shapes", "parameters"]

_TILES = register("tiles/tiles")
_LADDER = register("counts/ladder")
_CURVES = register("curves/curves", "vendor/uplot/uPlot.min.css")


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
