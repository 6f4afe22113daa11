"""What decides a claim: a check is asked, and answers with what it found. Here what all kinds share.

counted.py has the kinds that ask the description of a network, looked_up.py those that ask the paper.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from lenet_explain.lore.reading import Entry
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Step, walk

INPUT = "INPUT"
Networks = Mapping[str, Network]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether it is so, and what was found, as sentences in Markdown: arithmetic, or the paper's words with their
    place. open: nobody knows; contradicted: the paper says both; in_effect: it holds of what is computed, under another
    name."""

    holds: bool
    lines: tuple[str, ...]
    open: bool = False
    contradicted: bool = False
    in_effect: bool = False


class Check(ABC):
    """One question with a computed answer."""

    kind: ClassVar[str]

    @classmethod
    @abstractmethod
    def read(cls, entry: Entry) -> Check:
        """Take the fields of this kind. Raises LoreError naming the field and the rule."""

    @abstractmethod
    def on(self, networks: Networks) -> Finding:
        """Ask it, of the network that it names among these."""

    def of(self, key: str) -> Check | None:
        """The same of another network; None where it asks no network."""
        return None


@dataclass(frozen=True)
class OfNetwork(Check):
    """Checks that ask a description. change: fields of one layer that are changed first, as in a program that has it
    otherwise."""

    network: str
    layer: str
    change: tuple[tuple[str, Any], ...]

    @classmethod
    def taken(cls, entry: Entry, *, whole: bool = False) -> dict[str, Any]:
        """whole: the layer may be left out, and the whole network is meant."""
        network = entry.words("network", among=NETWORKS)
        names = [INPUT, *(layer.name for layer in NETWORKS[network].layers)]
        layer = entry.words("layer", among=names, default="-" if whole else "")
        change = entry.anything("change") if entry.has("change") else {}
        return {"network": network, "layer": "" if layer == "-" else layer, "change": _change(change, network, entry)}

    def of(self, key: str) -> Check | None:
        return replace(self, network=key)

    def on(self, networks: Networks) -> Finding:
        network = networks[self.network]
        try:
            changed = self._changed(network)
            return self.found(changed, walk(changed))
        except (DescriptionError, LookupError) as error:
            return Finding(False, (f"{network.title}: {error}",))

    @abstractmethod
    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        """Raises LookupError where the network has no such layer."""

    def step(self, steps: tuple[Step, ...]) -> Step:
        for step in steps:
            if step.name == self.layer:
                return step
        raise LookupError(f"there is no layer {self.layer}")

    def _changed(self, network: Network) -> Network:
        if not self.change:
            return network
        values = dict(self.change)
        name = values.pop("layer")
        for layer in network.layers:
            if layer.name == name and not set(values) <= {field.name for field in fields(layer)}:
                raise LookupError(f"{name} has no {', '.join(values)} to change")
        layers = tuple(replace(layer, **values) if layer.name == name else layer for layer in network.layers)
        return replace(network, layers=layers)


def _change(values: object, network: str, entry: Entry) -> tuple[tuple[str, Any], ...]:
    inner = Entry(values, f"{entry.where}, change")
    if values == {}:
        return ()
    name = inner.words("layer", among=[layer.name for layer in NETWORKS[network].layers])
    layer = next(layer for layer in NETWORKS[network].layers if layer.name == name)
    known = [field.name for field in fields(layer) if field.type in ("int", "bool")]
    given_ = {field: inner.anything(field) for field in known if inner.has(field)}
    inner.end()
    if not given_:
        raise inner.refuse(f"nothing of {name} is changed: give one of {', '.join(known)}")
    return (("layer", name), *given_.items())


def in_words(change: Sequence[tuple[str, Any]], layer: str = "") -> str:
    """' with stride 1 in S2', or nothing; layer: the one that is spoken of, which is not named again."""
    said = [f"{name} {value}" for name, value in change if name != "layer"]
    where = dict(change).get("layer")
    return f" with {' and '.join(said)}{'' if where == layer else f' in {where}'}" if said else ""
