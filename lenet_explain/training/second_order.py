"""The paper's own training: one digit a step in a constant random order, and a rate for every weight.

Stochastic diagonal Levenberg–Marquardt. Before each pass the curvature of the loss along each weight is estimated on a
few hundred training digits; during the pass a weight's rate is η/(μ + h), small where the loss is sharply bent.
Source: LeCun et al. 1998, section II.C (schedule) and Appendix C, Eqs. 18 to 27. NumPy does it, see chain; torch
only distorts digits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lenet_explain import paper
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.backends.numpy_chain.windows import Array
from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.data.datasets import Bytes, Digits, Floats, framed
from lenet_explain.network.walk import Network, walk
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.results.event import Event, Score, TrainingError

if TYPE_CHECKING:
    from lenet_explain.training.loop import Conditions

SAMPLE = 1000  # test images looked at while a pass goes on; all of them after each pass
CHUNK = 100  # images at once where many are worked out: bounds memory
READ = 5000  # training images read ahead, and distorted at once: a wish to stop waits for them


def train(
    network: Network,
    recipe: Recipe,
    data: Digits,
    conditions: Conditions,
    weights: Weights | None = None,
    *,
    passed: int = 0,
) -> Iterator[Event]:
    """Train and tell, as training.loop.train does; every pass ends with an event over all test digits.

    weights: to go on from, after `passed` passes of the recipe; a run in two parts ends where a whole one does.
    Raises RecipeError before the first step, and TrainingError when the loss is no longer a number.
    """
    recipe.check(network)
    if weights is None:
        weights = starting_weights(network, recipe.start, recipe.seed)
    return Run(Chain(network, weights), recipe, data, conditions).events(passed)


def published_rate(recipe: Recipe, number: int) -> float:
    """The global rate η of a pass, counted from 1: recipe.rate throughout, or going down in the paper's steps."""
    if recipe.schedule != "published":
        return recipe.rate
    return recipe.rate * paper.rate_of_pass(number) / paper.rate_of_pass(1)


def curvatures(chain: Chain, images: Array, recipe: Recipe) -> Array:
    """Mean of d²E/dw² over the images (Gauss–Newton), as chain.weights_in_a_row. images: (N, 1, H, W)"""
    total = np.zeros_like(chain.weights_in_a_row)
    for first in range(0, len(images), CHUNK):
        some = images[first : first + CHUNK]
        truth = np.zeros(len(some), np.int64)  # no sharpness depends on it
        chain.curvature(asked(chain.forward(some), truth, chain.network, recipe).sharpness)
        total += chain.gradients_in_a_row
    return total / len(images)


def rates(chain: Chain, curvature: Array, rate: float) -> Array:
    """η/(μ + h) for every weight (Eq. 21), and 0 where a table leaves a weight out."""
    return (rate / (paper.MU + curvature) * chain.linked_in_a_row).astype(chain.dtype)


