"""Where the digits drive a unit highest and lowest, and the part of the picture that it sees there. NumPy only.

A unit here is a map with all its positions, which share their weights. Its value is taken after squashing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.squashing import squashing
from lenet_explain.backends.starting_weights import Weights
from lenet_explain.data.datasets import Bytes, framed
from lenet_explain.network.activations import IDENTITY
from lenet_explain.network.layers import Dense, DescriptionError, RadialBasis
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network, Step, walk

CHUNK = 50  # images at once: bounds memory
SHOWN = 9  # places at each end
ALIKE = 0.001  # of a value: as far on screen

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unit:
    """network: key of NETWORKS; layer: one of layers_of; map: from 0."""

    network: str
    layer: str
    map: int

    @property
    def step(self) -> Step:
        return next(step for step in walk(network_named(self.network)) if step.name == self.layer)

    @property
    def middle(self) -> tuple[int, int]:
        """Row and column of the position whose field lies in the middle of the picture."""
        after = self.step.after
        return after.height // 2, after.width // 2


@dataclass(frozen=True, slots=True)
class Box:
    """A square of input pixels; first row and column, which are negative where it hangs over the edge, and side."""

    top: int
    left: int
    side: int

    def within(self, side: int) -> tuple[slice, slice]:
        """Rows and columns of it that a picture of side×side has."""
        rows, columns = (slice(max(0, first), min(side, first + self.side)) for first in (self.top, self.left))
        return rows, columns


@dataclass(frozen=True, slots=True)
class Place:
    """Where one digit drives a unit farthest. sum: before squashing; image: its number; row, column: in the map."""

    value: float
    sum: float
    image: int
    row: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """One end of a layer's values. values, sums, images, positions: (maps, SHOWN), the farthest first, one place an
    image; medians: (maps,), of what each image gives at its farthest place; alike: (maps,), images that bring a value
    within ALIKE of the farthest."""

    values: NDArray[np.float32]
    sums: NDArray[np.float32]
    images: Indices
    positions: Indices
    medians: NDArray[np.float32]
    alike: Indices
    width: int

    def places(self, index: int) -> list[Place]:
        """Of one map, the farthest first."""
        rows, columns = np.divmod(self.positions[index], self.width)
        whole = zip(self.images[index].tolist(), rows.tolist(), columns.tolist(), strict=True)
        given = zip(self.values[index].tolist(), self.sums[index].tolist(), strict=True)
        return [Place(*numbers, *place) for numbers, place in zip(given, whole, strict=True)]


@dataclass(frozen=True, slots=True)
class Extremes:
    strongest: End
    weakest: End


def layers_of(network: Network) -> list[Step]:
    """The layers whose units look at a part of the picture, up to C5: all before the first that weighs lone units."""

    def looks(step: Step) -> bool:
        weighs = isinstance(step.layer, Dense | RadialBasis)
        return not (weighs and step.before.height == step.before.width == 1)

    return list(takewhile(looks, walk(network)))


def unit_of(asked: Mapping[str, Any]) -> Unit:
    """Of {"network", "layer", "map"}. Raises DescriptionError, naming what there is not."""
    network = network_named(str(asked.get("network")))
    steps = {step.name: step for step in layers_of(network)}
    layer, index = str(asked.get("layer")), asked.get("map")
    if layer not in steps:
        raise DescriptionError(f"{network.key}: there is no layer {layer!r} here: choose one of {', '.join(steps)}")
    maps = steps[layer].after.maps
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < maps:
        raise DescriptionError(f"{layer}: there is no map {index!r}: choose one of 0 to {maps - 1}")
    return Unit(network.key, layer, index)


def field_of(step: Step, row: int, column: int) -> Box:
    """The input pixels that a layer's unit at this place of its map sees."""
    size, jump, centre = (float(one.value) for one in (step.field.size, step.field.jump, step.field.centre))
    top, left = (round(centre + at * jump - (size - 1) / 2) for at in (row, column))
    return Box(top, left, round(size))


def patch(picture: NDArray[Any], box: Box) -> NDArray[Any]:
    """picture: (side, side), 0 for paper; returns: (box.side, box.side), paper where the box hangs over the edge."""
    side = len(picture)
    rows, columns = box.within(side)
    cut = np.zeros((box.side, box.side), picture.dtype)
    cut[rows.start - box.top : rows.stop - box.top, columns.start - box.left : columns.stop - box.left] = picture[
        rows, columns
    ]
    return cut


def bordered(image: Bytes, side: int) -> Bytes:
    """(28, 28) → (side, side), with the border of paper that datasets.framed gives it."""
    return np.pad(image, (side - len(image)) // 2)


def extremes(network: Network, layer: str, weights: Weights, images: Bytes) -> Extremes:
    """Of every map of a layer in layers_of. images: (N, 28, 28), at least SHOWN of them.

    Places are ordered by the sum before squashing, which gives the same order as the value and tells apart what is
    squashed to the same number.
    """
    step = next(step for step in layers_of(network) if step.name == layer)
    chain, far = Chain(_up_to(network, layer), weights), []
    for first in range(0, len(images), CHUNK):
        chain.forward(framed(images[first : first + CHUNK], network.input.height, network.pixels))
        far.append(_farthest(chain.maps[layer]))
    high, high_at, low, low_at = (np.concatenate(parts).T for parts in zip(*far, strict=True))  # (maps, N)
    return Extremes(_end(step, high, high_at, 1), _end(step, low, low_at, -1))


def _up_to(network: Network, layer: str) -> Network:
    """The network up to a layer, which does not squash."""
    last = [one.name for one in network.layers].index(layer)
    bare = replace(network.layers[last], activation=IDENTITY)
    return replace(network, layers=(*network.layers[:last], bare))


def _farthest(sums: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """(B, maps, H, W) → of each image and map: highest sum, its position, lowest sum, its position."""
    flat = sums.reshape(*sums.shape[:2], -1)
    high, low = flat.argmax(axis=2)[..., None], flat.argmin(axis=2)[..., None]
    found = np.take_along_axis(flat, high, 2), high, np.take_along_axis(flat, low, 2), low
    return tuple(one[..., 0] for one in found)


def _end(step: Step, sums: NDArray[Any], positions: Indices, sign: int) -> End:
    values = squashing(step.layer.activation, sums.dtype).over(sums.copy())
    order = np.argsort(-sign * sums, axis=1, kind="stable")[:, :SHOWN]
    shown, sums_shown = np.take_along_axis(values, order, 1), np.take_along_axis(sums, order, 1)
    places = np.take_along_axis(positions, order, 1)
    alike = (np.abs(values - shown[:, :1]) <= ALIKE * np.abs(shown[:, :1])).sum(axis=1)
    return End(shown, sums_shown, order, places, np.median(values, axis=1), alike, step.after.width)
