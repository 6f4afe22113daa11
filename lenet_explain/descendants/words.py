"""The blocks of a later network in words and sums, for tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lenet_explain.descendants.descendant import Descendant, Reaches
from lenet_explain.descendants.folding import Block, Line, blocks
from lenet_explain.descendants.part import PASSING, Part
from lenet_explain.network.worked import number


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; sums: what it opens to, one text a layer."""

    name: str
    what: str
    after: str
    parameters: str
    macs: str
    sees: str
    sums: tuple[str, ...]


@lru_cache(maxsize=32)
def block_rows(network: Descendant) -> tuple[Row, ...]:
    return tuple(_row(block) for block in blocks(network))


def _row(block: Block) -> Row:
    last = block.lines[-1].last.after
    what = _in_words(block.lines[0]) if len(block.lines) == 1 else _branched(block)
    count = f"{block.count} × " if block.count > 1 else ""
    aside = ", for training only" if block.aside else ""
    return Row(
        block.title, f"{count}{what}{aside}", str(last), number(block.parameters), number(block.macs),
        sees(block.reaches, block.sees_all), tuple(_sums(block)),
    )  # fmt: skip


def _branched(block: Block) -> str:
    convolutions = sum(line.part.kind == "convolution" for line in block.lines)
    return f"block of {convolutions} convolutions, {_met(block)}"


def _met(block: Block) -> str:
    """How the ways through a block meet at its end."""
    last, inside = block.lines[-1].part, {number for line in block.lines for number in line.numbers}
    if last.kind == "concatenation":
        return "side by side, joined"
    if last.kind != "addition":
        return "in a row"
    return "two ways, added" if inside >= set(last.reads) else "added to what came in"


def sees(reaches: Reaches, whole: bool) -> str:
    """'the whole input', '43', or height × width where these differ."""
    height, width = (one.size for one in reaches)
    if whole:
        return "all of it"
    return number(height) if height == width else f"{number(height)}×{number(width)}"


def _in_words(line: Line) -> str:
    followers = [one.kind for one in line.followers if one.kind in PASSING]
    return ", ".join([part_in_words(line.part), *followers])


def part_in_words(part: Part) -> str:
    """'3×3 convolution, stride 2, padding 1'"""
    if part.window is None:
        return {"adaptive pooling": "pooling to a fixed size", "dense": "dense layer"}.get(part.kind, part.kind)
    window = part.window
    words = [f"{_pair(window.kernel, always=True)} {part.kind}"]
    if window.stride != (1, 1):
        words.append(f"stride {_pair(window.stride)}")
    if window.padding != (0, 0):
        words.append(f"padding {_pair(window.padding)}")
    return ", ".join(words)


def _pair(sides: tuple[int, int], *, always: bool = False) -> str:
    height, width = sides
    return f"{height}×{width}" if always or height != width else str(height)


def _sums(block: Block) -> Iterator[str]:
    if block.count > 1:
        yield f"Each of the {block.count}, as here {block.names[0]}:"
    for line in block.lines:
        said = [f"{line.part.name}: {_in_words(line)} → {line.last.after}"]
        if line.parameters.value:
            said.append(f"parameters {line.parameters.line}")
        if line.macs.value:
            said.append(f"multiply-accumulates {line.macs.line}")
        yield "; ".join(said)


def heaviest(network: Descendant) -> str:
    """Where most parameters sit and where most work is done, in a sentence."""
    lines = [(line, block.aside) for block in blocks(network) for line in block.lines]
    keeps, aside = max(lines, key=lambda pair: pair[0].parameters.value)
    works = max((line for line, aside in lines if not aside), key=lambda line: line.macs.value)
    training = ", for training only" if aside else ""
    kept, worked = keeps.parameters.value / network.parameters, works.macs.value / network.total_macs
    return (
        f"Most parameters of one layer: {100 * kept:.0f} %, in {keeps.part.name} "
        f"({part_in_words(keeps.part)}{training}). "
        f"Most work of one layer: {100 * worked:.0f} %, in {works.part.name} ({part_in_words(works.part)})."
    )
