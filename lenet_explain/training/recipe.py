"""How a network is trained, as frozen data with bounds: optimiser, rate, schedule, batches, passes, loss, start.

Pure Python, so that the web process can show and check a recipe without torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from lenet_explain.layers import BatchNormalisation
from lenet_explain.walk import Network


class RecipeError(ValueError):
    """A recipe outside its bounds; the message names the field, the value and the rule."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and highest value of a field, both allowed, and why there is an upper one."""

    low: float
    high: float
    reason: str


BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {
        "rate": Bounds(1e-6, 10.0, "above it every network here diverges within a few steps"),
        "batch": Bounds(1, 512, "a larger batch leaves too few steps in a pass to watch"),
        "epochs": Bounds(1, 100, "a visitor's run should end within minutes"),
        "seed": Bounds(0, 2**31 - 1, "it is kept in 31 bits"),
        "rubbish": Bounds(0.1, 1000.0, "beyond it the rubbish class of Eq. 9 no longer changes the loss"),
    }
)
OPTIMISERS: Mapping[str, str] = MappingProxyType(
    {"sgd": "stochastic gradient descent", "momentum": "gradient descent with momentum 0.9", "adam": "Adam"}
)
SCHEDULES: Mapping[str, str] = MappingProxyType(
    {"constant": "the same rate throughout", "one-cycle": "up for a third of the run, then down to nearly zero"}
)
LOSSES: Mapping[str, str] = MappingProxyType(
    {
        "cross-entropy": "cross-entropy of the softmax",
        "mse": "squared error (Eq. 8 where the outputs are distances)",
        "map": "Eq. 9: squared error against all glyphs and a rubbish class",
    }
)
STARTS: Mapping[str, str] = MappingProxyType(
    {
        "paper": "uniform within ±2.4/fan-in, as the paper prints",
        "root": "uniform within ±1/√fan-in, as in the authors' later library",
        "xavier": "uniform within ±√(6/(fan-in + fan-out)) (Glorot and Bengio 2010)",
        "he": "normal with deviation √(2/fan-in) (He et al. 2015)",
    }
)
_WORDS = {"optimiser": OPTIMISERS, "schedule": SCHEDULES, "loss": LOSSES, "start": STARTS}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to train. rate: learning rate (the peak, under one-cycle); batch: images a step; epochs: passes
    over the training images; rubbish: j of Eq. 9, which the paper does not give. Raises RecipeError."""

    optimiser: str = "adam"
    rate: float = 0.002
    schedule: str = "one-cycle"
    batch: int = 32
    epochs: int = 15
    loss: str = "cross-entropy"
    start: str = "xavier"
    seed: int = 0
    rubbish: float = 10.0

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            if getattr(self, name) not in words:
                raise RecipeError(f"{name} is {getattr(self, name)!r}, and must be one of {', '.join(words)}")
        for name, bounds in BOUNDS.items():
            value = getattr(self, name)
            whole = name in ("batch", "epochs", "seed")
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise RecipeError(f"{name} is {value!r}, and must be a {'whole ' if whole else ''}number")
            if not math.isfinite(value) or not bounds.low <= value <= bounds.high:
                raise RecipeError(
                    f"{name} is {value:g}, and must be from {bounds.low:g} to {bounds.high:g}: {bounds.reason}"
                )

    def check(self, network: Network) -> None:
        """Raises RecipeError where the recipe cannot train this network."""
        if self.batch < 2 and any(isinstance(layer, BatchNormalisation) for layer in network.layers):
            raise RecipeError(f"batch is {self.batch}, and must be at least 2: {network.key} normalises over the batch")
        if self.loss == "map" and network.answer != "distances":
            raise RecipeError(f"loss 'map' needs distances to glyphs, and {network.key} ends in logits")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def recipe_from(values: Mapping[str, Any], base: Recipe) -> Recipe:
    """`base` with some fields changed. Raises RecipeError for a field that no recipe has or a value out of bounds."""
    known = [field.name for field in fields(Recipe)]
    for name in values:
        if name not in known:
            raise RecipeError(f"a recipe has no field {name!r}: it has {', '.join(known)}")
    return replace(base, **values)


@dataclass(frozen=True, slots=True)
class NamedRecipe:
    """A recipe that a visitor can pick, with where it comes from; `for_network` overrides it by network."""

    key: str
    title: str
    summary: str
    recipe: Recipe
    for_network: Mapping[str, Mapping[str, Any]]


RECIPES: Mapping[str, NamedRecipe] = MappingProxyType(
    {
        named.key: named
        for named in (
            NamedRecipe(
                "quick",
                "Quick",
                "Adam with a rate that rises and falls: seconds on the embedded digits.",
                Recipe(),
                {
                    "lenet5": {"loss": "mse", "start": "root"},
                    "lenet-sigmoid": {"rate": 0.005, "epochs": 25},
                    "lenet-modern": {"start": "he"},
                },
            ),
            NamedRecipe(
                "plain-sgd",
                "Plain gradient descent",
                "One fixed rate and nothing else, as articles A and B describe training.",
                Recipe(optimiser="sgd", rate=0.1, schedule="constant", epochs=20),
                {
                    "lenet5": {"loss": "mse", "start": "root", "rate": 0.001},
                    "lenet-sigmoid": {"rate": 0.9},
                    "lenet-modern": {"start": "he"},
                },
            ),
            NamedRecipe(
                "article-c",
                "Article C",
                "The short Keras program: Adam, batches of 128, ten passes.",
                Recipe(rate=0.001, schedule="constant", batch=128, epochs=10),
                {"lenet5": {"loss": "mse", "start": "root"}},
            ),
        )
    }
)


def recipe_named(key: str, network: Network) -> Recipe:
    """The named recipe as it applies to this network. Raises RecipeError listing the names there are."""
    if key not in RECIPES:
        raise RecipeError(f"there is no recipe named {key!r}: choose one of {', '.join(RECIPES)}")
    named = RECIPES[key]
    return recipe_from(named.for_network.get(network.key, {}), named.recipe)
