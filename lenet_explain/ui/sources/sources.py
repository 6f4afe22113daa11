"""Tables of what was published and what is counted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from lenet_explain import paper
from lenet_explain.network.named import ARTICLES, COUNTED, NETWORKS
from lenet_explain.network.walk import totals, walk
from lenet_explain.paper.quotes import Quote


def printed_against_counted() -> None:
    """The paper's rows beside those that `walk` gives for the description."""
    steps = {step.name: step for step in walk(NETWORKS["lenet5"])}
    sums = totals(tuple(steps.values()))
    rows = [
        (
            row.name,
            str(steps[row.name].after),
            f"{row.parameters:,}",
            steps[row.name].parameters.line,
            f"{row.connections:,}",
            steps[row.name].connections.line,
        )
        for row in paper.LAYERS
    ]
    whole = (
        "**total**",
        "",
        f"**{paper.PARAMETERS:,}**",
        f"**{sums.parameters.value:,}**",
        f"**{paper.CONNECTIONS:,}**",
        f"**{sums.connections.value:,}**",
    )
    head = ("layer", "output", "parameters, printed", "counted", "connections, printed", "counted")
    st.markdown(_table(head, [*rows, whole]))


def contradictions() -> None:
    rows = [(c.subject, c.one, c.other, c.here) for c in paper.CONTRADICTIONS]
    st.markdown(_table(("subject", "it says", "against that", "here"), rows))


def networks() -> None:
    rows = []
    for key, network in COUNTED.items():
        sums = totals(walk(network))
        rows.append(
            (f"`{key}`", network.summary, f"{sums.parameters.value:,}", f"{sums.connections.value:,}", network.source)
        )
    st.markdown(_table(("network", "what it is", "parameters", "connections", "source"), rows))
    st.caption(" ".join(f"Article {letter}: “{title}”." for letter, title in ARTICLES.items()))


def quote(said: Quote) -> None:
    """The paper's own words, with their place."""
    st.markdown(f"> “{said.words}”\n>\n> LeCun et al. 1998, {said.place}")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; cells are this project's own text."""
    lines = ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines)
