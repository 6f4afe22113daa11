"""The browser's drawings of mistakes, registered once: `matrix` for who is taken for whom, `wall` for the digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lenet_explain.figures.theme import palette
from lenet_explain.ui.parts.components import scheme
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state

_MATRIX = register("moments/matrix")
_WALL = register("moments/digits")


def matrix(drawn: dict[str, Any], chosen: str, *, key: str, on_choose: Callable[[str], None]) -> None:
    """drawn: figures.matrix; chosen: true digit and answer, such as '4 9'; on_choose is called with the like."""
    data = {**drawn, "chosen": chosen, "colours": _colours()}
    _MATRIX(key=key, data=[data], on_cell_change=lambda: _tell(key, "cell", on_choose), height="content")


def wall(items: Sequence[dict[str, Any]], chosen: str, alt: str, *, key: str, on_choose: Callable[[str], None]) -> None:
    """items: name, title, words, kind (right or wrong) and picture, an address or None; on_choose gets a name."""
    data = {"items": list(items), "chosen": chosen, "alt": alt, "colours": _colours()}
    _WALL(key=key, data=[data], on_digit_change=lambda: _tell(key, "digit", on_choose), height="content")


def _tell(key: str, name: str, on_choose: Callable[[str], None]) -> None:
    said = state.component_value(key, name)
    if isinstance(said, str):
        on_choose(said)


def _colours() -> dict[str, str]:
    colours = palette(scheme())
    return {
        **{name: getattr(colours, name) for name in ("text", "quiet", "accent", "right", "wrong")},
        "line": f"{colours.quiet}40",
    }
