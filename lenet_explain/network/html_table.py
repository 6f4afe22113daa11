"""A table as HTML, for what a notebook shows of a network or a run."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring


def html_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Every cell is text: what looks like HTML in it is shown, not obeyed. The first column names its row."""
    table = Element("table")
    SubElement(table, "caption").text = caption
    line = SubElement(SubElement(table, "thead"), "tr")
    for words in head:
        SubElement(line, "th", scope="col").text = words
    body = SubElement(table, "tbody")
    for name, *cells in rows:
        line = SubElement(body, "tr")
        SubElement(line, "th", scope="row").text = name
        for words in cells:
            SubElement(line, "td").text = words
    return tostring(table, encoding="unicode", method="html")
