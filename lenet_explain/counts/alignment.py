"""Two networks layer beside layer, and the sum that leads from the total of the one to the total of the other.

Layers of one name stand side by side; where names differ, layers of one kind, then of one family, in their order. A
layer without a counterpart stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from lenet_explain.counts.formulas.words import counted
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    DescriptionError,
    Layer,
    MaxPooling,
    Subsampling,
)
from lenet_explain.network.walk import Network, Step, totals, walk
from lenet_explain.network.worked import Worked, given
from lenet_explain.recipes.differences import between_two_layers

Count = Literal["parameters", "connections", "macs"]
COUNTS: Mapping[Count, str] = MappingProxyType(
    {"parameters": "parameters", "connections": "connections", "macs": "multiply-accumulates"}
)
_IDLE: Mapping[Count, tuple[str, ...]] = MappingProxyType(  # traits that cannot change this count
    {"parameters": ("activation", "stride", "padding"), "connections": ("activation",), "macs": ("activation", "bias")}
)
_POOLING = (Subsampling, AveragePooling, MaxPooling)
_NAME, _KIND, _FAMILY, _SHAPE = 16, 4, 2, 1  # what each likeness of two layers is worth


@dataclass(frozen=True, slots=True)
class Pair:
    """Two layers of one role; None where a network has none. At least one is there."""

    one: Step | None
    other: Step | None

    @property
    def name(self) -> str:
        """'C3', or 'C3 / L2' where the names differ."""
        return " / ".join(dict.fromkeys(step.name for step in (self.one, self.other) if step))

    def change(self, count: Count) -> int:
        """What the other has more."""
        return _counted(self.other, count) - _counted(self.one, count)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the difference with one reason. change: not 0; why: in words, computed from both descriptions."""

    pairs: tuple[Pair, ...]
    change: int
    why: str

    @property
    def names(self) -> list[str]:
        return [pair.name for pair in self.pairs]


def aligned(one: Network, other: Network) -> tuple[Pair, ...]:
    """In the order of both networks; every layer of each once."""
    mine, theirs = walk(one), walk(other)
    return tuple(
        Pair(None if at is None else mine[at], None if there is None else theirs[there])
        for at, there in _best(tuple(mine), tuple(theirs))
    )


def terms(one: Network, other: Network, count: Count) -> tuple[Term, ...]:
    """Layers that differ for the same reason are one term; terms in the order of their last layers."""
    found: dict[str, list[Pair]] = {}
    for pair in aligned(one, other):
        if pair.change(count):
            reason = _why((one, other), pair, count)
            found[reason] = [*found.pop(reason, []), pair]  # moved to the end: the last layer decides the order
    return tuple(
        Term(tuple(pairs), change, why)
        for why, pairs in found.items()
        if (change := sum(pair.change(count) for pair in pairs))
    )


def difference(one: Network, other: Network, count: Count) -> Worked:
    """60,000 + 900 − 44 + 850 = 61,706"""
    added = given(getattr(totals(walk(one)), count).value)
    for term in terms(one, other, count):
        added = plus(added, term.change)
    return added


def plus(worked: Worked, change: int) -> Worked:
    """A negative number is taken away, so that no sum reads '+ −44'."""
    return worked + given(change) if change >= 0 else worked - given(-change)


def changes(term: Term, count: Count) -> Worked:
    """−12 − 32 = −44"""
    first, *rest = (pair.change(count) for pair in term.pairs)
    added = given(first)
    for change in rest:
        added = plus(added, change)
    return added


def _counted(step: Step | None, count: Count) -> int:
    return int(getattr(step, count).value) if step else 0


def _why(networks: tuple[Network, Network], pair: Pair, count: Count) -> str:
    """What tells the two layers apart and can change this count."""
    if pair.one is None or pair.other is None:
        step, network = (pair.one, networks[0]) if pair.one else (pair.other, networks[1])
        assert step is not None
        return f"{step.layer.kind} only in {network.title}"
    apart = between_two_layers(*networks, (pair.one.name, pair.other.name))
    reasons = [f"{mine} against {theirs}" for trait, (mine, theirs) in apart.items() if trait not in _IDLE[count]]
    links = [_links(step) for step in (pair.one, pair.other)]
    if all(links) and links[0] != links[1]:
        reasons.append(f"a table of {counted(links[0], 'link')} against one of {links[1]}")
    if _shape_matters(pair.one, pair.other, count):
        reasons.append(f"{pair.one.before} against {pair.other.before} before it")
    return "; ".join(reasons) or "counted in another way"


def _links(step: Step) -> int:
    """How many the layer's table has; 0 without a table."""
    table = step.layer.table if isinstance(step.layer, Convolution) else None
    return sum(map(len, table or ()))


def _shape_matters(one: Step, other: Step, count: Count) -> bool:
    """Whether the other's layer, put in the place of the first, would count differently there, or not fit at all."""
    if one.before == other.before:
        return False
    try:
        other.layer.size_after(one.before)
        moved: Worked = getattr(other.layer, count)(one.before)
    except DescriptionError:
        return True
    return moved.value != getattr(other, count).value


@lru_cache(maxsize=64)
def _best(mine: Sequence[Step], theirs: Sequence[Step]) -> tuple[tuple[int | None, int | None], ...]:
    """The likest pairs that keep the order of both, by the usual table of best ends (Needleman and Wunsch 1970)."""
    likeness = [[_likeness(a, b) for b in theirs] for a in mine]
    best = [[0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]  # of what is left from each place on
    for at in reversed(range(len(mine))):
        for there in reversed(range(len(theirs))):
            together = likeness[at][there] + best[at + 1][there + 1] if likeness[at][there] else 0
            best[at][there] = max(together, best[at + 1][there], best[at][there + 1])
    pairs: list[tuple[int | None, int | None]] = []
    at = there = 0
    while at < len(mine) and there < len(theirs):
        like = likeness[at][there]
        if like and best[at][there] == like + best[at + 1][there + 1]:
            pairs.append((at, there))
            at, there = at + 1, there + 1
        elif best[at][there] == best[at + 1][there]:
            pairs.append((at, None))
            at += 1
        else:
            pairs.append((None, there))
            there += 1
    return (
        *pairs,
        *((left, None) for left in range(at, len(mine))),
        *((None, left) for left in range(there, len(theirs))),
    )


def _likeness(one: Step, other: Step) -> int:
    """0: they cannot stand side by side."""
    if one.name == other.name:
        like = _NAME + _KIND * (one.layer.kind == other.layer.kind)
    elif one.layer.kind == other.layer.kind:
        like = _KIND
    elif _family(one.layer) == _family(other.layer):
        like = _FAMILY
    else:
        return 0
    return like + _SHAPE * (one.after == other.after)


def _family(layer: Layer) -> str:
    if isinstance(layer, _POOLING):
        return "pooling"
    return layer.kind if isinstance(layer, BatchNormalisation) else "sums"
