"""What the later networks took from LeNet-5 and what they changed, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lenet_explain.descendants import DescentError
from lenet_explain.descendants.file import KEYS
from lenet_explain.lore.reading import FOLDER, Entry, LoreError, entries, only, tables, unique

FILE = FOLDER / "descendants.toml"
_FIRST, _LAST = 1998, 2100


@dataclass(frozen=True, slots=True)
class Heritage:
    """built: how the module that is counted differs from the paper; empty where nothing is known of it."""

    key: str
    title: str
    year: int
    took: str
    changed: str
    source: str
    built: str


@lru_cache(maxsize=4)
def heritages(path: Path = FILE) -> tuple[Heritage, ...]:
    """In the order of KEYS. Raises LoreError naming the entry, the field and the rule."""
    values = tables(path)
    only(values, ("descendant",), path)
    found = {one.key: one for one in (_heritage(entry, path) for entry in entries(values, "descendant", path))}
    unique([one["key"] for one in values["descendant"]], "the descendant", path)
    for key in KEYS:
        if key not in found:
            raise LoreError(f"{path.name}: there is no [[descendant]] {key!r}, and there must be one of each")
    return tuple(found[key] for key in KEYS)


def _heritage(entry: Entry, path: Path) -> Heritage:
    key = entry.words("key", among=KEYS)
    entry.where = f"{path.name}, descendant {key!r}"
    title, year = entry.words("title"), entry.whole("year")
    if not _FIRST < year < _LAST:
        raise entry.refuse(f"year is {year}, and must lie after {_FIRST} and before {_LAST}")
    took, changed, source = entry.words("took"), entry.words("changed"), entry.words("source")
    built = entry.words("built") if entry.has("built") else ""
    entry.end()
    return Heritage(key, title, year, took, changed, source, built)


def heritage_of(key: str) -> Heritage:
    for one in heritages():
        if one.key == key:
            return one
    raise DescentError(f"there is no descendant {key!r}: choose one of {', '.join(KEYS)}")
