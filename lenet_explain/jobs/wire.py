"""Arrays and training events as JSON, and back. NumPy only: both ends of the wire import it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lenet_explain.start import Weights
    from lenet_explain.training.event import Event

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


def message_of(event: Event) -> dict[str, Any]:
    """Scalars that a curve needs under names of their own, then the large fields: confusion and weights.

    gradient_layers, gradients: side by side, root mean square of each layer's gradient.
    """
    training = event.training
    return {
        "step": event.step,
        "steps": event.steps,
        "epoch": event.epoch,
        "epochs": event.epochs,
        "seconds": event.seconds,
        "images_per_second": event.images_per_second,
        "rate": event.rate,
        "training_loss": training.loss if training else None,
        "training_accuracy": training.accuracy if training else None,
        "test_loss": event.test.loss,
        "test_accuracy": event.test.accuracy,
        "test_images": event.test.images,
        "gradient_layers": list(event.gradients),
        "gradients": list(event.gradients.values()),
        "last": event.last,
        "confusion": event.confusion.tolist(),
        "weights": packed_weights(event.weights),
    }
