"""The engine's random numbers in NumPy, bit for bit: the start of a run, the order of its digits and their distortions.

A number depends on its place alone: (seed, purpose, which) name a stream, and `first` a place in it. NumPy's own Philox
draws the words; what is made of them uses only operations that every machine rounds alike, in the order of
source/random.c and source/number.h.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lenet_explain import paper
from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.data.datasets import Bytes
from lenet_explain.network.layers import Convolution, Dense
from lenet_explain.network.walk import Network, walk
from lenet_explain.recipes.ranges import Ranges

START, ORDER, DISTORTION = 1, 2, 3  # purposes
Doubles = NDArray[np.float64]


def words(seed: int, purpose: int, which: int, count: int, first: int = 0) -> NDArray[np.uint64]:
    """(count,) 64 random bits each, from place `first` of the stream on."""
    key = np.array([seed, purpose << 32 | which], np.uint64)
    skipped = first % 4  # a block has four
    generator = np.random.Philox(key=key, counter=first // 4)
    return np.asarray(generator.random_raw(skipped + count), np.uint64)[skipped:]


def uniform(seed: int, purpose: int, which: int, count: int, first: int = 0) -> Doubles:
    """(count,) between 0 and 1, neither included."""
    return ((words(seed, purpose, which, count, first) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def normal(seed: int, purpose: int, which: int, count: int, first: int = 0) -> Doubles:
    """(count,) of mean 0 and deviation 1, of two draws each. Source: Box and Muller 1958."""
    drawn = uniform(seed, purpose, which, 2 * count, 2 * first)
    return np.sqrt(-2 * _logarithm(drawn[::2])) * _cosine(2 * math.pi * (drawn[1::2] - 0.5))


def order(seed: int, which: int, count: int) -> NDArray[np.int64]:
    """(count,) a random order of 0 to count − 1."""
    return np.argsort(words(seed, ORDER, which, count), kind="stable")


def start(network: Network, kind: str, seed: int) -> Weights:
    """As start.starting_weights lays them out, drawn by the engine's generator. kind: a key of recipe.STARTS."""
    weights = {layer: dict(arrays) for layer, arrays in starting_weights(network, kind, seed).items()}
    for at, step in enumerate(walk(network)):
        layer = step.layer
        if isinstance(layer, Convolution):
            cells, links = layer.kernel * layer.kernel, layer.links(step.before)
            fan_out = sum(map(len, links)) // step.before.maps * cells
            fans = [len(inputs) * cells for inputs in links]
            weights[step.name]["kernels"] = _drawn(kind, (seed, at), fans, fan_out, weights[step.name]["kernels"].shape)
        elif isinstance(layer, Dense):
            fans = [step.before.units] * layer.units
            weights[step.name]["weights"] = _drawn(
                kind, (seed, at), fans, layer.units, weights[step.name]["weights"].shape
            )
    return weights


