"""Loss values, gradients and curvatures with respect to the output, image by image.

The same losses as training.loss, with their derivatives written out. Source: LeCun et al. 1998, Eqs. 8 and 9.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lenet_explain.backends.numpy_chain.windows import Array
from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import Recipe


class Asked(NamedTuple):
    """values: (B,) losses; errors: (B, classes) dE/d(answer); sharpness: (B, classes), Gauss–Newton d²E/d(answer)²."""

    values: Array
    errors: Array
    sharpness: Array


def asked(answer: Array, truth: np.ndarray, network: Network, recipe: Recipe) -> Asked:
    """answer: (B, classes) distances or logits; truth: (B,) digits.

    mse on distances: E = y_D. map: E = y_D + log(e^−j + Σ e^−y_i), so dE/dy_i = [i = D] − p_i with p_i the share of
    e^−y_i. cross-entropy: of softmax(logits), or of softmax(−distances). mse on logits: of the softmax, against
    one-hot.
    """
    if network.answer == "distances":
        return _of_distances(answer, truth, recipe)
    right = np.zeros_like(answer)
    right[np.arange(len(answer)), truth] = 1
    shares = _shares(answer)
    if recipe.loss == "mse":
        off = shares - right
        errors = 2 * shares * (off - (off * shares).sum(axis=1, keepdims=True))
        slopes = shares * (1 - shares)
        return Asked((off * off).sum(axis=1), errors, 2 * slopes * slopes)
    smoothed = right * (1 - recipe.smoothing) + recipe.smoothing / answer.shape[1]
    values = -(smoothed * np.log(np.maximum(shares, np.finfo(answer.dtype).tiny))).sum(axis=1)
    return Asked(values, shares - smoothed, shares * (1 - shares))


def _of_distances(answer: Array, truth: np.ndarray, recipe: Recipe) -> Asked:
    """The sharpness is not read: distances have one of their own."""
    own = np.arange(len(answer)), truth
    if recipe.loss == "mse":
        right = np.zeros_like(answer)
        right[own] = 1
        return Asked(answer[own], right, answer)
    rubbish = recipe.rubbish if recipe.loss == "map" else np.inf
    best = np.minimum.reduce(answer, axis=1, keepdims=True, initial=rubbish)
    penalties = np.exp(best - answer)
    whole = np.add.reduce(penalties, axis=1, keepdims=True) + np.exp(best - rubbish)
    errors = np.divide(penalties, -whole, penalties)
    errors[own] += 1
    return Asked(answer[own] + (np.log(whole) - best)[:, 0], errors, answer)


def _shares(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
