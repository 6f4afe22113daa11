"""The layers as rows of a ladder: shape and parameters of each, with the arithmetic, and a last row for the whole.

Data in, plain rows for frontend/counts/ladder.js out: nothing but strings and numbers, ready for JSON.
"""

from __future__ import annotations

from typing import Any

from lenet_explain.network.layers import Size
from lenet_explain.network.walk import Step, totals
from lenet_explain.network.worked import ATOM, Worked, given, number

TOTAL = "TOTAL"


def ladder_rows(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    """One row a layer in order, then the row TOTAL, whose `choosable` is False.

    Keys: name, kind, shape '16@10×10', shape_sum, parameters (int), parameter_sum, share (of the largest layer,
    0 to 1), choosable, and details: for each view a list of (what, worked).
    """
    largest = max((step.parameters.value for step in steps), default=0)
    whole = totals(steps).parameters
    return [*(_row(step, largest, whole) for step in steps), _total(steps)]


def _row(step: Step, largest: float, whole: Worked) -> dict[str, Any]:
    return {
        "name": step.name,
        "kind": step.layer.kind,
        "shape": str(step.after),
        "shape_sum": _shape_sum(step),
        "parameters": int(step.parameters.value),
        "parameter_sum": step.parameters.line,
        "share": step.parameters.value / largest if largest else 0.0,
        "choosable": True,
        "details": {"shapes": _about_shape(step), "parameters": _about_work(step, whole)},
    }


def _shape_sum(step: Step) -> str:
    """The sum of a side; both sides where they differ; words where nothing slides."""
    size: Size = step.size
    if size.height.binding == ATOM:
        return "keeps the shape" if step.after == step.before else f"{step.after.maps} units"
    return size.height.line if size.height == size.width else f"{size.height.line}; {size.width.line}"


def _about_shape(step: Step) -> list[tuple[str, str]]:
    """Receptive field and what the output takes, for one image."""
    return [
        ("receptive field", f"{step.field.size.line} pixels"),
        ("step between fields", f"{step.field.jump.line} {'pixel' if step.field.jump.value == 1 else 'pixels'}"),
        ("memory", f"{step.memory.line} bytes"),
    ]


def _about_work(step: Step, whole: Worked) -> list[tuple[str, str]]:
    """Connections, multiply-accumulates and the layer's share of all parameters."""
    share = given(step.parameters.value) / given(whole.value) if whole.value else given(0)
    percent = f"{share.text} = {share.value:.1%}" if share.value else "0%"
    return [
        ("connections", step.connections.line),
        ("multiply-accumulates", step.macs.line),
        ("share of all", percent),
    ]


def _total(steps: tuple[Step, ...]) -> dict[str, Any]:
    added = totals(steps)
    start, end = str(steps[0].before), str(steps[-1].after)
    return {
        "name": TOTAL,
        "kind": "",
        "shape": end,
        "shape_sum": f"{start} → {end}",
        "parameters": int(added.parameters.value),
        "parameter_sum": added.parameters.line,
        "share": 0.0,
        "choosable": False,
        "details": {
            "shapes": [("memory of all outputs", f"{number(added.memory.value)} bytes")],
            "parameters": [
                ("connections", number(added.connections.value)),
                ("multiply-accumulates", number(added.macs.value)),
            ],
        },
    }
