"""Lines that open to their sums, as HTML of the browser's own kind: by mouse, finger and key."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lenet_explain.descendants.words import Row

_HEAD = ("layer", "output", "parameters", "multiply-accumulates", "a unit sees")


def listed(rows: Sequence[Row]) -> str:
    names = "".join(f'<span class="{"number" if at else "what"}">{escape(one)}</span>' for at, one in enumerate(_HEAD))
    return f'<div class="layers"><div class="head" aria-hidden="true">{names}</div>{"".join(map(_row, rows))}</div>'


def _row(row: Row) -> str:
    values = zip(_HEAD[1:], (row.after, row.parameters, row.macs, row.sees), strict=True)
    cells = "".join(
        f'<span class="number"><span class="label">{escape(name)} </span>{escape(value)}</span>'
        for name, value in values
    )
    what = f'<span class="what"><b>{escape(row.name)}</b> <span class="kind">{escape(row.what)}</span></span>'
    sums = "".join(f"<li>{escape(one)}</li>" for one in row.sums)
    return f"<details><summary>{what}{cells}</summary><ul>{sums}</ul></details>"
