"""Mistakes about what a layer gives: the sum of a side, and the number of maps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lenet_explain import paper
from lenet_explain.network.layers import (
    AveragePooling,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    MaxPooling,
    Shape,
    Size,
    Subsampling,
)
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Step, walk
from lenet_explain.network.worked import Worked, given
from lenet_explain.quiz.mistake import Imagine, Imagined, Mistake

POOLING = Subsampling, AveragePooling, MaxPooling
Sliding = Convolution | Subsampling | AveragePooling | MaxPooling


def strided(layer: Sliding, stride: int) -> Layer:
    """The same window moved by another stride."""
    return (
        AveragePooling(layer.name, layer.size, stride) if isinstance(layer, POOLING) else replace(layer, stride=stride)
    )


def elsewhere(step: Step, network: Network) -> Iterator[Step]:
    """The same layer where the network reads the other of the two usual inputs: with the paper's border or without."""
    usual = {NETWORKS["lenet5"].input.height, paper.CENTRED_FIELD}
    at = [layer.name for layer in network.layers].index(step.name)
    for side in usual - {network.input.height} if {network.input.height} < usual else ():
        shape = Shape(network.input.maps, side, side)
        try:
            yield walk(replace(network, input=shape, layers=network.layers[: at + 1]))[at]
        except DescriptionError:  # too small for a kernel: nobody gets so far
            continue


def _sides(step: Step, along: Worked | None, across: Worked | None) -> Imagined:
    if along and across and along.value >= 1 and across.value >= 1:
        yield Size(step.size.maps, along, across)


def _without_one(step: Step, network: Network) -> Imagined:
    """(n + 2p − k)/s, and the + 1 forgotten."""
    if isinstance(step.layer, Sliding):
        window = step.layer.window(step.before)
        sums = [
            (given(side) + given(2) * given(window.padding) - given(window.size)) // given(window.stride)
            for side in (step.before.height, step.before.width)
        ]
        yield from _sides(step, *sums)


def _kept_sides(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Sliding):
        stride = given(step.layer.window(step.before).stride)
        sums = [
            (given(side + int(stride.value) - 1) // stride) if stride.value > 1 else given(side)
            for side in (step.before.height, step.before.width)
        ]
        yield from _sides(step, *sums)


def _with_window(stride: int | None = None, padding: float | None = None) -> Imagine:
    """The layer's own size with another stride, or with the padding times `padding`."""

    def imagine(step: Step, network: Network) -> Imagined:
        layer = step.layer
        if stride and isinstance(layer, Sliding) and layer.window(step.before).stride != stride:
            yield strided(layer, stride).size_after(step.before)
        if padding is not None and isinstance(layer, Convolution) and layer.padding:
            wrong = layer.padding * padding
            if wrong == int(wrong):
                yield replace(layer, padding=int(wrong)).size_after(step.before)

    return imagine


def _padding_once(step: Step, network: Network) -> Imagined:
    layer = step.layer
    if isinstance(layer, Convolution) and layer.padding:
        padding, kernel, stride = given(layer.padding), given(layer.kernel), given(layer.stride)
        sums = [
            (given(side) + padding - kernel) // stride + given(1) for side in (step.before.height, step.before.width)
        ]
        yield from _sides(step, *sums)


def _rounded_otherwise(step: Step, network: Network) -> Imagined:
    """Down in ceil mode, and up without it."""
    if isinstance(step.layer, AveragePooling | MaxPooling) and step.layer.stride <= step.layer.size:
        yield replace(step.layer, ceil=not step.layer.ceil).size_after(step.before)


def _side_by_side(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Convolution) and step.layer.kernel != step.layer.stride:
        yield strided(step.layer, step.layer.kernel).size_after(step.before)


def _other_input(step: Step, network: Network) -> Imagined:
    for other in elsewhere(step, network):
        yield other.size


def _maps_times_inputs(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Convolution):
        yield replace(step.size, maps=given(step.after.maps) * given(step.before.maps))


def _maps_before(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Convolution):
        yield replace(step.size, maps=given(step.before.maps))


def _maps_pooled(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, POOLING):
        yield replace(step.size, maps=given(step.before.maps) // given(step.layer.size))
        yield replace(step.size, maps=given(1))


def _picture_kept(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Dense):
        yield Size(step.size.maps, given(step.before.height), given(step.before.width))


def _flattened(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Dense) and step.before.units != step.before.maps:
        yield Size(given(step.before.units), given(1), given(1))


def _what_is_read(step: Step, network: Network) -> Imagined:
    yield Size(given(step.before.maps), given(step.before.height), given(step.before.width))


def _turned(step: Step, network: Network) -> Imagined:
    yield replace(step.size, height=step.size.width, width=step.size.height)


SHAPE_MISTAKES: tuple[Mistake, ...] = tuple(
    Mistake(name, "shape", imagine, says)
    for name, imagine, says in (
        ("what it reads", _what_is_read, "This is what {layer} reads; asked is what it gives."),
        ("no + 1", _without_one, "The + 1 is missing: the window's first place counts too."),
        ("no padding", _with_window(padding=0), "The padding is missing: it adds {padding} at both ends of a side."),
        ("padding at one end", _padding_once, "The padding counts at both ends of a side: 2·{padding}, not {padding}."),
        ("stride 1", _with_window(stride=1), "The stride is missing: the window moves {stride} at a time, not 1."),
        (
            "same padding",
            _kept_sides,
            "As with “same” padding: here padding is {padding}, and the sides do not stay as they are.",
        ),
        (
            "window side by side",
            _side_by_side,
            "Divided by the kernel: the window moves {stride} at a time, not by its own size.",
        ),
        (
            "rounded otherwise",
            _rounded_otherwise,
            "The rounding at the edge is the other one: without ceil mode a side is rounded down, with it up.",
        ),
        ("other input", _other_input, "The sum starts from another input: this network reads {input}."),
        ("maps times inputs", _maps_times_inputs, "The maps are off: a kernel adds what it reads up into one map."),
        (
            "maps of the layer before",
            _maps_before,
            "The maps are off: these are as many as before, not as there are kernels.",
        ),
        ("pooled maps", _maps_pooled, "The maps are off: this layer works inside each map and keeps their number."),
        ("picture kept", _picture_kept, "The sides are off: a dense layer gives one value a unit, no picture."),
        (
            "only flattened",
            _flattened,
            "This is what the layer reads, laid in a row; asked are its units.",
        ),
        ("sides changed", _turned, "Height and width have changed places."),
    )
)
