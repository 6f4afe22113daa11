"""History and use: the timeline, the cheque reader, and the methods of the time with what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from lenet_explain import paper
from lenet_explain.figures import cheques, methods
from lenet_explain.figures.theme import palette
from lenet_explain.frontend import text
from lenet_explain.lore import baselines
from lenet_explain.lore.history import read_history
from lenet_explain.lore.methods import Axis, Point, by_error, of_baseline, of_network, published
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.differences import recipe_in_words
from lenet_explain.ui.counting.overview import card_of
from lenet_explain.ui.parts import frame
from lenet_explain.ui.parts.controls import IN_URL
from lenet_explain.ui.parts.frame import scheme

_AXES: Sequence[Axis] = ("memory", "work")


def timeline() -> None:
    lines = []
    for one in read_history().moments:
        doubt = f" *Uncertain:* {one.uncertain}" if one.uncertain else ""
        lines.append(f"- **{one.year}** · {one.what}{doubt}  \n  :small[{one.source}]")
    st.markdown("\n".join(lines))


def cheque_reader() -> None:
    """The figures of the test, then what is known beside what was said later."""
    systems = read_history().systems
    st.markdown(
        f"The paper's last section describes a reader of cheques and its test on **{paper.CHEQUES} business cheques**. "
        "A cheque that is rejected goes to a person; one that is misread costs money. Look for the part that "
        "stays the same: what changed is how many had to be rejected."
    )
    drawn = cheques.outcomes(systems, palette(scheme()))
    st.plotly_chart(
        drawn, key="cheques", theme=None, config={"displayModeBar": False}, alt=cheques.outcomes_alt(systems)
    )
    st.caption("Source: LeCun et al. 1998, X, pp. 39-40.")
    left, right = frame.halves()
    with left:
        st.markdown("**What the paper says**")
        st.markdown("\n".join(f"- {one.what} :small[{one.place}]" for one in read_history().known))
    with right:
        st.markdown("**What was said elsewhere: recollections, which differ**")
        rows = [f"- “{one.said}”: {one.by}. :small[{one.source}]" for one in read_history().recollections]
        st.markdown("\n".join(rows))


def points() -> tuple[Point, ...]:
    """The paper's methods, those measured here on MNIST, and the networks that come with the app."""
    measured = [of_baseline(row) for row in baselines.results().rows]
    networks = []
    for key, network in NETWORKS.items():
        card = card_of(key)
        if card is None:  # its file cannot be read: the others still show
            continue
        learned = f"learned by the recipe {recipe_in_words(card.recipe, network)}"
        networks.append(of_network(network, 100 * (1 - card.reached.share), learned))
    return (*published(), *measured, *networks)


def chart() -> None:
    st.html(f"<style>{text('page/methods.css')}</style>")
    axis: Axis = st.segmented_control(
        "Error against", _AXES, default=_AXES[0], required=True, key="against", bind=IN_URL
    )
    shown = points()
    drawn = methods.error_against(shown, axis, palette(scheme()))
    with st.container(key="methods"):
        st.plotly_chart(
            drawn, key="methods-chart", theme=None, config={"displayModeBar": False},
            alt=methods.error_against_alt(shown, axis),
        )  # fmt: skip
    _table(shown)


def _table(shown: Sequence[Point]) -> None:
    """The same as text; and the paper's methods whose costs it does not print."""
    head = ("method", "test error", "numbers kept", "multiply-accumulates", "from")
    here = baselines.results()
    with st.expander("Every mark of the chart as a table", icon=":material/table:"):
        st.markdown("**Measured here**")
        st.markdown(_markdown(head, methods.table(one for one in shown if one.ours)))
        st.markdown("**The paper**")
        st.markdown(_markdown(head[:4], [row[:4] for row in methods.table(one for one in shown if not one.ours)]))
        rest = [f"{one.name} {one.error:g} %" for one in by_error() if one.kept is None]
        st.caption(f"Without printed costs: {'; '.join(rest)}. [dist]: learned from distorted digits too.")
    st.caption(
        f"Paper: Figs. 9, 11 and 12, its figures in thousands. Measured here with {here.software} on MNIST as it is: "
        f"`{baselines.COMMAND}`. Networks: the weights that come with the app."
    )


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are this project's own text."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])
