"""What a training run tells while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.network.html_table import html_table


class TrainingError(RuntimeError):
    """A run that cannot go on; the message is a sentence for the visitor."""


@dataclass(frozen=True, slots=True)
class Score:
    """Mean loss, and accuracy from 0 to 1, over `images` images."""

    loss: float
    accuracy: float
    images: int


@dataclass(frozen=True, slots=True)
class Event:
    """The state of a run after `step` of `steps` steps.

    epoch: passes begun, from 1 (0 before the first step); seconds: since the run began;
    images_per_second: of training since the last event, evaluation left out; rate: learning rate of the last step;
    training: over the images since the last event (None before the first step); test: over the test images,
    a fixed sample of them while the run goes on where there are many;
    gradients: for each layer with parameters, the root mean square of the last step's gradient;
    confusion: (classes, classes), row = true digit, column = answer, over the same test images.
    """

    step: int
    steps: int
    epoch: int
    epochs: int
    seconds: float
    images_per_second: float
    rate: float
    training: Score | None
    test: Score
    gradients: Mapping[str, float]
    confusion: NDArray[np.int64]
    weights: Weights
    last: bool

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        training = self.training
        rows = [
            ("passes", f"{self.epoch} of {self.epochs}"),
            ("training error", f"{1 - training.accuracy:.2%}" if training else "not measured yet"),
            ("test error", f"{1 - self.test.accuracy:.2%} of {self.test.images:,}"),
            ("seconds", f"{self.seconds:.1f}"),
        ]
        return html_table(f"After step {self.step:,} of {self.steps:,}", ("", "value"), rows)


def entry_of(event: Event) -> dict[str, Any]:
    """The small part of an event, which a curve needs, as JSON has it.

    gradient_layers, gradients: side by side, root mean square of each layer's gradient.
    """
    training = event.training
    return {
        "step": event.step,
        "steps": event.steps,
        "epoch": event.epoch,
        "epochs": event.epochs,
        "seconds": event.seconds,
        "images_per_second": event.images_per_second,
        "rate": event.rate,
        "training_loss": training.loss if training else None,
        "training_accuracy": training.accuracy if training else None,
        "test_loss": event.test.loss,
        "test_accuracy": event.test.accuracy,
        "test_images": event.test.images,
        "gradient_layers": list(event.gradients),
        "gradients": list(event.gradients.values()),
        "last": event.last,
    }
