"""What a visitor may choose. Every choice has a short name in the URL, so that a link restores it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from lenet_explain.data.datasets import DATASETS
from lenet_explain.figures.lanes import By
from lenet_explain.network.fitting import too_large
from lenet_explain.network.named import COUNTED, NETWORKS, can_run
from lenet_explain.network.walk import Network
from lenet_explain.recipes.differences import FIELDS
from lenet_explain.recipes.recipe import (
    BOUNDS,
    DISTORTIONS,
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
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.visit import custom_network, state
from lenet_explain.ui.visit.values import Setup

LINES: Mapping[str, str] = {  # each field in a line, in the order of the form
    "rate": "How far a step moves the weights: too far, and the loss grows without end.",
    "epochs": "How often every training digit is seen.",
    "batch": "How many digits a step looks at before it moves.",
    "optimiser": "How gradients become steps.",
    "schedule": "Whether the rate stays or moves during the run.",
    "loss": "What training makes small.",
    "start": "What the weights are drawn from at first.",
    "distortions": "Whether training digits are bent, so that more is seen than was written.",
    "decay": "A share of each weight that every step takes away; 0 takes none.",
    "smoothing": "A share of the right answer given to all ten digits; cross-entropy only.",
    "rubbish": "j of Eq. 9: how far away an answer is rubbish; loss map only.",
    "seed": "Decides the weights at the start and the order of the digits.",
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "optimiser": OPTIMISERS,
    "schedule": SCHEDULES,
    "loss": LOSSES,
    "start": STARTS,
    "distortions": DISTORTIONS,
}
IN_URL = "query-params"
_FIELD = 250  # px of one field in the form


@dataclass(frozen=True, slots=True)
class Form:
    """The widgets of one recipe: their keys begin with `prefix`; fields to leave out are asked for elsewhere."""

    prefix: str = ""
    leave_out: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [name for name in LINES if name not in self.leave_out]


LANES = Form("a_", leave_out=("seed",)), Form("b_", leave_out=("seed",))  # of a race, whose seed is one for both


def setup() -> Setup:
    """Network, digits, layer and recipe; the recipe's details in a popover. To be called inside a row."""
    network = one_network()
    data = digits()
    names = [layer.name for layer in network.layers]
    layer = st.selectbox("Layer", names, key=state.LAYER, bind=IN_URL, width=110)
    named = recipe_named(st.selectbox("Recipe", list(RECIPES), key="recipe", bind=IN_URL, width=115), network)
    recipe, problem = fitted(asked(named, Form()), named, network)
    return Setup(network, data, recipe, layer, problem)


def any_network(_: Network) -> bool:
    return True


def comes_with_the_app(network: Network) -> bool:
    """Not one that the visitor has built, so that there are weights of it in the worker too."""
    return network.key in NETWORKS


def one_network(
    *,
    key: str = "network",
    fits: Callable[[Network], bool] = any_network,
    label: str = "Network",
    counted: bool = False,
) -> Network:
    """The control that chooses a network, the visitor's own among them, for a row of controls. counted: whether those
    are offered too that are too large to be drawn on and trained; else a sentence says so of the visitor's own, and of
    one that the link asks for."""
    built, asked = custom_network.network(), st.query_params.get(key)
    known = {**COUNTED, **({custom_network.YOURS: built} if built else {})}
    fitting = {name: network for name, network in known.items() if fits(network)}
    offered = {name: network for name, network in fitting.items() if counted or can_run(network)}
    name = st.selectbox(label, list(offered), key=key, bind=IN_URL, width=150)
    chosen = offered.get(name, next(iter(offered.values())))
    if left := {
        name: fitting[name] for name in (asked, custom_network.YOURS) if name in fitting and name not in offered
    }:
        _only_counted(left)
    if chosen is built:
        custom_network.put_in_link(chosen)
    return chosen


def _only_counted(left: Mapping[str, Network]) -> None:
    """What is not offered, and why."""
    for network in left.values():
        st.caption(f"{plain(network.title)} is not offered here. {plain(sentence(too_large(network) or ''))}")


def digits() -> str:
    return st.selectbox("Digits", list(DATASETS), key="data", bind=IN_URL, width=160)


def axis(key: str) -> By:
    """What curves of several runs are drawn over."""
    words: list[By] = ["steps", "seconds"]
    return st.segmented_control("Curves over", words, default=words[0], required=True, key=key, bind=IN_URL)


def fitted(changed: Mapping[str, Any], named: Recipe, network: Network) -> tuple[Recipe, str | None]:
    """The recipe as changed; where its parts do not fit together, the unchanged one and the reason."""
    try:
        recipe = recipe_from(changed, named)
        recipe.check(network)
    except RecipeError as error:
        return named, str(error)
    return recipe, None


def asked(named: Recipe, form: Form, label: str = "") -> Mapping[str, Any]:
    """Fields of the recipe that the visitor has set; the others stay as the recipe has them. label: of the button."""
    with st.popover(label, icon=":material/tune:", help="Change the recipe", key=f"{form.prefix}form"):
        grid = st.grid(2, min_column_width=_FIELD, gap="small")
        found = {}
        for name in form.names:
            with grid.cell():
                found[name] = _word(name, named, form) if name in WORDS else number(name, named, form)
                st.caption(LINES[name])
    return {name: value for name, value in found.items() if value is not None}


def number(name: str, named: Recipe, form: Form, width: int | Literal["stretch"] = "stretch") -> float | None:
    """An empty field means the recipe's own value, which the field shows in grey.

    Whole numbers too are asked for as floats: Streamlit cannot read an infinite whole number from a link.
    """
    bounds, whole = BOUNDS[name], isinstance(getattr(named, name), int)
    value = st.number_input(
        sentence(FIELDS[name])[:-1],
        min_value=float(bounds.low),
        max_value=float(bounds.high),
        value=None,
        step=1.0 if whole else None,
        format="%.0f" if whole else "%g",
        placeholder=f"{getattr(named, name):g}",
        key=f"{form.prefix}{name}",
        bind=IN_URL,
        help=sentence(f"{bounds}: {bounds.reason}"),
        width=width,
    )
    return int(value) if value is not None and whole and value.is_integer() else value


def own_word(name: str, named: Recipe) -> str:
    """The choice that leaves a field to the recipe."""
    return f"recipe: {getattr(named, name)}"


def _word(name: str, named: Recipe, form: Form) -> str | None:
    left, words = own_word(name, named), WORDS[name]
    chosen = st.selectbox(
        sentence(FIELDS[name])[:-1],
        [left, *words],
        key=f"{form.prefix}{name}",
        bind=IN_URL,
        help="; ".join(f"{key}: {text}" for key, text in words.items()),
    )
    return None if chosen == left else chosen
