"""Reading the files of lore: every field is asked for by name and kind, and what does not fit is told in a sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class LoreError(ValueError):
    """An entry that cannot be used; the message names the file, the entry, the field and the rule."""


def tables(path: Path) -> dict[str, Any]:
    """The file as TOML. Raises LoreError where there is none, or where it is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise LoreError(f"{path.name} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LoreError(f"{path.name} is not TOML that can be read: {error}") from error


class Entry:
    """One table of a file; `take` each field, then `end`, which refuses whatever nobody asked for."""

    def __init__(self, values: object, where: str) -> None:
        self.where = where
        if not isinstance(values, dict):
            raise self.refuse(f"this is {values!r}, and must be a table of fields")
        self._left = dict(values)

    def refuse(self, words: str) -> LoreError:
        return LoreError(f"{self.where}: {words}")

    def words(self, name: str, *, among: Sequence[str] | Mapping[str, Any] | None = None, default: str = "") -> str:
        """A text that is not empty; one of `among`, where that is given. default: makes the field optional."""
        if default and name not in self._left:
            return default
        value = self._taken(name, str, "a text")
        if not value.strip():
            raise self.refuse(f"{name} is empty, and must be a text")
        if among is not None and value not in among:
            raise self.refuse(f"{name} is {value!r}, and must be one of {', '.join(among)}")
        return value

    def listed(self, name: str, among: Sequence[str] | Mapping[str, Any]) -> tuple[str, ...]:
        """A list of texts, at least one, each of `among`."""
        value = self._taken(name, list, "a list of texts")
        if not value:
            raise self.refuse(f"{name} is empty, and must have at least one text")
        for one in value:
            if one not in among:
                raise self.refuse(f"{name} has {one!r}, and may have {', '.join(among)}")
        return tuple(value)

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number; default: makes the field optional."""
        if default is not None and name not in self._left:
            return default
        return self._taken(name, int, "a whole number")

    def number(self, name: str) -> float:
        return self._taken(name, (int, float), "a number")

    def truth(self, name: str, default: bool | None = None) -> bool:
        """default: makes the field optional."""
        if default is not None and name not in self._left:
            return default
        return self._taken(name, bool, "true or false")

    def has(self, name: str) -> bool:
        return name in self._left

    def anything(self, name: str) -> Any:
        """A field whose kind the caller checks."""
        return self._taken(name, object, "given")

    def end(self) -> None:
        if self._left:
            name = next(iter(self._left))
            raise self.refuse(f"{name} is not a field of such an entry: is it misspelt?")

    def _taken(self, name: str, kind: Any, called: str) -> Any:
        if name not in self._left:
            raise self.refuse(f"{name} is missing, and must be {called}")
        value = self._left.pop(name)
        truth = isinstance(value, bool) and kind not in (bool, object)
        if truth or not isinstance(value, kind):
            raise self.refuse(f"{name} is {value!r}, and must be {called}")
        return value


def entries(values: Mapping[str, Any], name: str, path: Path) -> list[Entry]:
    """The tables [[name]] of a file, each by its number."""
    found = values.get(name, [])
    if not isinstance(found, list) or not found:
        raise LoreError(f"{path.name}: there is no [[{name}]] in it, and there must be at least one")
    return [Entry(one, f"{path.name}, [[{name}]] number {place}") for place, one in enumerate(found, start=1)]


def only(values: Mapping[str, Any], names: Sequence[str], path: Path) -> None:
    """Raises LoreError for a table of a name that nobody reads."""
    for name in values:
        if name not in names:
            raise LoreError(f"{path.name}: [{name}] is not a table of this file, only {', '.join(names)}")


def unique(values: Sequence[str], name: str, path: Path) -> None:
    for value in values:
        if values.count(value) > 1:
            raise LoreError(f"{path.name}: {name} {value!r} is there twice, and each must be its own")
