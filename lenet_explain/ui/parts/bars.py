"""The browser's tables with bars: registered once, drawn as figures.bar_table says."""

from __future__ import annotations

from typing import Any

from lenet_explain.ui.parts.register import register

_TABLE = register("counts/bar_table")


def bars(drawn: dict[str, Any], *, key: str) -> None:
    """Draw figures.bar_table.bar_table."""
    _TABLE(key=key, data=[drawn], height="content")  # a dict would import pandas
