"""The timeline and the cheque reader of history.toml, checked as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lenet_explain import paper
from lenet_explain.lore.reading import FOLDER, Entry, LoreError, entries, only, tables

FILE = FOLDER / "history.toml"
FIRST, LAST = 1900, 2100  # years
Figures = tuple[int, int, int]
FIGURES: Mapping[str, Figures] = {
    name: value for name, value in vars(paper).items() if name.startswith("CHEQUES_") and isinstance(value, tuple)
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline. uncertain: what is not certain about it, or ''."""

    year: int
    what: str
    source: str
    uncertain: str


@dataclass(frozen=True, slots=True)
class System:
    """A reader of cheques: what becomes of them, in %."""

    title: str
    read: int
    misread: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the paper says of the cheque reader, and where."""

    what: str
    place: str


@dataclass(frozen=True, slots=True)
class Recollection:
    """What was said elsewhere: in whose words, and where to find them."""

    said: str
    by: str
    source: str


@dataclass(frozen=True, slots=True)
class History:
    """What the file holds; moments by year."""

    moments: tuple[Moment, ...]
    systems: tuple[System, ...]
    known: tuple[Known, ...]
    recollections: tuple[Recollection, ...]


@lru_cache(maxsize=4)
def read_history(path: Path = FILE) -> History:
    """Raises LoreError naming the file, the entry, the field and the rule."""
    values = tables(path)
    only(values, ("moment", "system", "known", "recollection"), path)
    moments = tuple(_moment(entry) for entry in entries(values, "moment", path))
    years = [one.year for one in moments]
    if years != sorted(years):
        late = next(year for year, before in zip(years[1:], years, strict=False) if year < before)
        raise LoreError(f"{path.name}: the moment of {late} stands after a later one: moments stand by year")
    return History(
        moments,
        tuple(_system(entry) for entry in entries(values, "system", path)),
        tuple(_known(entry) for entry in entries(values, "known", path)),
        tuple(_recollection(entry) for entry in entries(values, "recollection", path)),
    )


def _moment(entry: Entry) -> Moment:
    year = entry.whole("year")
    if not FIRST <= year <= LAST:
        raise entry.refuse(f"year is {year}, and must lie between {FIRST} and {LAST}")
    uncertain = entry.words("uncertain") if entry.has("uncertain") else ""
    found = Moment(year, entry.words("what"), entry.words("source"), uncertain)
    entry.end()
    return found


def _system(entry: Entry) -> System:
    found = System(entry.words("title"), *FIGURES[entry.words("figures", among=FIGURES)])
    entry.end()
    return found


def _known(entry: Entry) -> Known:
    found = Known(entry.words("what"), entry.words("place"))
    entry.end()
    return found


def _recollection(entry: Entry) -> Recollection:
    found = Recollection(entry.words("said"), entry.words("by"), entry.words("source"))
    entry.end()
    return found
