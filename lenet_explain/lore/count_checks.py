"""Checks that count: each asks the description of a network, and shows its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from lenet_explain.lore.checks import INPUT, Finding, Networks, OfNetwork, in_words
from lenet_explain.lore.reading import Entry
from lenet_explain.network.activations import IDENTITY
from lenet_explain.network.layers import Convolution, Dense, Shape
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Step, walk
from lenet_explain.network.worked import Worked, given, number, total
from lenet_explain.paper.quotes import QUOTES
from lenet_explain.recipes.differences import between_networks, listed


def _units(step: Step) -> Worked:
    maps, height, width = map(given, (step.after.maps, step.after.height, step.after.width))
    return maps if step.after.units == step.after.maps else maps * height * width


QUANTITIES: Mapping[str, Callable[[Step], Worked]] = {
    "parameters": lambda step: step.parameters,
    "connections": lambda step: step.connections,
    "multiply-accumulates": lambda step: step.macs,
    "units": _units,
}


@dataclass(frozen=True)
class Count(OfNetwork):
    """{kind = "count", network, layer (left out: all layers), what = one of QUANTITIES, says = a whole number}"""

    what: str
    says: int
    kind: ClassVar[str] = "count"

    @classmethod
    def read(cls, entry: Entry) -> Count:
        asked = cls.taken(entry, whole=True)
        return cls(**asked, what=entry.words("what", among=QUANTITIES), says=entry.whole("says"))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        of = QUANTITIES[self.what]
        worked = of(self.step(steps)) if self.layer else total(map(of, steps))
        holds = worked.value == self.says
        no = "" if holds else f", not {number(self.says)}"
        where = f", {self.layer}" if self.layer else ""
        return Finding(holds, (f"{network.title}{where}{in_words(self.change)}: {worked.line} {self.what}{no}.",))


@dataclass(frozen=True)
class ShapeIs(OfNetwork):
    """{kind = "shape", network, layer (or "INPUT"), says = "14×14×6": height × width × maps}"""

    says: str
    kind: ClassVar[str] = "shape"

    @classmethod
    def read(cls, entry: Entry) -> ShapeIs:
        return cls(**cls.taken(entry), says=entry.words("says"))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        if self.layer == INPUT:
            is_ = articles_shape(network.input)
            return Finding(is_ == self.says, (f"{network.title} reads {is_}.",))
        step = self.step(steps)
        is_ = articles_shape(step.after)
        no = "" if is_ == self.says else f", not {self.says}"
        side = f": a side is {step.size.height.line}" if step.size.height.text != step.size.height.line else ""
        where = f"{network.title}, {step.name}{in_words(self.change, self.layer)}"
        return Finding(is_ == self.says, (f"{where}: {articles_shape(step.before)} becomes {is_}{no}{side}.",))


def articles_shape(shape: Shape) -> str:
    """'28×28×6', as articles write it."""
    return f"{shape.height}×{shape.width}×{shape.maps}"


def _reads_every_map(step: Step) -> bool:
    layer = step.layer
    if not isinstance(layer, Convolution):
        return True
    return all(len(row) == step.before.maps for row in layer.links(step.before))


TRAITS: Mapping[str, Callable[[Step], str | bool]] = {
    "kind": lambda step: step.layer.kind,
    "activation": lambda step: step.layer.activation.name,
    "trainable": lambda step: bool(step.parameters.value),
    "reads every map": _reads_every_map,
}


@dataclass(frozen=True)
class LayerIs(OfNetwork):
    """{kind = "layer", network, layer (left out: any layer), what = one of TRAITS, says = a word, or true or false}"""

    what: str
    says: str | bool
    kind: ClassVar[str] = "layer"

    @classmethod
    def read(cls, entry: Entry) -> LayerIs:
        asked, what = cls.taken(entry, whole=True), entry.words("what", among=TRAITS)
        sample = TRAITS[what](walk(NETWORKS[asked["network"]])[0])
        return cls(**asked, what=what, says=entry.truth("says") if isinstance(sample, bool) else entry.words("says"))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        of = TRAITS[self.what]
        if self.layer:
            step = self.step(steps)
            return Finding(of(step) == self.says, (f"{network.title}: {step.name} {_trait(self.what, step)}.",))
        where = [step.name for step in steps if of(step) == self.says]
        others = listed(list(dict.fromkeys(str(of(step)) for step in steps)))
        words = f"{self.says} in {listed(where)}" if where else f"{self.says} in no layer, only {others}"
        return Finding(bool(where), (f"{network.title}: {words}.",))


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _trait(what: str, step: Step) -> str:
    match what:
        case "kind":
            return f"is {_a(step.layer.kind)} layer"
        case "activation":
            activation = step.layer.activation
            bare = f"is {_a(step.layer.kind)} layer and gives its results as they are"
            return bare if activation == IDENTITY else f"computes {activation.text} of each sum a"
        case "trainable":
            return f"has {step.parameters.line} trainable numbers"
    layer = step.layer
    linked = sum(map(len, layer.links(step.before))) if isinstance(layer, Convolution) else 0
    possible = given(step.before.maps) * given(step.after.maps)
    return f"has {linked} of {possible.line} possible links between maps"


@dataclass(frozen=True)
class Links(OfNetwork):
    """{kind = "links", network, layer, what = "maps that read" or "readers of a map", says = a whole number}: how many
    maps of a layer read any map before it; how many read one of those."""

    what: str
    says: int
    kind: ClassVar[str] = "links"

    @classmethod
    def read(cls, entry: Entry) -> Links:
        what = entry.words("what", among=("maps that read", "readers of a map"))
        return cls(**cls.taken(entry), what=what, says=entry.whole("says"))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        step = self.step(steps)
        if not isinstance(step.layer, Convolution):
            raise LookupError(f"{self.layer} is no convolution")
        rows = step.layer.links(step.before)
        reading = sum(map(bool, rows))
        readers = {sum(index in row for row in rows) for index in range(step.before.maps)}
        holds = reading == self.says if self.what == "maps that read" else readers == {self.says}
        each = " or ".join(str(one) for one in sorted(readers))
        words = f"all {reading} maps of {step.name} read some map; each map before it is read by {each} of them"
        return Finding(holds, (f"{network.title}: {words}.",))


@dataclass(frozen=True)
class FieldIs(OfNetwork):
    """{kind = "field", network, layer, says = input pixels along a side that a unit sees}"""

    says: int
    kind: ClassVar[str] = "field"

    @classmethod
    def read(cls, entry: Entry) -> FieldIs:
        return cls(**cls.taken(entry), says=entry.whole("says"))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        step = self.step(steps)
        size = step.field.size
        words = f"{network.title}, {step.name}: a unit sees {size.line} input pixels along each side."
        return Finding(size.value == self.says, (words,))


@dataclass(frozen=True)
class SameBut(OfNetwork):
    """{kind = "same", network, other, layer}: that the two are alike but for this layer."""

    other: str
    kind: ClassVar[str] = "same"

    @classmethod
    def read(cls, entry: Entry) -> SameBut:
        return cls(**cls.taken(entry), other=entry.words("other", among=NETWORKS))

    def on(self, networks: Networks) -> Finding:
        one, other = networks[self.network], networks[self.other]
        rest = [replace(net, layers=tuple(la for la in net.layers if la.name != self.layer)) for net in (one, other)]
        found = between_networks(rest[0], rest[1])
        words = f"Besides {self.layer}, {one.title} against {other.title}: {'; '.join(found) or 'no difference'}."
        return Finding(not found, (words,))

    def of(self, key: str) -> None:
        return None

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        raise NotImplementedError


@dataclass(frozen=True)
class FedWith(OfNetwork):
    """{kind = "pixels", network, layer = "INPUT", what = "paper" or "ink", says}: what that is fed as."""

    what: str
    says: float
    kind: ClassVar[str] = "pixels"

    @classmethod
    def read(cls, entry: Entry) -> FedWith:
        return cls(**cls.taken(entry), what=entry.words("what", among=("paper", "ink")), says=entry.number("says"))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        value = network.pixels.background if self.what == "paper" else network.pixels.ink
        words = f"{network.title} is fed {number(value)} for {self.what}"
        return Finding(value == self.says, (f"{words}.",))


@dataclass(frozen=True)
class AmountsToDense(OfNetwork):
    """{kind = "amounts to dense", network, layer, units, quote = a quote of quotes.py}: whether a dense layer of so
    many units would count the same in its place, whatever the layer is called."""

    units: int
    quote: str
    kind: ClassVar[str] = "amounts to dense"

    @classmethod
    def read(cls, entry: Entry) -> AmountsToDense:
        return cls(**cls.taken(entry), units=entry.whole("units"), quote=entry.words("quote", among=QUOTES))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        step = self.step(steps)
        dense = Dense(step.name, units=self.units, bias=getattr(step.layer, "bias", True))
        mine, theirs = step.parameters, dense.parameters(step.before)
        same = step.after == dense.shape_after(step.before) and all(
            one.value == other.value
            for one, other in ((mine, theirs), (step.connections, dense.connections(step.before)))
        )
        said, name = QUOTES[self.quote], step.layer.kind
        counts = f"{network.title}, {step.name}: {mine.line} parameters and {step.connections.result.text} connections"
        like = f"a dense layer of {self.units:,} units on {step.before} has {theirs.line}"
        named = "" if isinstance(step.layer, Dense) else f" It is called a {name} layer."
        return Finding(
            same,
            (f"{counts}; {like}.{named}", f"The paper, {said.place}: “{said.words}”"),
            in_effect=same and not isinstance(step.layer, Dense),
        )


@dataclass(frozen=True)
class Spread(OfNetwork):
    """{kind = "spread", network, layer = "INPUT", says = a variance that its pixels should have}: whether they can."""

    says: float
    kind: ClassVar[str] = "spread"

    @classmethod
    def read(cls, entry: Entry) -> Spread:
        return cls(**cls.taken(entry), says=entry.number("says"))

    def found(self, network: Network, steps: tuple[Step, ...]) -> Finding:
        low, high = network.pixels.background, network.pixels.ink
        most = ((high - low) / 2) ** 2
        words = f"Values from {number(low)} to {number(high)} have a variance of at most"
        plus = f"({number(high)} − {number(low)})" if low >= 0 else f"({number(high)} + {number(-low)})"
        return Finding(self.says <= most, (f"{words} ({plus}/2)² = {most:.2f}, however the pixels fall.",))
