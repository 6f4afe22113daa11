"""Networks that nobody would build: every kind of layer with every field, in any order that fits, under any name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation, scaled_tanh
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.walk import Network, Pixels

ACTIVATIONS = (IDENTITY, TANH, SIGMOID, RELU, scaled_tanh(1.7159, (2, 3)), scaled_tanh(1.25, (3, 7)))
NAMES = ("C1", "class", "conv 1", "1st", "Überzug", 'a"b', "x\\", "C-1", "c1", "F_6", "lambda", "α", "None", "Flatten1")
TITLES = ("LeNet-5 (1998)", 'a """ b', "Subsampling", "\\", "5 net", "×", "Netz\nwerk", "torch")

Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def networks(
    draw: Draw, most: int = 6, *, names: Sequence[str] = NAMES, least: int = 2, square: bool = True
) -> Network:
    sides = st.integers(4, 13)
    height = draw(sides)
    shape = Shape(draw(st.integers(1, 3)), height, height if square else draw(sides))
    first, layers = shape, []
    for name in draw(st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)):
        layer = draw(_layer(name, shape))
        layers.append(layer)
        shape = layer.shape_after(shape)
    if draw(st.booleans()):
        layers[-1] = replace(layers[-1], activation=SOFTMAX)
    title = draw(st.sampled_from(TITLES))
    return Network("any", title, 'a "summary" \\', "no source", first, tuple(layers), Pixels(0.0, 1.0))


@st.composite
def _layer(draw: Draw, name: str, before: Shape) -> Layer:
    does = draw(st.sampled_from(ACTIVATIONS))
    side, bias, step = min(before.height, before.width), draw(st.booleans()), draw(st.integers(1, 3))
    kinds = ["convolution", "pooling", "normalisation", "dense", "subsampling"]
    kinds += ["distances", "distances"] if (before.height, before.width) == (1, 1) else []
    match draw(st.sampled_from(kinds)):
        case "convolution":
            return draw(_convolution(name, before, does))
        case "pooling":
            kind, size = draw(st.sampled_from([AveragePooling, MaxPooling])), draw(st.integers(1, min(3, side)))
            return kind(name, size, step, step <= size and draw(st.booleans()), activation=does)
        case "subsampling":
            fits = [size for size in (1, 2, 3) if before.height % size == before.width % size == 0]
            return Subsampling(name, size=draw(st.sampled_from(fits)), activation=does)
        case "normalisation":
            return BatchNormalisation(name, activation=does)
        case "distances":
            code = st.tuples(*[st.sampled_from([-1, 1])] * before.maps)
            return RadialBasis(name, codes=tuple(draw(st.lists(code, min_size=1, max_size=3))), activation=does)
    return Dense(name, units=draw(st.integers(1, 9)), bias=bias, activation=does)


@st.composite
def _convolution(draw: Draw, name: str, before: Shape, does: Activation) -> Convolution:
    maps, padding = draw(st.integers(1, 4)), draw(st.integers(0, 2))
    row = st.lists(st.integers(0, before.maps - 1), min_size=1, unique=True).map(tuple)
    table = tuple(draw(row) for _ in range(maps)) if draw(st.booleans()) else None
    widest = min(5, min(before.height, before.width) + 2 * padding)
    return Convolution(
        name,
        maps=maps,
        kernel=draw(st.integers(1, widest)),
        stride=draw(st.integers(1, 3)),
        padding=padding,
        table=table,
        bias=draw(st.booleans()),
        activation=does,
    )


def any_weights(network: Network, seed: int = 0) -> Weights:
    """No array is what it is before training; variances are above 0."""
    random = np.random.default_rng(seed)
    return {
        layer: {
            name: (random.uniform(0.5, 2, array.shape) if name == "variance" else random.normal(0, 0.5, array.shape))
            .astype(np.float32)
            for name, array in own.items()
        }
        for layer, own in starting_weights(network, "root", 0).items()
    }  # fmt: skip


def any_images(network: Network, count: int = 3, seed: int = 1) -> np.ndarray:
    first = network.input
    return np.random.default_rng(seed).normal(size=(count, first.maps, first.height, first.width)).astype(np.float32)
