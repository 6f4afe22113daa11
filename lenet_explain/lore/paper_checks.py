"""Checks that look up: what the paper prints, what it leaves open, and where it speaks against itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lenet_explain import paper
from lenet_explain.lore.checks import Check, Finding, Networks
from lenet_explain.lore.methods import by_error, method_named, methods
from lenet_explain.lore.reading import Entry
from lenet_explain.network.worked import number
from lenet_explain.paper import misread
from lenet_explain.paper.quotes import QUOTES
from lenet_explain.recipes.recipe import recipe_named

PRINTED: Mapping[str, Any] = {
    name: value for name, value in vars(paper).items() if name.isupper() and isinstance(value, str | int | float)
}
SUBJECTS = {one.subject: one for one in paper.CONTRADICTIONS}
_OF_RECIPE = ("optimiser", "batch")


@dataclass(frozen=True)
class PaperSays(Check):
    """{kind = "paper", name = a constant of `paper`, of = what it is, says, unit (may be left out), place}"""

    name: str
    of_what: str
    says: str | float
    unit: str
    place: str
    kind: ClassVar[str] = "paper"

    @classmethod
    def read(cls, entry: Entry) -> PaperSays:
        name = entry.words("name", among=PRINTED)
        text = isinstance(PRINTED[name], str)
        says = entry.words("says") if text else entry.number("says")
        unit = entry.words("unit") if entry.has("unit") else ""
        return cls(name, entry.words("of"), says, unit, entry.words("place"))

    def on(self, networks: Networks) -> Finding:
        value = getattr(paper, self.name)
        no = "" if value == self.says else f", not {self._written(self.says)}"
        return Finding(value == self.says, (f"The paper, {self.place}: {self.of_what}: {self._written(value)}{no}.",))

    def _written(self, value: str | float) -> str:
        words = f"“{value}”" if isinstance(value, str) else number(value)
        return f"{words} {self.unit}".rstrip()


@dataclass(frozen=True)
class PaperArgues(Check):
    """{kind = "quote", name = a quote of quotes.py, mentions = words of the claim}: whether it says so."""

    name: str
    mentions: str
    kind: ClassVar[str] = "quote"

    @classmethod
    def read(cls, entry: Entry) -> PaperArgues:
        return cls(entry.words("name", among=QUOTES), entry.words("mentions"))

    def on(self, networks: Networks) -> Finding:
        said = QUOTES[self.name]
        holds = self.mentions.casefold() in said.words.casefold()
        none = "" if holds else f" Of “{self.mentions}” it says nothing."
        return Finding(holds, (f"The paper, {said.place}: “{said.words}”{none}",))


@dataclass(frozen=True)
class Trained(Check):
    """{kind = "recipe", what = optimiser or batch, says, place}: how the recipe `paper` trains."""

    what: str
    says: str | int
    place: str
    kind: ClassVar[str] = "recipe"

    @classmethod
    def read(cls, entry: Entry) -> Trained:
        what = entry.words("what", among=_OF_RECIPE)
        return cls(what, entry.whole("says") if what == "batch" else entry.words("says"), entry.words("place"))

    def on(self, networks: Networks) -> Finding:
        value = getattr(recipe_named("paper", networks["lenet5"]), self.what)
        words = paper.ON_OPTIMISER if self.what == "optimiser" else f"{self.place}: digits a step: {value}"
        return Finding(value == self.says, (f"The paper, {words}.",))


@dataclass(frozen=True)
class Best(Check):
    """{kind = "best", method = a method of methods.toml}: that no other of Fig. 9 has a lower error."""

    method: str
    kind: ClassVar[str] = "best"

    @classmethod
    def read(cls, entry: Entry) -> Best:
        return cls(entry.words("method", among=[one.name for one in methods()]))

    def on(self, networks: Networks) -> Finding:
        best, mine = by_error()[0], method_named(self.method)
        others = [one.name for one in by_error() if one.error == mine.error and one.name != mine.name]
        words = f"The paper, Fig. 9, p. 12: the lowest error is {best.error} %, of {best.name}"
        if best.error < mine.error:
            words += f"; {mine.name} has {mine.error} %" + (f", as has {', '.join(others)}" if others else "")
        return Finding(mine.error <= best.error, (f"{words}.",))


@dataclass(frozen=True)
class Misread(Check):
    """{kind = "misread", says = an error in %}: that the digits of Fig. 8 are as many."""

    says: float
    kind: ClassVar[str] = "misread"

    @classmethod
    def read(cls, entry: Entry) -> Misread:
        return cls(entry.number("says"))

    def on(self, networks: Networks) -> Finding:
        shown, of = len(misread.MISREAD_1998), misread.TEST_DIGITS
        percent, would_be = round(100 * shown / of, 2), round(self.says * of / 100)
        words = f"{shown}/{of:,} = {percent} %; an error of {self.says} % would be {would_be} digits."
        return Finding(percent == self.says, (f"The paper, {misread.FIGURE}: {words}", misread.PROVENANCE))


@dataclass(frozen=True)
class Contradicted(Check):
    """{kind = "contradiction", subject = one of paper.CONTRADICTIONS}"""

    subject: str
    kind: ClassVar[str] = "contradiction"

    @classmethod
    def read(cls, entry: Entry) -> Contradicted:
        return cls(entry.words("subject", among=SUBJECTS))

    def on(self, networks: Networks) -> Finding:
        one = SUBJECTS[self.subject]
        lines = (f"It says, {one.one}.", f"Against that, {one.other}.", f"In this app: {one.here}.")
        return Finding(False, lines, contradicted=True)


@dataclass(frozen=True)
class Unknown(Check):
    """{kind = "open", known = what is known of it, in a sentence or two, place}"""

    known: str
    place: str
    kind: ClassVar[str] = "open"

    @classmethod
    def read(cls, entry: Entry) -> Unknown:
        return cls(entry.words("known"), entry.words("place"))

    def on(self, networks: Networks) -> Finding:
        return Finding(False, (f"{self.known} Looked for in {self.place}.",), open=True)
