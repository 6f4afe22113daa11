"""The training loop: a generator of events, the same for a page, the command line and a benchmark."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lenet_explain.backends.threads import one_thread
from lenet_explain.backends.torch_module import LeNet, build
from lenet_explain.backends.torch_weights import fill, weights_of
from lenet_explain.data.datasets import Digits
from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.results.event import Event, Score, TrainingError
from lenet_explain.training import second_order
from lenet_explain.training.descent import Descent
from lenet_explain.training.distortions import distort
from lenet_explain.training.evaluation import evaluate, tensor_of
from lenet_explain.training.gradients import Gradients, sizes
from lenet_explain.training.prefetch import ahead

Batch = tuple[Tensor, Tensor]  # (B, 1, H, W) images, (B,) digits
SAMPLE = 1000  # test images looked at while a run goes on; all of them at its end


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where a run happens and how often it tells. device: cpu, cuda or mps; an event comes after every_seconds or
    every_steps, whichever is first, after the steps in `at`, and before the first and after the last step; stop is
    asked after each batch."""

    device: str = "cpu"
    every_seconds: float = 0.3
    every_steps: float = math.inf
    at: frozenset[int] = frozenset()
    stop: Callable[[], bool] = bool  # bool() is False: never


def best_device() -> str:
    """The fastest kind of device that torch sees here: cuda, mps or cpu."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def train(
    network: Network,
    recipe: Recipe,
    data: Digits,
    conditions: Conditions = Conditions(),
    net: LeNet | None = None,
) -> Iterator[Event]:
    """Train and tell. net: the module to train, where the caller wants to keep it; else a new one by the recipe.

    The same recipe and data give the same weights on the CPU, however often events come.
    Raises RecipeError before the first step, and TrainingError when the loss is no longer a number.
    """
    recipe.check(network)
    if recipe.optimiser == "sdlm":
        yield from _second_order(network, recipe, data, conditions, net)
        return
    with one_thread():
        yield from _first_order(_Run(net or build(network, recipe.start, recipe.seed), recipe, data, conditions))


def _first_order(run: _Run) -> Iterator[Event]:
    yield run.event()
    with closing(ahead(run.batches())) as batches:
        while run.step < run.steps:
            run.learn(batches)
            if run.conditions.stop():
                break
            if run.due():
                yield run.event()
    yield run.event(last=True, everything=run.step == run.steps)


def _second_order(
    network: Network, recipe: Recipe, data: Digits, conditions: Conditions, net: LeNet | None
) -> Iterator[Event]:
    """The paper's own training, which goes on without torch; `net` gets its weights with each event."""
    for event in second_order.train(network, recipe, data, conditions, weights_of(net.layers) if net else None):
        if net:
            fill(net.layers, event.weights)
        yield event


class _Run:
    """The moving parts of one run."""

    def __init__(self, net: LeNet, recipe: Recipe, data: Digits, conditions: Conditions) -> None:
        self.net, self.recipe, self.data, self.conditions = net.to(conditions.device), recipe, data, conditions
        self.steps, self.step = recipe.steps(len(data.train_images)), 0
        self.per_epoch = self.steps // recipe.epochs
        self.gradients = Gradients(net, recipe)
        self.descent = Descent(net, recipe, self.per_epoch)
        self.random = torch.Generator().manual_seed(recipe.seed)
        self.began = self.told = time.perf_counter()
        self.since_told = _Tally()
        chosen = np.random.default_rng(0).permutation(len(data.test_images))[:SAMPLE]
        self.sample = np.sort(chosen)

    def batches(self) -> Iterator[Batch]:
        """What each step learns from; a last batch of one image is left out, as it has no spread."""
        size = self.recipe.batch
        for _ in range(self.recipe.epochs):
            order = torch.randperm(len(self.data.train_images), generator=self.random).numpy()
            for step in range(self.per_epoch):
                yield self.batch(order[step * size : (step + 1) * size])

    def batch(self, chosen: np.ndarray) -> Batch:
        """The training images with these indices as the network reads them, distorted by the recipe."""
        network, device = self.net.network, self.conditions.device
        bytes_, labels = self.data.train_images[chosen], self.data.train_labels[chosen]
        if self.recipe.distortions == "none":
            images = tensor_of(bytes_, network, device)
        else:
            bent = distort(torch.from_numpy(bytes_), self.recipe.distortions, network.input.height, self.random)
            pixels = network.pixels
            images = (bent * ((pixels.ink - pixels.background) / 255) + pixels.background).to(device)
        return images, torch.from_numpy(labels.astype(np.int64)).to(device)

    def learn(self, batches: Iterator[Batch]) -> None:
        """One step on the next batch."""
        began = time.perf_counter()
        images, truth = next(batches)
        self.net.train()
        loss, right = self.gradients.find(images, truth)
        if not math.isfinite(loss):
            raise TrainingError(self._diverged(loss))
        self.descent.step()
        self.step += 1
        self.since_told.add(loss * len(truth), right, len(truth), time.perf_counter() - began)

    def due(self) -> bool:
        if self.step == self.steps:
            return False  # the last event follows
        late = time.perf_counter() - self.told >= self.conditions.every_seconds
        return late or self.step % self.conditions.every_steps == 0 or self.step in self.conditions.at

    def event(self, last: bool = False, everything: bool = False) -> Event:
        chosen = slice(None) if everything else self.sample
        images, labels = self.data.test_images[chosen], self.data.test_labels[chosen]
        found = evaluate(self.net, images, labels, self.recipe)
        tally, self.since_told, self.told = self.since_told, _Tally(), time.perf_counter()
        return Event(
            step=self.step,
            steps=self.steps,
            epoch=math.ceil(self.step / self.per_epoch),
            epochs=self.recipe.epochs,
            seconds=self.told - self.began,
            images_per_second=tally.images / tally.seconds if tally.seconds else 0.0,
            rate=self.descent.rate,
            training=tally.score(),
            test=Score(found.loss, found.accuracy, len(images)),
            gradients=sizes(self.net),
            confusion=found.confusion,
            weights=weights_of(self.net.layers),
            last=last,
        )

    def _diverged(self, loss: float) -> str:
        recipe, network = self.recipe, self.net.network
        return (
            f"diverged at step {self.step + 1}: learning rate {recipe.rate:g} is too high for {network.title} with "
            f"{recipe.optimiser} and {recipe.loss} (the loss became {loss}). Try {recipe.rate / 10:g}"
        )


@dataclass(slots=True)
class _Tally:
    """Sums over the steps since the last event."""

    loss: float = 0.0
    right: int = 0
    images: int = 0
    seconds: float = 0.0

    def add(self, loss: float, right: int, images: int, seconds: float) -> None:
        self.loss, self.right = self.loss + loss, self.right + right
        self.images, self.seconds = self.images + images, self.seconds + seconds

    def score(self) -> Score | None:
        return Score(self.loss / self.images, self.right / self.images, self.images) if self.images else None
