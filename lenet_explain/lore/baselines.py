"""Simple methods measured by this project: which there are, what each keeps and multiplies, and what it reached.

Measured behind the worker's door, see training.baselines; the formulas stand here, so that a page can work them out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lenet_explain.lore.reading import LoreError
from lenet_explain.network.worked import Worked, given
from lenet_explain.results.accuracy import Accuracy

FILE = Path(__file__).with_name("baselines.json")
COMMAND = "python -m lenet_explain baselines --data mnist --out lenet_explain/lore/baselines.json"
INPUTS, CLASSES = 28 * 28, 10
NEIGHBOURS, COMPONENTS, HIDDEN = 3, 40, 300
PASSES, SVM_C, RIDGE = 20, 10, 1.0  # of the two-layer network; how dear a misread digit is; a penalty on large weights

Sizes = Mapping[str, int]  # what a method's size depends on: examples, support


@dataclass(frozen=True, slots=True)
class Cost:
    """kept: numbers in memory; macs: products with one of them for one digit. Biases and means are kept, not counted
    as products; what follows a product (a square root, an exponential, a vote) is not counted."""

    kept: Worked
    macs: Worked


def _linear(sizes: Sizes) -> Cost:
    return Cost((given(INPUTS) + given(1)) * given(CLASSES), given(INPUTS) * given(CLASSES))


def _neighbours(sizes: Sizes) -> Cost:
    all_pixels = given(sizes["examples"]) * given(INPUTS)
    return Cost(all_pixels, all_pixels)


def _quadratic(sizes: Sizes) -> Cost:
    products = given(COMPONENTS) * (given(COMPONENTS) + given(1)) / given(2)
    projection = given(INPUTS) * given(COMPONENTS)
    kept = given(INPUTS) + projection + (products.result + given(1)) * given(CLASSES)
    return Cost(kept, projection + products.result + products.result * given(CLASSES))


def _support_vectors(sizes: Sizes) -> Cost:
    pairs = given(CLASSES) * (given(CLASSES) - given(1)) / given(2)
    each = given(sizes["support"]) * (given(INPUTS) + given(CLASSES) - given(1))  # its pixels, and a weight a rival
    return Cost(each + pairs.result, each)


def _two_layers(sizes: Sizes) -> Cost:
    first, second = given(INPUTS), given(HIDDEN)
    kept = (first + given(1)) * second + (second + given(1)) * given(CLASSES)
    return Cost(kept, first * second + second * given(CLASSES))


@dataclass(frozen=True, slots=True)
class Baseline:
    """short: its label in a chart; how: what exactly was done; like: the method of the paper that it is nearest to."""

    key: str
    title: str
    short: str
    how: str
    like: str
    cost: Callable[[Sizes], Cost]


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        one.key: one
        for one in (
            Baseline(
                "linear", "Linear, least squares", "linear",
                f"ten weighted sums of the pixels, fitted to ±1 by squares, ridge {RIDGE:g}",
                "Linear", _linear,
            ),
            Baseline(
                "softmax", "Linear, softmax", "softmax", "ten weighted sums of the pixels, softmax and cross-entropy",
                "Linear", _linear,
            ),
            Baseline(
                "k-nn", f"{NEIGHBOURS} nearest neighbours", "k-NN", "Euclidean distance to every training digit",
                "K-NN Euclidean", _neighbours,
            ),
            Baseline(
                "pca", f"{COMPONENTS} PCA + quadratic", "PCA + quadratic",
                f"{COMPONENTS} principal components, their products in pairs, ten weighted sums, ridge {RIDGE:g}",
                "40 PCA + quadratic", _quadratic,
            ),
            Baseline(
                "mlp", f"28×28-{HIDDEN}-{CLASSES}", "two-layer MLP",
                f"{HIDDEN} tanh units, softmax, {PASSES} passes of Adam",
                "28×28-300-10", _two_layers,
            ),
            Baseline(
                "rbf-svm", "SVM, RBF kernel", "RBF-SVM",
                f"one machine for each pair of digits, C = {SVM_C}, γ = 1/(pixels·their variance)",
                "SVM poly 4", _support_vectors,
            ),
        )
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One method on one data set. examples: training digits that it learned from; support: vectors kept, of an SVM."""

    key: str
    data: str
    right: int
    total: int
    examples: int
    support: int | None = None

    @property
    def baseline(self) -> Baseline:
        return BASELINES[self.key]

    @property
    def reached(self) -> Accuracy:
        return Accuracy(self.right, self.total)

    @property
    def error(self) -> float:
        """Of the test digits, in %."""
        return 100 * (1 - self.reached.share)

    @property
    def cost(self) -> Cost:
        return self.baseline.cost({"examples": self.examples, "support": self.support or 0})


def row_of(values: Mapping[str, Any]) -> Measured:
    """Of a row of the file or of a worker's event. Raises LoreError naming the row and the field."""
    key = values.get("key")
    if key not in BASELINES:
        raise LoreError(f"{FILE.name}, {key!r}: there is no such baseline, only {', '.join(BASELINES)}")
    for name in ("right", "total", "examples"):
        if isinstance(values.get(name), bool) or not isinstance(values.get(name), int):
            raise LoreError(f"{FILE.name}, {key}: {name} is {values.get(name)!r}, and must be a whole number")
    if not 0 <= values["right"] <= values["total"]:
        raise LoreError(f"{FILE.name}, {key}: right is {values['right']}, and must be 0 to {values['total']}")
    return Measured(
        str(key), str(values.get("data")), values["right"], values["total"], values["examples"], values.get("support")
    )


@dataclass(frozen=True, slots=True)
class Results:
    """What the file holds. software: what measured it, in words."""

    data: str
    fingerprint: str
    software: str
    rows: tuple[Measured, ...]


@lru_cache(maxsize=4)
def results(path: Path = FILE) -> Results:
    """Raises LoreError naming the file and what is wrong in it."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return Results(values["data"], values["fingerprint"], values["software"], tuple(map(row_of, values["rows"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LoreError(f"{path.name} cannot be read ({error!r}): write it with {COMMAND}") from error
