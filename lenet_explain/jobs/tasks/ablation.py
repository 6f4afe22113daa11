"""Several variations of LeNet-5, trained one after the other in one worker. Imported in the worker only."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lenet_explain.backends.torch_module import build
from lenet_explain.data.datasets import Digits
from lenet_explain.network.layers import DescriptionError
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.recipes.variations import VARIATIONS, Variation
from lenet_explain.results.ablation import Row, message_of, work
from lenet_explain.results.event import Event, TrainingError
from lenet_explain.training.digits import load_digits
from lenet_explain.training.evaluation import evaluate
from lenet_explain.training.loop import Conditions, best_device
from lenet_explain.training.loop import train as train_network

EVERY = 0.75  # seconds between two events: less than 2,000 of them in the 20 minutes that a job may take

Steps = Generator[dict[str, Any], None, dict[str, Any] | None]
Telling = Generator[dict[str, Any], None, Row | None]


def ablation(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Train {"rows": keys of VARIATIONS, "data", "seed", "passes"}; yields how far it is, and each row when it is done.

    A row that diverges is told with its fault, and the next one follows.
    """
    variations = [_variation(key) for key in task.get("rows") or ()]
    data, passes, seed = load_digits(str(task.get("data"))), task["passes"], task["seed"]
    chosen = [_Training(one, one.recipe_for(passes, seed), _part(data, one, seed)) for one in variations]
    clock = _Clock([work(one, len(data.train_images), passes) for one in variations])
    for place, training in enumerate(chosen):
        row = yield from _told(training, stop, clock, place)
        if row is None:
            return None
        yield {**message_of(row), **clock.at(place, 1.0)}
    return {"rows": len(chosen)}


@dataclass(frozen=True, slots=True, eq=False)
class _Training:
    variation: Variation
    recipe: Recipe
    data: Digits


class _Clock:
    """How much of the whole work is done, and how long the rest takes at the speed so far."""

    def __init__(self, works: list[float]) -> None:
        self.works, self.began = works, time.perf_counter()

    def at(self, place: int, share: float) -> dict[str, Any]:
        """place: of the row, from 0; share: of its steps that are done."""
        spent = time.perf_counter() - self.began
        done = (sum(self.works[:place]) + share * self.works[place]) / sum(self.works)
        left = spent * (1 - done) / done if done else None
        return {"place": place + 1, "of": len(self.works), "share": done, "left": left}


def _told(training: _Training, stop: Callable[[], bool], clock: _Clock, place: int) -> Telling:
    """Train one row and tell how far it is; returns it, or None where it was asked to stop."""
    recipe, data, network = training.recipe, training.data, training.variation.network
    net = build(network, recipe.start, recipe.seed)
    conditions = Conditions(device=best_device(), every_seconds=EVERY, stop=stop)
    seconds, event = 0.0, None
    try:
        for event in train_network(network, recipe, data, conditions, net):
            seconds += _seconds(event)
            yield {**_standing(training.variation, event), **clock.at(place, event.step / event.steps)}
    except TrainingError as error:
        return _row(training, 0, seconds, str(error))
    if event is None or event.step < event.steps:
        return None
    answers = evaluate(net, data.test_images, data.test_labels, recipe).answers
    read = np.packbits(answers == data.test_labels, bitorder="little")
    return _row(training, int.from_bytes(read.tobytes(), "little"), seconds, None)


def _row(training: _Training, right: int, seconds: float, fault: str | None) -> Row:
    labels = training.data.test_labels
    commonest = int(np.bincount(labels).max())
    return Row(training.variation.key, right, len(labels), commonest, len(training.data.train_labels), seconds, fault)


def _standing(variation: Variation, event: Event) -> dict[str, Any]:
    return {
        "row": variation.key,
        "step": event.step,
        "steps": event.steps,
        "images_per_second": event.images_per_second,
        "test_accuracy": event.test.accuracy,
    }


def _seconds(event: Event) -> float:
    """Of training since the event before, without evaluation."""
    training, speed = event.training, event.images_per_second
    return training.images / speed if training and speed else 0.0


def _part(data: Digits, variation: Variation, seed: Any) -> Digits:
    """The share of the training digits that a variation learns from: a smaller share lies within a larger one."""
    if variation.share == 1:
        return data
    count = round(variation.share * len(data.train_images))
    chosen = np.sort(np.random.default_rng(seed).permutation(len(data.train_images))[:count])
    return Digits(data.train_images[chosen], data.train_labels[chosen], data.test_images, data.test_labels)


def _variation(key: Any) -> Variation:
    if key not in VARIATIONS:
        raise DescriptionError(f"there is no variation named {key!r}: choose from {', '.join(VARIATIONS)}")
    return VARIATIONS[key]
