"""What flows between layers: shapes, windows on them and receptive fields, each with its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from lenet_explain.network.worked import Worked, given


class DescriptionError(ValueError):
    """A description that no network can have; the message names the layer, the value and the rule."""


@dataclass(frozen=True, slots=True)
class Shape:
    """maps × height × width of what flows between two layers; a vector of n is n@1×1."""

    maps: int
    height: int
    width: int

    @property
    def units(self) -> int:
        return self.maps * self.height * self.width

    def __str__(self) -> str:
        return f"{self.maps}@{self.height}×{self.width}"


@dataclass(frozen=True, slots=True)
class Size:
    """A shape with the arithmetic of each axis."""

    maps: Worked
    height: Worked
    width: Worked

    @property
    def shape(self) -> Shape:
        return Shape(int(self.maps.value), int(self.height.value), int(self.width.value))


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field on the input, along the height (the same along the width where maps are square).

    size: input pixels that a unit sees; jump: pixels between neighbouring units' fields;
    centre: pixel, counted from 0, on which the first unit's field is centred (halves fall between pixels).
    """

    size: Worked
    jump: Worked
    centre: Worked

    @classmethod
    def of_a_pixel(cls) -> Field:
        return cls(size=given(1), jump=given(1), centre=given(0))


@dataclass(frozen=True, slots=True)
class Window:
    """What a unit looks at in the layer before: `size` positions, every `stride`, `padding` beyond the edge."""

    size: int
    stride: int = 1
    padding: int = 0
