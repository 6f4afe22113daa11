"""A run looked back on, moment by moment: which steps there are, where most happens, and what a digit meets at each.

A moment is one of a series' snapshots, counted from 0. NumPy only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.series import Series
from lenet_explain.network.named import network_named

Maps = Mapping[str, NDArray[np.float16]]  # layer → (maps, height, width); of the last layer the answer before softmax

_NEEDED = {"step", "steps", "epoch", "epochs", "training_loss", "training_accuracy", "test_loss", "test_accuracy"}
_GRADIENTS = {"gradient_layers", "gradients"}


def checked(series: Series, file: str) -> Series:
    """The series, once its parts fit together. Raises CheckpointError, naming `file` and what does not fit."""
    moments = len(series.shown)
    if not moments or not all(isinstance(at, int) and 0 <= at < len(series.entries) for at in series.shown):
        raise CheckpointError(f"{file} names no snapshots, or some that are not there")
    for entry in series.entries:
        if missing := (_NEEDED | _GRADIENTS) - entry.keys():
            raise CheckpointError(f"{file} lacks {min(missing)} in its curves")
    classes = 10
    if series.confusions.shape != (moments, classes, classes):
        raise CheckpointError(f"{file} holds confusion matrices of shape {series.confusions.shape}")
    for layer, arrays in starting_weights(network_named(series.network), "root", 0).items():
        for name, array in arrays.items():
            kept = series.stacked.get(layer, {}).get(name)
            if kept is None or kept.shape != (moments, *array.shape) or not np.isfinite(kept).all():
                raise CheckpointError(f"{file} does not hold {moments} times the weights {layer}.{name}")
    return series


def entries_shown(series: Series) -> list[Mapping[str, Any]]:
    """What was measured at each moment."""
    return [series.entries[at] for at in series.shown]


def steps_shown(series: Series) -> list[int]:
    return [entry["step"] for entry in entries_shown(series)]


def maps_of(network: str, weights: Weights, image: NDArray[np.float32]) -> Maps:
    """Every layer's maps of one image, (1, 1, H, W), after activation."""
    chain = Chain(network_named(network), weights)
    chain.forward(image)
    return {name: maps[0].astype(np.float16) for name, maps in chain.maps.items()}


def answers_of(network: str, outputs: NDArray[Any]) -> tuple[NDArray[np.float64], list[int]]:
    """The last layer of each moment, (moments, classes): as distances, or as shares of 1; and the digits they mean."""
    values = outputs.astype(np.float64)
    if network_named(network).answer == "distances":
        return values, values.argmin(axis=1).tolist()
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True), values.argmax(axis=1).tolist()


def halfway(series: Series, layer: str) -> int | None:
    """The first moment by which a layer's weights have gone half of their way, added up from moment to moment; None
    where they have none or stand still."""
    arrays = series.stacked.get(layer, {}).values()
    flat = [array.reshape(len(array), -1).astype(np.float32) for array in arrays]
    if not flat:
        return None
    way = np.sqrt(sum((np.diff(rows, axis=0) ** 2).sum(axis=1) for rows in flat)).cumsum()
    return int(np.searchsorted(way, way[-1] / 2)) + 1 if len(way) and way[-1] > 0 else None


def largest_leap(series: Series) -> int | None:
    """The moment before which test accuracy rose most; None where it never rises."""
    rises = np.diff([entry["test_accuracy"] for entry in entries_shown(series)])
    return int(rises.argmax()) + 1 if len(rises) and rises.max() > 0 else None
