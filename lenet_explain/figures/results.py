"""What a trained network reads and what it misreads, digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lenet_explain.figures.bar_table import Part, Row, bar_table
from lenet_explain.figures.theme import Palette
from lenet_explain.results.accuracy import by_digit

NAMED = 3  # wrong answers of a digit, most frequent first; the others are counted
MAGNIFIED = 10  # times, where a few in a thousand would be thinner than a line
SEEN = 0.05  # of a bar: what is longer is not magnified
_WORDS = 0.52  # of the width


def right_and_wrong(confusion: Sequence[Sequence[int]], colours: Palette) -> dict[str, Any]:
    """A row of a table for each digit: what is read, and hatched what is misread.

    confusion: (classes, classes), row = true digit, column = answer
    """
    scores = by_digit(confusion)
    wrong = [score.total - score.right for score in scores]
    times = MAGNIFIED if 0 < max(wrong) < SEEN * max(score.total for score in scores) else 1
    longest = max(score.right + times * missed for score, missed in zip(scores, wrong, strict=True)) or 1
    rows = [
        Row(
            str(digit),
            (Part(score.right / longest, "right"), Part(times * missed / longest, "wrong", hatched=True)),
            _counts(score.right, score.total),
            _taken_for(confusion[digit], digit),
        )
        for digit, (score, missed) in enumerate(zip(scores, wrong, strict=True))
    ]
    drawn = f", drawn {times} times as long" if times > 1 else ""
    look = f"Look for the longest hatched part{drawn}: beside it, what the digit was taken for."
    caption = look if any(wrong) else "Every test digit is read."
    return bar_table(rows, caption, _WORDS, colours)


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
