"""What people write for a shape or a count is read as they mean it, and nonsense gets a sentence."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet_explain.network.layers import Shape
from lenet_explain.quiz.answers import LONGEST, AnswerError, count, shapes

C1 = Shape(6, 28, 28)
F6 = Shape(84, 1, 1)
SHAPES = (
    "{h}×{w}×{m}", "{h}x{w}x{m}", "{h} x {w} x {m}", "{h}X{w}X{m}", "{h}*{w}*{m}", "{h}·{w}·{m}", "{h}, {w}, {m}",
    "{h},{w},{m}", "({h}, {w}, {m})", "({m}, {h}, {w})", "[{m}, {h}, {w}]", "{m}@{h}×{w}", "{m}@{h}x{w}",
    "{m} @ {h} × {w}", "{m}@{h}*{w}", "{h}×{w}@{m}", "{h} {w} {m}", "{h} by {w} by {m}", "{m} maps of {h}×{w}",
    "{h}×{w}, {m} maps", "(None, {h}, {w}, {m})", "torch.Size([1, {m}, {h}, {w}])", "(-1, {m}, {h}, {w})",
    "C1: {h}×{w}×{m}", "shape = {h}x{w}x{m}", " {m}@{h}×{w}. ", "{m} feature maps, {h}×{w} each",
)  # fmt: skip
NUMBERS = (
    "{n}", "{n:,}", "{n:_}", "{spaced}", "{dotted}", "{narrow}", "{swiss}", "{n} parameters", "{n:,} connections",
    "parameters: {n}", "= {n}", "N = {n}", "a sum = {n:,}", "{n}.", "({n})", "{n}.0", "≈{n}", "total {n}", "{n} + 0",
    "{n}·1", "1({n})",
)  # fmt: skip
sides = st.integers(1, 999)


@given(form=st.sampled_from(SHAPES), m=sides, h=sides, w=sides)
def test_a_shape_is_read_back_from_every_way_to_write_it(form: str, m: int, h: int, w: int) -> None:
    assert Shape(m, h, w) in shapes(form.format(m=m, h=h, w=w))


@given(form=st.sampled_from(NUMBERS), n=st.integers(0, 10**9))
def test_a_count_is_read_back_from_every_way_to_write_it(form: str, n: int) -> None:
    grouped = f"{n:,}"
    written = form.format(
        n=n, spaced=grouped.replace(",", " "), dotted=grouped.replace(",", "."),
        narrow=grouped.replace(",", "\u202f"), swiss=grouped.replace(",", "’"),
    )  # fmt: skip
    assert count(written) == n


@pytest.mark.parametrize(
    "text", ["28×28×6", "28,28,6", "6@28x28", "28²×6", "6@28²", "28^2 x 6", "6@28", "6×28×28", "28×6×28"]
)
def test_c1_is_accepted_in_every_order(text: str) -> None:
    assert C1 in shapes(text)


@pytest.mark.parametrize(
    "text", ["84", "1×1×84", "84×1×1", "84@1×1", "1x84", "(84,)", "84 units", "[1, 84]", "(None, 84)"]
)
def test_a_vector_is_accepted_with_its_ones_and_without(text: str) -> None:
    assert F6 in shapes(text)


def test_a_shape_with_its_sign_has_one_meaning_only() -> None:
    assert shapes("6@28×30") == (Shape(6, 28, 30),)
    assert shapes("28×30×6") == (Shape(6, 28, 30), Shape(28, 30, 6))
    assert shapes("28×30 with 6 maps") == (Shape(6, 28, 30),)


def test_thousands_in_a_vector_are_no_two_sides() -> None:
    assert shapes("1,024") == (Shape(1024, 1, 1),)
    assert shapes("4,096") == (Shape(4096, 1, 1),)
    assert shapes("1,120") == (Shape(1120, 1, 1), Shape(120, 1, 1))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("122.304", 122304), ("122,304", 122304), ("1,22,304", 122304), ("(5·5·1 + 1)·6", 156), ("6(25+1)", 156),
        ("5²*6+6", 156), ("60*5*5+16", 1516), ("156·28·28", 122304), ("26 x 6", 156), ("none", 0), ("no parameters", 0),
        ("Zero", 0), ("１５６", 156), ("156,0", 156), ("10 - 4", 6), ("10 − 4", 6), ("1,516·100", 151600),
    ],
)  # fmt: skip
def test_a_count_may_be_a_sum_or_a_word(text: str, value: int) -> None:
    assert count(text) == value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("28×28", "how many maps"), ("28×28×6×2×1", "5 numbers"), ("0×28×28", "at least 1"), ("-28×28×6", "below 0"),
        ("28.5×28×6", "whole numbers"), ("cat", "“cat” is not part of a shape"), ("6@28@28", "2 @ signs"),
        ("×", "no number"),
        ("6@28×28×3", "With @"), ("9999999999×1×2", "no map here is so large"), ("2×3×4×5", "4 numbers"),
        ("maps", "no number"), ("1" * 90, "at most 80"), ("", "Nothing"),
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_read_gets_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(AnswerError, match=sentence):
        shapes(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("60k", "exact number"), ("0.06 million", "exact number"), ("12.5", "whole"), ("1,5", "whole"),
        ("0.156", "whole"),
        ("-5", "below 0"), ("3 - 5", "below 0"), ("many", "“many” is not part"), ("12 34", "from “34” on"),
        ("(5", "bracket is open"),
        ("5)", "from “\\)” on"), ("5*", "missing at its end"), ("*5", "missing before"), ("5/2", "“/” is not part"),
        ("9" * 20, "20 digits"), ("999999999999*9", "larger than any"), ("=", "no number"), ("7" * 81, "at most 80"),
        ("__import__('os')", "not part of a count"), ("9**9**9", "missing before"), ("()", "no number"),
        ("2+()", "missing before"),
    ],
)  # fmt: skip
def test_a_count_that_cannot_be_read_gets_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(AnswerError, match=sentence) as raised:
        count(text)
    assert str(raised.value).endswith(".")
    assert len(str(raised.value)) < 200


def _answer_or_sentence(text: str) -> None:
    sentences = []
    for read in (shapes, count):
        try:
            read(text)
        except AnswerError as error:
            sentences.append(str(error))
    assert all(one.endswith(".") and "\n" not in one for one in sentences)


def test_ten_thousand_random_texts_give_an_answer_or_a_sentence() -> None:
    draw = random.Random(1998)
    likely = "0123456789" * 3 + "×x*·,.@()[]{} +-−=²^_'’:;/\\abkmnx?\n\t\u00a0½٣八"
    for _ in range(10_000):
        letters = likely if draw.random() < 0.8 else [chr(draw.randrange(1, 0xD800)) for _ in range(20)]
        _answer_or_sentence("".join(draw.choice(letters) for _ in range(draw.randrange(LONGEST + 5))))


@settings(max_examples=300)
@given(st.text(max_size=LONGEST + 5))
def test_any_text_gives_an_answer_or_a_sentence(text: str) -> None:
    _answer_or_sentence(text)
