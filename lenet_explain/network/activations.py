"""What a unit does to its weighted sum a."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of one number (softmax, which needs all outputs at once, stands here too), with its formula."""

    name: str
    text: str
    latex: str


@dataclass(frozen=True, slots=True)
class ScaledTanh(Activation):
    """f(a) = A·tanh(S·a). Source of the form: LeCun et al. 1998, Eq. 6."""

    amplitude: float
    slope: float


def scaled_tanh(amplitude: float, over: tuple[int, int]) -> ScaledTanh:
    """over: the slope as a fraction, numerator and denominator; (2, 3) reads 2a/3."""
    top, bottom = over
    return ScaledTanh(
        name="scaled tanh",
        text=f"{amplitude}·tanh({top}a/{bottom})",
        latex=rf"{amplitude}\,\tanh\left(\tfrac{{{top}}}{{{bottom}}}a\right)",
        amplitude=amplitude,
        slope=top / bottom,
    )


IDENTITY = Activation("identity", "a", "a")
TANH = Activation("tanh", "tanh(a)", r"\tanh(a)")
SIGMOID = Activation("sigmoid", "1/(1 + e^−a)", r"\frac{1}{1 + e^{-a}}")
RELU = Activation("ReLU", "max(0, a)", r"\max(0, a)")
SOFTMAX = Activation("softmax", "e^aᵢ / Σ e^aⱼ", r"\frac{e^{a_i}}{\sum_j e^{a_j}}")
