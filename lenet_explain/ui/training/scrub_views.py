"""The browser's drawings that go from moment to moment of a run together and ask no server: registered once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lenet_explain.ui.parts import components
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state

_SCRUBBER = register("moments/scrubber")
_MAPS = register("moments/maps")
_CONFUSION = register("moments/confusion")
_GRADIENTS = register("moments/gradients")


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
