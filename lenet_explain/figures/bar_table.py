"""A table with a bar in each row: no more than the browser's own boxes, and read aloud as the table that it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from lenet_explain.figures.theme import Palette

_COLOURS = ("text", "quiet", "right", "wrong", "background")


class Part(NamedTuple):
    """Part of a bar. share: of the table's longest bar, 0 to 1; hatched: a sign beside the colour."""

    share: float
    colour: Literal["right", "wrong", "quiet"]
    hatched: bool = False


class Row(NamedTuple):
    """name: before the bar; counts, words: behind it, the first in bold."""

    name: str
    parts: tuple[Part, ...]
    counts: str
    words: str


def bar_table(rows: Sequence[Row], caption: str, words: float, colours: Palette) -> dict[str, Any]:
    """What bar_table.js draws. words: share of the width, 0 to 1, for what stands behind the bars."""
    return {
        "rows": [{**row._asdict(), "parts": [part._asdict() for part in row.parts]} for row in rows],
        "caption": caption,
        "words": f"{words:.0%}",
        "colours": {name: getattr(colours, name) for name in _COLOURS},
    }
