"""Two trainings in one worker, in turns: the lane that has trained for less time goes on.

Imported in the worker only. A lane that diverges says why, and the other goes on alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import Any

import numpy as np

from lenet_explain.backends.torch_module import build
from lenet_explain.data.datasets import Digits
from lenet_explain.network.named import network_named
from lenet_explain.recipes.recipe import Recipe, recipe_from
from lenet_explain.results.event import Event, TrainingError
from lenet_explain.training.digits import load_digits
from lenet_explain.training.evaluation import evaluate
from lenet_explain.training.loop import Conditions, best_device
from lenet_explain.training.loop import train as train_network

LANES = ("a", "b")
EVENTS = 60  # of one lane, where its steps are few
IMAGES_A_TURN = 1024  # at most, so that a turn lasts about a third of a second
STEPS_A_TURN = 100

Steps = Generator[dict[str, Any], None, dict[str, Any] | None]


def race(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Train {"a": {"network", "recipe"}, "b": likewise, "data"}. After each turn yields the newest of both lanes.

    Ends with the counts of paired.Paired where both lanes came to their end.
    """
    data = load_digits(str(task.get("data")))
    lanes = {name: _Lane(dict(task.get(name) or {}), data, stop) for name in LANES}
    while going := [lane for lane in lanes.values() if not lane.over]:
        min(going, key=lambda lane: lane.seconds).go()
        told = {key: value for name, lane in lanes.items() for key, value in lane.message(name).items()}
        yield {**told, "share": sum(lane.share for lane in lanes.values()) / len(lanes)}
        if stop():
            return None
    return None if any(lane.fault for lane in lanes.values()) else _compared(*lanes.values())


class _Lane:
    """One training and its own clock, which counts training only: neither the other lane nor evaluation."""

    def __init__(self, asked: Mapping[str, Any], data: Digits, stop: Callable[[], bool]) -> None:
        network, self.recipe = (
            network_named(str(asked.get("network"))),
            recipe_from(asked.get("recipe") or {}, Recipe()),
        )
        self.data, self.net = data, build(network, self.recipe.start, self.recipe.seed)
        conditions = Conditions(
            device=best_device(), every_seconds=float("inf"), every_steps=_turn(self.recipe, data), stop=stop
        )
        self.events = train_network(network, self.recipe, data, conditions, self.net)
        self.newest: Event | None = None
        self.seconds, self.over = 0.0, False
        self.fault: str | None = None

    def go(self) -> None:
        """Train until the next event."""
        began = time.perf_counter()
        try:
            self.newest = next(self.events)
        except TrainingError as error:
            self.fault, self.over = str(error), True
            self.seconds += time.perf_counter() - began
            return
        training, speed = self.newest.training, self.newest.images_per_second
        self.seconds += training.images / speed if training and speed else 0.0
        self.over = self.newest.last

    @property
    def share(self) -> float:
        """Of its steps that are done."""
        return 1.0 if self.over else self.newest.step / self.newest.steps if self.newest else 0.0

    def message(self, name: str) -> dict[str, Any]:
        """Its newest scores under names of its own: a_step, a_seconds, …; the clock stands still while it waits."""
        event = self.newest
        if event is None:
            return {f"{name}_fault": self.fault}
        training = event.training
        scores = {
            "step": event.step,
            "steps": event.steps,
            "epoch": event.epoch,
            "seconds": self.seconds,
            "training_loss": training.loss if training else None,
            "training_accuracy": training.accuracy if training else None,
            "test_loss": event.test.loss,
            "test_accuracy": event.test.accuracy,
            "test_images": event.test.images,
            "last": event.last,
            "fault": self.fault,
            "confusion": event.confusion.tolist(),
        }
        return {f"{name}_{key}": value for key, value in scores.items()}

    def right(self) -> np.ndarray:
        """Which of all test digits it reads: (N,) bool."""
        labels = self.data.test_labels
        return evaluate(self.net, self.data.test_images, labels, self.recipe).answers == labels


def _turn(recipe: Recipe, data: Digits) -> int:
    """Steps between two events of a lane."""
    steps = recipe.epochs * len(data.train_images) // recipe.batch
    return max(1, min(steps // EVENTS, IMAGES_A_TURN // recipe.batch, STEPS_A_TURN))


def _compared(a: _Lane, b: _Lane) -> dict[str, int]:
    one, other = a.right(), b.right()
    counts = {"both": one & other, "only_a": one & ~other, "only_b": other & ~one, "neither": ~one & ~other}
    return {name: int(which.sum()) for name, which in counts.items()}
