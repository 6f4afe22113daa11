"""An independent reader of the sums that the app writes, and networks to count: what two test files share."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import strategies as st

from lenet_explain.activations import IDENTITY, TANH
from lenet_explain.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.walk import Network, Pixels

PAPER_INPUT = Shape(1, 32, 32)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def value_of(text: str) -> Fraction:
    """'(5·5·1 + 1)·6' → 156, by Python's own arithmetic on fractions."""
    source = text.replace(",", "").replace("·", "*").replace("−", "-").replace("⌊", "floor(").replace("⌋", ")")
    return Fraction(
        eval(_NUMBER.sub(lambda n: f"F('{n[0]}')", source), {"F": Fraction, "floor": lambda x: Fraction(x.__floor__())})
    )


def network_of(*layers: Layer, shape: Shape = PAPER_INPUT, key: str = "trial") -> Network:
    return Network(key, "Trial", "a trial", "a test", shape, layers, Pixels(0.0, 1.0))


@st.composite
def _layer(draw: st.DrawFn, name: str, before: Shape) -> Layer:
    few, side, yes = st.integers(1, 4), st.integers(1, 5), st.booleans()
    kind = draw(st.sampled_from(["sparse", "dense maps", "sum", "mean", "largest", "units", "normal", "codes"]))
    squash = TANH if draw(yes) else IDENTITY
    match kind:
        case "sparse":
            rows = st.lists(st.integers(0, before.maps - 1), min_size=1, unique=True).map(tuple)
            table = tuple(draw(st.lists(rows, min_size=1, max_size=5)))
            return Convolution(name, len(table), draw(side), draw(few), draw(few), table, draw(yes), activation=squash)
        case "dense maps":
            return Convolution(name, draw(few), draw(side), draw(few), draw(few) - 1, bias=draw(yes), activation=squash)
        case "sum":
            return Subsampling(name, draw(few), activation=squash)
        case "mean":
            return AveragePooling(name, draw(few), draw(few), activation=squash)
        case "largest":
            return MaxPooling(name, draw(few), draw(few), activation=squash)
        case "units":
            return Dense(name, draw(few), bias=draw(yes), activation=squash)
        case "codes":
            return RadialBasis(name, ((1,) * before.maps, (-1,) * before.maps))
        case _:
            return BatchNormalisation(name, activation=squash)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Any layers in any order, of any names; those that do not fit where they are drawn are left out."""
    sides = st.integers(1, 20)
    start = shape = Shape(draw(st.integers(1, 3)), draw(sides), draw(sides))
    names = draw(st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=7, unique=True))
    layers: list[Layer] = []
    for name in names:
        layer = draw(_layer(name, shape))
        try:
            shape = layer.size_after(shape).shape
        except DescriptionError:
            continue
        layers.append(layer)
    return network_of(*(layers or [Dense("Z", 2)]), shape=start, key="".join(names))
