"""Accuracy with its interval, and the bars that show it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from lenet_explain.figures.results import right_and_wrong
from lenet_explain.figures.theme import DARK, LIGHT
from lenet_explain.results.accuracy import Accuracy, accuracy, by_digit

CONFUSION = [[5, 0, 1], [0, 4, 0], [2, 1, 7]]


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(9905, 10_000, 0.98840, 0.99222), (9, 10, 0.59585, 0.98212), (10, 10, 0.72247, 1.0), (0, 10, 0.0, 0.27753)],
)
def test_the_interval_is_wilsons(right: int, total: int, low: float, high: float) -> None:
    """Against figures worked out by hand from the formula of Wilson 1927."""
    assert Accuracy(right, total).interval == pytest.approx((low, high), abs=2e-5)


@for_all(st.integers(0, 5000), st.integers(1, 5000))
def test_the_interval_holds_the_share_and_narrows_with_more_images(right: int, total: int) -> None:
    right = min(right, total)
    low, high = Accuracy(right, total).interval
    assert 0 <= low <= right / total + 1e-12
    assert right / total - 1e-12 <= high <= 1
    wider = Accuracy(right * 4, total * 4).interval
    assert wider[1] - wider[0] < high - low


def test_no_images_say_nothing() -> None:
    assert Accuracy(0, 0).interval == (0.0, 1.0)


def test_a_confusion_matrix_adds_up() -> None:
    assert accuracy(CONFUSION) == Accuracy(16, 20)
    assert [score.right for score in by_digit(CONFUSION)] == [5, 4, 7]
    assert [score.total for score in by_digit(CONFUSION)] == [6, 4, 10]


def bars(confusion: list[list[int]]) -> tuple[list[dict[str, Any]], str]:
    found = right_and_wrong(confusion, LIGHT)
    rows = [{**row, "words": row["words"].replace("\u00a0", " ")} for row in found["rows"]]
    return rows, found["caption"]


def shares(row: dict[str, Any]) -> list[float]:
    """Of what is read and of what is misread."""
    return [part["share"] for part in row["parts"]]


def test_bars_tell_right_from_wrong_by_more_than_hue() -> None:
    (first, second, third), caption = bars(CONFUSION)
    assert (first["name"], first["counts"], first["words"]) == ("0", "✗ 1 of 6", "1 as 2")
    assert shares(first) == [0.5, 0.1]
    assert [part["hatched"] for part in first["parts"]] == [False, True]
    assert (second["counts"], second["words"], shares(second)) == ("✓ all 4", "", [0.4, 0])
    assert (third["counts"], third["words"]) == ("✗ 3 of 10", "2 as 0, 1 as 1")
    assert "times" not in caption


def test_a_few_in_a_thousand_are_drawn_larger_and_it_is_said() -> None:
    (first, second), caption = bars([[996, 4], [0, 1000]])
    assert shares(first) == pytest.approx([996 / 1036, 40 / 1036])
    assert shares(second) == pytest.approx([1000 / 1036, 0])
    assert "drawn 10 times as long" in caption
    assert bars([[1000, 0], [0, 1000]])[1] == "Every test digit is read."


def test_of_many_wrong_answers_the_most_frequent_are_named_and_none_are_no_bar() -> None:
    (first, second, *_), _ = bars([[0, 5, 1, 4, 1000, 2], *([0] * 6 for _ in range(5))])
    assert first["words"] == "1,000 as 4, 5 as 1, 4 as 3, 3 as others"
    assert (shares(second)[0], second["counts"]) == (0, "not tested")
    assert bars([[0, 0], [0, 0]])[0][0]["parts"][1]["share"] == 0


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_colours_stand_out_from_the_background(colours) -> None:
    """WCAG AA for text, 4.5:1, and for lines, 3:1."""

    def luminance(code: str) -> float:
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(code: str) -> float:
        a, b = sorted((luminance(code), luminance(colours.background)))
        return (b + 0.05) / (a + 0.05)

    for name in ("text", "quiet", "accent", "training", "test", "right", "wrong"):
        assert contrast(getattr(colours, name)) >= 4.5, name
    for name in ("negative", "positive"):
        assert contrast(getattr(colours, name)) >= 3, name
