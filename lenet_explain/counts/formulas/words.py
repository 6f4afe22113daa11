"""Each number of a layer in a sentence. Numbers are the layer's own."""

from __future__ import annotations

from collections.abc import Mapping

from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.walk import Step
from lenet_explain.network.worked import number

_BIAS_TOO = "; a bias counts as a link"


def counted(count: float, one: str, many: str | None = None) -> str:
    """'1 map', '6 maps', '4,704 units'"""
    return f"{number(count)} {one if count == 1 else many or f'{one}s'}"


def sentences(step: Step) -> Mapping[str, str]:
    """By quantity: shape, parameters, connections, macs, memory, field."""
    return {
        "shape": _shape(step),
        "parameters": _parameters(step.layer, step.before, step.after),
        "connections": _connections(step),
        "macs": _macs(step),
        "memory": _memory(step),
        "field": _field(step),
    }


def _places(shape: Shape) -> str:
    return f"{number(shape.height)}×{number(shape.width)}"


def _at(shape: Shape) -> str:
    return "one place" if shape.height * shape.width == 1 else f"{_places(shape)} places"


def _shape(step: Step) -> str:
    before, after = step.before, step.after
    match step.layer:
        case Convolution(kernel=k):
            return f"{_slides(step)} Each of its {counted(after.maps, 'set')} of {k}×{k} kernels gives one map."
        case Subsampling() | AveragePooling() | MaxPooling():
            return f"{_slides(step)} It takes each map by itself, so their number stays {number(before.maps)}."
        case Dense():
            flat = before.height * before.width > 1
            laid = f"The values of {before} are laid out in one row of {number(before.units)}. " if flat else ""
            return f"{laid}Its {counted(after.maps, 'unit')} have no place in a picture: height and width are 1."
        case RadialBasis():
            return f"One unit for each of the {counted(after.maps, 'code')}; height and width are 1."
        case BatchNormalisation():
            return "Each value is changed where it stands: the shape stays as it was."
        case _:
            return f"{before} becomes {after}."


def _slides(step: Step) -> str:
    """Where a window fits, and what is left over at the edge."""
    window, before, after = step.layer.window(step.before), step.before, step.after
    name = "kernel" if isinstance(step.layer, Convolution) else "window"
    padded = f" with a border of {window.padding}" if window.padding else ""
    left = (before.height + 2 * window.padding - window.size) % window.stride
    rest = f" At the edge {counted(left, 'row is', 'rows are')} left over and not read." if left else ""
    if isinstance(step.layer, AveragePooling | MaxPooling) and step.layer.ceil:
        rest = _beyond(*step.layer.beyond(before))
    moved = f"{counted(window.stride, 'pixel')} at a time"
    return (
        f"A {window.size}×{window.size} {name} that moves {moved} over {_places(before)}{padded} "
        f"fits at {_at(after)}.{rest}"
    )


def _beyond(down: int, right: int) -> str:
    """What ceil mode does here."""
    said = [counted(count, one) for count, one in ((down, "row"), (right, "column")) if count]
    if not said:
        return " Ceil mode would round up at the edge, and there is nothing left over."
    return f" Ceil mode rounds up: the last windows reach {' and '.join(said)} beyond the edge and read what is there."


