"""Every number of a network opened: the sum, its layers, each layer's formulas, and what sharing saves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from operator import add
from typing import Any

import streamlit as st

from lenet_explain import paper
from lenet_explain.counts import formulas
from lenet_explain.counts.formulas import Quantity, latex
from lenet_explain.counts.formulas.words import counted as in_words
from lenet_explain.counts.sharing import CHOICES, Choice, choice_of, links, network_links, network_weights, weights, why
from lenet_explain.network.layers import Field
from lenet_explain.network.walk import Network, Step, totals, walk
from lenet_explain.network.worked import Worked, given, number
from lenet_explain.ui.parts import controls, counted, frame
from lenet_explain.ui.parts.counted import Column, Table, Term, line
from lenet_explain.ui.parts.frame import plain
from lenet_explain.ui.visit import state

SUMS: Mapping[str, str] = {
    "parameters": "parameters",
    "connections": "connections",
    "macs": "multiply-accumulates",
    "memory": "bytes of outputs",
}
_PRINTED: Mapping[str, int] = {"parameters": paper.PARAMETERS, "connections": paper.CONNECTIONS}
_CARD = 330  # px of a quantity's card


@dataclass(frozen=True, slots=True)
class Chosen:
    """A layer of a network, and which of its counts is added up. count: key of SUMS."""

    network: Network
    layer: str
    count: str

    @property
    def step(self) -> Step:
        return next(step for step in walk(self.network) if step.name == self.layer)


def choose() -> Chosen:
    """The controls, for a row."""
    network = controls.one_network(counted=True)
    names = [layer.name for layer in network.layers]
    layer = st.selectbox("Layer", names, key=state.LAYER, bind=controls.IN_URL, width=130)
    count = st.segmented_control(
        "Added up", list(SUMS), default="parameters", required=True, key="sum", bind=controls.IN_URL
    )
    return Chosen(network, layer, count)


def whole(chosen: Chosen) -> None:
    """The sum on top; each term leads to its layer."""
    steps = walk(chosen.network)
    total: Worked = getattr(totals(steps), chosen.count)
    terms = []
    for place, step in enumerate(steps):
        value = getattr(step, chosen.count).result.text
        terms.append(Term(step.name, value, "+" if place else "", choosable=True))
    terms.append(Term("in all", total.result.text, "="))
    label = f"{SUMS[chosen.count]} of {chosen.network.title}: {total.line}"
    st.markdown(
        f"**{plain(chosen.network.title)}** has {total.result.text} {SUMS[chosen.count]}. Each term below is one "
        "layer; look for the largest, then choose any of them to see where it comes from."
    )
    counted.added(terms, label, key="whole", chosen=chosen.layer, on_choose=state.choose_layer)
    _printed(chosen, total)
    with st.expander("Added again, one layer after the other", icon=":material/receipt_long:"):
        counted.table(_receipt(chosen), key="receipt")


def _printed(chosen: Chosen, total: Worked) -> None:
    """What the paper prints of its own network."""
    if chosen.network.key == "lenet5" and chosen.count in _PRINTED:
        printed = _PRINTED[chosen.count]
        same = "the same" if printed == total.value else "not the same"
        st.caption(f"The paper prints {number(printed)} {SUMS[chosen.count]} ({paper.ON_COUNTS}): {same}.")


def _receipt(chosen: Chosen) -> Table:
    """Each layer's number and what it comes to so far."""
    steps = walk(chosen.network)
    values: list[Worked] = [getattr(step, chosen.count) for step in steps]
    so_far = [0, *accumulate((value.value for value in values), add)]
    rows = []
    for step, value, before in zip(steps, values, so_far[:-1], strict=True):
        sums = (given(before) + value.result).line if before else value.result.text
        kind = "chosen" if step.name == chosen.layer else ""
        rows.append((kind, [[line(step.name)], [line(value.line)], [line(sums)]]))
    columns = [Column("layer", "layer"), Column("own", "its own"), Column("sum", "so far")]
    return Table(f"{SUMS[chosen.count]}, re-added from the layers' own sums".capitalize(), columns, rows)


def layer(chosen: Chosen) -> None:
    """The chosen layer's six quantities, and where its links and its field come from."""
    step, activation = chosen.step, chosen.step.layer.activation
    st.subheader(f"{plain(step.name)} ({step.layer.kind}): {step.before} → {step.after}", anchor="layer")
    st.caption("Each box: the formula, the same with this layer's numbers, the result; then what it means.")
    grid = st.grid("auto", min_column_width=_CARD, gap="small")
    for quantity in formulas.opened(chosen.network, chosen.layer):
        with grid.cell(), st.container(border=True):
            _card(quantity)
    st.markdown(f"What each unit does to its sum $a$: {activation.name}, $f(a) = {activation.latex}$.")


def _card(quantity: Quantity) -> None:
    st.markdown(f"**{quantity.title}: {quantity.result}**")
    st.latex(latex.block(quantity.lines))
    st.markdown(quantity.words)
    letters = [f"${one.latex} = {one.term.result.latex}$ {one.means}" for one in quantity.letters]
    if letters:
        st.caption("; ".join(letters))


