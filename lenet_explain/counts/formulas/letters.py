"""The letters of the formulas: how they are written, what they stand for, and what they are in one layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lenet_explain.network.layers import AveragePooling, Convolution, Field, MaxPooling
from lenet_explain.network.walk import Step
from lenet_explain.network.worked import Worked

_SIGN = re.compile(r"[A-Za-z]′?")


@dataclass(frozen=True, slots=True)
class Letter:
    """sign: as plain text, such as h′; means: in words."""

    sign: str
    value: float
    means: str

    @property
    def latex(self) -> str:
        return self.sign.replace("′", "'")

    @property
    def term(self) -> Worked:
        """The letter as a term of a formula: it is written as itself and counts as its value."""
        return Worked(self.value, self.sign, self.latex)


Letters = Mapping[str, Letter]


def letters_of(step: Step, field: Field) -> Letters:
    """By sign. field: of the layer before, or of a pixel where there is none."""
    window, before, after = step.layer.window(step.before), step.before, step.after
    kernel = "side of the kernel" if isinstance(step.layer, Convolution) else "side of the window"
    found = [
        Letter("n", before.maps, "maps before" if before.height * before.width > 1 else "values before"),
        Letter("h", before.height, "height before"),
        Letter("w", before.width, "width before"),
        Letter("m", after.maps, "maps after" if after.height * after.width > 1 else "units"),
        Letter("h′", after.height, "height after"),
        Letter("w′", after.width, "width after"),
        Letter("k", window.size, kernel),
        Letter("s", window.stride, "stride: pixels that it moves by"),
        Letter("p", window.padding, "padding: pixels of border on each side"),
        Letter("P", step.parameters.value, "parameters, counted above"),
        Letter("r", field.size.value, "field of the layer before"),
        Letter("j", field.jump.value, "its step between fields, in pixels"),
        Letter("c", field.centre.value, "its first field's centre"),
    ]
    if isinstance(step.layer, Convolution):
        found.append(Letter("L", sum(map(len, step.layer.links(before))), "links in the table of connections"))
        found.append(Letter("W", step.layer.weights(before).value, "weights: parameters without the biases"))
    if isinstance(step.layer, AveragePooling | MaxPooling):
        down, right = step.layer.beyond(before)
        found.append(Letter("d", down, "rows of the lowest windows that lie beyond the edge"))
        found.append(Letter("u", right, "columns of the rightmost windows that lie beyond the edge"))
    return {letter.sign: letter for letter in found}


def used(formula: Worked, letters: Letters) -> tuple[Letter, ...]:
    """The letters of a formula in the order in which they are first written."""
    return tuple(letters[sign] for sign in dict.fromkeys(_SIGN.findall(formula.text)))
