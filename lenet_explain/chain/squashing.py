"""Activations and their slopes; a slope is read off the activation's own value, as tanh′ = 1 − tanh²."""

from __future__ import annotations

import numpy as np

from lenet_explain.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation, ScaledTanh
from lenet_explain.chain.windows import Array
from lenet_explain.layers import DescriptionError


def activated(activation: Activation, sums: Array) -> Array:
    """(B, C, H, W) → the same, often written over the sums; softmax runs over the maps, axis 1."""
    match activation:
        case ScaledTanh(amplitude=amplitude, slope=slope):
            sums *= slope
            np.tanh(sums, out=sums)
            sums *= amplitude
            return sums
        case _ if activation == IDENTITY:
            return sums
        case _ if activation == TANH:
            return np.tanh(sums, out=sums)
        case _ if activation == SIGMOID:
            return 0.5 + 0.5 * np.tanh(0.5 * sums)  # 1/(1 + e^−a), without an overflow
        case _ if activation == RELU:
            return np.maximum(sums, 0, out=sums)
        case _ if activation == SOFTMAX:
            powers = np.exp(sums - sums.max(axis=1, keepdims=True))
            return powers / powers.sum(axis=1, keepdims=True)
    raise DescriptionError(f"chain has no function for the activation {activation.name!r}")


def slope_at(activation: Activation, values: Array) -> Array | None:
    """f′(a), given the values f(a); None where it is 1 throughout. Softmax belongs to the loss and has none here."""
    match activation:
        case ScaledTanh(amplitude=amplitude, slope=slope):
            slopes = values * values
            slopes *= -slope / amplitude
            slopes += amplitude * slope
            return slopes
        case _ if activation == TANH:
            return 1 - values * values
        case _ if activation == SIGMOID:
            return values * (1 - values)
        case _ if activation == RELU:
            return (values > 0).astype(values.dtype)
    return None
