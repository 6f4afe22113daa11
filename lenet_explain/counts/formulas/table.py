"""Where the links of a table of connections come from: maps that read equally many, counted group by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

from lenet_explain.network.layers import Convolution
from lenet_explain.network.walk import Step
from lenet_explain.network.worked import Worked, given


@dataclass(frozen=True, slots=True)
class Group:
    """maps: those that read so many input maps each, counted from 0; rows: what each of them reads."""

    reads: int
    maps: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]

    @property
    def by_map(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        return zip(self.maps, self.rows, strict=True)

    @property
    def links(self) -> Worked:
        return given(len(self.maps)) * given(self.reads)


def links_by_group(step: Step) -> tuple[tuple[Group, ...], Worked] | None:
    """The groups, fewest links first, and their sum 6·3 + 9·4 + 1·6; None where there is no table."""
    if not isinstance(step.layer, Convolution) or step.layer.table is None:
        return None
    rows: Mapping[int, tuple[int, ...]] = dict(enumerate(step.layer.links(step.before)))
    groups = []
    for reads in sorted(set(map(len, rows.values()))):
        maps = tuple(at for at, row in rows.items() if len(row) == reads)
        groups.append(Group(reads, maps, tuple(rows[at] for at in maps)))
    return tuple(groups), reduce(add, (group.links for group in groups))
