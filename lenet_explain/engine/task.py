"""What a run of the engine is told: a plan and a recipe, in numbers; C and JavaScript know no word of a recipe."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from lenet_explain import paper
from lenet_explain.backends.starting_weights import SUBSAMPLING_COEFFICIENT
from lenet_explain.engine.plan import plan_of
from lenet_explain.network.walk import Network
from lenet_explain.recipes.bounds import MOMENTUM
from lenet_explain.recipes.ranges import RANGES, Ranges
from lenet_explain.recipes.recipe import Recipe

# as source/engine.c and source/losses.c number them
OPTIMISERS = {"sgd": 1, "momentum": 2, "adam": 3, "sdlm": 4}
LOSSES = {"cross-entropy": 1, "mse": 2, "map": 3}
STARTS = {"paper": 1, "root": 2, "xavier": 3, "he": 4}


def task_of(network: Network, recipe: Recipe) -> dict[str, Any]:
    """As JSON has it, for run.js. Raises RecipeError where the recipe cannot train this network."""
    recipe.check(network)
    plan = plan_of(network)
    return {
        "title": network.title,
        "plan": plan.as_dict(),
        "pixels": {"background": network.pixels.background, "ink": network.pixels.ink},
        "side": network.input.height,
        "layers": {
            network.layers[one.layer].name: at for at, one in enumerate(plan.operations) if one.count
        },  # which operation holds a layer's weights
        "recipe": _numbers(recipe, network),
        "words": {"optimiser": recipe.optimiser, "loss": recipe.loss},
    }


def _numbers(recipe: Recipe, network: Network) -> dict[str, Any]:
    second_order = recipe.optimiser == "sdlm"
    return {
        "optimiser": OPTIMISERS[recipe.optimiser],
        "loss": LOSSES[recipe.loss],
        "start": STARTS[recipe.start],
        "rate": recipe.rate,
        "factors": _factors(recipe),
        "batch": recipe.batch,
        "epochs": recipe.epochs,
        "seed": recipe.seed,
        "rubbish": recipe.rubbish,
        "smoothing": recipe.smoothing,
        "decay": recipe.decay if not second_order else 0.0,
        "momentum": MOMENTUM,
        "distortions": None if recipe.distortions == "none" else flat(RANGES[recipe.distortions]),
        "field": paper.CENTRED_FIELD if second_order else network.input.height,
        "reach": paper.INIT_RANGE,
        "coefficient": SUBSAMPLING_COEFFICIENT,
        "curvature": {"images": paper.CURVATURE_SAMPLES, "mu": paper.MU} if second_order else None,
    }


def _factors(recipe: Recipe) -> list[float] | None:
    """The share of the rate in each pass; None where it changes from step to step."""
    passes = range(1, recipe.epochs + 1)
    match recipe.schedule:
        case "one-cycle" if recipe.optimiser != "sdlm":
            return None
        case "published":
            return [paper.rate_of_pass(number) / paper.rate_of_pass(1) for number in passes]
    return [1.0 for _ in passes]


def flat(ranges: Ranges) -> list[float]:
    """In the order of the C structure's fields."""
    return [float(number) for value in astuple(ranges) for number in (value if isinstance(value, tuple) else (value,))]
