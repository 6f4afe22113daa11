"""Error and costs: of the methods in Figs. 9, 11 and 12, of those measured here, and of this project's networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from lenet_explain.lore.baselines import Measured
from lenet_explain.lore.reading import FOLDER, Entry, LoreError, entries, only, tables, unique
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.network.worked import number

FILE = FOLDER / "methods.toml"
Axis = Literal["memory", "work"]
WORDS: Mapping[Axis, str] = {"memory": "numbers kept", "work": "multiply-accumulates for one digit"}
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Method:
    """A method that the paper compares. error in %; kept and macs in thousands, None where they are not printed."""

    name: str
    short: str
    error: float
    convolutional: bool
    kept: int | None
    macs: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """A method with its costs, ready to be drawn. error in %; kept, macs: numbers; how: what was measured, and the
    arithmetic of its costs where it is known."""

    name: str
    short: str
    error: float
    kept: float
    macs: float
    ours: bool
    convolutional: bool
    how: str

    def cost(self, axis: Axis) -> float:
        return self.kept if axis == "memory" else self.macs


@lru_cache(maxsize=4)
def methods(path: Path = FILE) -> tuple[Method, ...]:
    """In the order of Fig. 9. Raises LoreError naming the entry, the field and the rule."""
    values = tables(path)
    only(values, ("method",), path)
    found: list[Method] = []
    for entry in entries(values, "method", path):
        found.append(_method(entry, found, path))
    unique([one.name for one in found], "the method", path)
    return tuple(found)


def _method(entry: Entry, before: Sequence[Method], path: Path) -> Method:
    name = entry.words("name")
    entry.where = f"{path.name}, method '{name}'"
    short, error, convolutional = entry.words("short"), entry.number("error"), entry.truth("convolutional", False)
    if not 0 < error < 100:
        raise entry.refuse(f"error is {error}, and must lie between 0 and 100 %")
    kept = macs = None
    if entry.has("costs_as"):
        same = entry.words("costs_as", among=[one.name for one in before])
        kept, macs = next((one.kept, one.macs) for one in before if one.name == same)
    elif entry.has("macs") or entry.has("kept"):
        kept, macs = entry.whole("kept"), entry.whole("macs")
        if min(kept, macs) < 1:
            raise entry.refuse(f"kept and macs are {kept} and {macs}, and must be at least 1 thousand")
    entry.end()
    return Method(name, short, error, convolutional, kept, macs)


def by_error() -> tuple[Method, ...]:
    return tuple(sorted(methods(), key=lambda one: one.error))


def method_named(name: str) -> Method:
    for one in methods():
        if one.name == name:
            return one
    raise LoreError(f"{FILE.name}: there is no method {name!r}")


def published() -> tuple[Point, ...]:
    """The paper's methods whose costs it prints."""
    return tuple(
        Point(
            one.name, one.short, one.error, one.kept * THOUSAND, one.macs * THOUSAND, False, one.convolutional,
            "the paper, Figs. 9, 11 and 12",
        )
        for one in methods()
        if one.kept is not None and one.macs is not None
    )  # fmt: skip


def of_baseline(one: Measured) -> Point:
    cost, all_of_them = one.cost, f"{one.examples:,} training digits"
    how = f"{one.baseline.how}; {all_of_them}; kept {cost.kept.line}; multiplied {cost.macs.line}"
    error = round(one.error, 2)
    return Point(one.baseline.title, one.baseline.short, error, cost.kept.value, cost.macs.value, True, False, how)


def of_network(network: Network, error: float, learned: str) -> Point:
    """error: in %, measured with the weights that come with the app; learned: how they did, in words. Kept are its
    parameters, as Fig. 12 counts them: the ten fixed codes of LeNet-5 are left out."""
    sums = totals(walk(network))
    how = f"{learned}; parameters {number(sums.parameters.value)}; multiply-accumulates {number(sums.macs.value)}"
    return Point(network.title, network.title, round(error, 2), sums.parameters.value, sums.macs.value, True, True, how)


def unbeaten(points: Iterable[Point], axis: Axis) -> tuple[Point, ...]:
    """Those for which no other is at once no worse and no dearer, and better in one: from the cheapest on."""
    found: list[Point] = []
    for one in sorted(points, key=lambda point: (point.cost(axis), point.error)):
        if not found or one.error < found[-1].error:
            found.append(one)
    return tuple(found)
