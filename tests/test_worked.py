"""Worked: the value, the text and the LaTeX come from the same terms."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from lenet_explain.network.worked import Worked, given, total


@pytest.mark.parametrize(
    ("worked", "line"),
    [
        ((given(32) + given(2) * given(0) - given(5)) // given(1) + given(1), "(32 + 2·0 − 5)/1 + 1 = 28"),
        (given(60) * given(5) * given(5) + given(16), "60·5·5 + 16 = 1,516"),
        ((given(5) * given(5) * given(1) + given(1)) * given(6), "(5·5·1 + 1)·6 = 156"),
        ((given(10) - given(3)) // given(2) + given(1), "⌊(10 − 3)/2⌋ + 1 = 4"),
        (given(9) - (given(3) - given(1)), "9 − (3 − 1) = 7"),
        (given(12) / (given(2) * given(3)), "12/(2·3) = 2"),
        (given(1516), "1,516"),
        (total([given(156), given(0), given(12)]), "156 + 12 = 168"),
        (total([]), "0"),
    ],
)
def test_the_line_shows_the_terms_and_their_value(worked: Worked, line: str) -> None:
    assert worked.line == line


def test_latex_groups_thousands_without_a_space() -> None:
    worked = given(60) * given(5) * given(5) + given(16)
    assert worked.latex_line == r"60 \cdot 5 \cdot 5 + 16 = 1{,}516"


def test_latex_floors_only_where_something_is_rounded() -> None:
    assert "lfloor" not in (given(8) // given(2)).latex
    assert "lfloor" in (given(9) // given(2)).latex


def _expressions() -> st.SearchStrategy[Worked]:
    leaves = st.integers(0, 9999).map(given)

    def grow(inner: st.SearchStrategy[Worked]) -> st.SearchStrategy[Worked]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(lambda pair: pair[0] + pair[1]),
            pairs.map(lambda pair: pair[0] - pair[1]),
            pairs.map(lambda pair: pair[0] * pair[1]),
            st.tuples(inner, st.integers(1, 99).map(given)).map(lambda pair: pair[0] // pair[1]),
        )

    return st.recursive(leaves, grow, max_leaves=8)


@for_all(_expressions())
def test_reading_the_text_back_gives_the_value(worked: Worked) -> None:
    """The brackets are where they must be: an independent reader of the text finds the same number."""
    source = worked.text.replace(",", "").replace("·", "*").replace("−", "-")
    source = source.replace("⌊", "floor(").replace("⌋", ")")
    numbers = "".join(f"F({token})" if token.isdigit() else token for token in _tokens(source))
    value = eval(numbers, {"F": Fraction, "floor": lambda x: Fraction(x.__floor__())})
    assert value == worked.value


def _tokens(source: str) -> list[str]:
    tokens: list[str] = []
    for character in source:
        if character.isdigit() and tokens and tokens[-1].isdigit():
            tokens[-1] += character
        else:
            tokens.append(character)
    return tokens
