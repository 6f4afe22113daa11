"""A network as the browser runs it: its description and its weights in one payload, for frontend/network/network.js."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.frontend import frame
from lenet_explain.network.activations import Activation
from lenet_explain.network.layers import Convolution, Dense, RadialBasis
from lenet_explain.network.layers.normalisation import EPSILON
from lenet_explain.network.walk import Network, Step, walk


def described_network(network: Network) -> dict[str, Any]:
    """What JSON holds of a network; shapes are those of its own input, from which the browser works out others."""
    first = network.input
    return {
        "key": network.key,
        "title": network.title,
        "answer": network.answer,
        "input": {"maps": first.maps, "height": first.height, "width": first.width},
        "pixels": {"background": network.pixels.background, "ink": network.pixels.ink},
        "layers": [_described(step) for step in walk(network)],
    }


def living_payload(network: Network, weights: Weights, **said: Any) -> bytes:
    """Description and weights, framed; `said` is told beside them. weights: as `starting_weights` lays them out."""
    tensors = {f"{step.name}.{name}": array for step in walk(network) for name, array in _arrays(step, weights).items()}
    return frame({**described_network(network), **said}, tensors)


def _described(step: Step) -> dict[str, Any]:
    layer, before, after = step.layer, step.before, step.after
    window = layer.window(before)
    across = before.width if isinstance(layer, Dense) else window.size  # a dense layer's window is all that is there
    return {
        "name": layer.name,
        "kind": layer.kind,
        "inputs": before.maps,
        "maps": after.maps,
        "height": after.height,
        "width": after.width,
        "window": {
            "height": window.size,
            "width": across,
            "stride": window.stride,
            "padding": window.padding,
            "ceil": getattr(layer, "ceil", False),
        },
        "table": layer.table if isinstance(layer, Convolution) else None,
        "activation": _activation(layer.activation),
        "epsilon": EPSILON,
        "parameters": int(step.parameters.value),
        "connections": int(step.connections.value),
        "macs": int(step.macs.value),
    }


def _activation(activation: Activation) -> dict[str, Any]:
    return {field.name: getattr(activation, field.name) for field in fields(activation) if field.name != "latex"}


def _arrays(step: Step, weights: Weights) -> dict[str, np.ndarray]:
    """A layer's arrays by the names that the browser has for them; a dense layer's weights are its kernels."""
    layer = step.layer
    own: dict[str, np.ndarray] = dict(weights.get(layer.name, {}))
    if isinstance(layer, Dense):
        own["kernels"] = own.pop("weights")
    if isinstance(layer, RadialBasis):
        own["codes"] = np.array(layer.codes, np.float16)
    return own
