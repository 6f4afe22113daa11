"""What a network answers for test digits, and its reasons for one of them. NumPy only: a page may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.starting_weights import Weights
from lenet_explain.data.datasets import Bytes, framed
from lenet_explain.network.walk import Network, walk

CHUNK = 100  # images at once: bounds memory

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """truth, answers: (N,); margins: (N,), score of the answer minus that of the runner-up, which says how sure the
    network was; NaN where a digit was not looked at, since a card says that it is read."""

    truth: Indices
    answers: Indices
    margins: NDArray[np.float32]
    classes: int

    @property
    def confusion(self) -> tuple[tuple[int, ...], ...]:
        """row = true digit, column = answer"""
        counts = np.zeros((self.classes, self.classes), np.int64)
        np.add.at(counts, (self.truth, self.answers), 1)
        return tuple(map(tuple, counts.tolist()))

    def digits(self, truth: int | None, answer: int | None) -> Indices:
        """Places of the digits of a cell, the surest answer first; truth None: of any digit; answer None: of any
        that is wrong."""
        chosen = self.answers != self.truth if answer is None else self.answers == answer
        if truth is not None:
            chosen = chosen & (self.truth == truth)
        elif answer is not None:
            chosen = chosen & (self.truth != answer)
        found = np.flatnonzero(chosen)
        return found[np.argsort(-np.nan_to_num(self.margins[found], nan=-1.0), kind="stable")]


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """Of one image. values: (classes,) squared distances, or shares of softmax; order: digits from the answer to the
    least likely; vector: (84,) what the layer before the distances gave, None where there are none; layer: its name,
    or empty."""

    distances: bool
    values: NDArray[np.float64]
    order: tuple[int, ...]
    vector: NDArray[np.float32] | None = None
    layer: str = ""

    @property
    def cells(self) -> int:
        """Of the vector."""
        return 0 if self.vector is None else len(self.vector)

    @property
    def answer(self) -> int:
        return self.order[0]

    @property
    def runner_up(self) -> int:
        return self.order[1]


def read(
    network: Network, weights: Weights, digits: tuple[Bytes, Bytes], wrong: Sequence[int] | None = None
) -> Reading:
    """digits: images (N, 28, 28) and labels (N,); wrong: where it is known already which digits are misread, only
    those are looked at, and the others taken as read."""
    images, truth = digits[0], digits[1].astype(np.int64)
    looked_at = np.arange(len(truth)) if wrong is None else np.array(wrong, np.int64)
    answers, margins = truth.copy(), np.full(len(truth), np.nan, np.float32)
    with np.errstate(all="ignore"):  # weights from a file may be absurd; then so are the answers
        chain = Chain(network, weights)
        for first in range(0, len(looked_at), CHUNK):
            places = looked_at[first : first + CHUNK]
            given = _scores(chain, chain.forward(framed(images[places], network.input.height, network.pixels)))
            best = np.sort(given, axis=1)[:, -2:]
            answers[places], margins[places] = given.argmax(axis=1), best[:, 1] - best[:, 0]
    return Reading(truth, answers, margins, walk(network)[-1].after.maps)


def reasons(network: Network, weights: Weights, image: Bytes) -> Reasons:
    """image: (28, 28)"""
    with np.errstate(all="ignore"):
        chain = Chain(network, weights, np.float64)
        given = chain.forward(framed(image[None], network.input.height, network.pixels).astype(np.float64))
        scores = _scores(chain, given)[0]
        distances = network.answer == "distances"
        values = given[0].copy() if distances else np.exp(scores - scores.max())
        values = values if distances else values / values.sum()
    order = tuple(int(digit) for digit in np.argsort(-scores, kind="stable"))
    if not distances:
        return Reasons(distances, values, order)
    before = list(chain.units)[-2]
    return Reasons(distances, values, order, chain.maps[before].reshape(-1).astype(np.float32), before)


def _scores(chain: Chain, given: NDArray[np.floating]) -> NDArray[np.floating]:
    """The largest wins; what is not a number never does."""
    scores = -given if chain.network.answer == "distances" else given
    return np.nan_to_num(scores, nan=-np.inf, posinf=np.inf, neginf=-np.inf)
