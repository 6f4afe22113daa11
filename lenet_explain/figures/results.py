"""What a trained network reads and what it misreads, digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lenet_explain.accuracy import by_digit
from lenet_explain.figures.theme import Palette

NAMED = 3  # wrong answers of a digit, most frequent first; the others are counted
MAGNIFIED = 10  # times, where a few in a thousand would be thinner than a line
SEEN = 0.05  # of a bar: what is longer is not magnified


def right_and_wrong(confusion: Sequence[Sequence[int]], colours: Palette) -> dict[str, Any]:
    """A row of a table for each digit, with a bar: right and wrong are told apart by hatching and a sign, not by colour
    alone. confusion: (classes, classes), row = true digit, column = answer."""
    scores = by_digit(confusion)
    wrong = [score.total - score.right for score in scores]
    times = MAGNIFIED if 0 < max(wrong) < SEEN * max(score.total for score in scores) else 1
    longest = max(score.right + times * missed for score, missed in zip(scores, wrong, strict=True)) or 1
    rows = [
        {
            "digit": str(digit),
            "right": score.right / longest,
            "wrong": times * missed / longest,
            "counts": _counts(score.right, score.total),
            "taken": _taken_for(confusion[digit], digit),
        }
        for digit, (score, missed) in enumerate(zip(scores, wrong, strict=True))
    ]
    colours_ = {name: getattr(colours, name) for name in ("text", "quiet", "right", "wrong")}
    return {"rows": rows, "caption": _caption(times), "colours": colours_}


def _caption(times: int) -> str:
    drawn = f", drawn {times} times as long" if times > 1 else ""
    return f"Look for the longest hatched part{drawn}: beside it, what the digit was taken for."


def _counts(right: int, total: int) -> str:
    """'✗ 3 of 980' or '✓ all 980'"""
    if total == 0:
        return "not tested"
    return f"✓ all {total:,}" if right == total else f"✗ {total - right:,} of {total:,}"


def _taken_for(row: Sequence[int], digit: int) -> str:
    """'2 as 9, 1 as 4': the wrong answers to one true digit, most frequent first."""
    wrong = sorted(((count, -answer) for answer, count in enumerate(row) if count and answer != digit), reverse=True)
    named = [f"{count:,}\u00a0as\u00a0{-answer}" for count, answer in wrong[:NAMED]]
    others = sum(count for count, _ in wrong[NAMED:])
    return ", ".join([*named, f"{others:,}\u00a0as\u00a0others"] if others else named)
