"""What would fit in the place of a layer that does not, and how small a layer must be where the whole is too large.

What would fit is found by trying: every value of every number of the layer within its limits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lenet_explain.network.description import LIMITS, fields_of
from lenet_explain.network.layers import (
    AveragePooling,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.walk import Step, totals

MOST_PARAMETERS = 300_000  # 1.2 MB to every visitor's browser
MOST_MACS = 5_000_000  # a phone still answers while one draws


def instead(layer: Layer, before: Shape) -> Iterable[str]:
    """Other numbers for this layer, or another layer, that fit what comes before."""
    yield from _other_numbers(layer, before)
    if isinstance(layer, Subsampling):
        other = AveragePooling(layer.name, size=layer.size, stride=layer.size)
        if _fits(other, "size", layer.size, before):
            yield f"average pooling, which leaves out what is left over at the edge: {other.shape_after(before)}"
    if isinstance(layer, RadialBasis):
        yield f"a dense layer of {len(layer.codes[0])} units before it"
    if isinstance(layer, Convolution) and layer.table is not None:
        yield f"every map reads all {before.maps}" if before.maps > 1 else "no table, as there is one input map"


def smaller(steps: tuple[Step, ...], order: list[int]) -> Iterable[str]:
    """Which layer would have to be smaller, and how small; the last one has its size from the digits."""
    for at in order:
        name = next((name for name in ("maps", "units") if hasattr(steps[at].layer, name)), None)
        if name and at < len(steps) - 1:
            low, high = _bounds(steps, at, name)
            yield from (f"{steps[at].name} with {words}" for words in _in_words(name, range(low, high + 1)))


def _bounds(steps: tuple[Step, ...], at: int, name: str) -> tuple[int, int]:
    """The lowest and the highest value of this number by which the whole is small enough; none where low > high.

    Only the layers up to the next that sets a number of its own see the change; they fit from some value on, as a table
    needs the maps that it names and glyphs need their units.
    """
    own, sums = (Convolution, Dense, RadialBasis), totals(steps)
    seen = steps[at : 1 + next(i for i in range(at + 1, len(steps)) if isinstance(steps[i].layer, own))]
    spare_parameters = MOST_PARAMETERS - sums.parameters.value + sum(step.parameters.value for step in seen)
    spare_macs = MOST_MACS - sums.macs.value + sum(step.macs.value for step in seen)

    def cost(value: int) -> tuple[float, float] | None:
        try:
            changed = replace(seen[0].layer, **{name: value})
            return _cost((changed, *(step.layer for step in seen[1:])), seen[0].before)
        except DescriptionError:
            return None

    def large(value: int) -> bool:
        parameters, macs = cost(value) or (0, 0)
        return parameters > spare_parameters or macs > spare_macs

    now = getattr(seen[0].layer, name)
    low = 1 + bisect_left(range(1, now + 1), True, key=lambda value: cost(value) is not None)
    return low, low - 1 + bisect_left(range(low, now + 1), True, key=large)


def _cost(layers: tuple[Layer, ...], before: Shape) -> tuple[float, float]:
    """Parameters and multiply-accumulates. Raises DescriptionError where the layers do not fit."""
    parameters, macs, shape = 0.0, 0.0, before
    for layer in layers:
        after = layer.shape_after(shape)
        parameters += layer.parameters(shape).value
        macs += layer.macs(shape).value
        shape = after
    return parameters, macs


def _other_numbers(layer: Layer, before: Shape) -> Iterable[str]:
    for field in fields_of(type(layer)):
        if limit := LIMITS.get(field.name):
            values = range(limit.low, limit.high + 1)
            yield from _in_words(field.name, [value for value in values if _fits(layer, field.name, value, before)])


def _in_words(name: str, good: Sequence[int]) -> Iterable[str]:
    """'kernel 1 to 4', or 'size 1, 3 or 9'; nothing where no value of this number helps."""
    if not good:
        return
    run = good[-1] - good[0] == len(good) - 1
    if run and len(good) > 2:
        yield f"{name} {good[0]} or more" if good[-1] == LIMITS[name].high else f"{name} {good[0]} to {good[-1]}"
    else:
        words = [str(value) for value in good[:6]]
        yield f"{name} {' or '.join(filter(None, [', '.join(words[:-1]), words[-1]]))}"


def _fits(layer: Layer, name: str, value: int, before: Shape) -> bool:
    try:
        replace(layer, **{name: value}).size_after(before)
    except DescriptionError:
        return False
    return True
