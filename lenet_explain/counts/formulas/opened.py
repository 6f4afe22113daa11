"""A layer's six quantities, each with its lines: formula, letters, sum and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lenet_explain.counts.formulas.general import general
from lenet_explain.counts.formulas.letters import Letter, letters_of, used
from lenet_explain.counts.formulas.words import sentences
from lenet_explain.network.layers import Field
from lenet_explain.network.walk import Network, Step, walk
from lenet_explain.network.worked import Worked

QUANTITIES: Mapping[str, tuple[str, str]] = {  # key: title and unit
    "shape": ("Shape", ""),
    "field": ("Receptive field", "pixels"),
    "parameters": ("Parameters", ""),
    "connections": ("Connections", ""),
    "macs": ("Multiply-accumulates", ""),
    "memory": ("Memory of the output", "bytes"),
}
_SYMBOLS: Mapping[str, str] = {  # of each line, as LaTeX; P as in letters.py
    "maps": "m",
    "height": "h'",
    "width": "w'",
    "parameters": "P",
    "connections": "C",
    "macs": "M",
    "memory": "B",
    "size": "r'",
    "jump": "j'",
    "centre": "c'",
}
_NAMES: Mapping[str, str] = {
    "macs": "multiply-accumulates",
    "memory": "memory in bytes",
    "size": "receptive field",
    "jump": "step between fields",
    "centre": "centre of the first field",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One number, or height and width in one where they are equal. key: as in general.py; symbol: its letter as LaTeX;
    formula: None where none is known."""

    key: str
    name: str
    symbol: str
    formula: Worked | None
    letters: tuple[Letter, ...]
    worked: Worked


@dataclass(frozen=True, slots=True)
class Quantity:
    """key: of QUANTITIES; result: as it is written in a heading; words: a sentence."""

    key: str
    title: str
    result: str
    words: str
    lines: tuple[Line, ...]

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Of all lines, each once."""
        return tuple(dict.fromkeys(letter for line in self.lines for letter in line.letters))


def opened(network: Network, layer: str) -> tuple[Quantity, ...]:
    """In the order of QUANTITIES. Raises KeyError where the network has no layer of this name."""
    steps = {step.name: step for step in walk(network)}
    step, place = steps[layer], list(steps).index(layer)
    field = list(steps.values())[place - 1].field if place else Field.of_a_pixel()
    words = sentences(step)
    return tuple(
        Quantity(key, title, " ".join(filter(None, [_result(step, key), unit])), words[key], _lines(step, key, field))
        for key, (title, unit) in QUANTITIES.items()
    )


def _result(step: Step, key: str) -> str:
    if key == "shape":
        return str(step.after)
    worked = step.field.size if key == "field" else getattr(step, key)
    side = worked.result.text
    return f"{side}×{side}" if key == "field" else side


def _sums(step: Step, key: str) -> Mapping[str, Worked]:
    if key == "shape":
        same = step.size.height == step.size.width
        width = {} if same else {"width": step.size.width}
        return {"maps": step.size.maps, "height": step.size.height, **width}
    if key == "field":
        return {"size": step.field.size, "jump": step.field.jump, "centre": step.field.centre}
    return {key: getattr(step, key)}


def _lines(step: Step, key: str, field: Field) -> tuple[Line, ...]:
    letters = letters_of(step, field)
    formulas = general(step, letters)
    found = []
    for name, worked in _sums(step, key).items():
        formula = formulas.get(name)
        own = used(formula, letters) if formula else ()
        symbol = "h' = w'" if name == "height" and step.size.height == step.size.width else _SYMBOLS[name]
        found.append(Line(name, _NAMES.get(name, name), symbol, formula, own, worked))
    return tuple(found)
