"""A visitor's own network: kept in the session and in the link, and offered wherever a network can be chosen."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import streamlit as st

from lenet_explain.network.description import Draft, draft_of, text_of
from lenet_explain.network.fitting import counted_network, in_the_way_of_counting
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.link_code import code_of, text_of_code
from lenet_explain.network.named import COUNTED, can_run
from lenet_explain.network.walk import Network
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.values import Drafts

YOURS = "yours"  # what the visitor's own network is called where networks are chosen
PARAM = "own"  # its place in the link
KEPT = 100  # drafts that can be undone


def network() -> Network | None:
    """The newest that could be counted; None before the visitor has built one."""
    text = state.own_network()
    return counted_network(text) if text else None


def running() -> Network | None:
    """The same, where it is small enough to be drawn on and trained."""
    built = network()
    return built if built and can_run(built) else None


def keep(draft: Draft) -> None:
    """The draft becomes the visitor's own network where it is one; else the one before it stays."""
    if in_the_way_of_counting(draft) is None:
        state.keep_own_network(text_of(draft))


def adopt() -> None:
    """Load the custom network encoded in the URL, once; where it cannot be used, say why."""
    code = st.query_params.get(PARAM)
    if not code or code == state.known_code():
        return
    text, why_not = _brought(code)
    if why_not:
        st.warning(f"The network in this link cannot be used. {why_not}", icon=":material/link_off:")
        return
    state.know(code)
    state.keep_own_network(text)
    show(text)


@lru_cache(maxsize=64)
def _brought(code: str) -> tuple[str, str]:
    """The network's text, or a sentence that says why there is none."""
    try:
        text = text_of(draft_of(text_of_code(code)))
        counted_network(text)
    except DescriptionError as error:
        return "", sentence(plain(str(error)))
    return text, ""


def show(text: str, *, turned: bool = True) -> None:
    """The draft with this text stands on the page where networks are built; what had been undone there is gone.

    turned: whether its widgets must forget what they said.
    """
    known = state.drafts()
    if not known.texts or known.texts[known.at] != text:
        kept = (*known.texts[: known.at + 1], text)[-KEPT:]
        state.remember_drafts(Drafts(kept, len(kept) - 1, known.turn + turned))


def put_in_link(chosen: Network) -> None:
    """So that the link brings the network along."""
    code = code_of(chosen.key)
    state.know(code)
    if st.query_params.get(PARAM) != code:
        st.query_params[PARAM] = code


def option(key: str) -> str:
    """What a network is called where one is chosen."""
    return key if key in COUNTED else YOURS


def params(key: str) -> dict[str, str]:
    """The parameters of a link that choose a network."""
    return {"network": key} if key in COUNTED else {"network": YOURS, PARAM: code_of(key)}


def choose(key: str, values: dict[str, Any]) -> None:
    """Set widgets, for a callback; key: of the network that they mean, which may be an earlier one of the visitor's."""
    if key not in COUNTED:
        state.keep_own_network(key)
        show(key)
    state.choose(values)
