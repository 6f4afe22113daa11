"""What all visitors share, and what ends with a visit. Nothing here is ever changed by a page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from lenet_explain import paper
from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints.cards import Card
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import DATASETS, Bytes, load_embedded
from lenet_explain.data.mnist_files import read_test_digits
from lenet_explain.jobs import Jobs, Queue
from lenet_explain.network.named import network_named


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The one queue of this web process."""
    return Queue()


@dataclass(frozen=True, slots=True)
class _Visit:
    visitor: str


def visitor() -> str:
    """Who this session is to the queue; a lost connection starts the queue's grace period, a new run ends it."""
    context = get_script_run_ctx()
    return _visit(context.session_id if context else "nobody").visitor


@st.cache_resource(scope="session", on_release=lambda visit: jobs().release(visit.visitor), show_spinner=False)
def _visit(visitor: str) -> _Visit:
    jobs().claim(visitor, _browser(), st.context.ip_address or "this machine")
    return _Visit(visitor)


def _browser() -> str | None:
    """A name of this visitor's browser, the same in all its tabs and after a restart of the server; None where it sends
    no cookie. It is the token that Streamlit gives each browser against forged requests, made out of it here so that
    the token itself goes no further."""
    token, _ = decode_xsrf_token_string(st.context.cookies.get(XSRF_COOKIE_NAME, ""))
    return hashlib.sha256(token).hexdigest() if token else None


@st.cache_resource(max_entries=16, show_spinner=False)
def weights_at_start(network: str, start: str, seed: int) -> Weights:
    return starting_weights(network_named(network), start, seed)


@st.cache_resource(max_entries=16, show_spinner=False)
def shipped(network: str) -> tuple[Weights, Card]:
    """Raises CheckpointError where the files are missing or damaged."""
    return load_shipped(network)


@st.cache_resource(max_entries=4, show_spinner=False)
def embedded_test_digits(data: str) -> tuple[Bytes, Bytes]:
    digits = load_embedded(data)
    return digits.test_images, digits.test_labels


@st.cache_resource(max_entries=4, show_spinner=False)
def training_digits(data: str) -> int:
    """How many there are to learn from; of MNIST also where it has not been fetched."""
    return len(load_embedded(data).train_labels) if DATASETS[data].embedded else paper.FIGURE_6[-1][0]


@st.cache_resource(max_entries=1, show_spinner=False)
def mnist_test_digits(folder: Path) -> tuple[Bytes, Bytes]:
    """Raises DataError; nothing is kept of a failure."""
    return read_test_digits(folder)
