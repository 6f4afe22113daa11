"""JSON from elsewhere, read strictly, and values from it as a message quotes them."""

from __future__ import annotations

import json
import reprlib
from typing import Any

LONGEST = 1000  # digits of a whole number: far more than any field holds
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 40
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict = 2, 3, 2


def short(value: object) -> str:
    """The value as a message quotes it, cut to about forty characters."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a whole number of more than 300 digits"  # Python refuses to write out the longest
    return _SHORT.repr(value)


def value_of_json(text: str | bytes) -> Any:
    """Strict JSON. Raises ValueError with a sentence for all else: also NaN, numbers too long, nesting too deep."""
    try:
        return json.loads(text, parse_int=_whole, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("its brackets are nested too deeply") from error


def _whole(digits: str) -> int:
    if len(digits) > LONGEST:
        raise ValueError(f"a number has {len(digits):,} digits, and at most {LONGEST:,} are read")
    return int(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
