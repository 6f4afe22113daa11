"""What the losses ask of a network's answer: their value, their slope and their sharpness, image by image.

The same losses as training.loss, with their derivatives written out. Source: LeCun et al. 1998, Eqs. 8 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet_explain.chain.windows import Array
from lenet_explain.training.recipe import Recipe
from lenet_explain.walk import Network


@dataclass(frozen=True, slots=True)
class Asked:
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
    right = np.zeros_like(answer)
    right[np.arange(len(answer)), truth] = 1
    if network.answer == "distances":
        return _of_distances(answer, right, recipe)
    shares = _shares(answer)
    if recipe.loss == "mse":
        off = shares - right
        errors = 2 * shares * (off - (off * shares).sum(axis=1, keepdims=True))
        slopes = shares * (1 - shares)
        return Asked((off * off).sum(axis=1), errors, 2 * slopes * slopes)
    smoothed = right * (1 - recipe.smoothing) + recipe.smoothing / answer.shape[1]
    values = -(smoothed * np.log(np.maximum(shares, np.finfo(answer.dtype).tiny))).sum(axis=1)
    return Asked(values, shares - smoothed, shares * (1 - shares))


def _of_distances(answer: Array, right: Array, recipe: Recipe) -> Asked:
    own = answer[right > 0]
    even = np.ones_like(answer)  # not read: distances have a sharpness of their own
    if recipe.loss == "mse":
        return Asked(own, right, even)
    rubbish = recipe.rubbish if recipe.loss == "map" else np.inf
    best = np.minimum(answer.min(axis=1, keepdims=True), rubbish)
    penalties = np.exp(best - answer)
    rest = np.exp(best - rubbish)
    whole = penalties.sum(axis=1, keepdims=True) + rest
    values = own + np.log(whole)[:, 0] - best[:, 0]
    return Asked(values, right - penalties / whole, even)


def _shares(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
