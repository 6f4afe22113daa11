"""The fields of one layer of a draft, each with its limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field
from typing import Any

import streamlit as st

from lenet_explain.network import drafting
from lenet_explain.network.activations import SOFTMAX
from lenet_explain.network.description import ACTIVATIONS, KINDS, LIMITS, LONGEST_NAME, NAME_RULE, Draft, fields_of
from lenet_explain.network.fitting import shapes
from lenet_explain.network.layers import Convolution, Layer
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.visit import state

Attempt = Callable[..., None]  # makes an edit of one layer, or says why not
_OWN_TABLE = "its own table"


def summary(layer: Layer) -> str:
    """'convolution, 6 of 5×5'"""
    count = getattr(layer, "maps", getattr(layer, "units", None))
    side = getattr(layer, "kernel", getattr(layer, "size", None))
    numbers = " of ".join(filter(None, [str(count or ""), f"{side}×{side}" if side else ""]))
    return ", ".join(filter(None, [layer.kind, numbers]))


def layer_form(now: Draft, at: int, version: str, attempt: Attempt) -> None:
    layer = now.layers[at]
    names = f"{at} {version}"
    kind, name = f"kind {names}", f"name {names}"
    st.selectbox(
        "Kind", list(KINDS), index=list(KINDS).index(layer.kind), key=kind,
        on_change=lambda: attempt(drafting.turned_into, state.value(kind)),
    )  # fmt: skip
    st.text_input(
        "Name", layer.name, max_chars=LONGEST_NAME, key=name, help=sentence(NAME_RULE),
        on_change=lambda: attempt(drafting.renamed, state.value(name)),
    )  # fmt: skip
    for field in fields_of(type(layer)):
        _field(now, at, field, f"{field.name} {names}", attempt)


def _field(now: Draft, at: int, field: Field[Any], key: str, attempt: Attempt) -> None:
    layer, value = now.layers[at], getattr(now.layers[at], field.name)

    def take(read: Callable[[Any], Any] = lambda said: said) -> None:
        if (said := state.value(key)) is not None:
            attempt(drafting.changed, field.name, read(said))

    match field.name:
        case "activation":
            last = at == len(now.layers) - 1
            words = [name for name, one in ACTIVATIONS.items() if last or one != SOFTMAX or one == value]
            st.selectbox(
                "Activation", words, index=words.index(value.name), key=key, on_change=take,
                args=(lambda said: ACTIVATIONS[said],),
            )  # fmt: skip
        case "bias":
            st.toggle("Bias", value, key=key, on_change=take)
        case "ceil":
            st.toggle(
                "Ceil mode", value, key=key, on_change=take,
                help="What is left over at the lower and right edge gets a window too, as in Caffe.",
            )  # fmt: skip
        case "table":
            assert isinstance(layer, Convolution)
            _table(now, at, layer, key, take)
        case _:
            limit = LIMITS[field.name]
            st.number_input(
                field.name.capitalize(), limit.low, limit.high, min(value, limit.high), key=key, on_change=take,
                help=f"From {limit.low} to {limit.high:,}: {limit.reason}.",
            )  # fmt: skip


def _table(now: Draft, at: int, layer: Convolution, key: str, take: Callable[..., None]) -> None:
    known = shapes(now)
    ways = drafting.tables(layer, known[at].maps if at < len(known) else 1)
    words = list(ways) if layer.table in ways.values() else [*ways, _OWN_TABLE]
    chosen = next((name for name, table in ways.items() if table == layer.table), _OWN_TABLE)
    if len(words) > 1:
        st.selectbox(
            "Each map reads", words, index=words.index(chosen), key=key, on_change=take,
            args=(lambda said: ways.get(said, layer.table),), help="Any other table can be written in the text form.",
        )  # fmt: skip
