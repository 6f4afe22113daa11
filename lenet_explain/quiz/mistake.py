"""A misconception with a name: the answer that it gives is worked out from the description, never typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from lenet_explain.network.layers import Dense, DescriptionError, Shape, Size
from lenet_explain.network.walk import Network, Step
from lenet_explain.network.worked import ATOM, Worked

Asked = Literal["shape", "parameters", "connections"]
ASKED: tuple[Asked, ...] = ("shape", "parameters", "connections")
Imagined = Iterable[Worked | Size]
Imagine = Callable[[Step, Network], Imagined]


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that a mistake leads to, with its arithmetic."""

    answer: Shape | int
    working: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """imagine: what someone who thinks so answers, nothing where the mistake does not fit the layer;
    says: the term that is off, in a sentence, which may name {layer}, {part}, {before}, {inputs}, {maps}, {size},
    {stride}, {padding} and {input}."""

    name: str
    about: Asked
    imagine: Imagine
    says: str

    def answers(self, step: Step, network: Network) -> tuple[Wrong, ...]:
        """What it leads to here; never the right answer."""
        try:
            found = [_wrong(one) for one in self.imagine(step, network)]
        except DescriptionError:  # what is imagined cannot be built: nobody arrives at a number
            return ()
        return tuple(one for one in found if one.answer != right(step, self.about))

    def sentence(self, step: Step, network: Network) -> str:
        window = step.layer.window(step.before)
        return self.says.format(
            layer=step.name,
            part="unit" if isinstance(step.layer, Dense) else "map",
            before=step.before,
            inputs=step.before.maps,
            maps=step.after.maps,
            size=window.size,
            stride=window.stride,
            padding=window.padding,
            input=network.input,
        )


def right(step: Step, asked: Asked) -> Shape | int:
    if asked == "shape":
        return step.after
    return int((step.parameters if asked == "parameters" else step.connections).value)


def workings(step: Step, asked: Asked) -> tuple[str, ...]:
    """The worked sums of the right answer, one a line."""
    if asked == "shape":
        return size_lines(step.size)
    return ((step.parameters if asked == "parameters" else step.connections).line,)


def size_lines(size: Size) -> tuple[str, ...]:
    """The sum of a side, of both where they differ; where nothing slides, the shape itself."""
    if size.height.binding == size.width.binding == ATOM:
        return (str(size.shape),)
    if size.height == size.width:
        return (size.height.line,)
    return f"height {size.height.line}", f"width {size.width.line}"


def _wrong(imagined: Worked | Size) -> Wrong:
    if isinstance(imagined, Size):
        lines = "; ".join(size_lines(imagined))
        shape = str(imagined.shape)
        return Wrong(imagined.shape, lines if lines == shape else f"{lines}, so {shape}")
    return Wrong(int(imagined.value), imagined.line)