def links_of(chosen: Chosen) -> None:
    """Where the number of links in a table of connections comes from, row by row; nothing where there is no table."""
    found = formulas.links_by_group(chosen.step)
    if found is None:
        return
    groups, sum_ = found
    st.subheader(f"Where the {sum_.result.text} links of {plain(chosen.layer)} come from", anchor="links")
    rows = []
    for group in groups:
        read = "; ".join(f"{at} reads {', '.join(map(str, row))}" for at, row in group.by_map)
        rows.append(
            (
                "",
                [
                    [line(in_words(len(group.maps), "map"))],
                    [line(str(group.reads))],
                    [line(group.links.line)],
                    [line(read)],
                ],
            )
        )
    rows.append(("total", [[line(in_words(chosen.step.after.maps, "map"))], [line("")], [line(sum_.line)], [line("")]]))
    columns = [
        Column("maps", "maps"),
        Column("reads", "each reads"),
        Column("links", "links"),
        Column("rows", "rows of the table, counted from 0"),
    ]
    counted.table(Table("Maps that read equally many stand together", columns, rows), key="links")


def fields(chosen: Chosen) -> None:
    """The recursion of the receptive field from the input to the chosen layer."""
    st.subheader("Receptive field, step by step", anchor="field")
    st.markdown(
        "Start at one pixel. Each window of $k$ values adds $k - 1$ steps to the field, and each stride $s$ makes the "
        "steps of the next layer longer: $r' = r + (k - 1) \\cdot j$ and $j' = j \\cdot s$."
    )
    steps = walk(chosen.network)
    upto = [step.name for step in steps].index(chosen.layer) + 1
    pixel = Field.of_a_pixel()
    rows = [("", [[line("input")], [line(pixel.size.line)], [line(pixel.jump.line)]])]
    for step in steps[:upto]:
        window, kind = step.layer.window(step.before), "chosen" if step.name == chosen.layer else ""
        name = [line(step.name), line(f"k = {window.size}, s = {window.stride}", quiet="quiet")]
        rows.append((kind, [name, [line(step.field.size.line)], [line(step.field.jump.line)]]))
    columns = [Column("layer", "layer"), Column("field", "field r, in pixels a side"), Column("step", "step j")]
    counted.table(Table(f"From the input to {chosen.layer}", columns, rows), key="fields")


def sharing(chosen: Chosen) -> None:
    """Weights or connections: sharing and locality switched off one at a time."""
    step = chosen.step
    st.subheader("Weights or connections?", anchor="sharing")
    st.markdown(
        f"{plain(step.name)} has {in_words(step.parameters.value, 'parameter')} and "
        f"{in_words(step.connections.value, 'connection')}. Switch off sharing, then locality, and watch the bar "
        "(weights) catch up with the diamond (connections). Each line of the axis is ten times the one before."
    )
    with frame.row():
        local = st.toggle("Each unit reads a window only", True, key="local", bind=controls.IN_URL)
        shared = st.toggle(
            "All places share their weights", True, key="shared", bind=controls.IN_URL, disabled=not local,
            help="A unit that reads everything, from a place of its own, has nothing to share.",
        )  # fmt: skip
    choice = choice_of(shared, local)
    sums, words = frame.halves()
    with sums:
        counted.bars(*_bars(chosen, choice), key="bars")
    with words:
        _choice_in_words(chosen, choice)


def _choice_in_words(chosen: Chosen, choice: Choice) -> None:
    step = chosen.step
    own, all_ = weights(step, choice), network_weights(chosen.network, choice)
    with st.container(border=True):
        st.markdown(f"**{CHOICES[choice]}.** {plain(why(step, choice))}")
        st.latex(latex.worked_out(own))
        st.markdown(f"Were every layer so, {plain(chosen.network.title)} had {all_.result.text} weights:")
        st.latex(latex.worked_out(all_))
        fixed = [other.name for other in walk(chosen.network) if not other.parameters.value]
        if fixed:
            st.caption(f"Without weights under any choice, as they learn nothing: {plain(', '.join(fixed))}.")


def _bars(chosen: Chosen, choice: Choice) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Groups of rows and the marks of their axis, which is the same for every layer of the network."""
    highest = max(network_links(chosen.network, one).value for one in CHOICES)
    decades = max(1, math.ceil(math.log10(max(highest, 10))))

    def share(value: float) -> float:
        return math.log10(value) / decades if value >= 1 else 0.0

    def row(one: Choice, own: Worked, linked: Worked) -> dict[str, Any]:
        found = {"name": CHOICES[one], "chosen": one == choice}
        for key, worked, unit in (("weights", own, "weights"), ("links", linked, "connections")):
            found[key] = {"words": worked.result.text, "share": share(worked.value), "unit": unit}
        return found

    step, network = chosen.step, chosen.network
    groups = [
        {"title": step.name, "rows": [row(one, weights(step, one), links(step, one)) for one in CHOICES]},
        {
            "title": f"{network.title}, every layer so",
            "rows": [row(one, network_weights(network, one), network_links(network, one)) for one in CHOICES],
        },
    ]
    return groups, [
        {"at": power / decades, "words": "" if power % 3 else number(10**power)} for power in range(decades + 1)
    ]
