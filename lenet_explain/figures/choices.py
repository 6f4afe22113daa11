"""An ablation as a table whose rows carry their interval on one axis: strings and numbers for
frontend/counts/choices.js."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenet_explain.recipes.variations import BASE, QUESTIONS, VARIATIONS, Variation, changed
from lenet_explain.results.ablation import Row, Rows, chance, compared, points, printed, verdict
from lenet_explain.results.paired import Paired

WIDEST = 0.4  # test error at the end of the axis, at most: what lies beyond is an arrow
_STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)  # between two marks of the axis
_MARKS = 5  # at most, besides 0
_SIGNS = {"more errors": "▲", "fewer errors": "▼", "chance": "≈"}


@dataclass(frozen=True, slots=True)
class Going:
    """The variation that is being trained. share: of its steps that are done, from 0 to 1."""

    key: str
    share: float


def table(
    variations: Sequence[Variation], rows: Rows, going: Going | None = None, others: Mapping[int, Rows] | None = None
) -> dict[str, Any]:
    """groups: each with a title, what it asks and what the paper says, and its rows; marks and base: of the axis, from
    0 to 1. going: what is being trained; others: rows of the same settings but for the seed, by their seed."""
    end = _end([rows[one.key] for one in variations if one.key in rows])
    groups: list[dict[str, Any]] = []
    for one in variations:
        if not groups or groups[-1]["key"] != one.question:
            groups.append(_group(one))
        share = going.share if going and going.key == one.key else None
        seeds = _other_seeds(one.key, others or {})
        groups[-1]["rows"].append({**_line(one, rows, end), "share": share, "seeds": seeds})
    base = rows.get(BASE)
    return {
        "groups": groups,
        "marks": _marks(end),
        "base": base.error / end if base and base.error is not None and base.error <= end else None,
        "alt": alt(variations, rows),
    }


def alt(variations: Sequence[Variation], rows: Rows) -> str:
    """The table in a sentence or two, for who does not see it."""
    done = [rows[one.key] for one in variations if one.key in rows]
    head = f"LeNet-5 and what becomes of it when one thing is changed: {len(done)} of {len(variations)} rows trained."
    apart: dict[str, list[str]] = {}
    for row in done:
        if found := compared(row, rows):
            apart.setdefault(verdict(found), []).append(VARIATIONS[row.key].title)
    said = [
        f"{words} than chance gives: {', '.join(apart[words])}"
        for words in _SIGNS
        if apart.get(words) and words != "chance"
    ]
    base = rows.get(BASE)
    errors = f" LeNet-5 itself misreads {error_words(base)}." if base and base.reached else ""
    return f"{head}{errors}{' ' + '; '.join(said).capitalize() + '.' if said else ''}"


def error_words(row: Row) -> str:
    """'3.4 % (1.9 to 5.8)'"""
    low, high = row.interval
    return f"{percent(row.error or 0.0)} % ({percent(low)} to {percent(high)})"


def percent(share: float) -> str:
    return f"{100 * share:.1f}" if share >= 0.02 else f"{100 * share:.2f}"


def _group(one: Variation) -> dict[str, Any]:
    question = QUESTIONS.get(one.question)
    title, asks, said = (question.title, question.asks, question.paper) if question else ("The base", "", "")
    return {"key": one.question, "title": title, "asks": asks, "paper": said, "rows": []}


def _line(one: Variation, rows: Rows, end: float) -> dict[str, Any]:
    row, figure = rows.get(one.key), printed(one)
    return {
        "key": one.key,
        "title": one.title,
        "changed": changed(one),
        "parameters": f"{one.parameters:,}",
        "connections": f"{one.connections:,} connections",
        "seconds": f"{row.seconds:.1f}" if row else "",
        "paper": f"{figure[1]} %" if figure else "",
        "paper_words": f"Fig. 6: {figure[1]} % on MNIST, from {figure[0]:,} digits" if figure else "",
        **_reached(row, rows, end),
    }


def _reached(row: Row | None, rows: Rows, end: float) -> dict[str, Any]:
    """What the training of a row came to: words, a kind that the browser colours by, and places on the axis."""
    blank = {"error": "", "interval": "", "against": "", "why": "", "kind": "waiting", "span": None}
    if row is None:
        return blank
    if row.reached is None:
        return {**blank, "error": "diverged", "why": row.fault or "", "kind": "fault"}
    low, high = row.interval
    said = {
        "error": f"{percent(row.error or 0.0)} %",
        "interval": f"{percent(low)} to {percent(high)}",
        "span": [min(1.0, value / end) for value in (low, row.error or 0.0, high)],
        "beyond": (row.error or 0.0) > end,
    }
    return {**blank, **said, **_against(row, rows)}


def _against(row: Row, rows: Rows) -> dict[str, str]:
    found = compared(row, rows)
    stuck = "" if row.learned else "It hardly learned: who always says one digit may read as many. "
    if found is None:
        return {"kind": BASE if row.key == BASE else "alone", "why": stuck}
    word, other = verdict(found), VARIATIONS[row.key].against
    beside = "the base" if other == BASE else VARIATIONS[other].title.lower()
    luck = "Chance could do it" if word == "chance" else "More than chance"
    counts = f"{found.only_a:,} read by it alone, {found.only_b:,} by {beside} alone"
    return {
        "kind": word,
        "against": f"{_difference(found)} points",
        "why": f"{stuck}{luck} (p {p_words(chance(found))}): {counts}",
    }


def _difference(found: Paired) -> str:
    """'▲ +2.0': of errors, in percentage points."""
    more = -found.difference
    return f"{_SIGNS[verdict(found)]} {'+' if more > 0 else '−' if more < 0 else '±'}{points(abs(more))}"


def _other_seeds(key: str, others: Mapping[int, Rows]) -> str:
    """'seed 1: ▲ +1.7, seed 2: ≈ −0.28'"""
    found = {seed: compared(rows[key], rows) for seed, rows in sorted(others.items()) if key in rows}
    return ", ".join(f"seed {seed}: {_difference(one)}" for seed, one in found.items() if one)


def p_words(p: float) -> str:
    """'= 0.042', '< 0.001'"""
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"


def _end(rows: Sequence[Row]) -> float:
    """Where the axis ends: beyond every interval that does not reach past WIDEST."""
    highest = max((high for row in rows if row.reached and (high := row.interval[1]) <= WIDEST), default=0.05)
    step = _step(highest)
    return max(step, math.ceil(round(highest / step, 6)) * step)


def _step(end: float) -> float:
    return next((step for step in _STEPS if end / step <= _MARKS), _STEPS[-1])


def _marks(end: float) -> list[dict[str, Any]]:
    step = _step(end)
    return [{"at": step * number / end, "words": f"{100 * step * number:g}"} for number in range(round(end / step) + 1)]
