"""A network as JSON text, and back: how a visitor's own network is written down, sent along in a link, and read again.

    {"side": 32, "pixels": "paper", "layers": [
      {"kind": "convolution", "name": "C1", "maps": 6, "kernel": 5, "activation": "scaled tanh"}, …]}

The fields of a layer are those of its dataclass in `layers`; one that has a default may be left out. Two are written
shorter: a table may be "Table I", and the codes of a radial basis layer are always the paper's glyphs.
`schema.py` publishes the same rules as JSON Schema. Not covered: networks that read anything but one digit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from types import MappingProxyType
from typing import Any

from lenet_explain import paper
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation, scaled_tanh
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.strict_json import short, value_of_json
from lenet_explain.network.walk import Network, Pixels

SQUASH = scaled_tanh(paper.AMPLITUDE, paper.SLOPE)
PAPER_PIXELS = Pixels(paper.BACKGROUND, paper.INK)
UNIT_PIXELS = Pixels(background=0.0, ink=1.0)  # pixel values divided by 255

KINDS: Mapping[str, type[Layer]] = MappingProxyType(
    {
        one.kind: one
        for one in (Convolution, Subsampling, AveragePooling, MaxPooling, BatchNormalisation, Dense, RadialBasis)
    }
)
ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {one.name: one for one in (IDENTITY, SQUASH, TANH, SIGMOID, RELU, SOFTMAX)}
)
PIXELS: Mapping[str, Pixels] = MappingProxyType({"paper": PAPER_PIXELS, "unit": UNIT_PIXELS})
SIDES = (28, 32)  # a digit is 28×28, or has the paper's border of two pixels
TABLE_I = "Table I"
LONGEST_NAME = 12  # characters
NAME = re.compile(rf"[A-Z][A-Za-z0-9]{{0,{LONGEST_NAME - 1}}}")  # what PyTorch names itself begins with no capital
NAME_RULE = f"a capital letter, then letters or digits, {LONGEST_NAME} characters at most"
LARGEST_TEXT = 20_000  # characters that are read
LONGEST_DRAFT = 12_000  # characters of the shortest spelling, so that a link can hold it
MOST_LAYERS = 24  # a page has a row for each
_NOT_WRITTEN = ("codes",)


@dataclass(frozen=True, slots=True)
class Limit:
    """The lowest and highest value of a field in a visitor's own network, and why there is an upper one."""

    low: int
    high: int
    reason: str


LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "maps": Limit(1, 256, "a page draws every map"),
        "units": Limit(1, 1024, "a page draws every unit"),
        "kernel": Limit(1, SIDES[-1], "no input is larger"),
        "size": Limit(1, SIDES[-1], "no input is larger"),
        "stride": Limit(1, 8, "a longer step looks at almost nothing"),
        "padding": Limit(0, 8, "a wider border is mostly paper"),
    }
)
LAST_INPUT = max(LIMITS["maps"].high, LIMITS["units"].high) - 1  # of the maps that a table can name


@dataclass(frozen=True, slots=True)
class Draft:
    """What a visitor has put together; its layers need not fit one another yet."""

    side: int
    pixels: str
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if self.side not in SIDES or isinstance(self.side, bool):
            raise DescriptionError(f"side is {short(self.side)}, and must be {' or '.join(map(str, SIDES))}")
        if not isinstance(self.pixels, str) or self.pixels not in PIXELS:
            raise DescriptionError(f"pixels is {short(self.pixels)}, and must be one of {', '.join(PIXELS)}")
        if (length := len(text_of(self))) > LONGEST_DRAFT:
            rule = f"may have {LONGEST_DRAFT:,}, so that a link can hold it: write shorter tables"
            raise DescriptionError(f"the network has {length:,} characters in its shortest spelling, and {rule}")

    @property
    def input(self) -> Shape:
        return Shape(1, self.side, self.side)


def draft_of(text: str | bytes) -> Draft:
    """Raises DescriptionError with a sentence that names the layer, the field and the rule."""
    if len(text) > LARGEST_TEXT:
        raise DescriptionError(f"the text has {len(text):,} characters, and at most {LARGEST_TEXT:,} are read")
    try:
        values = value_of_json(text)
    except ValueError as error:
        raise DescriptionError(f"the text is not JSON that can be read: {error}") from error
    _only("the text", values, ("side", "pixels", "layers"))
    layers = values.get("layers")
    if not isinstance(layers, list) or not layers:
        raise DescriptionError(f"layers is {short(layers)}, and must be a list of at least one layer")
    if len(layers) > MOST_LAYERS:
        raise DescriptionError(f"there are {len(layers)} layers, and may be at most {MOST_LAYERS}: each has a row")
    read = tuple(_layer(at, one) for at, one in enumerate(layers, start=1))
    return Draft(_whole(values.get("side", SIDES[-1])), values.get("pixels", "paper"), read)


