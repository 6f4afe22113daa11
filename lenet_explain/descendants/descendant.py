"""A later network: its parts in the order of its program, and all that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lenet_explain.descendants.part import INPUT, MEETING, WEIGHTED, Part
from lenet_explain.descendants.reach import Reach, together
from lenet_explain.network.layers import Shape
from lenet_explain.network.worked import Worked

Reaches = tuple[Reach, Reach]  # along the height and along the width


@dataclass(frozen=True, slots=True)
class Descendant:
    """answer: number of the part whose output is the network's; parts that do not lead there serve training only."""

    key: str
    input: Shape
    parts: tuple[Part, ...]
    answer: int

    def before(self, part: Part) -> Shape:
        """What the part reads; of several, the first."""
        return self._shape(part.reads[0])

    def befores(self, part: Part) -> list[Shape]:
        return [self._shape(one) for one in part.reads]

    def _shape(self, number: int) -> Shape:
        return self.input if number == INPUT else self.parts[number].after

    def macs(self, part: Part) -> Worked:
        return part.macs(self.before(part))

    @property
    def used(self) -> tuple[int, ...]:
        """Numbers of the parts that lead to the answer, in order."""
        return _used(self)

    @property
    def aside(self) -> tuple[int, ...]:
        """Numbers of the parts that serve training only."""
        return tuple(number for number in range(len(self.parts)) if number not in set(self.used))

    @property
    def parameters(self) -> int:
        """All that the module holds, those for training only among them."""
        return sum(part.parameters for part in self.parts)

    @property
    def total_macs(self) -> int:
        """For one answer."""
        return sum(int(self.macs(self.parts[number]).value) for number in self.used)

    @property
    def depths(self) -> tuple[int, ...]:
        """For each part the convolutions and dense layers on the longest way to it, itself included."""
        return _depths(self)

    @property
    def depth(self) -> int:
        return self.depths[self.answer]

    @property
    def reaches(self) -> tuple[Reaches, ...]:
        """For each part what its first unit sees."""
        return _reaches(self)

    @property
    def field(self) -> int:
        """The longer side of the largest field whose units still lie side by side: what follows sees the whole."""
        sizes = [max(one.size for one in self.reaches[number]) for number in self.used if not self.sees_all(number)]
        return max(sizes)

    def first_as_wide_as(self, side: int) -> int | None:
        """Number of the part with the fewest layers before it whose units see so many pixels across, units that still
        lie side by side; None where none do."""
        wide = [
            number
            for number in self.used
            if not self.sees_all(number) and max(one.size for one in self.reaches[number]) >= side
        ]
        return min(wide, key=lambda number: self.depths[number], default=None)

    def sees_all(self, number: int) -> bool:
        """Whether each unit of the part sees all that the network sees."""
        return all(one.jump == 0 for one in self.reaches[number])


@lru_cache(maxsize=32)
def _used(network: Descendant) -> tuple[int, ...]:
    found = {network.answer}
    for number in range(network.answer, -1, -1):
        if number in found:
            found |= {one for one in network.parts[number].reads if one != INPUT}
    return tuple(sorted(found))


@lru_cache(maxsize=32)
def _depths(network: Descendant) -> tuple[int, ...]:
    found: list[int] = []
    for part in network.parts:
        longest = max(0 if one == INPUT else found[one] for one in part.reads)
        found.append(longest + (part.kind in WEIGHTED))
    return tuple(found)


@lru_cache(maxsize=32)
def _reaches(network: Descendant) -> tuple[Reaches, ...]:
    """Raises ValueError where ways meet whose units do not step alike."""
    found: list[Reaches] = []
    for part in network.parts:
        befores = [(Reach(), Reach()) if one == INPUT else found[one] for one in part.reads]
        found.append((_along(network, part, befores, 0), _along(network, part, befores, 1)))
    return tuple(found)


def _along(network: Descendant, part: Part, befores: list[Reaches], axis: int) -> Reach:
    """axis: 0 along the height, 1 along the width."""
    reach = befores[0][axis]
    if part.kind in MEETING:
        return together(one[axis] for one in befores)
    if part.window is not None:
        return reach.after(part.window.kernel[axis], part.window.stride[axis], part.window.padding[axis])
    before = network.before(part)
    units, side = ((one.height, one.width)[axis] for one in (before, network.input))
    left = (part.after.height, part.after.width)[axis]
    mixes = part.kind in ("flatten", "adaptive pooling") and left != units
    return reach.of_all(units, side) if mixes or (part.kind == "dense" and reach.jump) else reach
