"""What can be done to a draft: each edit gives another draft, and none of them asks whether its layers fit.

An edit is asked for on the draft that was on screen, and made on the newest, which another edit may have changed in
between: `place_of` finds its layer again. One that no longer fits raises DescriptionError with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from lenet_explain import paper
from lenet_explain.network.activations import IDENTITY, RELU, SOFTMAX, TANH, Activation
from lenet_explain.network.description import (
    KINDS,
    LIMITS,
    MOST_LAYERS,
    NAME,
    NAME_RULE,
    Draft,
    check_number,
    fields_of,
)
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    MaxPooling,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.strict_json import short

_LETTERS: Mapping[type[Layer], str] = MappingProxyType(
    {Convolution: "C", Subsampling: "S", AveragePooling: "S", MaxPooling: "S", BatchNormalisation: "B", Dense: "F"}
)
_KEPT = ("bias", "size", "stride", "ceil")  # of a layer that becomes another kind, where both have it


def place_of(draft: Draft, at: int, names: tuple[str, ...]) -> int:
    """Where the layer stands in this draft that stood at `at` when the layers had these names.

    Raises DescriptionError where it cannot be told, as when the layer was removed.
    """
    now, name = tuple(layer.name for layer in draft.layers), names[at]
    if now == names:
        return at
    if now.count(name) == names.count(name) == 1:
        return now.index(name)
    if len(now) == len(names) and (*now[:at], *now[at + 1 :]) == (*names[:at], *names[at + 1 :]):  # it was renamed
        return at
    raise DescriptionError(f"{name} is not there any more: what was asked of it came too late, and was left out")


def changed(draft: Draft, at: int, field: str, value: Any) -> Draft:
    """Raises DescriptionError where no layer of this kind can have the value."""
    layer = _at(draft, at)
    if field not in {one.name for one in fields_of(type(layer))}:
        raise DescriptionError(f"{layer.name}: a {layer.kind} layer has no {field}: its change was left out")
    if field in LIMITS:
        check_number(layer.name, field, value)
    if field == "maps" and isinstance(layer, Convolution) and layer.table is not None and value != layer.maps:
        rule = "let each map read all maps first, or write another table in the text"
        raise DescriptionError(f"{layer.name}: maps is {value}, and its table has {layer.maps} rows: {rule}")
    return _with(draft, at, replace(layer, **{field: value}))


def renamed(draft: Draft, at: int, name: str) -> Draft:
    """Raises DescriptionError for a name that a layer cannot have, or that another has."""
    if not NAME.fullmatch(name):
        raise DescriptionError(f"the name is {short(name)}, and must be {NAME_RULE}")
    if any(layer.name == name for place, layer in enumerate(draft.layers) if place != at):
        raise DescriptionError(f"{name} is the name of another layer, and every layer needs its own")
    return _with(draft, at, replace(_at(draft, at), name=name))


def added(draft: Draft, at: int, kind: str) -> Draft:
    """A layer of this kind, in numbers to begin with, before the place `at`. Raises DescriptionError where there are as
    many as there may be."""
    if len(draft.layers) >= MOST_LAYERS:
        raise DescriptionError(f"there are {MOST_LAYERS} layers, and may not be more: each has a row")
    layer = _new(kind, _free_name(draft, at, KINDS[kind]), last=at == len(draft.layers))
    return replace(draft, layers=(*draft.layers[:at], layer, *draft.layers[at:]))


def removed(draft: Draft, at: int) -> Draft:
    """Raises DescriptionError where it is the only one."""
    _at(draft, at)
    if len(draft.layers) == 1:
        raise DescriptionError(f"{draft.layers[at].name} is the only layer, and a network needs at least one")
    return replace(draft, layers=(*draft.layers[:at], *draft.layers[at + 1 :]))


def moved(draft: Draft, at: int, by: int) -> Draft:
    """Up or down in the list; beyond its ends nothing changes."""
    _at(draft, at)
    to = at + by
    if not 0 <= to < len(draft.layers):
        return draft
    layers = list(draft.layers)
    layers[at], layers[to] = layers[to], layers[at]
    return replace(draft, layers=tuple(layers))


def turned_into(draft: Draft, at: int, kind: str) -> Draft:
    """Another kind in the same place, with the numbers that both kinds have; its name stays."""
    old = _at(draft, at)
    if kind == old.kind:
        return draft
    new = _new(kind, old.name, last=old.activation == SOFTMAX)
    pooled = hasattr(old, "size") == hasattr(new, "size")  # a kernel's step is not a pool's
    names = [name for name in _KEPT if hasattr(old, name) and hasattr(new, name) and (pooled or name != "stride")]
    kept = {name: getattr(old, name) for name in names}
    return _with(draft, at, replace(new, **kept))


def answers_added(draft: Draft) -> Draft:
    """The layer that every network ends with, behind all others. Raises DescriptionError where it is there already."""
    last = draft.layers[-1]
    if isinstance(last, Dense) and (last.units, last.activation) == (len(paper.GLYPH_CODES), SOFTMAX):
        raise DescriptionError(f"{last.name} gives the ten answers already: they were not added again")
    return added(draft, len(draft.layers), Dense.kind)


def tables(layer: Convolution, inputs: int) -> Mapping[str, tuple[tuple[int, ...], ...] | None]:
    """Ways to read so many input maps, by name; the paper's own where it fits."""
    found: dict[str, tuple[tuple[int, ...], ...] | None] = {"all maps": None}
    if layer.maps == len(paper.TABLE_I) and inputs > max(map(max, paper.TABLE_I)):
        found["Table I"] = paper.TABLE_I
    if inputs > 1:
        found["one map each"] = tuple((at % inputs,) for at in range(layer.maps))
    return found


def _at(draft: Draft, at: int) -> Layer:
    if not 0 <= at < len(draft.layers):
        raise DescriptionError(f"there is no layer {at + 1}: the network has {len(draft.layers)}")
    return draft.layers[at]


def _with(draft: Draft, at: int, layer: Layer) -> Draft:
    return replace(draft, layers=(*draft.layers[:at], layer, *draft.layers[at + 1 :]))


def _new(kind: str, name: str, *, last: bool) -> Layer:
    """In numbers that are small enough to fit nearly anywhere; the last dense layer gives the ten answers."""
    made = KINDS[kind]
    if made is Convolution:
        return Convolution(name, maps=8, kernel=3, activation=TANH)
    if made is Dense:
        units, activation = (
            (len(paper.GLYPH_CODES), SOFTMAX) if last else (paper.GLYPH_WIDTH * paper.GLYPH_HEIGHT, TANH)
        )
        return Dense(name, units=units, activation=activation)
    if made is RadialBasis:
        return RadialBasis(name, codes=paper.GLYPH_CODES)
    squashed: Mapping[type[Layer], Activation] = {Subsampling: TANH, BatchNormalisation: RELU}
    return made(name, activation=squashed.get(made, IDENTITY))


def _free_name(draft: Draft, at: int, made: type[Layer]) -> str:
    """'C3' for a convolution in the third place, or the next number that is free."""
    taken = {layer.name for layer in draft.layers}
    if made is RadialBasis or (made is Dense and at == len(draft.layers)):
        return "OUTPUT" if "OUTPUT" not in taken else _numbered("OUTPUT", 2, taken)
    return _numbered(_LETTERS[made], at + 1, taken)


def _numbered(letters: str, first: int, taken: set[str]) -> str:
    number = first
    while f"{letters}{number}" in taken:
        number += 1
    return f"{letters}{number}"
