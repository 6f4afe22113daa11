"""A network as a Mermaid flowchart: a box for each layer, what a layer does at the arrow to it."""

from __future__ import annotations

import string

from lenet_explain.export.names import one_line
from lenet_explain.export.rows import Row, rows
from lenet_explain.network.walk import Network

_PLAIN = frozenset(string.ascii_letters + string.digits + " ,.·×@−")
_LONGEST = 24  # characters of a name


def mermaid(network: Network) -> str:
    """From top to bottom, which a phone too has room for; LR in place of TB turns it.

    Signs that Mermaid could take for its own are written as their numbers: a name never ends its box.
    """
    boxes = [("Input", str(network.input)), *((row.name, str(row.after)) for row in rows(network))]
    lines = ["flowchart TB"]
    lines += [f'  n{at}["{_said(name)}<br/>{_said(shape)}"]' for at, (name, shape) in enumerate(boxes)]
    lines += [f'  n{at} -- "{_arrow(row)}" --> n{at + 1}' for at, row in enumerate(rows(network))]
    return "\n".join(lines) + "\n"


def _arrow(row: Row) -> str:
    parts = [f"{row.window.split(', ')[0]} {row.kind}".strip(), *row.window.split(", ")[1:], row.activation]
    return "<br/>".join(_said(part) for part in parts if part)


def _said(words: str) -> str:
    """Mermaid's own escapes: # and ; around the sign's number."""
    shown = one_line(words)[:_LONGEST]
    return "".join(letter if letter in _PLAIN else f"#{ord(letter)};" for letter in shown)
