"""The weights before training, drawn by a named rule and a seed; NumPy only, so that a page shows them at once.

Biases start at 0; the paper does not say. A subsampling coefficient starts at 0.5, as in EBLearn, the authors'
later library; the paper does not say. Batch normalisation starts as the identity; its mean and variance are measured
while it trains, not learnt, and stand with the weights because nothing is answered without them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lenet_explain import paper
from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, Subsampling
from lenet_explain.network.walk import Network, Step, walk
from lenet_explain.recipes.recipe import STARTS, RecipeError

Arrays = Mapping[str, NDArray[np.float32]]  # what it is → the numbers
Weights = Mapping[str, Arrays]  # layer name → its arrays

SUBSAMPLING_COEFFICIENT = 0.5


def starting_weights(network: Network, start: str, seed: int) -> Weights:
    """Every learned or measured number, by layer. Convolution: kernels (maps, inputs, k, k), or (links, k, k) in the
    order of the table's rows where sparse, and bias (maps,); dense: weights (units, inputs) and bias; subsampling:
    coefficient and bias (maps,); batch normalisation: scale, shift, mean and variance (maps,). Layers with nothing to
    learn are left out.

    start: a key of STARTS; the same seed gives the same weights. Raises RecipeError for any other start.
    """
    if start not in STARTS:
        raise RecipeError(f"start is {start!r}, and must be one of {', '.join(STARTS)}")
    random = np.random.default_rng(seed)
    drawn = {step.name: _of_layer(step, start, random) for step in walk(network)}
    return {name: arrays for name, arrays in drawn.items() if arrays}


def _of_layer(step: Step, start: str, random: np.random.Generator) -> Arrays:
    layer, maps = step.layer, step.before.maps
    match layer:
        case Convolution():
            arrays = {"kernels": _kernels(layer, step, start, random)}
            return arrays | {"bias": _filled(layer.maps, 0.0)} if layer.bias else arrays
        case Dense():
            inputs = step.before.units
            arrays = {"weights": _drawn((layer.units, inputs), (inputs, layer.units), start, random)}
            return arrays | {"bias": _filled(layer.units, 0.0)} if layer.bias else arrays
        case Subsampling():
            return {"coefficient": _filled(maps, SUBSAMPLING_COEFFICIENT), "bias": _filled(maps, 0.0)}
        case BatchNormalisation():
            identity = {"scale": _filled(maps, 1.0), "shift": _filled(maps, 0.0)}
            return identity | {"mean": _filled(maps, 0.0), "variance": _filled(maps, 1.0)}
    return {}


def _kernels(layer: Convolution, step: Step, start: str, random: np.random.Generator) -> NDArray[np.float32]:
    """Map by map: where the table is sparse, the fan-in differs from map to map."""
    k, links = layer.kernel, layer.links(step.before)
    out = sum(map(len, links)) // step.before.maps * k * k  # each input map feeds so many units, on average
    rows = [_drawn((len(inputs), k, k), (len(inputs) * k * k, out), start, random) for inputs in links]
    return np.stack(rows) if layer.table is None else np.concatenate(rows)


def _filled(count: int, value: float) -> NDArray[np.float32]:
    return np.full(count, value, dtype=np.float32)


def _drawn(
    shape: tuple[int, ...], fans: tuple[int, int], start: str, random: np.random.Generator
) -> NDArray[np.float32]:
    """fans: fan-in and fan-out; see STARTS for the formulas."""
    fan_in, fan_out = fans
    if start == "he":
        return random.normal(0.0, math.sqrt(2 / fan_in), shape).astype(np.float32)
    reach = {
        "paper": paper.INIT_RANGE / fan_in,
        "root": 1 / math.sqrt(fan_in),
        "xavier": math.sqrt(6 / (fan_in + fan_out)),
    }[start]
    return random.uniform(-reach, reach, shape).astype(np.float32)
