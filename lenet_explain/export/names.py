"""Names from a description as names in a program, and words from it as text in one.

A visitor may have written both: whatever they hold, what comes out is a plain identifier, or text on one line.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable

_LONGEST = 40  # characters of an identifier
_LONGEST_WORDS = 400
_TAKEN = ("bfloat16", "T_destination")  # torch's modules have these and many names of small letters only


def identifiers(names: Iterable[str]) -> tuple[str, ...]:
    """One for each name, all different: ASCII letters, digits and underscores, a letter first. Names of small letters
    alone get an ending, so that none is a word of Python or of a torch module."""
    found: list[str] = []
    for name in names:
        plain = _identifier(name)
        number, unique = 2, plain
        while unique.lower() in {one.lower() for one in found}:
            unique, number = f"{plain}_{number}", number + 1
        found.append(unique)
    return tuple(found)


def _identifier(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:_LONGEST].strip("_")
    if not plain[:1].isalpha():
        plain = f"layer_{plain}".rstrip("_")
    if re.fullmatch("[a-z_]+", plain) or keyword.iskeyword(plain) or plain in _TAKEN:
        plain = f"{plain}_layer".removeprefix("layer_")
    return plain


def class_name(title: str) -> str:
    """'LeNet-5 (1998)' → 'LeNet5'. It always has a "Net" in it, which no other name of the program has."""
    name = "".join(word[0].upper() + word[1:] for word in _words(title))[:_LONGEST]
    if not name[:1].isalpha():
        name = f"Net{name}"
    return name if "Net" in name else f"{name}Network"


def function_name(title: str) -> str:
    """'LeNet-5 (1998)' → 'lenet_5'; always with a "net" in it."""
    name = "_".join(_words(title)).lower()[:_LONGEST].strip("_")
    if not name[:1].isalpha():
        name = f"net_{name}".strip("_")
    return name if "net" in name else f"{name}_network"


def _words(title: str) -> list[str]:
    """Without what stands in brackets."""
    return re.findall("[A-Za-z0-9]+", re.sub(r"\([^)]*\)", " ", title).replace("×", "x"))


def one_line(words: str) -> str:
    """Words without line ends, control characters and marks that turn the direction of writing; not endless."""
    shown = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(shown.split())[:_LONGEST_WORDS]


def quoted(words: str) -> str:
    """A literal of Python that is these words."""
    return f'"{words}"' if words.isprintable() and not set(words) & set('\\"') else repr(words)


def docstring(paragraphs: Iterable[str], indent: str, width: int) -> list[str]:
    """The lines of a docstring that holds these words and nothing else, whatever they are."""
    lines: list[str] = []
    for words in paragraphs:
        whole = one_line(words)
        lines += ["", *textwrap.wrap(whole, width - len(indent) - 6, break_on_hyphens=False)]
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines[1:]]
    if len(escaped) == 1:
        return [f'{indent}"""{escaped[0]}"""']
    shown = [f'{indent}"""{escaped[0]}', *(f"{indent}{line}" if line else "" for line in escaped[1:])]
    return [*shown, f'{indent}"""']
