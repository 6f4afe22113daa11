"""Why a digit was read so: the ten distances or shares, and F6's answer beside the glyphs that it was compared with."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from lenet_explain.figures.bar_table import Part, Row, bar_table
from lenet_explain.figures.theme import Palette
from lenet_explain.figures.tiles import Grid, TileSet
from lenet_explain.paper import GLYPH_CODES, GLYPH_HEIGHT, GLYPH_WIDTH
from lenet_explain.results.reading import Reasons

_WORDS = 0.42  # of the width
_TALL = 168  # px of a glyph where there is room


def value_words(found: Reasons, digit: int) -> str:
    """'13.1' of distances, '71.2 %' of shares"""
    value = found.values[digit]
    if not np.isfinite(value):
        return "not a number"
    return f"{value:,.1f}" if found.distances else f"{value:.1%}".replace("%", " %")


def words(found: Reasons, truth: int) -> str:
    """What decided, in two or three sentences."""
    answer, second = found.answer, found.runner_up
    if not np.isfinite(found.values).all():
        return "Its ten answers are not all numbers: these weights are broken."
    if found.distances:
        head = (
            f"{found.layer}'s {found.cells} values lie nearest to the glyph of **{answer}**, at a squared distance of "
            f"{value_words(found, answer)}. Next comes **{second}** at {value_words(found, second)}, "
            f"{found.values[second] - found.values[answer]:,.1f} farther."
        )
    else:
        head = (
            f"**{answer}** gets {value_words(found, answer)}, then comes **{second}** with "
            f"{value_words(found, second)}."
        )
    place = found.order.index(truth)
    if place <= 1:
        return head
    return f"{head} The true {truth} is number {place + 1} of ten, at {value_words(found, truth)}."


def scores(found: Reasons, truth: int, colours: Palette) -> dict[str, Any]:
    """A bar for each digit: the answer is hatched and named, the true digit is named; not only coloured."""
    lengths = np.nan_to_num(found.values, posinf=0.0, neginf=0.0)
    longest = float(lengths.max(initial=1e-9))
    rows = [
        Row(
            str(digit),
            (Part(max(0.0, float(length)) / longest, _colour(found, truth, digit), hatched=digit == found.answer),),
            value_words(found, digit),
            _mark(found, truth, digit),
        )
        for digit, length in enumerate(lengths)
    ]
    rule = (
        "Squared distance to the glyph: the shortest wins."
        if found.distances
        else "Share of softmax: the largest wins."
    )
    asked = "Compare the answer with the true digit: how far are they apart?"
    return bar_table(rows, f"{rule} {asked}", _WORDS, colours)


def glyph_tiles(found: Reasons, truth: int) -> TileSet:
    """F6's values, then two glyphs, each with the difference to it: of the true digit and of the answer; where they
    are the same, of the answer and the runner-up. All on one scale."""
    assert found.vector is not None
    other = found.answer if found.answer != truth else found.runner_up
    pictures, labels = [found.vector], [found.layer]
    for digit in (truth, other):
        code = np.array(GLYPH_CODES[digit], np.float32)
        pictures += [code, found.vector - code]
        labels += [f"glyph {digit}", f"{found.layer} − {digit}"]
    values = np.nan_to_num(np.stack(pictures)).reshape(1, len(pictures), GLYPH_HEIGHT, GLYPH_WIDTH)
    grid = Grid(
        rows=1, columns=len(pictures), height=GLYPH_HEIGHT, width=GLYPH_WIDTH,
        present=np.ones((1, len(pictures)), dtype=bool), row_labels=("",), column_labels=tuple(labels),
        row_axis="", column_axis="", tall=_TALL, place="{column}, row {y}, column {x}",
    )  # fmt: skip
    caption = (
        f"Look at the differences: a strong cell is where {found.layer} leaves the glyph. The {found.cells} squares of "
        "each add up to its distance."
    )
    alt = (
        f"{found.layer}'s {found.cells} values as a picture, the glyphs of {truth} and {other}, and the differences: "
        f"squared they add up to {value_words(found, truth)} and {value_words(found, other)}."
    )
    limit = float(np.abs(values).max(initial=0.0))
    return TileSet(found.layer, grid, (f"{found.layer} against two glyphs",), (values,), limit, caption, "", alt)


def _mark(found: Reasons, truth: int, digit: int) -> str:
    if digit == found.answer:
        return "✓ answer" if digit == truth else "✗ answer"
    return "true digit" if digit == truth else ""


def _colour(found: Reasons, truth: int, digit: int) -> Literal["right", "wrong", "quiet"]:
    if digit == truth:
        return "right"
    return "wrong" if digit == found.answer else "quiet"