def _parameters(layer: Layer, before: Shape, after: Shape) -> str:
    maps = counted(after.maps, "map")
    match layer:
        case Convolution(kernel=k, table=None, bias=bias):
            own = counted(k * k * before.maps, "weight")
            each = f"each of the {number(before.maps)} maps" if before.maps > 1 else "the one map"
            unit = f"Each of the {maps} has one {k}×{k} kernel for {each} before it: {own}"
            return f"{unit}{', and one bias' if bias else ', and no bias'}.{_shared(after)}"
        case Convolution(kernel=k, bias=bias):
            links = counted(sum(map(len, layer.links(before))), "link")
            biases = f"each of the {maps} has one bias" if bias else "there is no bias"
            return f"Each of the {links} in the table is one {k}×{k} kernel, and {biases}.{_shared(after)}"
        case Subsampling():
            return f"Each of the {maps} has one coefficient and one bias.{_shared(after)}"
        case AveragePooling():
            return "Nothing to train: a mean needs no weight that could change."
        case MaxPooling():
            return "Nothing to train: the largest value is taken as it is."
        case BatchNormalisation():
            return f"Each of the {maps} has one scale and one shift. Its mean and variance are measured, not trained."
        case Dense(bias=bias):
            own = f"one weight for each of the {counted(before.units, 'value')} before it"
            return (
                f"Each of the {counted(after.maps, 'unit')} has {own}{', and one bias' if bias else ', and no bias'}."
            )
        case RadialBasis():
            return "Nothing to train: the codes are fixed by hand, so their values are not counted as parameters."
        case _:
            return f"{counted(layer.parameters(before).value, 'number')} that training changes."


def _shared(after: Shape) -> str:
    """Nothing where a map has one place: there is nobody to share with."""
    return " All places of a map share them." if after.height * after.width > 1 else ""


def _connections(step: Step) -> str:
    k = step.layer.window(step.before).size
    units = counted(step.after.units, "unit")
    match step.layer:
        case Convolution() if step.after.height * step.after.width == 1:
            return "The kernel fits at one place only, so each parameter is one connection, and nothing is shared."
        case Convolution() | BatchNormalisation():
            each = "once" if step.after.height * step.after.width == 1 else f"once at each of the {_at(step.after)}"
            return f"Each parameter is used {each}{_BIAS_TOO if getattr(step.layer, 'bias', True) else ''}."
        case Subsampling():
            return f"Each of the {units} has {k}×{k} inputs and a bias{_BIAS_TOO}."
        case AveragePooling() | MaxPooling() as pooling:
            less = ", but those at the edge, which have fewer" if any(pooling.beyond(step.before)) else ""
            return f"Each of the {units} has {k}×{k} inputs{less}, and no bias."
        case Dense():
            return "Nothing is shared: each parameter is one connection."
        case RadialBasis():
            return (
                f"Each of the {units} is linked to all {counted(step.before.maps, 'value')} before it, without a bias."
            )
        case _:
            return f"{counted(step.connections.value, 'link')} into {units}."


def _macs(step: Step) -> str:
    match step.layer:
        case Convolution():
            return "At each place each weight multiplies one value. What a bias does is adding, and not counted."
        case Subsampling():
            return "The window is added up first, then multiplied once by the coefficient."
        case AveragePooling():
            return "Values are added, and no weight multiplies them."
        case MaxPooling():
            return "Values are compared, and no weight multiplies them."
        case BatchNormalisation():
            return "Each value is multiplied once by its map's scale."
        case Dense():
            return "Each weight multiplies one value. What a bias does is adding, and not counted."
        case RadialBasis():
            return "Each connection gives one product: a difference, squared."
        case _:
            return "Products of a value with a weight."


def _memory(step: Step) -> str:
    return f"{counted(step.after.units, 'output')} for one image, each a float32 number of 4 bytes."


def _field(step: Step) -> str:
    window, sees = step.layer.window(step.before), _seen(step)
    if (window.size, window.stride, window.padding) == (1, 1, 0):
        return f"A unit sees what the values before it see: {sees}."
    if window.size == 1:
        return f"A unit reads one value, and sees what that one sees: {sees}."
    jump = int(step.field.jump.value / window.stride)
    wider = (window.size - 1) * jump
    said = f"A unit reads {counted(window.size, 'value')} a side that lie {counted(jump, 'pixel')} apart, and sees "
    return f"{said}{sees}: {counted(wider, 'pixel')} more a side than a value before it."


def _seen(step: Step) -> str:
    """The first unit's field begins at pixel 0, or beyond the edge where there is a border."""
    size = step.field.size.value
    beyond = step.field.centre.value < (size - 1) / 2
    return f"{_square(size)} pixels of the input{', the border around it included' if beyond else ''}"


def _square(size: float) -> str:
    return f"{number(size)}×{number(size)}"