def _drawn(
    kind: str, stream: tuple[int, int], fans: list[int], fan_out: int, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """fans: of each map or unit; see recipe.STARTS for the formulas. stream: seed and number of the layer."""
    within = np.repeat([_reach(kind, fan_in, fan_out) for fan_in in fans], fans)
    seed, at = stream
    if kind == "he":
        return (within * normal(seed, START, at, len(within))).astype(np.float32).reshape(shape)
    return (within * (2 * uniform(seed, START, at, len(within)) - 1)).astype(np.float32).reshape(shape)


def _reach(kind: str, fan_in: int, fan_out: int) -> float:
    return {
        "paper": paper.INIT_RANGE / fan_in,
        "root": 1 / math.sqrt(fan_in),
        "xavier": math.sqrt(6.0 / (fan_in + fan_out)),
        "he": math.sqrt(2.0 / fan_in),
    }[kind]


def distorted(images: Bytes, ranges: Ranges, side: int, *, seed: int, which: int, first: int = 0) -> Bytes:
    """Each digit moved and bent, by the draws of its place in the pass. images: (N, own, own) → (N, side, side).

    which: number of the pass; first: place of the first digit in the order of the pass.
    """
    draws = uniform(seed, DISTORTION, which, 8 * len(images), 8 * first).reshape(-1, 8)
    bent = (draws[:, 6] < ranges.share)[:, None]
    unit = np.where(bent, 2 * draws[:, :6] - 1, 0.0)
    back, moved = _inverse(ranges, unit)
    own = images.shape[-1]
    line = np.arange(side) - (side - 1) / 2
    px = line[None, None, :] - moved[0][:, None, None]
    py = line[None, :, None] - moved[1][:, None, None]
    ia, ib, ic, ie = (one[:, None, None] for one in back)
    return _mixed(images, ia * px + ib * py + (own - 1) / 2, ic * px + ie * py + (own - 1) / 2)


def _inverse(ranges: Ranges, unit: Doubles) -> tuple[tuple[Doubles, ...], tuple[Doubles, Doubles]]:
    """The four numbers that undo turn · stretch · shear, and where the middle comes to lie. unit: (N, 6), −1 to 1"""
    scale, squeeze = _between(ranges.scale, unit[:, 0]), _between(ranges.squeeze, unit[:, 1])
    slant, angle = ranges.shear * unit[:, 2], ranges.turn * (math.pi / 180) * unit[:, 3]
    wide, high, sin, cos = scale * squeeze, scale / squeeze, _sine(angle), _cosine(angle)
    a, d = cos * wide, sin * wide
    b, e = a * slant - sin * high, d * slant + cos * high
    right = ranges.shift * unit[:, 4] - b * ranges.pivot
    down = ranges.shift * unit[:, 5] + ranges.pivot - e * ranges.pivot
    area = a * e - b * d
    return (e / area, -b / area, -d / area, a / area), (right, down)


def _between(limits: tuple[float, float], unit: Doubles) -> Doubles:
    low, high = limits
    return 1 + np.where(unit < 0, 1 - low, high - 1) * unit


def _mixed(images: Bytes, u: Doubles, v: Doubles) -> Bytes:
    """The four pixels around column u and row v mixed linearly; outside lies paper. u, v: (N, side, side)"""
    own = images.shape[-1]
    framed = np.zeros((len(images), own + 2, own + 2))
    framed[:, 1:-1, 1:-1] = images
    left, top = np.floor(u), np.floor(v)
    fu, fv = u - left, v - top
    inside = (left >= -1) & (left < own) & (top >= -1) & (top < own)
    i = np.clip(left, -1, own - 1).astype(np.int64) + 1
    j = np.clip(top, -1, own - 1).astype(np.int64) + 1
    each = np.arange(len(images))[:, None, None]
    upper = framed[each, j, i] * (1 - fu) + framed[each, j, i + 1] * fu
    lower = framed[each, j + 1, i] * (1 - fu) + framed[each, j + 1, i + 1] * fu
    return np.where(inside, np.rint(upper * (1 - fv) + lower * fv), 0).astype(np.uint8)


def _logarithm(x: Doubles) -> Doubles:
    m, exponent = np.frexp(x)
    small = m < 0.70710678118654752
    m, exponent = np.where(small, m * 2, m), np.where(small, exponent - 1, exponent)
    s = (m - 1) / (m + 1)
    square, series = s * s, np.zeros_like(s)
    for n in range(23, 0, -2):
        series = series * square + 1.0 / n
    return exponent * math.log(2) + 2 * s * series


def _sine(x: Doubles) -> Doubles:
    square, series = x * x, np.ones_like(x)
    for n in range(22, 0, -2):
        series = 1 - series * square / (n * (n + 1))
    return x * series


def _cosine(x: Doubles) -> Doubles:
    half = _sine(x / 2)
    return 1 - 2 * half * half
