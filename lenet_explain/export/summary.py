"""A network as a table in plain text, as torchinfo prints one: layers, shapes, parameters, multiplications."""

from __future__ import annotations

from lenet_explain.export.names import one_line
from lenet_explain.export.rows import Row, rows
from lenet_explain.network.layers.layer import BYTES_PER_VALUE
from lenet_explain.network.walk import Network, totals, walk

_HEAD = ("Layer", "Kind", "Output shape", "Parameters", "MACs")
_LONGEST = 24  # characters of a name


def summary(network: Network) -> str:
    """Shapes as PyTorch has them, with B for the images of a batch; sizes are those of float32."""
    first, found = network.input, rows(network)
    body = [("input", "", f"[B, {first.maps}, {first.height}, {first.width}]", "–", "–"), *map(_cells, found)]
    widths = [max(len(row[at]) for row in (_HEAD, *body)) for at in range(len(_HEAD))]
    lines = [_line(row, widths) for row in (_HEAD, *body)]
    ruler = "=" * len(lines[0])
    return (
        "\n".join([one_line(network.title), ruler, lines[0], ruler, *lines[1:], ruler, *_sums(network), ruler]) + "\n"
    )


def _cells(row: Row) -> tuple[str, ...]:
    after = row.after
    shape = f"[B, {after.maps}, {after.height}, {after.width}]"
    return one_line(row.name)[:_LONGEST], row.kind, shape, _count(row.parameters), _count(row.macs)


def _count(number: int) -> str:
    return f"{number:,}" if number else "–"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """Words at the left, numbers at the right."""
    words = [f"{cell:<{width}}" for cell, width in zip(cells[:3], widths[:3], strict=True)]
    numbers = [f"{cell:>{width}}" for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join([*words, *numbers])


def _sums(network: Network) -> list[str]:
    sums = totals(walk(network))
    parameters, first = int(sums.parameters.value), network.input
    said = {
        "Total parameters": f"{parameters:,}",
        "Total connections": f"{int(sums.connections.value):,}",
        "Total MACs, one image": f"{int(sums.macs.value):,}",
        "Input, one image": f"{first.units * BYTES_PER_VALUE:,} bytes",
        "All outputs, one image": f"{int(sums.memory.value):,} bytes",
        "Parameters, size": f"{parameters * BYTES_PER_VALUE:,} bytes",
    }
    width = max(map(len, said)) + 1
    return [f"{f'{name}:':<{width}} {value}" for name, value in said.items()]
