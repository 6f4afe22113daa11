"""Arrays and training events as JSON, and back. NumPy only: both ends of the wire import it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lenet_explain.jobs.interface import Snapshot
from lenet_explain.results.event import entry_of

if TYPE_CHECKING:
    from lenet_explain.backends.starting_weights import Weights
    from lenet_explain.results.event import Event

_TYPES = {"float32": np.dtype("<f4"), "uint8": np.dtype("u1")}


def packed(array: NDArray[Any]) -> dict[str, Any]:
    """float32 or uint8 → {"type", "shape", "data"}, little-endian, base64."""
    name = str(array.dtype)
    data = np.ascontiguousarray(array, dtype=_TYPES[name]).tobytes()
    return {"type": name, "shape": list(array.shape), "data": base64.b64encode(data).decode("ascii")}


def unpacked(value: Mapping[str, Any]) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(value["data"]), dtype=_TYPES[value["type"]]).reshape(value["shape"])


def packed_weights(weights: Weights) -> dict[str, Any]:
    return {layer: {name: packed(array) for name, array in arrays.items()} for layer, arrays in weights.items()}


def unpacked_weights(value: Mapping[str, Any]) -> Weights:
    return {layer: {name: unpacked(array) for name, array in arrays.items()} for layer, arrays in value.items()}


def snapshot_of(message: Mapping[str, Any]) -> Snapshot:
    """Of what `message_of` made, with the weights at half their size: good for pictures and maps."""
    weights = {
        layer: {name: array.astype(np.float16) for name, array in arrays.items()}
        for layer, arrays in unpacked_weights(message["weights"]).items()
    }
    return Snapshot(message["step"], np.array(message["confusion"], np.int64), weights)


def message_of(event: Event) -> dict[str, Any]:
    """The event's small part, then its large fields: confusion and weights."""
    return {
        **entry_of(event),
        "confusion": event.confusion.tolist(),
        "weights": packed_weights(event.weights),
    }
