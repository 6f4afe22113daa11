"""A layer as an exercise states it, and its hints: first in words, then with numbers but without the result."""

from __future__ import annotations

from collections import Counter

from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    Layer,
    MaxPooling,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.walk import Step
from lenet_explain.network.worked import ATOM
from lenet_explain.quiz.mistake import Asked


def stated(layer: Layer) -> str:
    """What has to be known of a layer to count it: 'convolution: 6 maps, 5×5 kernels, stride 1, no padding'."""
    match layer:
        case Convolution():
            padding = f"padding {layer.padding}" if layer.padding else "no padding"
            words = (
                f"{_many(layer.maps, 'map')}, {layer.kernel}×{layer.kernel} kernels, stride {layer.stride}, {padding}"
            )
            return f"convolution: {words}{_table(layer)}{'' if layer.bias else ', no biases'}"
        case Subsampling():
            return f"trainable subsampling: {layer.size}×{layer.size} blocks that do not overlap"
        case AveragePooling() | MaxPooling():
            up = ", rounded up at the edge (ceil mode)" if layer.ceil else ""
            return f"{layer.kind}: {layer.size}×{layer.size} windows, stride {layer.stride}{up}"
        case Dense():
            return f"dense: {_many(layer.units, 'unit')}{'' if layer.bias else ', no biases'}"
        case RadialBasis():
            return f"radial basis: squared distances to {_many(len(layer.codes), 'fixed code')}, no biases"
        case _:
            return layer.kind


def hints(step: Step, asked: Asked) -> tuple[str, str]:
    """First in words, then with this layer's numbers."""
    if asked == "shape":
        return _shape_words(step.layer), _shape_sum(step)
    worked = step.parameters if asked == "parameters" else step.connections
    words = _parameter_words(step.layer) if asked == "parameters" else _connection_words(step.layer)
    plain = "There is nothing to add up: ask only what training changes." if asked == "parameters" else words
    return words, f"With its numbers: {worked.text}" if worked.binding != ATOM else plain


def _shape_words(layer: Layer) -> str:
    match layer:
        case Convolution():
            return "Maps: one for each kernel. A side: (side before + 2·padding − kernel)/stride + 1."
        case Subsampling() | AveragePooling() | MaxPooling():
            up = ", rounded up" if getattr(layer, "ceil", False) else ""
            return f"Maps: as many as before. A side: (side before − window)/stride + 1{up}."
        case Dense():
            return "One value for each unit: no picture is left, both sides are 1."
        case RadialBasis():
            return "One distance for each code."
        case _:
            return "Every value is changed in its place: which of the three numbers can that change?"


def _shape_sum(step: Step) -> str:
    height, width = step.size.height, step.size.width
    if height.binding == ATOM:
        return f"It reads {step.before}."
    sides = f"a side: {height.text}" if height == width else f"height: {height.text}; width: {width.text}"
    return f"It reads {step.before}; {sides}."


def _parameter_words(layer: Layer) -> str:
    match layer:
        case Convolution():
            reads = "its cells for each map that it reads" if layer.table is None else "its cells for each link"
            return f"A kernel has {reads}; all positions share it. {_biases(layer.bias, 'map')}"
        case Subsampling():
            return "Each map has a coefficient for the sum of a block, and a bias. All positions share them."
        case AveragePooling() | MaxPooling():
            return "What could training change in a mean or a maximum?"
        case Dense():
            return f"Every unit has a weight for every value that it reads. {_biases(layer.bias, 'unit')}"
        case RadialBasis():
            return "The codes are chosen by hand and stay fixed: what is left to train?"
        case BatchNormalisation():
            return "Each map has a scale and a shift that are trained; mean and variance are measured."
        case _:
            return "Count what training changes."


def _connection_words(layer: Layer) -> str:
    match layer:
        case Convolution():
            return "Every parameter is used once at each position of the map: parameters · height · width."
        case Subsampling():
            return "Each unit is linked to the cells of its block and to a bias; how many units are there?"
        case AveragePooling() | MaxPooling():
            return "Each unit is linked to the cells of its window; how many units are there?"
        case Dense():
            return "Every weight and bias is used once: as many links as parameters."
        case RadialBasis():
            return "Each distance reads every value before it, and there is no bias."
        case _:
            return "Every parameter is used once at each position: parameters · height · width."


def _biases(there: bool, of: str) -> str:
    return f"Every {of} adds a bias." if there else "There are no biases."


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _table(layer: Convolution) -> str:
    """', by a table: 6 maps read 3 maps, 9 read 4, 1 reads 6'"""
    if layer.table is None:
        return ""
    reads = sorted(Counter(map(len, layer.table)).items())
    words = [f"{maps} {'reads' if maps == 1 else 'read'} {inputs}" for inputs, maps in reads]
    return f", by a table: of its maps {', '.join(words)} of the maps before"
