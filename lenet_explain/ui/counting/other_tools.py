"""What other programs print of a network, beside what is counted here."""

from __future__ import annotations

import streamlit as st

from lenet_explain.counts.other_tools import HERE, KERAS, TORCHINFO, Printed, printed
from lenet_explain.network.walk import Network
from lenet_explain.network.worked import number
from lenet_explain.recipes.differences import listed
from lenet_explain.ui.parts import counted
from lenet_explain.ui.parts.counted import Column, Table, line
from lenet_explain.ui.parts.frame import plain


def others(network: Network) -> None:
    """One table: tool, number, and how it follows from the number here."""
    st.subheader("What other tools print", anchor="tools")
    st.markdown(
        f"{KERAS}'s `model.summary()` and {TORCHINFO}'s `summary()` of the programs under Its code. Look for a number "
        f"that is not the one here: each term says what is counted besides, or passed over, in {plain(network.title)}."
    )
    rows = [("chosen" if one.tool == HERE else "", _cells(one)) for one in printed(network)]
    columns = [
        Column("tool", "tool"),
        Column("label", "calls it"),
        Column("number", "prints", True),
        Column("sum", "how"),
    ]
    counted.table(Table("Each sum starts from the number of this app", columns, rows), key="tools")


def _cells(one: Printed) -> list[list[dict[str, str]]]:
    terms = [
        line(f"{'+' if each.change > 0 else '−'} {number(abs(each.change))} in {listed(each.layers)}: {each.why}")
        for each in one.differences
    ]
    how = [line(one.worked.line), *terms] if terms else [line("as here" if one.tool != HERE else "")]
    return [[line(one.tool)], [line(one.label)], [line(one.worked.result.text)], how]
