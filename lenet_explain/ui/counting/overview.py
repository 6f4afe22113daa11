"""The table of all networks, sorted as the link says."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lenet_explain.checkpoints.cards import Card, CheckpointError
from lenet_explain.counts.formulas import words
from lenet_explain.counts.overview import MEASURES, Overview, ordered
from lenet_explain.data.datasets import DATASETS
from lenet_explain.network.named import COUNTED, NETWORKS
from lenet_explain.network.walk import DEPTH_RULE, Network
from lenet_explain.network.worked import number
from lenet_explain.ui.parts import controls, counted, frame
from lenet_explain.ui.parts.counted import Column, Table, line
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import shipped

_SORT, _ORDER = "sort", "order"  # keys of the widgets, and their names in the URL
_UP, _DOWN = "up", "down"
_TITLES = {
    "parameters": "parameters",
    "connections": "connections",
    "macs": "multiply-accumulates",
    "depth": "depth",
    "input": "input",
    "error": "test error",
    "seconds": "training",
}
_NO_CARD = "no weights of it come with this app, so nothing was measured"


def all_networks(also: Sequence[Network]) -> None:
    """also: further networks, such as a visitor's own; those that have a row already get no second one."""
    st.subheader("All networks", anchor="all")
    st.markdown(
        "One row a network. Sort by what you care about: do more parameters go with fewer errors? Look at the "
        "intervals before you call one network better than another."
    )
    with frame.row():
        by = st.selectbox("Sort by", list(MEASURES), key=_SORT, bind=controls.IN_URL, width=150)
        order = st.segmented_control(
            "Order", [_UP, _DOWN], default=_UP, required=True, key=_ORDER, bind=controls.IN_URL,
            help="up: the smallest first",
        )  # fmt: skip
    networks = {network.key: network for network in (*COUNTED.values(), *also)}
    rows = ordered((Overview(network, card_of(key)) for key, network in networks.items()), by, order == _UP)
    keys = {network.key for network in also}
    drawn = [("chosen" if row.network.key in keys else "", _cells(row)) for row in rows]
    columns = [Column("name", "network"), *(Column(key, title, True, True) for key, title in _TITLES.items())]
    counted.table(Table(_caption(rows), columns, drawn, (by, order)), key="all", on_sort=_sorted)


def _sorted(column: str) -> None:
    """A heading chosen once sorts by it, chosen again turns the order round."""
    turned = column == state.value(_SORT) and state.value(_ORDER) == _UP
    state.choose({_SORT: column, _ORDER: _DOWN if turned else _UP})


def card_of(key: str) -> Card | None:
    """None for a network that does not come trained, and where the app's files cannot be read."""
    if key not in NETWORKS:
        return None
    try:
        return shipped(key)[1]
    except CheckpointError:
        return None


def _cells(row: Overview) -> list[list[dict[str, str]]]:
    sums = row.totals
    counts = [sums.parameters, sums.connections, sums.macs]
    return [
        [line(row.network.title), *_of_card(row)],
        *([line(worked.result.text)] for worked in counts),
        [line(words.counted(row.depth, "layer"))],
        [line(str(row.network.input))],
        _error(row),
        [line("–" if row.card is None else f"{number(round(row.card.seconds))} s")],
    ]


def _of_card(row: Overview) -> list[dict[str, str]]:
    if row.card is None:
        return [line(_NO_CARD, quiet="quiet")]
    return [line(f"{row.card.recipe.epochs} passes over {DATASETS[row.card.data].title}", quiet="quiet")]


def _error(row: Overview) -> list[dict[str, str]]:
    if row.error is None or row.interval is None:
        return [line("–")]
    low, high = row.interval
    return [line(f"{row.error:.2%}"), line(f"{low:.2%} to {high:.2%}", quiet="quiet")]


def _caption(rows: Sequence[Overview]) -> str:
    missing = any(row.card is None for row in rows)
    why = f" A dash: {_NO_CARD}." if missing else ""
    return (
        f"{DEPTH_RULE} Test error of the weights that come with this app, with its 95 % interval; "
        f"training in seconds of the machine that trained them.{why} The two networks chosen above are shaded."
    )
