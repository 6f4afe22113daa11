"""The browser's drawings of counted things, registered once: a sum to choose from, bars on one axis, a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lenet_explain.figures.theme import palette
from lenet_explain.ui.parts.frame import scheme
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state

_SUM = register("counts/numbers_sum")
_BARS = register("counts/numbers_bars")
_TABLE = register("counts/compare_table")


@dataclass(frozen=True, slots=True)
class Term:
    """A number of a sum, with its sign and what it is called."""

    name: str
    text: str
    sign: str = "+"
    choosable: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    title: str
    number: bool = False
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """rows: for each a kind ('', 'chosen', 'total') and its cells; sorted_by: key of a column, and 'up' or 'down'."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[tuple[str, Sequence[Sequence[dict[str, str]]]]]
    sorted_by: tuple[str, str] = ("", "")


def line(words: str, mark: str = "", quiet: str = "") -> dict[str, str]:
    """A line in a cell. mark: a sign that it differs; quiet: 'quiet' for what matters less."""
    return {"words": words, "mark": mark, "quiet": quiet}


def added(
    terms: Sequence[Term], label: str, *, key: str, chosen: str = "", on_choose: Callable[[str], None] | None = None
) -> None:
    """Draw a sum; a click or Enter on a term that can be chosen calls on_choose with its name."""

    def told() -> None:
        name = state.component_value(key, "layer")
        if on_choose is not None and name is not None:
            on_choose(name)

    drawn = [{"name": t.name, "text": t.text, "sign": t.sign, "choosable": t.choosable} for t in terms]
    data = {"terms": drawn, "label": label, "chosen": chosen, "colours": _colours()}
    _SUM(key=key, data=[data], on_layer_change=told, height="content")


def bars(groups: list[dict[str, Any]], ticks: list[dict[str, Any]], *, key: str) -> None:
    """Draw rows of weights and connections; see ui/numbers.py."""
    _BARS(key=key, data=[{"groups": groups, "ticks": ticks, "colours": _colours()}], height="content")


def table(shown: Table, *, key: str, on_sort: Callable[[str], None] | None = None) -> None:
    """Draw a table; the heading of a column that can be sorted by calls on_sort with the column's key."""

    def told() -> None:
        column = state.component_value(key, "sort")
        if on_sort is not None and column is not None:
            on_sort(column)

    names = ("key", "title", "number", "sortable")
    data = {
        "caption": shown.caption,
        "columns": [{name: getattr(column, name) for name in names} for column in shown.columns],
        "rows": [{"kind": kind, "cells": cells} for kind, cells in shown.rows],
        "sorted": dict(zip(("by", "order"), shown.sorted_by, strict=True)),
        "colours": _colours(),
    }
    _TABLE(key=key, data=[data], on_sort_change=told, height="content")


def _colours() -> dict[str, str]:
    colours = palette(scheme())
    return {
        "background": colours.background,
        "text": colours.text,
        "quiet": colours.quiet,
        "accent": colours.accent,
        "line": f"{colours.quiet}40",
        "hover": f"{colours.quiet}1f",
    }
