"""A draft as text: to be read, changed, kept and brought back."""

from __future__ import annotations

import json

import streamlit as st

from lenet_explain.network.description import LARGEST_TEXT, Draft, draft_of, text_of
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.schema import schema
from lenet_explain.ui.counting import building
from lenet_explain.ui.parts import frame
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.visit import state


def text_form(now: Draft) -> None:
    text, key = text_of(now, indent=True), f"text {building.turn()} {text_of(now)}"
    with st.expander("As text (JSON)", icon=":material/data_object:", key="text-form"):
        st.caption("Change it, then press Ctrl+Enter or leave the field. What cannot be read waits here.")
        st.text_area(
            "The network as text", text, height=320, max_chars=LARGEST_TEXT, key=key, label_visibility="collapsed",
            on_change=_take, args=(key,),
        )  # fmt: skip
        if (typed := state.value(key)) not in (None, text) and (why := _fault(typed)):
            st.error(sentence(plain(why)), icon=":material/data_object:")
        with frame.row():
            st.download_button(
                "Download the network", text, "network.json", "application/json", icon=":material/download:",
                key="download-network", on_click="ignore",
            )  # fmt: skip
            st.download_button(
                "Download the schema", json.dumps(schema(), indent=2), "network.schema.json", "application/json",
                icon=":material/rule:", key="download-schema", on_click="ignore",
                help="JSON Schema 2020-12: an editor checks the text with it while you write.",
            )  # fmt: skip


def _take(key: str) -> None:
    """A text that cannot be read stays in its field."""
    typed = state.value(key)
    if typed is not None and _fault(typed) is None:
        building.attempt(lambda _: draft_of(typed))


def _fault(text: str) -> str | None:
    try:
        draft_of(text)
    except DescriptionError as error:
        return str(error)
    return None
