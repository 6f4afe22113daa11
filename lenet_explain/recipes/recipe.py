"""How a network is trained, as frozen data with bounds: optimiser, rate, schedule, batches, passes, loss, start.

Pure Python, so that the web process can show and check a recipe without torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from lenet_explain.network.layers import BatchNormalisation
from lenet_explain.network.named import kin, short_name
from lenet_explain.network.strict_json import short
from lenet_explain.network.walk import Network
from lenet_explain.recipes.bounds import BOUNDS, DISTORTIONS, LOSSES, OPTIMISERS, SCHEDULES, STARTS


class RecipeError(ValueError):
    """A recipe outside its bounds; the message names the field, the value and the rule."""


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
            name = short_name(network.key)
            raise RecipeError(f"batch is {self.batch}, and must be at least 2: {name} normalises over the batch")
        if self.optimiser == "sdlm" and self.batch != 1:
            raise RecipeError(f"batch is {self.batch}, and must be 1: the optimiser sdlm learns from one digit a step")
        if self.loss == "map" and network.answer != "distances":
            raise RecipeError(f"loss 'map' needs distances to glyphs, and {short_name(network.key)} ends in logits")
        if self.smoothing and self.loss != "cross-entropy":
            raise RecipeError(
                f"smoothing is {short(self.smoothing)}, and must be 0: loss {self.loss!r} has no shares to smooth"
            )

    def steps(self, images: int) -> int:
        """Of a whole run on so many training images; a last batch of one image is left out, as it has no spread."""
        remainder = images % self.batch
        return (images // self.batch + (remainder > 1)) * self.epochs

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def recipe_from(values: Mapping[str, Any], base: Recipe) -> Recipe:
    """`base` with some fields changed. Raises RecipeError for a field that no recipe has or a value out of bounds."""
    known = [field.name for field in fields(Recipe)]
    for name in values:
        if name not in known:
            raise RecipeError(f"a recipe has no field {short(name)}: it has {', '.join(known)}")
    return replace(base, **values)


@dataclass(frozen=True, slots=True)
class NamedRecipe:
    """A recipe that a visitor can pick, with where it comes from; `for_network` overrides it by network, for a
    visitor's own network as for the one that is most like it."""

    key: str
    title: str
    summary: str
    recipe: Recipe
    for_network: Mapping[str, Mapping[str, Any]]


# The paper gives the rates, the batch and the passes, but not the loss of its best run, nor j, nor how far apart the
# start of 1/√fan-in lies from what it prints; these reach its curve (see the README's table).
_PUBLISHED = Recipe(
    optimiser="sdlm", rate=0.00025, schedule="published", batch=1, epochs=20, loss="map", start="root", rubbish=10.0
)
_NO_DISTANCES = {
    key: {"loss": "cross-entropy"} for key in ("lenet5-dense", "lenet-28", "lenet-sigmoid", "lenet-modern")
}

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
            NamedRecipe(
                "fast",
                "Fast on MNIST",
                "A pass or two with a rate that rises high and falls: seconds on MNIST; the small digits need more.",
                Recipe(rate=0.005, batch=128, epochs=2),
                {
                    "lenet5": {"loss": "mse", "start": "root"},
                    "lenet-sigmoid": {"rate": 0.01, "batch": 32, "start": "he"},
                    "lenet-modern": {"rate": 0.02, "epochs": 1, "smoothing": 0.05, "start": "he"},
                },
            ),
            NamedRecipe(
                "long",
                "Long on MNIST",
                "Twenty or forty passes, every digit moved a little anew in each: minutes on MNIST.",
                Recipe(rate=0.003, batch=128, epochs=20, distortions="mild"),
                {
                    "lenet5": {"loss": "mse", "start": "root"},
                    "lenet-sigmoid": {"rate": 0.005, "start": "he"},
                    "lenet-modern": {"rate": 0.02, "epochs": 40, "smoothing": 0.05, "start": "he"},
                },
            ),
            NamedRecipe(
                "paper",
                "The paper's own",
                "One digit a step, a rate for each weight from its curvature, 20 passes; half the printed rates, which "
                "come nearer to the published curve.",
                _PUBLISHED,
                _NO_DISTANCES,
            ),
            NamedRecipe(
                "paper-distorted",
                "The paper's own, with distortions",
                "The same, nine of ten digits distorted anew in each pass, half as far as in the paper's Fig. 7.",
                replace(_PUBLISHED, distortions="half"),
                _NO_DISTANCES,
            ),
        )
    }
)


def recipe_named(key: str, network: Network) -> Recipe:
    """The named recipe as it applies to this network. Raises RecipeError listing the names there are."""
    if key not in RECIPES:
        raise RecipeError(f"there is no recipe named {short(key)}: choose one of {', '.join(RECIPES)}")
    named = RECIPES[key]
    return recipe_from(named.for_network.get(kin(network), {}), named.recipe)
