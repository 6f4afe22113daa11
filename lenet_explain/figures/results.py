"""What a trained network reads and what it misreads, digit by digit."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from lenet_explain.accuracy import by_digit
from lenet_explain.figures.theme import Palette, figure

HEIGHT = 300  # px


def right_and_wrong(confusion: Sequence[Sequence[int]], colours: Palette) -> go.Figure:
    """Stacked bars over the ten digits; wrong ones are hatched and named, not only coloured. confusion: (10, 10)."""
    scores = by_digit(confusion)
    digits = [str(digit) for digit in range(len(scores))]
    wrong = [score.total - score.right for score in scores]
    drawn = figure(colours, HEIGHT)
    drawn.add_bar(
        x=digits,
        y=[score.right for score in scores],
        name="✓ right",
        marker={"color": colours.right},
        customdata=[score.total for score in scores],
        hovertemplate="%{y} of %{customdata} test digits %{x} read<extra></extra>",
    )
    drawn.add_bar(
        x=digits,
        y=wrong,
        name="✗ wrong",
        marker={
            "color": colours.wrong,
            "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": colours.background, "size": 6},
        },
        text=[f"✗ {count}" if count else "" for count in wrong],
        textposition="outside",
        textfont={"color": colours.text, "size": 15},
        cliponaxis=False,
        customdata=[_taken_for(row, digit) for digit, row in enumerate(confusion)],
        hovertemplate="%{y} misread: %{customdata}<extra></extra>",
    )
    return _laid_out(drawn)


def _laid_out(drawn: go.Figure) -> go.Figure:
    drawn.update_layout(barmode="stack", legend={"orientation": "h", "y": 1.16, "x": 0})
    drawn.update_xaxes(title="true digit", type="category")
    drawn.update_yaxes(title="test digits")
    return drawn


def right_and_wrong_alt(confusion: Sequence[Sequence[int]]) -> str:
    scores = by_digit(confusion)
    misread = [f"{digit}: {s.total - s.right} of {s.total}" for digit, s in enumerate(scores) if s.right < s.total]
    return "Wrong answers by digit. " + (", ".join(misread) if misread else "None: every test digit is read") + "."


def _taken_for(row: Sequence[int], digit: int) -> str:
    """'twice as 9, once as 4'-like: the wrong answers of one true digit, most frequent first."""
    wrong = sorted(((count, answer) for answer, count in enumerate(row) if count and answer != digit), reverse=True)
    return ", ".join(f"{count} as {answer}" for count, answer in wrong) or "none"
