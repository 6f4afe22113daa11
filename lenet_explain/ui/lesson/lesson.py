"""The two views that stand still: shapes and parameters, row by row."""

from __future__ import annotations

import streamlit as st

from lenet_explain.counts.formulas import opened
from lenet_explain.figures.ladder import ladder_rows
from lenet_explain.network.walk import totals, walk
from lenet_explain.ui.parts.components import ladder
from lenet_explain.ui.parts.frame import NARROWEST
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.values import Setup


def counted(setup: Setup) -> None:
    """Shapes and parameters, the rows of the one beside the rows of the other."""
    rows = ladder_rows(walk(setup.network))
    pair = st.grid(2, min_column_width=NARROWEST, gap="medium")
    with pair.cell():
        st.subheader("1 · Shapes", anchor="shapes")
        st.caption("Follow one side down: (side + 2·padding − kernel)/stride + 1.")
        ladder(rows, setup.layer, "shapes", key="shapes", on_choose=state.choose_layer)
    with pair.cell():
        st.subheader("2 · Parameters", anchor="parameters")
        st.caption("Look for the longest bar: most numbers sit in one layer.")
        ladder(rows, setup.layer, "parameters", key="parameters", on_choose=state.choose_layer)


def worked(setup: Setup) -> None:
    """The chosen layer's arithmetic in full, as on a blackboard."""
    step = next(step for step in walk(setup.network) if step.name == setup.layer)
    lines = [line for quantity in opened(setup.network, setup.layer) for line in quantity.lines]
    with st.expander(f"Every number of {step.name}, worked out", icon=":material/calculate:"):
        activation = step.layer.activation
        st.markdown(f"**{step.name}** is a {step.layer.kind} layer: {step.before} → {step.after}.")
        rows = [rf"\text{{{line.name}}} &= {line.worked.latex_line}" for line in lines]
        st.latex(r"\begin{aligned}" + r"\\".join(rows) + r"\end{aligned}")
        st.markdown(f"Its activation is {activation.name}:")
        st.latex(f"f(a) = {activation.latex}")
        st.caption(f"Source of this network: {setup.network.source}.")


def in_words(setup: Setup) -> None:
    """The network in a sentence, its numbers computed."""
    sums = totals(walk(setup.network))
    st.caption(
        f"**{setup.network.title}.** {setup.network.summary} {sums.parameters.value:,} parameters, "
        f"{sums.connections.value:,} connections."
    )
