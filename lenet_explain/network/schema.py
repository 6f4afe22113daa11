"""The rules of `description` as JSON Schema, to be checked by any editor; derived from the same classes and limits.

Not covered, since it needs arithmetic: whether a table has a row for each map, whether a stride with ceil is too long,
whether the whole is too long for a link, and whether the layers fit one another, see `fitting`.
"""

from __future__ import annotations

from dataclasses import MISSING, Field
from typing import Any

from lenet_explain.network.description import (
    ACTIVATIONS,
    KINDS,
    LAST_INPUT,
    LIMITS,
    MOST_LAYERS,
    NAME,
    PIXELS,
    SIDES,
    TABLE_I,
    fields_of,
)
from lenet_explain.network.layers import Layer

DIALECT = "https" + "://json-schema.org/draft/2020-12/schema"  # a name, which nobody fetches


def schema() -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "title": "A network of lenet_explain",
        "type": "object",
        "additionalProperties": False,
        "required": ["layers"],
        "properties": {
            "side": {"enum": list(SIDES), "default": SIDES[-1], "description": "height and width of the input"},
            "pixels": {"enum": list(PIXELS), "default": "paper", "description": _pixels()},
            "layers": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_LAYERS,
                "items": {"oneOf": [_layer(made) for made in KINDS.values()]},
            },
        },
    }


def _pixels() -> str:
    words = (f"{name}: {one.background:g} for paper, {one.ink:g} for ink" for name, one in PIXELS.items())
    return "what the network is fed; " + "; ".join(words)


def _layer(made: type[Layer]) -> dict[str, Any]:
    known = fields_of(made)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "name", *(field.name for field in known if field.default is MISSING)],
        "properties": {
            "kind": {"const": made.kind},
            "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
            **{field.name: _field(field) for field in known},
        },
    }


def _field(field: Field[Any]) -> dict[str, Any]:
    match field.name:
        case "activation":
            return {"enum": list(ACTIVATIONS), "default": field.default.name}
        case "bias" | "ceil":
            return {"type": "boolean", "default": field.default}
        case "table":
            return {"anyOf": [{"const": TABLE_I}, {"type": "null"}, _rows()]}
    limit = LIMITS[field.name]
    whole: dict[str, Any] = {"type": "integer", "minimum": limit.low, "maximum": limit.high}
    return whole if field.default is MISSING else whole | {"default": field.default}


def _rows() -> dict[str, Any]:
    inputs = {"type": "integer", "minimum": 0, "maximum": LAST_INPUT}
    row = {"type": "array", "minItems": 1, "uniqueItems": True, "items": inputs}
    return {"type": "array", "minItems": 1, "maxItems": LIMITS["maps"].high, "items": row}
