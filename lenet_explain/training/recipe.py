"""How a network is trained, as frozen data with bounds: optimiser, rate, schedule, batches, passes, loss, start.

Pure Python, so that the web process can show and check a recipe without torch.
"""

from __future__ import annotations

import json
import reprlib
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

    def __str__(self) -> str:
        """'from 1 to 2,147,483,647'"""
        return f"from {_plain(self.low)} to {_plain(self.high)}"


def _plain(value: float) -> str:
    """2147483647 → '2,147,483,647'; 1e-6 → '0.000001'"""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6f}".rstrip("0").rstrip(".")


BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {
        "rate": Bounds(1e-6, 10.0, "every recipe here stays far below it"),
        "batch": Bounds(1, 512, "with 512, a pass over the small digits is only three steps"),
        "epochs": Bounds(1, 100, "visitors share the machine, so a run should end"),
        "seed": Bounds(0, 2**31 - 1, "it is kept in 31 bits"),
        "rubbish": Bounds(0.1, 1000.0, "above it the rubbish class of Eq. 9 no longer changes the loss"),
        "decay": Bounds(0.0, 1.0, "above it a step would turn weights round instead of shrinking them"),
        "smoothing": Bounds(0.0, 0.9, "with 0.9 every digit would be the right answer alike"),
    }
)
OPTIMISERS: Mapping[str, str] = MappingProxyType(
    {
        "sgd": "stochastic gradient descent",
        "momentum": "gradient descent with momentum 0.9",
        "adam": "Adam",
        "sdlm": "stochastic diagonal Levenberg–Marquardt, one digit a step and a rate for each weight (Appendix C)",
    }
)
SCHEDULES: Mapping[str, str] = MappingProxyType(
    {
        "constant": "the same rate throughout",
        "one-cycle": "up for a third of the run, then down to nearly zero",
        "published": "down in the paper's steps: after 2, 5, 8 and 12 passes of 20",
    }
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
DISTORTIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": "every digit as it is",
        "paper": "shifted, scaled, squeezed and sheared within the ranges of the paper's Fig. 7, nine times of ten",
        "mild": "every digit shifted, turned and scaled a little, anew in each pass",
    }
)
LONGEST = 1000  # digits of a whole number in JSON: far more than any field holds
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 40
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict = 2, 3, 2
_WORDS = {"optimiser": OPTIMISERS, "schedule": SCHEDULES, "loss": LOSSES, "start": STARTS, "distortions": DISTORTIONS}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to train. rate: learning rate (the highest, where the schedule moves it); batch: images a step; epochs:
    passes over the training images; rubbish: j of Eq. 9, which the paper does not give; distortions: of training
    digits; decay: share of each weight that a step takes away, times the rate; smoothing: share of the right answer
    that cross-entropy gives to all classes alike. Raises RecipeError."""

    optimiser: str = "adam"
    rate: float = 0.002
    schedule: str = "one-cycle"
    batch: int = 32
    epochs: int = 15
    loss: str = "cross-entropy"
    start: str = "xavier"
    seed: int = 0
    rubbish: float = 10.0
    distortions: str = "none"
    decay: float = 0.0
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            value = getattr(self, name)
            if not isinstance(value, str) or value not in words:
                raise RecipeError(f"{name} is {short(value)}, and must be one of {', '.join(words)}")
        for name, bounds in BOUNDS.items():
            value = getattr(self, name)
            whole = name in ("batch", "epochs", "seed")
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise RecipeError(f"{name} is {short(value)}, and must be a {'whole ' if whole else ''}number")
            if not bounds.low <= value <= bounds.high:  # exact for a long int, and false for NaN
                raise RecipeError(f"{name} is {short(value)}, and must be {bounds}: {bounds.reason}")

    def check(self, network: Network) -> None:
        """Raises RecipeError where the recipe cannot train this network."""
        if self.batch < 2 and any(isinstance(layer, BatchNormalisation) for layer in network.layers):
            raise RecipeError(f"batch is {self.batch}, and must be at least 2: {network.key} normalises over the batch")
        if self.optimiser == "sdlm" and self.batch != 1:
            raise RecipeError(f"batch is {self.batch}, and must be 1: the optimiser sdlm learns from one digit a step")
        if self.loss == "map" and network.answer != "distances":
            raise RecipeError(f"loss 'map' needs distances to glyphs, and {network.key} ends in logits")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def short(value: object) -> str:
    """The value as a message quotes it, cut to about forty characters."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a whole number of more than 300 digits"  # Python refuses to write out the longest
    return _SHORT.repr(value)


def value_of_json(text: str | bytes) -> Any:
    """Strict JSON. Raises ValueError with a sentence for all else: also NaN, numbers too long, nesting too deep."""
    try:
        return json.loads(text, parse_int=_whole, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("its brackets are nested too deeply") from error


def _whole(digits: str) -> int:
    if len(digits) > LONGEST:
        raise ValueError(f"a number has {len(digits):,} digits, and at most {LONGEST:,} are read")
    return int(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def recipe_from(values: Mapping[str, Any], base: Recipe) -> Recipe:
    """`base` with some fields changed. Raises RecipeError for a field that no recipe has or a value out of bounds."""
    known = [field.name for field in fields(Recipe)]
    for name in values:
        if name not in known:
            raise RecipeError(f"a recipe has no field {short(name)}: it has {', '.join(known)}")
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
                "One fixed rate and nothing else, as article A describes training (with sigmoids: sixty passes).",
                Recipe(optimiser="sgd", rate=0.1, schedule="constant", epochs=20),
                {
                    "lenet5": {"loss": "mse", "start": "root", "rate": 0.001},
                    "lenet-sigmoid": {"rate": 0.3, "batch": 8, "epochs": 60, "start": "he"},
                    "lenet-modern": {"start": "he", "batch": 64},  # of 32, the small digits leave a last batch of two
                },
            ),
            NamedRecipe(
                "article-c",
                "Article C",
                "The short Keras program: Adam, batches of 128, ten passes (thirty with sigmoids, which learn later).",
                Recipe(rate=0.001, schedule="constant", batch=128, epochs=10),
                {
                    "lenet5": {"loss": "mse", "start": "root"},
                    "lenet-sigmoid": {"rate": 0.005, "epochs": 30},
                },
            ),
        )
    }
)


def recipe_named(key: str, network: Network) -> Recipe:
    """The named recipe as it applies to this network. Raises RecipeError listing the names there are."""
    if key not in RECIPES:
        raise RecipeError(f"there is no recipe named {short(key)}: choose one of {', '.join(RECIPES)}")
    named = RECIPES[key]
    return recipe_from(named.for_network.get(network.key, {}), named.recipe)
