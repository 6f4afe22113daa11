"""The parts of a network gathered for a reader: what passes unit by unit joins the line before it, what branches is a
block, and like blocks that follow each other stand once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lenet_explain.descendants.descendant import Descendant, Reaches
from lenet_explain.descendants.part import INPUT, PASSING, Part
from lenet_explain.network.worked import Worked, given, total


@dataclass(frozen=True, slots=True)
class Line:
    """A part with those that only pass its values on. numbers: theirs in the network, its own first."""

    numbers: tuple[int, ...]
    part: Part
    followers: tuple[Part, ...]
    macs: Worked
    parameters: Worked
    reaches: Reaches
    sees_all: bool

    @property
    def number(self) -> int:
        return self.numbers[0]

    @property
    def last(self) -> Part:
        return self.followers[-1] if self.followers else self.part

    @property
    def signature(self) -> tuple[Any, ...]:
        """What makes two lines alike: all but names, places and what they see."""
        return tuple(
            (one.kind, one.after, one.window, one.groups, one.parameters) for one in (self.part, *self.followers)
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Lines between two points that every way passes; names: of the like blocks that it stands for; lines: of the
    first of these; `reaches` and `sees_all` are those of the last one. aside: whether it serves training only."""

    names: tuple[str, ...]
    lines: tuple[Line, ...]
    reaches: Reaches
    sees_all: bool
    aside: bool

    @property
    def count(self) -> int:
        return len(self.names)

    @property
    def title(self) -> str:
        return self.names[0] if self.count == 1 else f"{self.names[0]} to {self.names[-1]}"

    @property
    def parameters(self) -> int:
        """Of all that it stands for."""
        return self.count * int(total(one.parameters for one in self.lines).value)

    @property
    def macs(self) -> int:
        """Of all that it stands for."""
        return self.count * int(total(one.macs for one in self.lines).value)


@lru_cache(maxsize=32)
def stages(network: Descendant) -> tuple[Block, ...]:
    """Those that lead to the answer, each on its own."""
    return tuple(_block(lines, aside=False) for lines in _cut(network, _lines(network, network.used)))


@lru_cache(maxsize=32)
def blocks(network: Descendant) -> tuple[Block, ...]:
    """In order, what serves training only last."""
    found = list(stages(network))
    if network.aside:
        found.append(_block(_lines(network, network.aside), aside=True))
    return tuple(_counted(found))


def _lines(network: Descendant, numbers: Sequence[int]) -> tuple[Line, ...]:
    followed: dict[int, list[int]] = {}  # by the number of the first part
    home: dict[int, int] = {}  # of each part the line that it is in
    for number in numbers:
        part = network.parts[number]
        before = part.reads[0]
        home[number] = home[before] if part.kind in PASSING and before in home else number
        if home[number] == number:
            followed[number] = []
        else:
            followed[home[number]].append(number)
    return tuple(_line(network, first, rest) for first, rest in followed.items())


def _line(network: Descendant, first: int, rest: Sequence[int]) -> Line:
    part, followers = network.parts[first], tuple(network.parts[one] for one in rest)
    counted = [one.counted(network.before(one)) for one in (part, *followers) if one.parameters]
    end = rest[-1] if rest else first
    return Line(
        (first, *rest),
        part,
        followers,
        network.macs(part),
        _added(counted),
        network.reaches[end],
        network.sees_all(end),
    )


def _added(terms: Sequence[Worked]) -> Worked:
    if not terms:
        return given(0)
    added = terms[0]
    for term in terms[1:]:
        added = added + term
    return added


def _cut(network: Descendant, lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """Cut after each line over which no way leaps."""
    home = {number: place for place, line in enumerate(lines) for number in line.numbers}
    farthest, group = 0, []
    last = {home[read]: place for place, line in enumerate(lines) for read in line.part.reads if read != INPUT}
    for place, line in enumerate(lines):
        group.append(line)
        if farthest <= place:
            yield tuple(group)
            group = []
        farthest = max(farthest, last.get(place, place))


def _block(lines: Sequence[Line], *, aside: bool) -> Block:
    end = lines[-1]
    return Block((_common(lines),), tuple(lines), end.reaches, end.sees_all, aside)


def _common(lines: Sequence[Line]) -> str:
    """The beginning that all names share; the whole name of a single line."""
    names = [line.part.name.split(".") for line in lines]
    if len(names) == 1:
        return ".".join(names[0])
    shared = []
    for words in zip(*names, strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return ".".join(shared) or f"{lines[0].part.name} …"


def _counted(found: Sequence[Block]) -> Iterator[Block]:
    """Like blocks that follow each other as one."""
    held: Block | None = None
    for block in found:
        alike = held and [one.signature for one in held.lines] == [one.signature for one in block.lines]
        if held and alike:
            held = Block((*held.names, *block.names), held.lines, block.reaches, block.sees_all, held.aside)
            continue
        if held:
            yield held
        held = block
    if held:
        yield held
