"""Activations and their slopes; a slope is read off the activation's own value, as tanh′ = 1 − tanh²."""

from __future__ import annotations

import numpy as np

from lenet_explain.backends.numpy_chain.windows import Array
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation, ScaledTanh
from lenet_explain.network.layers import DescriptionError


class Squashing:
    """An activation at work; this one, the identity, does nothing."""

    def over(self, sums: Array) -> Array:
        """(B, C, H, W) → the same, often written over the sums."""
        return sums

    def slopes(self, values: Array) -> Array | None:
        """f′(a), given the values f(a); None where it is 1 throughout."""
        return None


def squashing(activation: Activation, dtype: np.dtype) -> Squashing:
    """dtype: of the sums. Softmax belongs to the loss, and nothing is done here."""
    match activation:
        case ScaledTanh(amplitude=amplitude, slope=slope):
            return _ScaledTanh(amplitude, slope, dtype)
        case _ if activation in (IDENTITY, SOFTMAX):
            return Squashing()
        case _ if activation == TANH:
            return _Tanh()
        case _ if activation == SIGMOID:
            return _Sigmoid()
        case _ if activation == RELU:
            return _Relu()
    raise DescriptionError(f"chain has no function for the activation {activation.name!r}")


class _ScaledTanh(Squashing):
    """f = A·tanh(S·a) and f′ = A·S − S/A·f². Constants are arrays, which NumPy takes without a conversion."""

    def __init__(self, amplitude: float, slope: float, dtype: np.dtype) -> None:
        self.amplitude, self.slope = np.array(amplitude, dtype), np.array(slope, dtype)
        self.steepest, self.falls = np.array(amplitude * slope, dtype), np.array(-slope / amplitude, dtype)

    def over(self, sums: Array) -> Array:
        np.multiply(sums, self.slope, sums)
        np.tanh(sums, sums)
        return np.multiply(sums, self.amplitude, sums)

    def slopes(self, values: Array) -> Array:
        slopes = values * values
        np.multiply(slopes, self.falls, slopes)
        return np.add(slopes, self.steepest, slopes)


class _Tanh(Squashing):
    def over(self, sums: Array) -> Array:
        return np.tanh(sums, sums)

    def slopes(self, values: Array) -> Array:
        return 1 - values * values


class _Sigmoid(Squashing):
    def over(self, sums: Array) -> Array:
        return 0.5 + 0.5 * np.tanh(0.5 * sums)  # 1/(1 + e^−a), without an overflow

    def slopes(self, values: Array) -> Array:
        return values * (1 - values)


class _Relu(Squashing):
    def over(self, sums: Array) -> Array:
        return np.maximum(sums, 0, out=sums)

    def slopes(self, values: Array) -> Array:
        return (values > 0).astype(values.dtype)
