"""A confusion matrix as a table of counts: strings and numbers, ready for JSON and frontend/moments/matrix.js."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lenet_explain.results.accuracy import accuracy

Confusion = Sequence[Sequence[int]]

ANY, ANOTHER = "any", "another"  # a whole row or column of mistakes
_PAIRS = 3  # named in the text for who cannot see the table


def matrix(confusion: Confusion) -> dict[str, Any]:
    """confusion: row = true digit, column = answer.

    rows: one for each true digit with its mistakes at the end, and a last one with the mistakes of each column; a cell
    has truth, answer, count, kind (right, wrong or sum), strength from 0 to 1 and words.
    """
    classes = range(len(confusion))
    strongest = max((confusion[t][a] for t in classes for a in classes if t != a), default=0)
    rows = [[_cell(confusion, str(truth), str(answer), strongest) for answer in classes] for truth in classes]
    sums = [[_cell(confusion, str(truth), ANOTHER, 0)] for truth in classes]
    last = [_cell(confusion, ANY, answer, 0) for answer in (*map(str, classes), ANOTHER)]
    return {"rows": [*(row + end for row, end in zip(rows, sums, strict=True)), last], "alt": matrix_alt(confusion)}


def _cell(confusion: Confusion, truth: str, answer: str, strongest: int) -> dict[str, Any]:
    rows = range(len(confusion)) if truth == ANY else [int(truth)]
    columns = range(len(confusion)) if answer == ANOTHER else [int(answer)]
    summed = truth == ANY or answer == ANOTHER
    count = sum(confusion[row][column] for row in rows for column in columns if row != column or not summed)
    kind = "sum" if summed else "right" if truth == answer else "wrong"
    strength = (count / strongest) ** 0.5 if kind == "wrong" and strongest else 0.0
    words = f"{count:,} {cell_words(truth, answer)}"
    return {"truth": truth, "answer": answer, "count": count, "kind": kind, "strength": strength, "words": words}


def cell_words(truth: str, answer: str) -> str:
    """'of true digit 4 read as 9', to follow a count"""
    match truth, answer:
        case "any", "another":
            return "test digits misread"
        case "any", _:
            return f"of other digits read as {answer}"
        case _, "another":
            return f"of true digit {truth} misread"
    return f"of true digit {truth} read as {answer}"


def matrix_alt(confusion: Confusion) -> str:
    reached = accuracy(confusion)
    classes = range(len(confusion))
    pairs = sorted(((confusion[t][a], -t, -a) for t in classes for a in classes if t != a), reverse=True)[:_PAIRS]
    often = ", ".join(f"{count} times {-t} as {-a}" for count, t, a in pairs if count)
    head = f"Confusion matrix, rows true digits, columns answers: {reached.right:,} of {reached.total:,} read"
    return f"{head}; most often misread: {often}." if often else f"{head}."
