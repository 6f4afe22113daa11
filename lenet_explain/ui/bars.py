"""The browser's tables with bars: registered once, drawn as figures.bar_table says."""

from __future__ import annotations

from typing import Any

from streamlit.components.v2 import component

from lenet_explain.frontend import bundle, text

_TABLE = component(
    "lenet_bar_table",
    html='<div class="root"><table><caption></caption><tbody></tbody></table></div>',
    css=text("bar_table.css"),
    js=bundle("bar_table.js"),
)


def bars(drawn: dict[str, Any], *, key: str) -> None:
    """Draw figures.bar_table.bar_table."""
    _TABLE(key=key, data=[drawn], height="content")  # a dict would import pandas
