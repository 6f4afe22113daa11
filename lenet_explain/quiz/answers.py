"""What people write for a shape or a count, read as they mean it; what cannot be read gets one sentence."""

from __future__ import annotations

import re
import unicodedata

from lenet_explain.network.layers import Shape
from lenet_explain.quiz.sums import SumError, summed

LONGEST = 80  # characters of an answer
LARGEST = 10**12
_SIDE = 10**6
_SQUARED = re.compile(r"(\d+)\s*(?:²|\^\s*2(?!\d)|\*\*\s*2(?!\d))")
_LABEL = re.compile(r"^[^\W\d_][^\W_]*\s*:\s*")  # 'C1: ', 'shape: '
_BATCH = re.compile(r"^\W*(?:(?:none|batch|n|b|\?)\W+|[-−]\s*1\s*,)")  # Keras and PyTorch name the batch first
_MAPS = re.compile(r"(\d+)\s*(?:feature\s*)?(?:maps?|channels?|planes?|filters?)\b")
_THOUSANDS = re.compile(r"([1-9]\d{0,2}),(\d{3})")
_SHAPE_WORDS = re.compile(
    r"(x|by|of|and|with|each|a|feature|maps?|channels?|planes?|filters?|units?|values?|neurons?|outputs?|wide|high|long|"
    r"vector|shape|size|torch|tensor|pixels?|px)"
)
_COUNT_WORDS = re.compile(
    r"(x|parameters?|params?|weights?|connections?|links?|trainable|total|in|all|is|and|bias|biases|exactly)"
)
_NOTHING = frozenset({"none", "zero", "nothing", "no", "nil"})


class AnswerError(ValueError):
    """What is written cannot be read; the message is one sentence for who wrote it."""


def shapes(text: str) -> tuple[Shape, ...]:
    """Every shape that the text can mean, the likeliest first: '28×28×6' is 6@28×28 before it is 28@28×6.

    Maps first or last, any sign between; 'n' or '1×1×n' is a vector. Raises AnswerError.
    """
    plain = _BATCH.sub("", _plain(text, r"\1×\1"))
    if whole := _THOUSANDS.fullmatch(plain):
        one, two = whole.groups()  # '1,024' is a vector of 1024; '1,120' may be 1×120 as well
        also = _row([1, int(two)]) if one == "1" and not two.startswith("0") else ()
        return (Shape(int(one + two), 1, 1), *also)
    named = _MAPS.search(plain)
    numbers = _sides(plain)
    if plain.count("@") > 1:
        raise AnswerError(f"There are {plain.count('@')} @ signs in it: write one, as 3@10×8.")
    if "@" in plain:
        return (_around_at(plain),)
    if len(numbers) == 4 and numbers[0] == 1:
        numbers = numbers[1:]  # a batch of one
    if named and len(numbers) == 3:
        at = len(re.findall(r"\d+", plain[: named.start()]))
        return (Shape(numbers[at], *numbers[:at], *numbers[at + 1 :]),)
    return _row(numbers)


def lone(text: str) -> int | None:
    """The one number of a text that says nothing of what it counts: '28', '28 px', but not '84 units' or '1×1×28'."""
    found = re.fullmatch(r"=?\s*(\d+)\s*(?:px|pixels?)?\.?", _plain(text, r"\1×\1"))
    return int(found[1]) if found else None


def count(text: str) -> int:
    """A whole number, also with its thousands set apart, with words round it, or as a sum: '6·(25 + 1) = 156'.

    Counts are whole, so that a comma or a dot before three digits sets thousands apart. Raises AnswerError.
    """
    plain = _plain(text, r"(\1*\1)")
    words = _words(plain)
    if re.search(r"\d\s*(?:k|m|mio|million|thousand)\b", plain):
        raise AnswerError(f"“{_short(text)}” is rounded: write the exact number.")
    strange = [one for one in words if not _COUNT_WORDS.fullmatch(one)]
    if strange and _NOTHING.issuperset(strange) and not re.search(r"\d", plain):
        return 0
    if strange:
        raise AnswerError(f"“{_short(strange[0])}” is not part of a count: write one whole number, as 1,234.")
    try:
        value = summed(re.sub(r"[^\W\d_]{2,}", " ", plain))
    except SumError as error:
        raise AnswerError(str(error)) from None
    if value < 0:
        raise AnswerError(f"“{_short(text)}” is below 0, and a count cannot be.")
    if value > LARGEST:
        raise AnswerError(f"“{_short(text)}” is larger than any count here.")
    return value


