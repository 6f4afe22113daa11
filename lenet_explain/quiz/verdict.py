"""What an answer is worth: right with its sum, or wrong with the term that is off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lenet_explain.network.layers import DescriptionError, Shape
from lenet_explain.network.walk import Network, Step, walk
from lenet_explain.network.worked import number
from lenet_explain.quiz import answers
from lenet_explain.quiz.connection_mistakes import CONNECTION_MISTAKES
from lenet_explain.quiz.mistake import Asked, Mistake, Wrong, right, size_lines, workings
from lenet_explain.quiz.parameter_mistakes import PARAMETER_MISTAKES
from lenet_explain.quiz.shape_mistakes import SHAPE_MISTAKES

MISTAKES: tuple[Mistake, ...] = (*SHAPE_MISTAKES, *PARAMETER_MISTAKES, *CONNECTION_MISTAKES)


@dataclass(frozen=True, slots=True)
class Box:
    """One empty box of the ladder. index: of the layer in its network."""

    network: Network
    index: int
    asked: Asked

    @property
    def step(self) -> Step:
        return walk(self.network)[self.index]

    @property
    def right(self) -> Shape | int:
        return right(self.step, self.asked)

    @property
    def solution(self) -> tuple[str, ...]:
        """The right answer with its sum, one a line."""
        lines = workings(self.step, self.asked)
        return lines if self.asked != "shape" or lines == (str(self.right),) else (f"{self.right}", *lines)


@dataclass(frozen=True, slots=True)
class Verdict:
    """lines: the worked sums where right, sentences otherwise; mistakes: their names, the likeliest first."""

    state: Literal["empty", "unread", "right", "wrong"]
    lines: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()


@lru_cache(maxsize=2048)
def imagined(box: Box) -> tuple[tuple[Mistake, Wrong], ...]:
    """Every answer that a mistake leads to in this box, the likeliest first."""
    about = [mistake for mistake in MISTAKES if mistake.about == box.asked]
    return tuple((mistake, wrong) for mistake in about for wrong in mistake.answers(box.step, box.network))


def judged(box: Box, text: str, own_before: Shape | None = None) -> Verdict:
    """own_before: the wrong shape that the visitor gave for the layer before, if any."""
    if not text.strip():
        return Verdict("empty")
    try:
        given = readings(box.asked, text)
    except answers.AnswerError as error:
        return Verdict("unread", (str(error),))
    if box.right in given:
        return Verdict("right", box.solution)
    if isinstance(box.right, Shape) and box.right.units > box.right.maps and (one := answers.lone(text)) is not None:
        return Verdict("unread", (f"{one:,} alone is one number: write the maps and both sides, as 3@10×8 or 10×8×3.",))
    if own_before and (working := _followed(box, given, own_before)):
        return Verdict(
            "wrong",
            (f"Right if {box.step.name} read your {own_before}: {working}. But that shape is off.",),
            ("follows from the shape before",),
        )
    return _diagnosed(box, given)


def solved(box: Box) -> tuple[str, tuple[str, ...]]:
    """The right answer alone, and its sums."""
    right = f"{box.right:,}" if isinstance(box.right, int) else str(box.right)
    return right, tuple(line for line in box.solution if line != right)


def readings(asked: Asked, text: str) -> tuple[Shape | int, ...]:
    """Raises AnswerError."""
    return answers.shapes(text) if asked == "shape" else (answers.count(text),)


def _followed(box: Box, given: tuple[Shape | int, ...], before: Shape) -> str | None:
    """The sum that the layer gives on what the visitor thinks it reads, where that is the answer."""
    layer = box.step.layer
    try:
        if box.asked == "shape":
            size = layer.size_after(before)
            return "; ".join(size_lines(size)) if size.shape in given else None
        worked = layer.parameters(before) if box.asked == "parameters" else layer.connections(before)
    except DescriptionError:
        return None
    return worked.line if int(worked.value) in given else None


def _diagnosed(box: Box, given: tuple[Shape | int, ...]) -> Verdict:
    found = [(mistake, wrong) for mistake, wrong in imagined(box) if wrong.answer in given]
    if not found:
        return Verdict("wrong", (_neutral(box.right, given[0]),))
    wrong = found[0][1]
    said = list(dict.fromkeys(one.sentence(box.step, box.network) for one, _ in found))
    lines = [f"{said[0]} Yours is {wrong.working}." if "=" in wrong.working else said[0]]
    if len(said) > 1:
        lines.append(f"Or: {said[1]}")
    return Verdict("wrong", tuple(lines), tuple(dict.fromkeys(one.name for one, _ in found)))


def _neutral(right: Shape | int, given: Shape | int) -> str:
    """No mistake is known that gives this: what is off, and which way, but not the answer."""
    if isinstance(right, Shape) and isinstance(given, Shape):
        return _neutral_shape(right, given)
    assert isinstance(right, int)
    assert isinstance(given, int)
    way = "large" if given > right else "small"
    if not right or not given:
        return f"Too {way}."
    times = max(given, right) / min(given, right)
    if times < 1.1:
        return f"Close, and a little too {way}."
    if times < 2:
        return f"Too {way}, by less than a factor of 2."
    rough = round(times) if times < 10 else int(float(f"{times:.1g}"))
    return f"Too {way}, by a factor of about {number(rough)}."


def _neutral_shape(right: Shape, given: Shape) -> str:
    good = [name for name in ("maps", "height", "width") if getattr(right, name) == getattr(given, name)]
    off = [name for name in ("maps", "height", "width") if name not in good]
    if off == ["height", "width"] and given.height == given.width:
        gap = given.height - right.height
        by = "one " if abs(gap) == 1 else ""
        return f"The maps are right; the sides are {by}too {'long' if gap > 0 else 'short'}."
    ways = [f"{name} too {'large' if getattr(given, name) > getattr(right, name) else 'small'}" for name in off]
    start = f"Right: {' and '.join(good)}. " if good else ""
    return f"{start}Off: {', '.join(ways)}."
