"""Sums of whole numbers as people type them: + − · × x * ( ), thousands set apart; nothing is ever executed."""

from __future__ import annotations

import re
from math import prod

_NUMBER = re.compile(r"([1-9]\d{0,2})([,.' ’\u2009])(\d{3}(?:\2\d{3})*)(?!\d)|(\d+)")
_INDIAN = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}(?!\d)")
_UNDERSCORE = re.compile(r"(?<=\d)_(?=\d)")
_ZEROS = re.compile(r"[.,]0+(?!\d)")
_SIGNS = {"−": "-", "–": "-", "·": "*", "×": "*", "x": "*", "⋅": "*", "∙": "*", "[": "(", "]": ")", "{": "(", "}": ")"}
_LONGEST = 15  # digits of one number


class SumError(ValueError):
    """This is no sum of whole numbers; the message is one sentence."""


def summed(text: str) -> int:
    """'(5·5·1 + 1)·6' → 156; '122.304' → 122304. Raises SumError."""
    tokens = _tokens(_UNDERSCORE.sub("", text).strip().rstrip(".;,!").strip())
    value, rest = _added(tokens)
    if rest:
        where = rest[0] if isinstance(rest[0], str) else f"{rest[0]:,}"
        raise SumError(f"The sum cannot be read from “{where}” on: write one whole number, as 1,234.")
    return value


def _tokens(text: str) -> list[int | str]:
    found: list[int | str] = []
    while text := text.lstrip("≈~ \t"):
        value, length = _read(text)
        found.append(value)
        text = text[length:]
    return found


def _read(text: str) -> tuple[int | str, int]:
    """The first number or sign of a text, and how many letters it takes."""
    match = _INDIAN.match(text) or _NUMBER.match(text)
    if match is None:
        sign = _SIGNS.get(text[0], text[0])
        if sign not in "+-*()":
            raise SumError(f"“{sign}” is not part of a count: write one whole number, as 1,234.")
        return sign, 1
    digits = re.sub(r"\D", "", match[0])
    if len(digits) > _LONGEST:
        raise SumError(f"A number of {len(digits)} digits is in it, larger than any count here.")
    end = match.end()
    if zeros := _ZEROS.match(text, end):
        end = zeros.end()
    elif re.match(r"[.,]\d", text[end:]):
        raise SumError("A broken number is in it, and counts are whole: write one whole number, as 1,234.")
    return int(digits), end


def _added(tokens: list[int | str]) -> tuple[int, list[int | str]]:
    value, tokens = _times(tokens)
    while tokens and tokens[0] in ("+", "-"):
        sign, (term, tokens) = tokens[0], _times(tokens[1:])
        value += term if sign == "+" else -term
    return value, tokens


def _times(tokens: list[int | str]) -> tuple[int, list[int | str]]:
    value, tokens = _one(tokens)
    factors = [value]
    while tokens and tokens[0] in ("*", "("):
        value, tokens = _one(tokens[1:] if tokens[0] == "*" else tokens)
        factors.append(value)
    return prod(factors), tokens


def _one(tokens: list[int | str]) -> tuple[int, list[int | str]]:
    if not tokens:
        raise SumError("A number is missing at its end: write one whole number, as 1,234.")
    first, rest = tokens[0], tokens[1:]
    if isinstance(first, int):
        return first, rest
    if first == "-":
        value, rest = _one(rest)
        return -value, rest
    if first != "(":
        raise SumError(f"A number is missing before “{first}”: write one whole number, as 1,234.")
    value, rest = _added(rest)
    if not rest or rest[0] != ")":
        raise SumError("A bracket is open in it: close it, or write one whole number, as 1,234.")
    return value, rest[1:]
