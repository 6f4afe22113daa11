"""A network's numbers as JSON and as a table of text."""

from __future__ import annotations

from typing import Any

from lenet_explain.network.walk import Network, Step, totals, walk
from lenet_explain.network.worked import number


def count(network: Network) -> dict[str, Any]:
    """Rows by layer and the totals, with the arithmetic of each number; memory in bytes, shapes as [maps, H, W]."""
    steps = walk(network)
    sums = totals(steps)
    return {
        "network": network.key,
        "title": network.title,
        "source": network.source,
        "input": [network.input.maps, network.input.height, network.input.width],
        "layers": [_row(step) for step in steps],
        "total": {
            "parameters": sums.parameters.value,
            "connections": sums.connections.value,
            "macs": sums.macs.value,
            "memory": sums.memory.value,
            "arithmetic": {
                "parameters": sums.parameters.line,
                "connections": sums.connections.line,
                "macs": sums.macs.line,
                "memory": sums.memory.line,
            },
        },
    }


def _row(step: Step) -> dict[str, Any]:
    field = step.field
    return {
        "layer": step.name,
        "kind": step.layer.kind,
        "activation": step.layer.activation.name,
        "shape": [step.after.maps, step.after.height, step.after.width],
        "parameters": step.parameters.value,
        "connections": step.connections.value,
        "macs": step.macs.value,
        "receptive_field": {"size": field.size.value, "jump": field.jump.value, "centre": field.centre.value},
        "memory": step.memory.value,
        "arithmetic": {
            "height": step.size.height.line,
            "width": step.size.width.line,
            "parameters": step.parameters.line,
            "connections": step.connections.line,
            "macs": step.macs.line,
            "receptive_field": field.size.line,
            "jump": field.jump.line,
            "centre": field.centre.line,
            "memory": step.memory.line,
        },
    }


def counts_table(network: Network) -> str:
    """The same as lines of text: a row a layer, the totals last."""
    steps = walk(network)
    head = ("layer", "kind", "shape", "parameters", "connections", "macs", "field", "sum of the parameters")
    rows = [
        (
            step.name,
            step.layer.kind,
            str(step.after),
            number(step.parameters.value),
            number(step.connections.value),
            number(step.macs.value),
            number(step.field.size.value),
            step.parameters.line,
        )
        for step in steps
    ]
    sums = totals(steps)
    last = ("total", "", "", *(number(s.value) for s in (sums.parameters, sums.connections, sums.macs)), "", "")
    table = [head, ("input", "", str(network.input), "", "", "", "", ""), *rows, last]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in table]
    return "\n".join([f"{network.title}: {network.source}", *lines])


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Words to the left, numbers to the right."""
    numeric = range(3, 7)
    return [
        f"{cell:>{width}}" if column in numeric else f"{cell:<{width}}"
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
