"""From weights as they are stored (see `starting_weights`) to a unit at work, and its arrays back again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lenet_explain.backends.numpy_chain.units import (
    Distances,
    Largest,
    Learned,
    Means,
    Normalised,
    SlidingSums,
    Sums,
    Unit,
    WeightedSums,
)
from lenet_explain.backends.numpy_chain.windows import Windows
from lenet_explain.backends.starting_weights import Arrays
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    MaxPooling,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.walk import Step


def unit_of(step: Step, stored: Arrays, dtype: np.dtype) -> Unit:
    """stored: the layer's arrays, copied. Raises DescriptionError for a kind of layer without one."""
    arrays = {name: np.array(array, dtype, order="C") for name, array in stored.items()}
    windows = Windows(step.before, step.layer.window(step.before), step.after)
    match step.layer:
        case Convolution():
            return _convolution(step, arrays, windows)
        case Dense():
            return WeightedSums(step, {"kernels": arrays.pop("weights"), **arrays})
        case Subsampling():
            return Sums(step, arrays)
        case AveragePooling():
            return Means(step, windows)
        case MaxPooling():
            return Largest(step, Windows(step.before, step.layer.window(step.before), step.after, border=-np.inf))
        case BatchNormalisation():
            mean, variance = arrays.pop("mean"), arrays.pop("variance")
            return Normalised(step, arrays, mean, variance)
        case RadialBasis(codes=codes):
            return Distances(step, np.array(codes, dtype))
    raise DescriptionError(f"{step.name}: chain has no unit for a {step.layer.kind} layer")


def stored(unit: Unit, arrays: Learned) -> Arrays:
    """Copies of a unit's arrays, or of its gradients, in the layout of files and pictures."""
    step = unit.step
    match step.layer:
        case Convolution(table=None, kernel=k):
            shape = (step.after.maps, step.before.maps, k, k)
            return {name: array.reshape(shape if name == "kernels" else -1).copy() for name, array in arrays.items()}
        case Convolution(kernel=k):
            links = _links(step)
            cut = arrays["kernels"].reshape(step.after.maps, step.before.maps, k, k)[links]
            return {name: cut if name == "kernels" else array.copy() for name, array in arrays.items()}
        case Dense():
            return {"weights" if name == "kernels" else name: array.copy() for name, array in arrays.items()}
    return {name: array.copy() for name, array in arrays.items()}


def _convolution(step: Step, arrays: Learned, windows: Windows) -> Unit:
    """A sparse one works as a dense one with zeros where the table has no link."""
    layer, shape = step.layer, (step.after.maps, step.before.maps, windows.k, windows.k)
    assert isinstance(layer, Convolution)
    kernels = arrays["kernels"]
    linked = np.ones(shape, bool)
    if layer.table is not None:
        linked = np.zeros(shape, bool)
        linked[_links(step)] = True
        dense = np.zeros(shape, kernels.dtype)
        dense[_links(step)] = kernels
        kernels = dense
    arrays = arrays | {"kernels": kernels.reshape(len(kernels), -1)}
    everything = (step.before.height, step.before.width) == (windows.k, windows.k) and not windows.padding
    unit = WeightedSums(step, arrays) if everything else SlidingSums(step, arrays, windows)
    unit.linked["kernels"] = linked.reshape(len(kernels), -1)
    return unit


def _links(step: Step) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Map and input map of each link, in the order of the table's rows."""
    assert isinstance(step.layer, Convolution)
    pairs = [(row, index) for row, inputs in enumerate(step.layer.links(step.before)) for index in inputs]
    rows, inputs = np.array(pairs, np.intp).T
    return rows, inputs
