"""Trained weights that a page can show: those that come with the app, a visitor's own run, a file of theirs."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.checkpoints.cards import Card, CheckpointError, card_of
from lenet_explain.jobs.wire import unpacked_weights
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs, shipped

SHIPPED, OWN, FILE = "shipped", "own run", "loaded"


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """identity: a name that no other weights have; words: whose they are, in Markdown."""

    source: str
    identity: str
    network: Network
    weights: Weights
    card: Card
    words: str


def sources(network: Network) -> list[str]:
    """What there is to choose from, the newest first but for what comes with the app; nothing for a network of the
    visitor's own that is not trained yet."""
    found = {SHIPPED: network.key in NETWORKS, OWN: own(network), FILE: network.key in state.loaded()}
    return [source for source, there in found.items() if there]


def trained(network: Network, source: str | None) -> Trained | None:
    """None, and the reason on screen, where the files of the app are damaged or there is nothing to choose from."""
    if source is None:
        st.info(f"{network.title} is not trained yet: train it in Side by side, then come back.")
        return None
    if source == OWN:
        return own(network)
    if source == FILE:
        return loaded(network)
    try:
        weights, card = shipped(network.key)
    except CheckpointError as error:
        st.error(sentence(f"The weights that come with this app cannot be read: {plain(str(error))}"))
        return None
    return Trained(SHIPPED, f"shipped {network.key}", network, weights, card, "as it comes with this app")


def at_first(network: Network) -> Trained | None:
    """What stands on screen before anything is trained or loaded; None where the files of the app are damaged."""
    if network.key in state.runs() or network.key in state.loaded():
        return None
    try:
        weights, card = shipped(network.key)
    except CheckpointError:
        return None
    return Trained(SHIPPED, f"shipped {network.key}", network, weights, card, "as it comes with this app")


def own(network: Network) -> Trained | None:
    """This visitor's newest run of the network, where it has come to its end or was stopped after some steps."""
    run = state.runs().get(network.key)
    if run is None or jobs().state(run.job).phase not in ("finished", "stopped"):
        return None
    latest, text = jobs().latest(run.job), (jobs().result(run.job) or {}).get("card")
    if not latest or not text:
        return None
    card = card_of(text, "the card of this run")
    return Trained(OWN, f"run {run.job}", network, unpacked_weights(latest["weights"]), card, "as you trained it")


def loaded(network: Network) -> Trained | None:
    file = state.loaded().get(network.key)
    if file is None:
        return None
    return Trained(FILE, f"file {file.digest}", network, file.weights, file.card, f"from your file {plain(file.name)}")
