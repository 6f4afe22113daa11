"""Trained weights in a visitor's own hands: a file to download, and the way back."""

from __future__ import annotations

import hashlib
from typing import Any

import streamlit as st

from lenet_explain.checkpoints.cards import Card, CheckpointError, stopped_in_words
from lenet_explain.checkpoints.files import LARGEST, SUFFIX, packed, unpacked
from lenet_explain.data.datasets import DATASETS
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network
from lenet_explain.paper.misread import TEST_DIGITS
from lenet_explain.recipes.differences import recipe_in_words
from lenet_explain.ui.parts.frame import plain
from lenet_explain.ui.visit import custom_network, state
from lenet_explain.ui.visit.trained import FILE, Trained
from lenet_explain.ui.visit.values import Loaded

_FIELD = "weights-file"


def download(kept: Trained) -> None:
    """One file with weights and card; made when it is asked for."""
    st.download_button(
        "Download these weights",
        lambda: packed(kept.weights, kept.card),
        file_name(kept.card),
        "application/octet-stream",
        icon=":material/download:",
        key="download-weights",
        on_click="ignore",
        help="One file with the weights and what they are: load it here again, or read it with safetensors.",
    )


def file_name(card: Card) -> str:
    """'lenet5-97.89.safetensors'"""
    return f"{custom_network.option(card.network)}-{100 * card.reached.share:.2f}{SUFFIX}"


def upload() -> None:
    """A field for a file that was downloaded here, and what is wrong with it where it is not one."""
    with st.expander("Load weights that you have downloaded here", icon=":material/upload_file:", key="loading"):
        st.file_uploader(
            f"A {SUFFIX} file with its card, at most {LARGEST // 2**20} MB",
            type=[SUFFIX[1:]],
            key=_FIELD,
            max_upload_size=LARGEST // 2**20,
            on_change=_take,
        )
        for file in state.loaded().values():
            st.caption(f"Loaded: {about(file.card)}, from {plain(file.name)}.")
    if message := state.refused():
        st.error(f"{plain(message)}. Nothing was changed.", icon=":material/block:")


def about(card: Card) -> str:
    """'**LeNet-5 (1998)**, trained on MNIST by recipe standard; by its card it reads 97.9 % (…)'"""
    network = network_named(card.network)
    recipe = recipe_in_words(card.recipe, network)
    made = f"trained on {DATASETS[card.data].title} by recipe {recipe}{stopped_in_words(card)}"
    return f"**{network.title}**, {made}; by its card it reads {card.reached}"


def _take() -> None:
    """Called when the field changes, before the page is drawn, so that every part of it follows."""
    state.refuse(None)
    file = state.value(_FIELD)
    if file is None:
        return
    try:
        found = opened_file(file)
    except CheckpointError as error:
        state.refuse(str(error))
        return
    state.remember_loaded(found)
    custom_network.choose(found.card.network, {"network": custom_network.option(found.card.network), "weights": FILE})


def opened_file(file: Any) -> Loaded:
    """file: as the upload field gives it. Raises CheckpointError for whatever is not one of this project's files."""
    if file.size > LARGEST:
        raise CheckpointError(f"{file.name} has {file.size:,} bytes, and at most {LARGEST:,} are read")
    content = file.getvalue()
    weights, card = unpacked(content, file.name)
    if card.reached.total > TEST_DIGITS:  # its list of misread digits is kept in memory
        raise CheckpointError(
            f"{file.name} tells of {card.reached.total:,} test digits, and no data set here has more than "
            f"{TEST_DIGITS:,}"
        )
    return Loaded(file.name, weights, card, hashlib.sha256(content).hexdigest())


def now_shown(network: Network) -> Loaded | None:
    """The file whose weights stand for `now`: while there is no run of this network, and until Reset."""
    return None if network.key in state.runs() else state.loaded().get(network.key)
