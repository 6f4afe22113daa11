"""What a visitor may choose. Every choice has a short name in the URL, so that a link restores it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lenet_explain.datasets import DATASETS
from lenet_explain.networks import NETWORKS, network_named
from lenet_explain.training.recipe import (
    BOUNDS,
    LOSSES,
    OPTIMISERS,
    RECIPES,
    SCHEDULES,
    STARTS,
    Recipe,
    RecipeError,
    recipe_from,
    recipe_named,
)
from lenet_explain.ui import state
from lenet_explain.ui.frame import sentence
from lenet_explain.walk import Network

_NUMBERS = {
    "rate": "Learning rate",
    "epochs": "Epochs (passes over the digits)",
    "batch": "Batch size (images a step)",
    "seed": "Seed (of the start and the order)",
}
_WORDS = {
    "optimiser": ("Optimiser", OPTIMISERS),
    "schedule": ("Learning rate over time", SCHEDULES),
    "loss": ("Loss", LOSSES),
    "start": ("Weights before training", STARTS),
}
_IN_URL = "query-params"


def setup() -> state.Setup:
    """Network, digits, layer and recipe; the recipe's details in a popover. To be called inside a row."""
    network = network_named(st.selectbox("Network", list(NETWORKS), key="network", bind=_IN_URL, width=150))
    data = st.selectbox("Digits", list(DATASETS), key="data", bind=_IN_URL, width=160)
    names = [layer.name for layer in network.layers]
    layer = st.selectbox("Layer", names, key=state.LAYER, bind=_IN_URL, width=110)
    named = recipe_named(st.selectbox("Recipe", list(RECIPES), key="recipe", bind=_IN_URL, width=115), network)
    recipe, problem = _fitted(_changes(named), named, network)
    return state.Setup(network, data, recipe, layer, problem)


def _fitted(changed: Mapping[str, Any], named: Recipe, network: Network) -> tuple[Recipe, str | None]:
    """The recipe as changed; where its parts do not fit together, the unchanged one and the reason."""
    try:
        recipe = recipe_from(changed, named)
        recipe.check(network)
    except RecipeError as error:
        return named, str(error)
    return recipe, None


def _changes(named: Recipe) -> Mapping[str, Any]:
    """Fields of the recipe that the visitor has set; the others stay as the recipe has them."""
    with st.popover("", icon=":material/tune:", help="Change the recipe"):
        numbers = {name: _number(label, name, named) for name, label in _NUMBERS.items()}
        words = {name: _word(label, name, named, choices) for name, (label, choices) in _WORDS.items()}
    return {name: value for name, value in {**numbers, **words}.items() if value is not None}


def _number(label: str, name: str, named: Recipe) -> float | None:
    """An empty field means the recipe's own value, which the field shows in grey.

    Whole numbers too are asked for as floats: Streamlit cannot read an infinite whole number from a link.
    """
    bounds, whole = BOUNDS[name], isinstance(getattr(named, name), int)
    value = st.number_input(
        label,
        min_value=float(bounds.low),
        max_value=float(bounds.high),
        value=None,
        step=1.0 if whole else None,
        format="%.0f" if whole else "%g",
        placeholder=f"{getattr(named, name):g}",
        key=name,
        bind=_IN_URL,
        help=sentence(f"{bounds}: {bounds.reason}"),
    )
    return int(value) if value is not None and whole and value.is_integer() else value


def _word(label: str, name: str, named: Recipe, words: Mapping[str, str]) -> str | None:
    own = f"recipe: {getattr(named, name)}"
    chosen = st.selectbox(
        label, [own, *words], key=name, bind=_IN_URL, help="; ".join(f"{key}: {text}" for key, text in words.items())
    )
    return None if chosen == own else chosen
