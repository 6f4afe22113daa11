"""One kernel of the first layer, step by step of plain gradient descent: its numbers, its gradient, and where each
number of the gradient comes from. NumPy only, so that a page works it out at once.

A step shows one image and moves every weight of the network by −rate × gradient; momentum, batches and schedules are
left out. Batch normalisation keeps the mean and variance that it started with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.backends.numpy_chain.units import WeightedSums
from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.network.named import ARTICLES, network_named
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_named

QUESTION = "Filter values start random: how does backpropagation change them until they find patterns?"
QUESTION_SOURCE = f"asked by readers under “{ARTICLES['D']}”"
SEED = 0
MOST_STEPS = 1000
RATES = {"distances": 0.001, "logits": 0.05}  # tried out: the loss falls quickly without running away
LARGEST = 3  # products of a sum that are named one by one

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a network makes of one image. values: (classes,), distances if the network gives them, else shares of 1."""

    loss: float
    values: Array
    answer: int


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One kernel before and after one step. gradient: dE/d(kernel), (k, k); errors: (h, w) dE/d(sum) at each place that
    the kernel visits; seen: (k, k, h, w), the pixel under each cell of the kernel at each place."""

    kernel: Array
    gradient: Array
    errors: Array
    seen: Array
    rate: float
    before: Reading
    after: Reading

    @property
    def update(self) -> Array:
        return -self.rate * self.gradient

    @property
    def moved(self) -> Array:
        """The kernel after the step."""
        return self.kernel + self.update

    @property
    def products(self) -> Array:
        """(k, k, h, w): error × pixel, whose sums over all places are the gradient."""
        return self.seen * self.errors


def recipe_of(network: str) -> Recipe:
    """Start and loss as this project trains the network at first."""
    return recipe_named(next(iter(RECIPES)), network_named(network))


def first_weights(network: str) -> Weights:
    return starting_weights(network_named(network), recipe_of(network).start, SEED)


def kernels_of(network: str, weights: Weights) -> Array:
    """(maps, k, k): those of the first layer, which reads one map."""
    return weights[network_named(network).layers[0].name]["kernels"][:, 0]


def advance(
    network: str, weights: Weights, digits: tuple[Array, NDArray[np.integer]], rate: float, turns: range
) -> Weights:
    """The weights after a step for each of `turns`, which count images in turn.

    digits: images as the network reads them, (n, 1, H, W), and what they are. Weights that diverge become infinite or
    no numbers: nothing raises.
    """
    chain, (images, truth) = Chain(network_named(network), weights), digits
    with np.errstate(all="ignore"):
        for turn in turns:
            at = turn % len(images)
            _step(chain, images[at : at + 1], truth[at : at + 1], rate)
    return chain.weights()


def look(network: str, weights: Weights, digit: tuple[Array, int], kernel: int, rate: float) -> Look:
    """What the next step would do to one kernel. digit: an image, (1, 1, H, W), and what it is."""
    image, truth = digit
    described, labels = network_named(network), np.array([truth])
    chain = Chain(described, weights)
    with np.errstate(all="ignore"):
        before = _reading(chain, image, labels)
        unit = chain.units[described.layers[0].name]
        assert isinstance(unit, WeightedSums)
        side, places = unit.step.layer.window(unit.step.before).size, (unit.step.after.height, unit.step.after.width)
        seen = unit.patches[0].reshape(side, side, *places).copy()
        now = kernels_of(network, chain.weights())[kernel]
        _step(chain, image, labels, 0.0)
        gradient = kernels_of(network, chain.gradients())[kernel]
        errors = unit.errors[0, kernel].reshape(places).copy()
        _step(chain, image, labels, rate)
        after = _reading(chain, image, labels)
    return Look(now, gradient, errors, seen, rate, before, after)


def _step(chain: Chain, image: Array, truth: NDArray[np.integer], rate: float) -> None:
    """With a rate of 0, only the gradients are worked out."""
    errors = asked(chain.forward(image), truth, chain.network, recipe_of(chain.network.key)).errors
    chain.backward(errors)
    if rate:
        chain.step(np.where(chain.linked_in_a_row, rate, 0).astype(np.float32))


def _reading(chain: Chain, image: Array, truth: NDArray[np.integer]) -> Reading:
    answer = chain.forward(image)
    loss = float(asked(answer, truth, chain.network, recipe_of(chain.network.key)).values[0])
    values = answer[0].copy()
    if chain.network.answer == "logits":
        powers = np.exp(values - values.max())
        values = powers / powers.sum()
    return Reading(loss, values, int(chain.choice(answer)[0]))


def largest(products: Array, count: int = LARGEST) -> list[tuple[int, int]]:
    """Row and column of the largest products of one sum, by size, (h, w)."""
    order = np.argsort(-np.abs(products), axis=None, kind="stable")[:count]
    return [divmod(int(place), products.shape[1]) for place in order]


def likeness(grid: Array) -> float | None:
    """How alike neighbouring cells are: the correlation of all pairs side by side or one above the other, −1 to 1; None
    for a single cell, which has no neighbour."""
    one = np.concatenate([grid[:, :-1].ravel(), grid[:-1].ravel()])
    other = np.concatenate([grid[:, 1:].ravel(), grid[1:].ravel()])
    if not one.size:
        return None
    if not np.isfinite(grid).all() or np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
