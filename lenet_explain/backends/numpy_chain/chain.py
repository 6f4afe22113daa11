"""A whole network: forward, and backward from what the loss asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np

from lenet_explain.backends.numpy_chain.layout import stored, unit_of
from lenet_explain.backends.numpy_chain.squashing import squashing
from lenet_explain.backends.numpy_chain.units import Learned, Unit, raised
from lenet_explain.backends.numpy_chain.windows import Array
from lenet_explain.backends.starting_weights import Weights
from lenet_explain.network.walk import Network, walk


class Chain:
    """A network with weights of its own. One at a time: forward keeps what backward needs.

    units: the layers at work, by name; maps: what each gave in the last forward, after its activation.
    weights_in_a_row, gradients_in_a_row: every number that is learnt, and where a table leaves a weight out a zero;
    linked_in_a_row: False for those.
    """

    def __init__(self, network: Network, weights: Weights, dtype: type[np.floating] = np.float32) -> None:
        """weights: as `starting_weights` lays them out; copied."""
        self.network, self.dtype = network, cast("np.dtype[np.floating]", np.dtype(dtype))
        steps = walk(network)
        self.units: Mapping[str, Unit] = {
            step.name: unit_of(step, weights.get(step.name, {}), self.dtype) for step in steps
        }
        self.maps: dict[str, Array] = {}
        self._lowest = next((name for name, unit in self.units.items() if unit.arrays), None)
        self._at_work = tuple(
            (name, unit, squashing(unit.step.layer.activation, self.dtype)) for name, unit in self.units.items()
        )
        self._join()

    def _join(self) -> None:
        """Keep all weights in one row and all gradients in another, of which the units' arrays are parts."""
        whole = [(unit, name, array) for unit in self.units.values() for name, array in unit.arrays.items()]
        size = sum(array.size for _, _, array in whole)
        self.weights_in_a_row: Array = np.zeros(size, self.dtype)
        self.gradients_in_a_row: Array = np.zeros(size, self.dtype)
        self.linked_in_a_row = np.ones(size, bool)
        first = 0
        for unit, name, array in whole:
            part = slice(first, first := first + array.size)
            self.weights_in_a_row[part] = array.ravel()
            if name in unit.linked:
                self.linked_in_a_row[part] = unit.linked[name].ravel()
            unit.arrays[name] = self.weights_in_a_row[part].reshape(array.shape)
            unit.gradients[name] = self.gradients_in_a_row[part].reshape(array.shape)

    def forward(self, images: Array) -> Array:
        """(B, 1, H, W) → (B, classes): distances (smallest wins), or logits (largest wins; softmax is the loss's)."""
        maps = images
        for name, unit, squash in self._at_work:
            self.maps[name] = maps = squash.over(unit.forward(maps))
        return maps.reshape(len(maps), -1)

    def backward(self, errors: Array) -> None:
        """dE/d(answer), (B, classes), → every unit's `gradients` of E, added up over the images of the last forward."""
        self._backward(errors, 1)

    def curvature(self, sharpness: Array) -> None:
        """d²E/d(answer)², (B, classes), → every unit's `gradients` hold d²E/dw² (Gauss–Newton), added up likewise.

        Where the answer is distances, they give 2 for whatever they are asked, and `sharpness` is not read.
        """
        self._backward(sharpness, 2)

    def _backward(self, errors: Array, power: int) -> None:
        back: Array | None = errors
        for name, unit, squash in reversed(self._at_work):
            assert back is not None
            values = self.maps[name]
            back = back.reshape(values.shape)
            slopes = squash.slopes(values)
            if slopes is not None:
                slopes = raised(slopes, power)
                back = np.multiply(slopes, back, slopes)
            back = unit.backward(back, power, onward=name != self._lowest)
            if name == self._lowest:
                return

    def step(self, rates: Array) -> None:
        """Every weight −= its rate × its gradient. rates: one for each of weights_in_a_row. Uses the gradients up."""
        moves = np.multiply(self.gradients_in_a_row, rates, self.gradients_in_a_row)
        np.subtract(self.weights_in_a_row, moves, self.weights_in_a_row)

    def choice(self, answer: Array) -> np.ndarray:
        """The digit that each answer means: (B, classes) → (B,)"""
        return answer.argmin(axis=1) if self.network.answer == "distances" else answer.argmax(axis=1)

    def weights(self) -> Weights:
        """Copies of the weights as they are now, laid out as they came."""
        return self._stored({name: unit.arrays | unit.measured for name, unit in self.units.items()})

    def gradients(self) -> Weights:
        """Copies of the last gradients or curvatures, laid out as the weights."""
        return self._stored({name: unit.gradients for name, unit in self.units.items()})

    def _stored(self, arrays: Mapping[str, Learned]) -> Weights:
        return {name: stored(unit, arrays[name]) for name, unit in self.units.items() if unit.arrays}
