"""Lines of LaTeX that fit on a phone: a formula, its sum and the result one below the other, long ones broken."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lenet_explain.counts.formulas.opened import Line
from lenet_explain.network.worked import ATOM, Worked

LONGEST = 24  # characters of a line as plain text: about 250 px
_TOKEN = re.compile(r"\\left\S?|\\right\S?|\\[a-zA-Z]+|[{}]| \+ | - |.", re.DOTALL)


def block(lines: Iterable[Line]) -> str:
    """All lines aligned at their equals signs."""
    return aligned(row for line in lines for row in rows(line))


def worked_out(worked: Worked) -> str:
    """A sum that has no letter of its own, and its result below it."""
    first, *more = broken(worked)
    if worked.text == worked.result.text:
        return worked.latex
    return aligned([first.replace("&= ", "&", 1), *more, f"&= {worked.result.latex}"])


def aligned(found: Iterable[str]) -> str:
    return r"\begin{aligned}" + r"\\".join(found) + r"\end{aligned}"


def rows(line: Line) -> list[str]:
    """The symbol and the formula, the sum with its numbers, the result; what only repeats is left out."""
    found: list[str] = []
    if line.formula and line.formula.latex != line.symbol and line.formula.text != line.worked.text:
        found += broken(line.formula)
    if line.worked.binding != ATOM:
        found += broken(line.worked)
    found.append(f"&= {line.worked.result.latex}")
    return [f"{line.symbol} {found[0]}", *found[1:]]


def broken(worked: Worked) -> list[str]:
    """'&= …', and further lines that begin with the sign at which the sum was broken."""
    parts = _parts(worked.latex) if len(worked.text) > LONGEST else [worked.latex]
    found, now = [], ""
    for part in parts:
        if now and _length(now + part) > LONGEST:
            found.append(now)
            now = ""
        now += part
    found.append(now)
    return [f"&= {found[0]}", *(rf"&\quad {rest.strip()}" for rest in found[1:])]


def _parts(latex: str) -> list[str]:
    """Cut before every +, − and · that stands in no bracket."""
    parts, depth = [""], 0
    for token in _TOKEN.findall(latex):
        if depth == 0 and token in (" + ", " - ", r"\cdot"):
            parts.append("")
        if token == "{" or token.startswith(r"\left"):
            depth += 1
        elif token == "}" or token.startswith(r"\right"):
            depth -= 1
        parts[-1] += token
    return parts


def _length(latex: str) -> int:
    """About as many characters as it will show."""
    return len(re.sub(r"\\(left|right|frac|quad)|[{}]", "", latex).replace(r"\cdot", "·").replace(" · ", "·"))
