"""Two networks side by side, and the sum that leads from the total of the one to that of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from lenet_explain.counts.alignment import COUNTS, Count, Pair, Term, aligned, changes, difference, terms
from lenet_explain.counts.formulas.words import sentences
from lenet_explain.network.walk import Network, Step, totals, walk
from lenet_explain.network.worked import number
from lenet_explain.recipes.differences import between_networks, listed
from lenet_explain.ui.parts import controls, counted
from lenet_explain.ui.parts.counted import Column, Table, line
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.visit import state

_NETWORK, _OTHER = "network", "other"  # keys of the widgets, and their names in the URL
_DIFFERS, _SAME = "≠", "="
_CARD = 330  # px of a term's card


@dataclass(frozen=True, slots=True)
class Chosen:
    one: Network
    other: Network
    count: Count

    @property
    def both(self) -> tuple[Network, Network]:
        return self.one, self.other


def choose() -> Chosen:
    """The controls, for a row. A network is never compared with itself."""
    one = controls.one_network(key=_NETWORK, counted=True)
    other = controls.one_network(
        key=_OTHER, label="Compared with", fits=lambda network: network.key != one.key, counted=True
    )
    st.button("Swap", icon=":material/swap_horiz:", key="swap", on_click=_swap, help="Exchange the two networks.")
    keys: list[Count] = list(COUNTS)
    count: Count = st.segmented_control(
        "Counted", keys, default=keys[0], required=True, key="count", bind=controls.IN_URL
    )
    return Chosen(one, other, count)


def _swap() -> None:
    state.choose({_NETWORK: state.value(_OTHER), _OTHER: state.value(_NETWORK)})


def bridge(chosen: Chosen) -> None:
    """The sum from the one total to the other."""
    one, other = (plain(network.title) for network in chosen.both)
    start, end = (getattr(totals(walk(network)), chosen.count).result.text for network in chosen.both)
    word = COUNTS[chosen.count]
    parts = terms(*chosen.both, chosen.count)
    st.markdown(
        f"**{one}** has {start} {word}, **{other}** {end}. "
        + (
            "Look for the term that weighs most."
            if parts
            else f"No layer has more or fewer {word} than its counterpart."
        )
    )
    drawn = [
        counted.Term(chosen.one.title, start, ""),
        *(counted.Term(", ".join(t.names), number(abs(t.change)), "+" if t.change > 0 else "−") for t in parts),
        counted.Term(chosen.other.title, end, "="),
    ]
    counted.added(drawn, difference(*chosen.both, chosen.count).line, key="bridge")


def reasons(chosen: Chosen) -> None:
    """Each term of the sum in words, with what the layer is in either network."""
    grid = st.grid("auto", min_column_width=_CARD, gap="small")
    for term in terms(*chosen.both, chosen.count):
        with grid.cell(), st.container(border=True):
            _reason(term, chosen)


def _reason(term: Term, chosen: Chosen) -> None:
    change = changes(term, chosen.count)
    sums = f"+{number(term.change)}" if term.change > 0 and len(term.pairs) == 1 else change.line
    st.markdown(f"**{sums}: {plain(listed(term.names))}**")
    st.markdown(plain(sentence(term.why)))
    for at, network in enumerate(chosen.both):
        steps = [step for pair in term.pairs if (step := (pair.one, pair.other)[at])]
        st.markdown(f"{plain(network.title)}: {_sums(steps, chosen.count)}")


def _sums(steps: Sequence[Step], count: Count) -> str:
    """Each layer's sum, and what the first one's means."""
    if not steps:
        return "no such layer."
    lines = "; ".join(f"{plain(step.name)} {getattr(step, count).line}" for step in steps)
    words = plain(sentences(steps[0])[count])
    return f"{lines}. In {plain(steps[0].name)}: {words}" if len(steps) > 1 else f"{lines}. {words}"


def beside(chosen: Chosen) -> None:
    """Layer beside layer, differences marked."""
    st.subheader("Layer beside layer", anchor="layers")
    rows = [_row(pair, chosen) for pair in aligned(*chosen.both)]
    ends = [getattr(totals(walk(network)), chosen.count) for network in chosen.both]
    change = int(ends[1].value - ends[0].value)
    rows.append(("total", [[line("in all")], *([line(end.result.text)] for end in ends), [line(_signed(change))]]))
    columns = [
        Column("layer", "layer"),
        Column("one", chosen.one.title),
        Column("other", chosen.other.title),
        Column("change", f"difference in {COUNTS[chosen.count]}"),
    ]
    caption = f"{_DIFFERS} and a bar mark what differs; layers of one role share a row, – stands for no such layer."
    counted.table(Table(caption, columns, rows), key="beside")
    with st.expander("All that tells the two apart", icon=":material/difference:"):
        found = between_networks(*chosen.both, (chosen.one.title, chosen.other.title))
        st.markdown("\n".join(f"- {plain(sentence(words))}" for words in found) or "Nothing.")


def _row(pair: Pair, chosen: Chosen) -> tuple[str, list[list[dict[str, str]]]]:
    sides = [_told(pair.one, chosen.count), _told(pair.other, chosen.count)]
    there = all(sides)
    marks = [_DIFFERS if there and sides[0][at] != sides[1][at] else "" for at in range(len(sides[0] or sides[1]))]
    cells = [
        [line(words, mark) for words, mark in zip(side, marks, strict=True)] if side else [line("–", _DIFFERS)]
        for side in sides
    ]
    change = pair.change(chosen.count)
    return "", [[line(pair.name)], *cells, [line(_signed(change) if change else _SAME)]]


def _told(step: Step | None, count: Count) -> list[str]:
    """What a cell says of a layer, line by line."""
    if step is None:
        return []
    return [step.layer.kind, step.layer.activation.name, str(step.after), getattr(step, count).line]


def _signed(change: int) -> str:
    return f"+{number(change)}" if change > 0 else number(change)
