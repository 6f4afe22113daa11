"""How generated Python is laid out: comments in one column, long tables in several lines, codes as hex digits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lenet_explain.export.names import docstring
from lenet_explain.export.plan import Place, answer_in_words
from lenet_explain.network.layers import Convolution, RadialBasis
from lenet_explain.network.walk import Network, totals, walk

WIDTH = 100
_FARTHEST = 70  # column of the comments; longer lines have theirs further out

Line = tuple[str, str]  # code and what is said at its end


def aligned(lines: Iterable[Line]) -> list[str]:
    rows = list(lines)
    column = max((len(code) for code, said in rows if said and len(code) <= _FARTHEST), default=0)
    return [f"{code:<{column}}  # {said}" if said else code for code, said in rows]


def counted(place: Place) -> str:
    """'6@28×28, (5·5·1 + 1)·6 = 156 parameters'"""
    worked = place.step.parameters
    number = f"{worked.line} parameters" if worked.value else "nothing to learn"
    return f"{place.after}, {number}"


def classes(parts: Iterable[str]) -> tuple[str, ...]:
    """The names of the classes in these pieces of source."""
    return tuple(name for part in parts for name in re.findall(r"^class (\w+)", part, re.MULTILINE))


def about(network: Network) -> list[str]:
    """The paragraphs of the docstring."""
    sums = totals(walk(network))
    counts = f"{sums.parameters.value:,} parameters, {sums.connections.value:,} connections."
    said = f"{network.summary} {counts}", f"{answer_in_words(network)} Source: {network.source}."
    return [f"{network.title}.", *said]


def class_docstring(network: Network) -> list[str]:
    return docstring(about(network), "    ", WIDTH)


def constants(places: Sequence[Place]) -> list[str]:
    """The tables of connections and the codes that the program needs, as constants."""
    lines: list[str] = []
    for place in places:
        if isinstance(place.layer, Convolution) and place.layer.table is not None:
            rows = [f"{tuple(row)}" for row in place.layer.table]
            lines += [f"{table_name(place)} = (  # for each map the maps that it reads", *_packed(rows), ")", "", ""]
        if isinstance(place.layer, RadialBasis):
            digits = [f'"{_hex(code)}"' for code in place.layer.codes]
            said = f"each class's {place.before.maps} values: bit 1 is +1, bit 0 is −1"
            lines += [f"{codes_name(place)} = (  # {said}", *_packed(digits), ")", "", ""]
    return lines


def table_name(place: Place) -> str:
    return f"TABLE_{place.name}"


def codes_name(place: Place) -> str:
    return f"CODES_{place.name}"


def _packed(items: Sequence[str]) -> list[str]:
    """As many on a line as there is room for, each with its comma."""
    lines, line = [], ""
    for item in items:
        if line and len(line) + len(item) + 6 > WIDTH:
            lines.append(f"    {line}")
            line = ""
        line += f"{' ' if line else ''}{item},"
    return [*lines, f"    {line}"]


def _hex(code: Sequence[int]) -> str:
    bits = "".join("1" if value > 0 else "0" for value in code)
    return f"{int(bits, 2):0{-(-len(bits) // 4)}x}"
