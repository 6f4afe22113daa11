"""The browser's drawings that go from moment to moment of a run together and ask no server: registered once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.components.v2 import component

from lenet_explain.frontend import bundle, text
from lenet_explain.ui import components, state

_SCRUBBER_HTML = """
<div class="root">
  <div class="keys">
    <button class="back" type="button" aria-label="one moment back">◀</button>
    <button class="play" type="button">▶ Play</button>
    <button class="forward" type="button" aria-label="one moment forward">▶▏</button>
  </div>
  <input class="slider" type="range" min="0" step="1">
  <div class="words"></div>
</div>
"""
_MAPS_HTML = """
<div class="root" role="group">
  <div class="digits"></div>
  <div class="verdict"></div>
  <div class="rule quiet"></div>
  <div class="answers"></div>
  <div class="layers"></div>
  <div class="readout"></div>
</div>
"""
_CONFUSION_HTML = """
<div class="root">
  <div class="title"></div>
  <div class="frame">
    <div class="across">answer</div>
    <div class="down">true digit</div>
    <table class="table"></table>
  </div>
  <div class="readout"></div>
</div>
"""
_GRADIENTS_HTML = """
<div class="root"><div class="bars" role="img"></div></div>
"""

_SCRUBBER = component("lenet_scrubber", html=_SCRUBBER_HTML, css=text("scrubber.css"), js=bundle("scrubber.js"))
_MAPS = component(
    "lenet_maps",
    html=_MAPS_HTML,
    css=text("maps.css"),
    js=bundle("maps.js"),
)
_CONFUSION = component("lenet_confusion", html=_CONFUSION_HTML, css=text("confusion.css"), js=bundle("confusion.js"))
_GRADIENTS = component("lenet_gradients", html=_GRADIENTS_HTML, css=text("gradients.css"), js=bundle("gradients.js"))


def scrubber(drawn: dict[str, Any], *, key: str, on_step: Callable[[int], None]) -> None:
    """Draw figures.moments.slider; on_step hears of each step at which it comes to rest."""

    def told() -> None:
        step = state.component_value(key, "step")
        if isinstance(step, int | float):
            on_step(int(step))

    _SCRUBBER(key=key, data=[drawn], on_step_change=told, height="content")  # a dict would import pandas


def maps(framed: bytes, *, key: str, on_digit: Callable[[int], None]) -> None:
    """Draw figures.maps.framed_maps; on_digit hears which digit is chosen in its row of pictures."""

    def told() -> None:
        digit = state.component_value(key, "digit")
        if isinstance(digit, int | float):
            on_digit(int(digit))

    _MAPS(key=key, data=framed, on_digit_change=told, height="content")


def confusion(drawn: dict[str, Any], *, key: str) -> None:
    """Draw figures.moments.confusions."""
    _CONFUSION(key=key, data=[drawn], height="content")


def gradients(drawn: dict[str, Any], *, key: str) -> None:
    """Draw figures.moments.gradients."""
    _GRADIENTS(key=key, data=[drawn], height="content")


def tiles(framed: bytes, *, key: str) -> None:
    """Draw figures.tile_moments.framed_moments in the component that draws all tiles."""
    components.framed_tiles(framed, key=key)
