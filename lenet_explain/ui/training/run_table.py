"""The browser's table of runs, and the button that saves curves as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import streamlit as st

from lenet_explain.figures.theme import palette
from lenet_explain.results.handout import row
from lenet_explain.results.record import NAME, Record
from lenet_explain.ui.parts.components import scheme
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state

_KEY = "runs-table"
_COLUMNS = {  # by the keys of a row's cells: the title, and whether it can be sorted by
    "name": ("Name", False),
    "network": ("Network", False),
    "recipe": ("Recipe", False),
    "digits": ("Digits", False),
    "accuracy": ("Test accuracy", True),
    "seconds": ("Seconds", True),
    "parameters": ("Parameters", True),
    "state": ("State", False),
    "began": ("Began", True),
}
_TABLE = register("curves/runs")
_PNG = register("curves/png")


def table(records: Sequence[Record]) -> list[str]:
    """Draw the runs, newest first; returns the keys of the chosen ones, in the order in which they were started."""
    columns = [{"key": key, "title": title, "sorted": sorted_by} for key, (title, sorted_by) in _COLUMNS.items()]
    data = {
        "caption": "Give a run a name of your own, choose some to compare, or sort by a column with ↕.",
        "columns": columns,
        "rows": [_row(record) for record in records],
        "chosen": state.component_value(_KEY, "chosen") or [],
        "longest": NAME,
        "colours": _colours(),
    }
    result = _TABLE(
        key=_KEY,
        data=[data],  # a dict would import pandas
        default={"chosen": [], "names": {}},
        on_chosen_change=lambda: None,
        on_names_change=_named,
        height="content",
    )
    return [record.key for record in records if record.key in (result["chosen"] or [])]


def png(drawing: str, size: tuple[int, int], name: str) -> None:
    """A button that saves an SVG of this width and height as a PNG of this name."""
    width, height = size
    data = {"svg": drawing, "width": width, "height": height, "name": name, "colours": _colours()}
    _PNG(key="png", data=[data], width="content", height="content")


def _named() -> None:
    state.name_records(state.component_value(_KEY, "names") or {})


def _colours() -> dict[str, str]:
    colours = palette(scheme())
    own = {name: getattr(colours, name) for name in ("text", "quiet", "accent")}
    return {**own, "line": f"{colours.quiet}60", "hover": f"{colours.quiet}1f"}


def _row(record: Record) -> dict[str, Any]:
    found, reached = row(record), record.outcome.accuracy if record.outcome else None
    return {
        "key": record.key,
        "name": record.title,
        "cells": {
            **{name: found[name] for name in ("network", "recipe", "digits", "state")},
            "accuracy": str(reached) if reached else "–",
            "seconds": f"{found['seconds']:.1f}" if record.outcome else "–",
            "parameters": f"{found['parameters']:,}",
            "began": _clock(record.began),
        },
        "order": {
            "accuracy": reached.share if reached else None,
            "seconds": found["seconds"] if record.outcome else None,
            "parameters": found["parameters"],
            "began": record.number,
        },
    }


def _clock(began: float) -> str:
    """The time of day where the visitor is."""
    offset = st.context.timezone_offset or 0  # minutes behind UTC
    return f"{datetime.fromtimestamp(began, timezone(timedelta(minutes=-offset))):%H:%M:%S}"
