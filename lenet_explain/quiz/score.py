"""What one visitor did with the boxes of a ladder, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lenet_explain.network.layers import Shape
from lenet_explain.network.walk import Network, walk
from lenet_explain.quiz.answers import AnswerError
from lenet_explain.quiz.mistake import ASKED
from lenet_explain.quiz.verdict import Box, Verdict, judged, readings

HINTS = 2  # of a box


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened at a box. text: as last checked; tries: answers checked; shown: the answer is on screen;
    seen: it has been."""

    text: str = ""
    tries: int = 0
    hints: int = 0
    shown: bool = False
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A box with what was made of it."""

    box: Box
    mark: Mark
    verdict: Verdict

    @property
    def counts(self) -> bool:
        """Right, and not because it was shown."""
        return self.verdict.state == "right" and not self.mark.seen


@dataclass(frozen=True, slots=True)
class Score:
    boxes: int
    right: int
    hinted: int
    seen: int

    def __str__(self) -> str:
        parts = [f"{self.right} of {self.boxes} right"]
        if self.hinted:
            parts.append(f"{self.hinted} of them with a hint")
        if self.seen:
            parts.append(f"{self.seen} shown, which {'counts' if self.seen == 1 else 'count'} nothing")
        return ", ".join(parts)


def boxes(network: Network) -> tuple[Box, ...]:
    """Layer by layer: shape, parameters, connections."""
    return tuple(Box(network, index, asked) for index in range(len(walk(network))) for asked in ASKED)


def answered(network: Network, marks: Sequence[Mark]) -> tuple[Answered, ...]:
    """marks: one for each of `boxes`. A wrong shape is followed into the next layer's boxes."""
    found: list[Answered] = []
    own: Shape | None = None  # of the layer before, where it was answered wrongly
    given: Shape | None = None
    for box, mark in zip(boxes(network), marks, strict=True):
        if box.asked == "shape":
            own, given = given, _own_shape(box, mark)
        found.append(Answered(box, mark, judged(box, mark.text, own)))
    return tuple(found)


def _own_shape(box: Box, mark: Mark) -> Shape | None:
    """The wrong shape that was written, None where it is right, empty or cannot be read."""
    try:
        read = readings(box.asked, mark.text)
    except AnswerError:
        return None
    first = read[0]
    return first if isinstance(first, Shape) and box.right not in read else None


def score(ladder: Sequence[Answered]) -> Score:
    counted = [one for one in ladder if one.counts]
    return Score(
        boxes=len(ladder),
        right=len(counted),
        hinted=sum(one.mark.hints > 0 for one in counted),
        seen=sum(one.mark.seen for one in ladder),
    )
