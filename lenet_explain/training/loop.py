"""The training loop: a generator of events, the same for a page, the command line and a benchmark."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch.optim import SGD, Adam, Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from lenet_explain.build import LeNet, build
from lenet_explain.datasets import Digits
from lenet_explain.evaluation import evaluate, tensor_of
from lenet_explain.training.event import Event, Score, TrainingError
from lenet_explain.training.loss import loss_of
from lenet_explain.training.recipe import Recipe
from lenet_explain.walk import Network
from lenet_explain.weights import weights_of

SAMPLE = 1000  # test images looked at while a run goes on; all of them at its end
MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where a run happens and how often it tells. device: cpu, cuda or mps; an event comes after every_seconds or
    every_steps, whichever is first, and before the first and after the last step; stop is asked after each batch."""

    device: str = "cpu"
    every_seconds: float = 0.3
    every_steps: float = math.inf
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

    The same recipe and data give the same weights on the CPU with one thread, however often events come.
    Raises RecipeError before the first step, and TrainingError when the loss is no longer a number.
    """
    recipe.check(network)
    run = _Run(net or build(network, recipe.start, recipe.seed), recipe, data, conditions)
    yield run.event()
    for batch in run.batches():
        run.learn(batch)
        if conditions.stop():
            break
        if run.due():
            yield run.event()
    yield run.event(last=True, everything=run.step == run.steps)


class _Run:
    """The moving parts of one run."""

    def __init__(self, net: LeNet, recipe: Recipe, data: Digits, conditions: Conditions) -> None:
        self.net, self.recipe, self.data, self.conditions = net.to(conditions.device), recipe, data, conditions
        remainder = len(data.train_images) % recipe.batch
        self.per_epoch = len(data.train_images) // recipe.batch + (remainder > 1)
        self.steps, self.step = self.per_epoch * recipe.epochs, 0
        self.optimiser, self.schedule = _optimiser(net, recipe, self.steps)
        self.rate = self.optimiser.param_groups[0]["lr"]
        self.began = self.told = time.perf_counter()
        self.since_told = _Tally()
        chosen = np.random.default_rng(0).permutation(len(data.test_images))[:SAMPLE]
        self.sample = np.sort(chosen)

    def batches(self) -> Iterator[np.ndarray]:
        """Indices of each step's training images; a last batch of one image is left out, as it has no spread."""
        generator = torch.Generator().manual_seed(self.recipe.seed)
        for _ in range(self.recipe.epochs):
            order = torch.randperm(len(self.data.train_images), generator=generator).numpy()
            for step in range(self.per_epoch):
                yield order[step * self.recipe.batch : (step + 1) * self.recipe.batch]

    def learn(self, batch: np.ndarray) -> None:
        """One step on the training images with these indices."""
        began = time.perf_counter()
        self.net.train()
        images = tensor_of(self.data.train_images[batch], self.net.network, self.conditions.device)
        truth = torch.from_numpy(self.data.train_labels[batch].astype(np.int64)).to(self.conditions.device)
        answer = self.net(images)
        loss = loss_of(answer, truth, self.net.network, self.recipe)
        value = loss.item()
        if not math.isfinite(value):
            raise TrainingError(self._diverged(value))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.rate = self.optimiser.param_groups[0]["lr"]
        self.optimiser.step()
        if self.schedule:
            self.schedule.step()
        self.step += 1
        right = int((self.net.choice(answer) == truth).sum())
        self.since_told.add(value * len(batch), right, len(batch), time.perf_counter() - began)

    def due(self) -> bool:
        if self.step == self.steps:
            return False  # the last event follows
        late = time.perf_counter() - self.told >= self.conditions.every_seconds
        return late or self.step % self.conditions.every_steps == 0

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
            rate=self.rate,
            training=tally.score(),
            test=Score(found.loss, found.accuracy, len(images)),
            gradients=_gradients(self.net),
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


def _optimiser(net: LeNet, recipe: Recipe, steps: int) -> tuple[Optimizer, LRScheduler | None]:
    match recipe.optimiser:
        case "adam":
            optimiser: Optimizer = Adam(net.parameters(), lr=recipe.rate)
        case "momentum":
            optimiser = SGD(net.parameters(), lr=recipe.rate, momentum=MOMENTUM)
        case _:
            optimiser = SGD(net.parameters(), lr=recipe.rate)
    if recipe.schedule == "constant":
        return optimiser, None
    return optimiser, OneCycleLR(optimiser, recipe.rate, total_steps=steps + 1, cycle_momentum=False)


def _gradients(net: LeNet) -> dict[str, float]:
    """For each layer with parameters, the root mean square of its last gradient; before the first step, nothing."""
    sizes = {}
    for name, module in net.layers.items():
        gradients = [p.grad for p in module.parameters() if p.grad is not None]
        if gradients:
            square = sum(float(g.square().sum()) for g in gradients)
            sizes[name] = math.sqrt(square / sum(g.numel() for g in gradients))
    return sizes
