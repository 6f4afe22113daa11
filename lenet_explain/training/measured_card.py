"""The card of weights that have just been trained, measured on all test digits."""

from __future__ import annotations

import importlib.metadata
import platform

import numpy as np

from lenet_explain.backends.torch_module import LeNet
from lenet_explain.checkpoints.cards import Card
from lenet_explain.data.datasets import Digits
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.training.evaluation import evaluate


def measured(net: LeNet, recipe: Recipe, key: str, data: Digits, seconds: float, *, stopped: int | None = None) -> Card:
    """key: of the data set; seconds: that the training took; stopped: after how many steps, where it was."""
    found = evaluate(net, data.test_images, data.test_labels, recipe)
    return Card(
        network=net.network.key,
        recipe=recipe,
        data=key,
        fingerprint=data.fingerprint,
        seconds=round(seconds, 1),
        confusion=tuple(map(tuple, found.confusion.tolist())),
        wrong=tuple(np.flatnonzero(found.answers != data.test_labels).tolist()),
        versions=versions(),
        stopped=stopped,
    )


def versions() -> dict[str, str]:
    """Of the software that trains: the same ones give the same weights."""
    found = {name: importlib.metadata.version(name) for name in ("torch", "numpy")}
    return {"python": platform.python_version(), **found}
