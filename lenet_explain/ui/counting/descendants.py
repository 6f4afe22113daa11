"""The later networks: beside LeNet-5, each with its layers, and read out again by the visitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from lenet_explain.descendants import Descendant, DescentError, Reading, blocks, shipped
from lenet_explain.descendants.beside import ANCESTOR, NOTES, Measure, Measured, ancestor, family, of_descendant
from lenet_explain.descendants.file import KEYS
from lenet_explain.descendants.words import block_rows, heaviest
from lenet_explain.figures import descendants as figure
from lenet_explain.figures.theme import palette
from lenet_explain.frontend import text
from lenet_explain.lore.descendants import Heritage, heritage_of, heritages
from lenet_explain.network.named import NETWORKS
from lenet_explain.ui.counting.layer_list import listed
from lenet_explain.ui.parts.controls import IN_URL
from lenet_explain.ui.parts.frame import halves, plain, row, scheme, sentence

_MEASURES: Mapping[str, Measure] = {"parameters": "parameters", "work": "macs", "depth": "depth", "field": "field"}
_STILL = {"displayModeBar": False}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the later networks, and the measure that all are compared by."""

    reading: Reading
    network: Descendant
    measure: Measure

    @property
    def heritage(self) -> Heritage:
        return heritage_of(self.network.key)

    @property
    def measured(self) -> Measured:
        return of_descendant(self.network)


def reading() -> Reading | None:
    """None, and the reason on screen, where the file of the app is damaged."""
    try:
        return shipped()
    except DescentError as error:
        st.error(plain(sentence(str(error))))
        return None


@lru_cache(maxsize=1)
def titles() -> Mapping[str, str]:
    return {ANCESTOR: NETWORKS[ANCESTOR].title} | {one.key: f"{one.title} ({one.year})" for one in heritages()}


def choose(reading: Reading) -> Chosen:
    with row():
        key = st.selectbox("Descendant", KEYS, key="model", bind=IN_URL, width=170)
        words = list(_MEASURES)
        measure = st.segmented_control(
            "Compared by", words, default=words[0], required=True, key="measure", bind=IN_URL
        )
    return Chosen(reading, reading.networks[key], _MEASURES[measure])


def beside(chosen: Chosen) -> None:
    """All of them on one axis, and the same numbers as a table."""
    found, measure = family(chosen.reading), chosen.measure
    drawn = figure.against(found, titles(), figure.Look(chosen.network.key, measure), palette(scheme()))
    alt = figure.against_alt(found, titles(), measure)
    st.plotly_chart(drawn, key="family", theme=None, config=_STILL, alt=alt)
    st.caption(f"On a logarithmic axis lines of the same length mean the same factor. {NOTES[measure]}")
    with st.expander("All numbers", icon=":material/table:"):
        st.markdown(_table(found))


def _table(found: Sequence[Measured]) -> str:
    head = ("network", "input", "answers", "parameters", "multiply-accumulates", "depth", "field")
    rows = [
        (
            titles()[one.key], str(one.input), f"{one.answers:,}", figure.said(one, found[0], "parameters"),
            figure.said(one, found[0], "macs"), f"{one.depth}", f"{one.field:,}",
        )
        for one in found
    ]  # fmt: skip
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


def heritage(chosen: Chosen) -> None:
    """What it took and what it changed, and how many times LeNet-5 it is."""
    one, first, said = chosen.measured, ancestor(), chosen.heritage
    st.subheader(said.title, anchor="network")
    st.markdown(
        f"**{figure.factor(one.times(first, 'parameters'))} times** the parameters of {titles()[ANCESTOR]}, "
        f"**{figure.factor(one.times(first, 'macs'))} times** its multiply-accumulates; an input of {one.input} "
        f"instead of {first.input}, {one.answers:,} answers instead of {first.answers}. {heaviest(chosen.network)}"
    )
    left, right = halves()
    left.markdown(f"**What it took from LeNet-5.** {said.took}")
    right.markdown(f"**What it changed.** {said.changed}")
    built = f" {said.built}" if said.built else ""
    st.caption(f"Source: {said.source}.{built}")


def layers(chosen: Chosen) -> None:
    """Each block in a line that opens to its sums."""
    st.subheader("Layer by layer", anchor="layers")
    st.markdown(
        "Look where the parameters sit, and where the work is done: often not in the same layers. Open a line for the "
        "sums. Names are those of the program; like blocks that follow each other share a line."
    )
    st.html(f"<style>{text('page/descendants.css')}</style>{listed(block_rows(chosen.network))}")
    if any(block.aside for block in blocks(chosen.network)):
        st.caption("What serves training only is listed last: its parameters are in the total, its work is not.")


def growth(chosen: Chosen) -> None:
    """How wide its units see, layer by layer."""
    st.subheader("What a unit sees", anchor="field")
    one, first, network = chosen.measured, ancestor(), chosen.network
    side = one.input.height
    past = network.first_as_wide_as(side)
    words = (
        f"The first units whose field is as wide as the input or wider are those of {network.parts[past].name}, after "
        f"{network.depths[past]} of {one.depth} layers: part of it lies beyond the edges, where there are only zeros."
        if past is not None
        else f"The field stays narrower than the input's {side} pixels until the dense layers, which see all of it."
    )
    st.markdown(f"Look where a line crosses the broken one of its input. {words}")
    drawn = figure.growth(one, first, titles(), palette(scheme()))
    st.plotly_chart(drawn, key="growth", theme=None, config=_STILL, alt=figure.growth_alt(one, first, titles()))
    st.caption("Where branches meet, the field is all that any of them sees.")
