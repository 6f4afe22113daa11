"""The living network: components that run it in the visitor's browser, registered once. The server only hands over the
description, the weights and the words; drawing, answers and everything opened stay in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.data.datasets import Bytes
from lenet_explain.figures.living import living_payload
from lenet_explain.figures.theme import Scheme, palette
from lenet_explain.frontend import frame
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.walk import Network
from lenet_explain.pictures import LARGEST_BYTES
from lenet_explain.recipes.recipe import recipe_named
from lenet_explain.ui.parts import components, controls
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import custom_network, trained
from lenet_explain.ui.visit.cache import embedded_test_digits, shipped, weights_at_start

_SAMPLES = 20
_EXAMPLE = 3  # the digit that stands on the paper at first


CONTROLS = "page/controls.css"  # the sheet that all views of the living network share

_CARRIER = register("live/carrier", CONTROLS)
_PAD = register("draw/pad", CONTROLS)
_FLOW = register("draw/flow", CONTROLS)
_OPENED = register("draw/opened", CONTROLS)


def setup(*, fits: Callable[[Network], bool] = controls.any_network) -> Network:
    """The control that chooses the network, for a row of controls."""
    return controls.one_network(fits=fits)


def bring(network: Network, *, role: str = "main") -> bool:
    """Hand a network with its trained weights to the browser, once; False, and the reason on screen, where the files of
    the app are damaged. role: "main" for the one that runs, "other" for one to compare with."""
    if network.key not in NETWORKS:
        _bring_own(network, role)
        return True
    try:
        payload = _payload(network.key, role)
    except CheckpointError as error:
        st.error(sentence(f"The weights that come with this app cannot be read: {plain(str(error))}"))
        return False
    _CARRIER(key=f"carrier-{role}", data=payload, height="content")
    return True


@st.cache_resource(max_entries=32, show_spinner=False)
def _payload(network: str, role: str) -> bytes:
    weights, card = shipped(network)
    return living_payload(network_named(network), weights, role=role, identity=network, error=1 - card.reached.share)


def _bring_own(network: Network, role: str) -> None:
    """A visitor's own network as they trained it, or as it is before training."""
    kept = trained.own(network) or trained.loaded(network)
    identity = kept.identity if kept else "before training"
    weights = kept.weights if kept else weights_at_start(network.key, recipe_named("quick", network).start, 0)
    payload = _own_payload(network.key, role, identity, weights, kept and 1 - kept.card.reached.share)
    _CARRIER(key=f"carrier-{role}", data=payload, height="content")
    if kept is None:
        st.page_link(
            "pages/lesson/side_by_side.py", icon=":material/exercise:", query_params=custom_network.params(network.key),
            label="These are its weights before training: what it answers means nothing yet. Train it",
        )  # fmt: skip


@st.cache_resource(max_entries=8, show_spinner=False)
def _own_payload(network: str, role: str, identity: str, _weights: Weights, _error: float | None) -> bytes:
    """The identity decides the weights and their error."""
    said = {"role": role, "identity": f"{network} {identity}", "error": _error}
    return living_payload(network_named(network), _weights, **said)


def pad(*, compact: bool = False) -> str | None:
    """Paper to draw on, the preparation in stages, and the answer; compact: only the paper, its tools and samples.
    Returns a picture just pasted, in base64."""
    data = _pad_data(components.scheme(), compact)
    result = _PAD(key="pad", data=data, on_picture_change=lambda: None, height="content")
    return result["picture"]


def flow() -> None:
    """All maps of all layers at once."""
    _FLOW(key="flow", data=[{"palette": colours(components.scheme())}], height="content")


def opened() -> None:
    """The chosen unit, down to its products."""
    _OPENED(key="opened", data=[{"palette": colours(components.scheme())}], height="content")


@st.cache_resource(max_entries=4, show_spinner=False)
def _pad_data(scheme: Scheme, compact: bool) -> bytes:
    images, labels = samples()
    meta = {
        "palette": colours(scheme),
        "labels": labels.tolist(),
        "example": _EXAMPLE,
        "largest": LARGEST_BYTES,
        "compact": compact,
    }
    return frame(meta, {"samples": images.astype(np.float16)})


def samples() -> tuple[Bytes, Bytes]:
    """Digits to start from, as many of each: images (N, 28, 28), 0 (paper) to 255 (ink), labels (N,)."""
    images, labels = embedded_test_digits("digits")
    chosen = np.concatenate([np.flatnonzero(labels == digit)[: _SAMPLES // 10] for digit in range(10)])
    return images[chosen], labels[chosen]


def colours(scheme: Scheme) -> Mapping[str, Any]:
    return asdict(palette(scheme))