class Run:
    """The moving parts of one run; `moves` and `learn` are what another method would do otherwise."""

    def __init__(self, chain: Chain, recipe: Recipe, data: Digits, conditions: Conditions) -> None:
        self.chain, self.recipe, self.data, self.conditions = chain, recipe, data, conditions
        self.per_pass = len(data.train_images)
        self.order = np.random.default_rng(recipe.seed).permutation(self.per_pass)  # the same in every pass
        self.sample = np.sort(np.random.default_rng(0).permutation(len(data.test_images))[:SAMPLE])
        self.step, self.rate = 0, published_rate(recipe, 1)
        self.began = self.told = time.perf_counter()
        self.tally = _Tally()

    def events(self, passed: int = 0) -> Iterator[Event]:
        self.step = passed * self.per_pass
        yield self.event()
        for number in range(passed + 1, self.recipe.epochs + 1):
            for due in self.one_pass(number):
                if due:
                    yield self.event()
            if self.step < number * self.per_pass or self.conditions.stop():
                break
            if number < self.recipe.epochs:
                yield self.event(everything=True)
        finished = self.step == self.recipe.epochs * self.per_pass
        yield self.event(last=True, everything=finished)

    def one_pass(self, number: int) -> Iterator[bool]:
        """One pass over the training digits; True where an event is due. Ends early where asked to stop."""
        self.rate = published_rate(self.recipe, number)
        moves = None
        for images, truth in self._parts(number):
            if moves is None:
                moves = self.moves(images[: paper.CURVATURE_SAMPLES])
            for at, image in enumerate(images):
                self.learn(image[None], truth[at : at + 1], moves)
                if self.conditions.stop():
                    return
                yield self._due()

    def moves(self, images: Floats) -> Array:
        """A rate for every weight, by the curvature that these images show."""
        return rates(self.chain, curvatures(self.chain, images, self.recipe), self.rate)

    def _parts(self, number: int) -> Iterator[tuple[Floats, NDArray[np.int64]]]:
        """Training digits in their order and what they are; distorted anew in each pass where the recipe says so."""
        places = [self.order[first : first + READ] for first in range(0, self.per_pass, READ)]
        parts = (self.data.train_images[some] for some in places)
        if self.recipe.distortions != "none":
            from lenet_explain.training.distortions import distorted

            parts = distorted(parts, self.recipe.distortions, seed=(self.recipe.seed, number))
        for some, images in zip(places, parts, strict=True):
            yield self._framed(images), self.data.train_labels[some].astype(np.int64)

    def _framed(self, images: Bytes) -> Floats:
        network = self.chain.network
        return framed(images, network.input.height, network.pixels)

    def learn(self, image: Floats, truth: NDArray[np.int64], moves: Array) -> None:
        """One step. image: (1, 1, H, W); truth: (1,)"""
        began = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            answer = self.chain.forward(image)
            wanted = asked(answer, truth, self.chain.network, self.recipe)
            loss = float(wanted.values[0])
            if not math.isfinite(loss):
                raise TrainingError(self._diverged(loss))
            self.chain.backward(wanted.errors)
            self.chain.step(moves)
        self.step += 1
        right = bool(self.chain.choice(answer)[0] == truth[0])
        self.tally.add(loss, right, time.perf_counter() - began)

    def _due(self) -> bool:
        if self.step % self.per_pass == 0:
            return False  # the event at the pass's end follows
        late = time.perf_counter() - self.told >= self.conditions.every_seconds
        return late or self.step % self.conditions.every_steps == 0 or self.step in self.conditions.at

    def event(self, *, last: bool = False, everything: bool = False) -> Event:
        chosen = slice(None) if everything else self.sample
        test, confusion = self._tested(self.data.test_images[chosen], self.data.test_labels[chosen])
        gradients = self._gradients() if self.tally.images else {}
        tally, self.tally, self.told = self.tally, _Tally(), time.perf_counter()
        return Event(
            step=self.step,
            steps=self.recipe.epochs * self.per_pass,
            epoch=math.ceil(self.step / self.per_pass),
            epochs=self.recipe.epochs,
            seconds=self.told - self.began,
            images_per_second=tally.images / tally.seconds if tally.seconds else 0.0,
            rate=self.rate,
            training=tally.score(),
            test=test,
            gradients=gradients,
            confusion=confusion,
            weights=self.chain.weights(),
            last=last,
        )

    def _tested(self, images: Bytes, labels: NDArray[np.uint8]) -> tuple[Score, NDArray[np.int64]]:
        loss, answers, classes = 0.0, [], walk(self.chain.network)[-1].after.maps
        for first in range(0, len(images), CHUNK):
            answer = self.chain.forward(self._framed(images[first : first + CHUNK]))
            truth = labels[first : first + CHUNK].astype(np.int64)
            loss += float(asked(answer, truth, self.chain.network, self.recipe).values.sum())
            answers.append(self.chain.choice(answer))
        found = np.concatenate(answers)
        confusion = np.zeros((classes, classes), np.int64)
        np.add.at(confusion, (labels, found), 1)
        return Score(loss / len(images), float((found == labels).mean()), len(images)), confusion

    def _gradients(self) -> dict[str, float]:
        """Root mean square of each layer's gradient for the newest digit, with the weights of now."""
        newest = self._framed(self.data.train_images[self.order[[(self.step - 1) % self.per_pass]]])
        label = self.data.train_labels[self.order[[(self.step - 1) % self.per_pass]]].astype(np.int64)
        answer = self.chain.forward(newest)
        self.chain.backward(asked(answer, label, self.chain.network, self.recipe).errors)
        squares = {
            name: np.concatenate([array.ravel() for array in arrays.values()]) ** 2
            for name, arrays in self.chain.gradients().items()
        }
        return {name: float(np.sqrt(values.mean())) for name, values in squares.items()}

    def _diverged(self, loss: float) -> str:
        return (
            f"diverged at step {self.step + 1}: learning rate {self.recipe.rate:g} is too high for "
            f"{self.chain.network.title} with sdlm and {self.recipe.loss} (the loss became {loss}). "
            f"Try {self.recipe.rate / 10:g}"
        )


class _Tally:
    """Sums over the steps since the last event."""

    def __init__(self) -> None:
        self.loss, self.right, self.images, self.seconds = 0.0, 0, 0, 0.0

    def add(self, loss: float, right: bool, seconds: float) -> None:
        self.loss, self.right = self.loss + loss, self.right + right
        self.images, self.seconds = self.images + 1, self.seconds + seconds

    def score(self) -> Score | None:
        return Score(self.loss / self.images, self.right / self.images, self.images) if self.images else None
