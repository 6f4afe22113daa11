"""Settings as the parameters of a URL, in the names that the controls have; and as the keys of their widgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network
from lenet_explain.recipes.differences import nearest_recipe
from lenet_explain.recipes.recipe import Recipe, recipe_named
from lenet_explain.results.record import Record
from lenet_explain.ui.parts.controls import WORDS, Form, own_word
from lenet_explain.ui.visit import custom_network
from lenet_explain.ui.visit.values import Run


def recipe_params(network: Network, recipe: Recipe, form: Form) -> dict[str, str]:
    """Network and recipe, and each field in which the recipe is not the named one."""
    key, changed = nearest_recipe(recipe, network)
    written = {name: _written(value) for name, value in changed.items() if name in form.names}
    fields = {"network": custom_network.option(network.key), "recipe": key, **written}
    mine = custom_network.params(network.key).get(custom_network.PARAM)
    return {f"{form.prefix}{name}": value for name, value in fields.items()} | (
        {custom_network.PARAM: mine} if mine else {}
    )


def lesson_params(run: Record | Run) -> dict[str, str]:
    """What opens Side by side with the settings of a run."""
    return {"data": run.data, **recipe_params(network_named(run.network), run.recipe, Form())}


def race_params(one: Record | Run, other: Record | Run, forms: tuple[Form, Form]) -> dict[str, str]:
    """What opens the race of two runs on the same digits; the seed is the first one's."""
    lanes = [
        recipe_params(network_named(run.network), run.recipe, form)
        for run, form in zip((one, other), forms, strict=True)
    ]
    return {"data": one.data, "seed": str(one.recipe.seed), **lanes[0], **lanes[1]}


def widget_values(network: str, recipe: str, changed: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """What every widget of a form is to say, by its key, so that exactly these settings are chosen.
    network: key of NETWORKS"""
    named = recipe_named(recipe, network_named(network))
    values: dict[str, Any] = {"network": network, "recipe": recipe}
    for name in form.names:
        if name in WORDS:
            values[name] = changed.get(name, own_word(name, named))
        else:
            values[name] = float(changed[name]) if name in changed else None
    return {f"{form.prefix}{name}": value for name, value in values.items()}


def address(path: str, params: Mapping[str, str]) -> str:
    """A link that works elsewhere: the address of this app as this visitor's browser has it."""
    parts = urlsplit(st.context.url or "")
    root = f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}" if parts.netloc else ""
    return f"{root}/{path}?{urlencode(params)}"


def _written(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)
