"""What is known of the rows of an ablation: their test errors, and whether a difference is more than chance."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lenet_explain import paper
from lenet_explain.recipes.variations import BASE, VARIATIONS, Variation, changed
from lenet_explain.results.accuracy import Accuracy
from lenet_explain.results.paired import Paired

LEVEL = 0.05  # below it a difference is called more than chance
QUIET = 4_800  # digits learned a second on one core that nothing else uses, in batches of 32
SLOWER = 2.9  # times as long takes a digit that is learned alone, not in a batch
_PIECE = 200  # characters, as many as a short text of a job may have

Rows = Mapping[str, "Row"]  # by the variation's key
Verdict = Literal["more errors", "fewer errors", "chance"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What rows must share to be compared. passes: over the training digits."""

    data: str
    seed: int
    passes: int


@dataclass(frozen=True, slots=True)
class Ablation:
    """A job that trains rows. rows: the keys of those asked for."""

    job: str
    setting: Setting
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A variation after its training. right: bit i tells whether test digit i is read; commonest: how many test digits
    are of the digit that is there most often; fault: why there is no answer, or None; seconds: of training."""

    key: str
    right: int
    total: int
    commonest: int
    digits: int
    seconds: float
    fault: str | None = None

    @property
    def reached(self) -> Accuracy | None:
        return Accuracy(self.right.bit_count(), self.total) if self.total and not self.fault else None

    @property
    def error(self) -> float | None:
        return 1 - self.reached.share if self.reached else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the test error, from 0 to 1."""
        low, high = self.reached.interval if self.reached else (0.0, 1.0)
        return 1 - high, 1 - low

    @property
    def learned(self) -> bool:
        """Whether it surely reads more than one who always says the commonest digit."""
        return self.reached is not None and self.reached.interval[0] > self.commonest / self.total


def message_of(row: Row) -> dict[str, Any]:
    """As JSON whose every value is small: one test digit is a bit, four of them a letter, and the letters in pieces."""
    letters = f"{row.right:x}"
    pieces = [letters[first : first + _PIECE] for first in range(0, len(letters), _PIECE)]
    others = ("total", "commonest", "digits", "seconds", "fault")
    return {"row": row.key, "right": pieces, **{name: getattr(row, name) for name in others}}


def row_of(message: Mapping[str, Any]) -> Row | None:
    """The row that a worker's message tells of, or None where it only tells how far one has come."""
    if "right" not in message or message.get("row") not in VARIATIONS:
        return None
    names = ("total", "commonest", "digits", "seconds", "fault")
    return Row(message["row"], int("".join(message["right"]), 16), **{name: message[name] for name in names})


def work(variation: Variation, digits: int, passes: int) -> float:
    """How long it takes, in digits learned in batches. digits: there are to learn from."""
    return variation.share * digits * passes * (SLOWER if variation.recipe.batch == 1 else 1.0)


def expected(variations: Sequence[Variation], digits: int, passes: int, rows: Rows) -> float:
    """Seconds for these, at the speed of the rows that are done, and before there are any, at that of a quiet core."""
    seconds = sum(row.seconds for row in rows.values())
    done = sum(work(VARIATIONS[key], digits, passes) for key, row in rows.items() if not row.fault)
    speed = done / seconds if done and seconds else QUIET
    return sum(work(one, digits, passes) for one in variations) / speed


def compared(row: Row, rows: Rows) -> Paired | None:
    """With the row that it differs from in one thing, on the same test digits; None where one of them is not there."""
    other = rows.get(VARIATIONS[row.key].against)
    if row.key == BASE or other is None or other.reached is None or row.reached is None:
        return None
    both, either = (row.right & other.right).bit_count(), (row.right | other.right).bit_count()
    return Paired(both, row.right.bit_count() - both, other.right.bit_count() - both, row.total - either)


def chance(found: Paired) -> float:
    """Two-sided p of McNemar's exact test: how often so uneven a split, or a more uneven one, of the digits that only
    one of the two reads, comes of tossing a coin for each. Source: McNemar 1947; its exact form, the sign test."""
    tossed, fewer = found.only_a + found.only_b, min(found.only_a, found.only_b)
    return min(1.0, 2 * sum(math.comb(tossed, k) for k in range(fewer + 1)) / 2**tossed)


def verdict(found: Paired) -> Verdict:
    if chance(found) >= LEVEL:
        return "chance"
    return "fewer errors" if found.only_a > found.only_b else "more errors"


def printed(variation: Variation) -> tuple[int, float] | None:
    """The paper's own figure: training digits and test error in %, from Fig. 6, without distortions."""
    if variation.key != BASE and variation.question != "size":
        return None
    whole = paper.FIGURE_6[-1][0]
    return next((one for one in paper.FIGURE_6 if one[0] == variation.share * whole), None)


def caution(rows: Rows) -> str:
    """What one seed on so many test digits decides, and what would decide more; nothing without a base."""
    base = rows.get(BASE)
    if base is None or base.reached is None:
        return ""
    low, high = base.interval
    there, comparisons = base.reached, [found for row in rows.values() if (found := compared(row, rows))]
    words = (
        f"**One seed on {there.total:,} test digits decides little.** The 95 % interval of LeNet-5's own test error is "
        f"{points(high - low)} points wide."
    )
    wide = 10_000
    if there.total < wide:
        low, high = Accuracy(round(there.share * wide), wide).interval
        words += (
            f" With as many errors in a hundred among MNIST's {wide:,} test digits, it would be {points(high - low)}."
        )
    words += (
        " And an interval is about other test digits, not about other weights: another seed draws those, and rows of "
        "several seeds are shown together."
    )
    if len(comparisons) > 1:
        words += (
            f" Of {len(comparisons)} comparisons about {LEVEL * len(comparisons):.1f} are called more than chance even "
            "if nothing mattered."
        )
    words += " Rate and start were chosen for LeNet-5 as it is: a change that does badly here may do well with its own."
    return words


def points(share: float) -> str:
    """0.0563 → '5.6', 0.00631 → '0.63': percentage points"""
    return f"{100 * share:.1f}" if abs(share) >= 0.0095 else f"{100 * share:.2f}"


def spreadsheet(variations: Sequence[Variation], setting: Setting, rows: Rows) -> bytes:
    """Comma-separated values as RFC 4180 has them, UTF-8 with the mark by which spreadsheets know it."""
    file = io.StringIO(newline="")
    lines = [_line(one, setting, rows) for one in variations if one.key in rows]
    if lines:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(lines)
    return file.getvalue().encode("utf-8-sig")


def _line(one: Variation, setting: Setting, rows: Rows) -> dict[str, Any]:
    row, figure = rows[one.key], printed(one)
    found, reached = compared(row, rows), row.reached
    low, high = row.interval if reached else ("", "")
    return {
        "question": one.question or BASE,
        "variation": one.title,
        "changes": changed(one),
        "parameters": one.parameters,
        "connections": one.connections,
        "errors": row.total - reached.right if reached else "",
        "of": row.total if reached else "",
        "test error": row.error if reached else "",
        "95% from": low,
        "95% to": high,
        "compared with": one.against if found else "",
        "read by this only": found.only_a if found else "",
        "read by the other only": found.only_b if found else "",
        "p (McNemar, exact)": chance(found) if found else "",
        "training digits": row.digits,
        "seconds": round(row.seconds, 2),
        "the paper, Fig. 6, % on MNIST": figure[1] if figure else "",
        "fault": row.fault or ("" if row.learned else "did not learn"),
        "data": setting.data,
        "seed": setting.seed,
        "passes": setting.passes,
    }
