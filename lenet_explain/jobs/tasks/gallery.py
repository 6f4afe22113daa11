"""A few test digits with a trained network's answers: its worst mistakes, and digits of each kind that it reads."""

from __future__ import annotations

from typing import Any

import numpy as np

from lenet_explain.backends.torch_module import LeNet
from lenet_explain.data.datasets import Digits
from lenet_explain.jobs.wire import packed
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.training.evaluation import evaluate

WRONG, RIGHT = 20, 20  # at most
LOOKED_AT = 1000  # test digits


def gallery(net: LeNet, data: Digits, recipe: Recipe) -> dict[str, Any]:
    """{"images": (n, 28, 28) packed, "truth": n digits, "answers": n digits, "looked_at": digits}.

    Wrong ones first, the surest wrong answer first of all; then right ones, digit by digit.
    """
    images, labels = data.test_images[:LOOKED_AT], data.test_labels[:LOOKED_AT]
    found = evaluate(net, images, labels, recipe)
    right = found.answers == labels
    wrong = np.flatnonzero(~right)
    wrong = wrong[np.argsort(-found.margins[wrong], kind="stable")][:WRONG]
    of_each = [np.flatnonzero(right & (labels == digit)) for digit in range(10)]
    turns = range(RIGHT // len(of_each))
    read = [int(group[turn]) for turn in turns for group in of_each if turn < len(group)]
    chosen = np.concatenate([wrong, np.array(read, dtype=np.int64)])
    return {
        "images": packed(images[chosen]),
        "truth": labels[chosen].tolist(),
        "answers": found.answers[chosen].tolist(),
        "looked_at": len(images),
    }
