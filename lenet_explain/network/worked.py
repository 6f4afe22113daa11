"""A number kept with the arithmetic that gave it: `60·5·5 + 16 = 1,516`.

A `Worked` is built by ordinary operators, so its value and its explanation come from the same terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SUM, PRODUCT, ATOM = 1, 2, 3  # how tightly a term binds: decides where brackets are needed


def number(value: float) -> str:
    """1516 → '1,516'; 2.5 → '2.5'; −5 → '−5' with a true minus sign."""
    return f"{value:,}".replace("-", "−")


def _latex_number(value: float) -> str:
    return f"{value:,}".replace(",", "{,}")


def _whole(value: float) -> float:
    """An integer where the value is one, so that 8/2 reads 4 and not 4.0."""
    return int(value) if value == int(value) else value


@dataclass(frozen=True, slots=True)
class Worked:
    """A value (an integer, or a half for centres) and the sum that gave it, as plain text and as LaTeX."""

    value: float
    text: str
    latex: str
    binding: int = ATOM

    @property
    def line(self) -> str:
        """'(5·5·1 + 1)·6 = 156', or the bare number where there was nothing to work out."""
        return self.text if self.binding == ATOM else f"{self.text} = {number(self.value)}"

    @property
    def latex_line(self) -> str:
        return self.latex if self.binding == ATOM else f"{self.latex} = {_latex_number(self.value)}"

    @property
    def result(self) -> Worked:
        """The same value as a plain term, for use in a further sum."""
        return given(self.value)

    def _within(self, binding: int) -> tuple[str, str]:
        """Text and LaTeX, in brackets if this term binds less tightly than `binding`."""
        if self.binding >= binding:
            return self.text, self.latex
        return f"({self.text})", rf"\left({self.latex}\right)"

    def __add__(self, other: Worked) -> Worked:
        return Worked(self.value + other.value, f"{self.text} + {other.text}", f"{self.latex} + {other.latex}", SUM)

    def __sub__(self, other: Worked) -> Worked:
        text, latex = other._within(PRODUCT)
        return Worked(self.value - other.value, f"{self.text} − {text}", f"{self.latex} - {latex}", SUM)

    def __mul__(self, other: Worked) -> Worked:
        text, latex = self._within(PRODUCT)
        by_text, by_latex = other._within(PRODUCT)
        return Worked(_whole(self.value * other.value), f"{text}·{by_text}", rf"{latex} \cdot {by_latex}", PRODUCT)

    def __truediv__(self, other: Worked) -> Worked:
        text, _ = self._within(PRODUCT)
        by_text, _ = other._within(ATOM)
        latex = rf"\frac{{{self.latex}}}{{{other.latex}}}"
        return Worked(_whole(self.value / other.value), f"{text}/{by_text}", latex, PRODUCT)

    def __floordiv__(self, other: Worked) -> Worked:
        """Division rounded down; the rounding is written out only where it changes something."""
        exact = self / other
        if self.value % other.value == 0:
            return exact
        rounded = int(self.value // other.value)
        return Worked(rounded, f"⌊{exact.text}⌋", rf"\left\lfloor {exact.latex} \right\rfloor", PRODUCT)


def rounded_up(share: Worked, by: Worked) -> Worked:
    """Division rounded up; the rounding is written out only where it changes something."""
    exact = share / by
    if share.value % by.value == 0:
        return exact
    rounded = int(-(-share.value // by.value))
    return Worked(rounded, f"⌈{exact.text}⌉", rf"\left\lceil {exact.latex} \right\rceil", PRODUCT)


def given(value: float) -> Worked:
    """A number that needs no working: a kernel size, a count of maps."""
    return Worked(value, number(value), _latex_number(value))


def total(terms: Iterable[Worked]) -> Worked:
    """The sum of the terms' results: 156 + 12 + 1,516 + …; zero terms give 0, terms of value 0 are left out."""
    counted = [term.result for term in terms if term.value]
    if not counted:
        return given(0)
    added = counted[0]
    for term in counted[1:]:
        added = added + term
    return added