def draft_from(network: Network) -> Draft:
    """The network as a beginning for one's own."""
    pixels = next(name for name, one in PIXELS.items() if one == network.pixels)
    return Draft(network.input.height, pixels, network.layers)


def text_of(draft: Draft, *, indent: bool = False) -> str:
    """Canonical JSON: fixed field order, defaults omitted."""
    layers = [_written(layer) for layer in draft.layers]
    if not indent:
        return json.dumps({"side": draft.side, "pixels": draft.pixels, "layers": layers}, separators=(",", ":"))
    rows = ",\n".join(f"    {json.dumps(layer)}" for layer in layers)
    return f'{{\n  "side": {draft.side},\n  "pixels": {json.dumps(draft.pixels)},\n  "layers": [\n{rows}\n  ]\n}}\n'


def fields_of(kind: type[Layer]) -> tuple[Field[Any], ...]:
    """What is written of a layer besides kind and name, the activation last."""
    own = [field for field in fields(kind) if field.name not in ("name", "activation", *_NOT_WRITTEN)]
    return (*own, *(field for field in fields(kind) if field.name == "activation"))


def _written(layer: Layer) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": layer.kind, "name": layer.name}
    for field in fields_of(type(layer)):
        value = getattr(layer, field.name)
        if field.default is MISSING or value != field.default:
            found[field.name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Activation):
        return value.name
    return TABLE_I if value == paper.TABLE_I else value


def _layer(at: int, values: Any) -> Layer:
    """at: its place, counted from 1, for messages."""
    where = f"layer {at}"
    if not isinstance(values, dict):
        raise DescriptionError(f"{where} is {short(values)}, and must be an object with kind and name")
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise DescriptionError(f"{where}: kind is {short(kind)}, and must be one of {', '.join(KINDS)}")
    name = values.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DescriptionError(f"{where}: name is {short(name)}, and must be {NAME_RULE}")
    known = fields_of(KINDS[kind])
    _only(name, values, ("kind", "name", *(field.name for field in known)))
    given: dict[str, Any] = {"codes": paper.GLYPH_CODES} if KINDS[kind] is RadialBasis else {}
    for field in known:
        if field.name in values:
            given[field.name] = _value(name, field, values[field.name])
        elif field.default is MISSING:
            raise DescriptionError(f"{name}: {field.name} is missing, and every {kind} layer needs one")
    return KINDS[kind](name, **given)


def _value(layer: str, field: Field[Any], value: Any) -> Any:
    """The field's value as the dataclass has it; a whole number within its limits."""
    match field.name:
        case "activation":
            if not isinstance(value, str) or value not in ACTIVATIONS:
                names = ", ".join(ACTIVATIONS)
                raise DescriptionError(f"{layer}: activation is {short(value)}, and must be one of {names}")
            return ACTIVATIONS[value]
        case "table":
            return _table(layer, value)
        case "bias" | "ceil":
            if not isinstance(value, bool):
                raise DescriptionError(f"{layer}: {field.name} is {short(value)}, and must be true or false")
            return value
    check_number(layer, field.name, whole := _whole(value))
    return whole


def check_number(layer: str, field: str, value: Any) -> None:
    """Raises DescriptionError for all but a whole number within the field's limits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise DescriptionError(f"{layer}: {field} is {short(value)}, and must be a whole number")
    limit = LIMITS[field]
    if not limit.low <= value <= limit.high:
        rule = f"must be from {limit.low} to {limit.high:,}: {limit.reason}"
        raise DescriptionError(f"{layer}: {field} is {short(value)}, and {rule}")


def _whole(value: Any) -> Any:
    """6.0 is 6, since JSON has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _table(layer: str, value: Any) -> tuple[tuple[int, ...], ...] | None:
    if value is None or value == TABLE_I:
        return paper.TABLE_I if value else None
    if isinstance(value, list) and all(isinstance(row, list) for row in value):
        rows = tuple(tuple(map(_whole, row)) for row in value)
        if all(type(one) is int and 0 <= one <= LAST_INPUT for row in rows for one in row):
            return rows
    rule = f"{TABLE_I!r}, or for each map a list of the input maps that it reads, 0 to {LAST_INPUT:,}"
    raise DescriptionError(f"{layer}: table is {short(value)}, and must be {rule}")


def _only(where: str, values: Any, known: tuple[str, ...]) -> None:
    if not isinstance(values, dict):
        raise DescriptionError(f"{where} is {short(values)}, and must be an object with {', '.join(known)}")
    for name in values:
        if name not in known:
            raise DescriptionError(f"{where} has a field {short(name)}, and may have {', '.join(known)}")
