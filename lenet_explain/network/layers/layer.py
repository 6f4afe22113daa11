"""What every kind of layer answers, and the arithmetic that all of them share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from lenet_explain.network.activations import IDENTITY, Activation
from lenet_explain.network.layers.shape import DescriptionError, Field, Shape, Size, Window
from lenet_explain.network.worked import Worked, given

BYTES_PER_VALUE = 4  # float32


@dataclass(frozen=True, slots=True)
class Layer(ABC):
    """One layer; `name` is what errors, tables and weights call it."""

    name: str
    activation: Activation = field(default=IDENTITY, kw_only=True)
    kind: ClassVar[str]
    _window_word: ClassVar[str] = "window"

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DescriptionError(f"a {self.kind} layer has an empty name: give each layer a name")

    @abstractmethod
    def window(self, before: Shape) -> Window:
        """The window of one unit on the layer before."""

    @abstractmethod
    def size_after(self, before: Shape) -> Size:
        """Maps, height and width with their arithmetic. Raises DescriptionError where the layer does not fit."""

    @abstractmethod
    def parameters(self, before: Shape) -> Worked:
        """Trainable numbers."""

    @abstractmethod
    def connections(self, before: Shape) -> Worked:
        """Links into the units of this layer, biases included."""

    @abstractmethod
    def macs(self, before: Shape) -> Worked:
        """Multiplications by a weight for one image."""

    def shape_after(self, before: Shape) -> Shape:
        return self.size_after(before).shape

    def field_after(self, field: Field, before: Shape) -> Field:
        """size + (k − 1)·jump; jump·stride; centre + ((k − 1)/2 − padding)·jump."""
        window = self.window(before)
        jump, reach = field.jump.result, given(window.size) - given(1)
        if window.size == 1 and window.stride == 1 and not window.padding:
            return Field(field.size.result, jump, field.centre.result)
        middle = reach / given(2)
        offset = middle - given(window.padding) if window.padding else middle
        return Field(
            size=field.size.result + reach * jump,
            jump=jump * given(window.stride),
            centre=field.centre.result + offset * jump,
        )

    def memory_after(self, before: Shape) -> Worked:
        """Bytes that this layer's output takes for one image in float32."""
        after = self.shape_after(before)
        return given(BYTES_PER_VALUE) * given(after.maps) * given(after.height) * given(after.width)

    def _at_least(self, lowest: int, **values: int) -> None:
        for what, value in values.items():
            if isinstance(value, bool) or not isinstance(value, int):
                raise DescriptionError(f"{self.name}: {what} is {value!r}, and must be a whole number")
            if value < lowest:
                raise DescriptionError(f"{self.name}: {what} is {value}, and must be at least {lowest}")

    def _slide(self, length: int, window: Window) -> Worked:
        """Positions of the window along one axis: (length + 2·padding − size)/stride + 1."""
        padded = given(length) + given(2) * given(window.padding)
        return (padded - given(window.size)) // given(window.stride) + given(1)

    def _slid(self, before: Shape, maps: Worked) -> Size:
        window = self.window(before)
        if window.size > min(before.height, before.width) + 2 * window.padding:
            padded = f" padded by {window.padding}" if window.padding else ""
            raise DescriptionError(
                f"{self.name}: a {window.size}×{window.size} {self._window_word} does not fit in {before}{padded}"
            )
        return Size(maps, self._slide(before.height, window), self._slide(before.width, window))
