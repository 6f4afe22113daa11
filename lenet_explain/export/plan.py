"""What every exporter needs to know of a layer in its place: its name in a program, and the form of what flows by.

A description has maps everywhere, a vector of n being n@1×1. Programs tell the two apart: dense layers and distances
read a vector (B, n), convolution and pooling read maps, batch normalisation and activations take either.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lenet_explain.export.names import identifiers
from lenet_explain.network.activations import IDENTITY, SOFTMAX, Activation, ScaledTanh
from lenet_explain.network.layers import BatchNormalisation, Dense, Layer, RadialBasis, Shape
from lenet_explain.network.walk import Network, Step, walk

SHARES_LEFT_OUT = "softmax is the loss's"  # as in this project's own module: see build.LeNet.forward

# in the order in which Keras sets them
ARRAYS = ("kernels", "weights", "coefficient", "scale", "shift", "bias", "mean", "variance")

Turn = Literal["flatten", "unflatten", ""]


@dataclass(frozen=True, slots=True)
class Place:
    """turn: what has to be done with the layer's input first; flat: whether its output is a vector (B, n)."""

    step: Step
    name: str
    turn: Turn
    flat: bool

    @property
    def layer(self) -> Layer:
        return self.step.layer

    @property
    def before(self) -> Shape:
        return self.step.before

    @property
    def after(self) -> Shape:
        return self.step.after


def plan(network: Network) -> tuple[Place, ...]:
    steps = walk(network)
    places, flat = [], False
    for step, name in zip(steps, identifiers(step.name for step in steps), strict=True):
        either = isinstance(step.layer, BatchNormalisation)
        reads_vector = flat if either else isinstance(step.layer, Dense | RadialBasis)
        turn: Turn = "" if reads_vector == flat else "flatten" if reads_vector else "unflatten"
        flat = reads_vector
        places.append(Place(step, name, turn, flat))
    return tuple(places)


def applied(activation: Activation) -> Activation | None:
    """What a program has to do after the layer's sum: nothing for the identity, and softmax is left to the loss."""
    return None if activation in (IDENTITY, SOFTMAX) else activation


def squashings(places: tuple[Place, ...]) -> dict[ScaledTanh, str]:
    """The name of a function for each scaled tanh there is."""
    kinds = dict.fromkeys(p.layer.activation for p in places if isinstance(p.layer.activation, ScaledTanh))
    return {kind: "scaled_tanh" if at == 0 else f"scaled_tanh_{at + 1}" for at, kind in enumerate(kinds)}


def fraction(value: float) -> str:
    """0.666… → '2 / 3', where that is the same number; else its shortest digits."""
    near = Fraction(value).limit_denominator(99)
    if near.denominator > 1 and near.numerator / near.denominator == value and len(repr(value)) > 8:
        return f"{near.numerator} / {near.denominator}"
    return repr(float(value))


def answer_in_words(network: Network) -> str:
    """What the program gives, and how it is read."""
    if network.answer == "distances":
        return "The answer is one squared distance for each class: the smallest wins."
    if network.layers[-1].activation == SOFTMAX:
        return "The answer is logits: the largest wins; softmax, which turns them into shares, is left to the loss."
    return "The answer is one value for each class: the largest wins."