def _plain(text: str, squared: str) -> str:
    """Small letters, one form for each sign, without a label before it; of 'sum = result' the result."""
    if len(text) > LONGEST:
        raise AnswerError(f"This has {len(text)} characters, and an answer has at most {LONGEST}.")
    plain = unicodedata.normalize("NFKC", _SQUARED.sub(squared, text)).casefold()
    plain = _LABEL.sub("", " ".join(plain.rpartition("=")[2].split()))
    if not re.search(r"\w", plain):
        raise AnswerError(f"“{_short(text)}” has no number in it." if text.strip() else "Nothing is written here.")
    return plain


def _words(plain: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", plain)


def _sides(plain: str) -> list[int]:
    """All numbers in order. Raises AnswerError on a strange word, a negative side and on sides of no use."""
    if strange := [one for one in _words(plain) if not _SHAPE_WORDS.fullmatch(one)]:
        raise AnswerError(f"“{_short(strange[0])}” is not part of a shape: write it as 3@10×8 or 10×8×3.")
    if re.search(r"(?:^|[(\[,×x@*])\s*[-−]\s*\d", plain):
        raise AnswerError("A side below 0 is in it, and a side is at least 1.")
    if re.search(r"\d\.\d", plain) and len(re.findall(r"\d+", plain)) != 3:
        raise AnswerError("A broken number is in it, and sides are whole numbers.")
    found = re.findall(r"\d+", plain)
    if not found:
        raise AnswerError("There is no number in it: write a shape as 3@10×8 or 10×8×3.")
    numbers = [int(one[: len(str(_SIDE)) + 1]) for one in found]
    if max(numbers) > _SIDE:
        raise AnswerError(f"A side above {_SIDE:,} is in it, and no map here is so large.")
    if min(numbers) < 1:
        raise AnswerError("A side of 0 is in it, and a side is at least 1.")
    return numbers


def _around_at(plain: str) -> Shape:
    """'6@28×28', and '28×28@6' too; '6@28' has square maps."""
    before, after = (list(map(int, re.findall(r"\d+", part))) for part in plain.split("@"))
    if len(before) == 2 and len(after) == 1:
        before, after = after, before
    if len(before) != 1 or len(after) not in (1, 2):
        raise AnswerError("With @ a shape has the maps before it and two sides after it, as 3@10×8.")
    return Shape(before[0], after[0], after[-1])


def _row(numbers: list[int]) -> tuple[Shape, ...]:
    """The readings of numbers that stand in a row."""
    if len(numbers) == 1:
        return (Shape(numbers[0], 1, 1),)
    if len(numbers) == 2 and 1 in numbers:
        return (Shape(max(numbers), 1, 1),)
    if len(numbers) == 2:
        raise AnswerError("Two numbers are two sides: say how many maps as well, as 3@10×8 or 10×8×3.")
    if len(numbers) > 3:
        raise AnswerError(f"There are {len(numbers)} numbers in it, and a shape has three: maps and two sides.")
    one, two, three = numbers
    last, first = Shape(three, one, two), Shape(one, two, three)
    found = [first, last] if two == three else [last, first]
    if one == three:
        found.append(Shape(two, one, three))
    return tuple(dict.fromkeys(found))


def _short(text: str) -> str:
    """The beginning of what was written, on one line."""
    shown = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return shown if len(shown) <= 30 else f"{shown[:30]}…"
