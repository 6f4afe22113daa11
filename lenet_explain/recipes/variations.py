"""LeNet-5 with one thing changed at a time: what each change answers, and in words what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from lenet_explain import paper
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation
from lenet_explain.network.layers import AveragePooling, Convolution, Dense, Layer, MaxPooling, RadialBasis, Subsampling
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.recipes.differences import FIELDS, listed
from lenet_explain.recipes.recipe import Recipe, recipe_named

BASE = "base"
_PASSES = {"mnist": 2}  # over the training digits, where the visitor says nothing
_PASSES_ELSE = 10
_POOLING = (Subsampling, AveragePooling, MaxPooling)
_STEPS = ("optimiser", "rate", "schedule", "batch")  # each optimiser wants its own rate: these change together
_EQUATIONS: Mapping[object, str] = {"mse": "Eq. 8", "map": "Eq. 9"}  # of losses, where the outputs are distances


@dataclass(frozen=True, slots=True)
class Question:
    """What a group of variations answers. paper: what the paper says of it, with the place."""

    key: str
    title: str
    asks: str
    paper: str


@dataclass(frozen=True, slots=True)
class Variation:
    """share: of the training digits that it learns from; against: the variation that it differs from in one thing."""

    key: str
    question: str
    title: str
    network: Network
    recipe: Recipe
    share: float = 1.0
    against: str = BASE

    def recipe_for(self, passes: int, seed: int) -> Recipe:
        return replace(self.recipe, epochs=passes, seed=seed)

    @property
    def parameters(self) -> int:
        return int(totals(walk(self.network)).parameters.value)

    @property
    def connections(self) -> int:
        return int(totals(walk(self.network)).connections.value)


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        one.key: one
        for one in (
            Question("activation", "Activation", "Does it matter how a unit bends its sum?", paper.ON_ACTIVATION),
            Question("pooling", "Pooling", "Must subsampling have weights of its own?", paper.ON_POOLING),
            Question("connections", "C3's table", "What do the links that C3 leaves out cost?", paper.ON_CONNECTIONS),
            Question("loss", "Loss and output", "Must wrong answers be pushed away? Are glyphs needed?", paper.ON_LOSS),
            Question("optimiser", "Optimiser", "Does it matter how gradients become steps?", paper.ON_OPTIMISER),
            Question("size", "Training digits", "What are more digits worth?", paper.ON_SIZE),
        )
    }
)


def _activated(activation: Activation) -> Network:
    """The activation wherever LeNet-5 squashes: in every layer but the output."""
    return _with_layers(lambda layer: replace(layer, activation=activation) if layer.activation != IDENTITY else layer)


def _pooled(kind: type[AveragePooling] | type[MaxPooling]) -> Network:
    return _with_layers(lambda layer: kind(layer.name, size=layer.size) if isinstance(layer, Subsampling) else layer)


def _with_layers(change: Any) -> Network:
    network = NETWORKS["lenet5"]
    return replace(network, layers=tuple(change(layer) for layer in network.layers))


def _dense(layer: Layer) -> Layer:
    return replace(layer, table=None) if isinstance(layer, Convolution) else layer


def _softmax(layer: Layer) -> Layer:
    return Dense(layer.name, units=len(layer.codes), activation=SOFTMAX) if isinstance(layer, RadialBasis) else layer


def _all() -> tuple[Variation, ...]:
    network = NETWORKS["lenet5"]
    base = Variation(BASE, "", "LeNet-5 as it is", network, recipe_named("quick", network))
    steps = recipe_named("paper", network)

    def other(question: str, key: str, title: str, **changed: Any) -> Variation:
        fitted = {name: changed.pop(name) for name in FIELDS if name in changed}
        return replace(base, key=key, question=question, title=title, recipe=replace(base.recipe, **fitted), **changed)

    return (
        base,
        other("activation", "tanh", "Plain tanh", network=_activated(TANH)),
        other("activation", "sigmoid", "Sigmoid", network=_activated(SIGMOID)),
        other("activation", "relu", "ReLU", network=_activated(RELU)),
        other("pooling", "average", "Average pooling", network=_pooled(AveragePooling)),
        other("pooling", "max", "Max pooling", network=_pooled(MaxPooling)),
        other("connections", "dense-c3", "Dense C3", network=_with_layers(_dense)),
        other("loss", "eq-9", "Eq. 9", loss="map"),
        other("loss", "cross-entropy", "Cross-entropy of −distances", loss="cross-entropy"),
        other(
            "loss", "softmax", "Softmax, no glyphs", loss="cross-entropy", network=_with_layers(_softmax),
            against="cross-entropy",
        ),
        other("optimiser", "sgd", "Gradient descent", optimiser="sgd", rate=0.008),
        other("optimiser", "momentum", "Momentum", optimiser="momentum", rate=0.001),
        other("optimiser", "sdlm", "The paper's own", **{name: getattr(steps, name) for name in _STEPS}),
        other("size", "half", "Half the digits", share=0.5),
        other("size", "quarter", "A quarter of them", share=0.25),
    )  # fmt: skip


VARIATIONS: Mapping[str, Variation] = MappingProxyType({one.key: one for one in _all()})


def usual_passes(data: str) -> int:
    return _PASSES.get(data, _PASSES_ELSE)


def rows_of(questions: tuple[str, ...]) -> tuple[Variation, ...]:
    """The base, then the variations of these questions, in the order of VARIATIONS."""
    return tuple(one for one in VARIATIONS.values() if one.key == BASE or one.question in questions)


def changes(one: Variation, base: Variation) -> dict[str, str]:
    """In what `one` is not `base`, by respect: 'X instead of Y'. What nobody foresaw is named by its field."""
    found = _of_layers(one.network, base.network)
    found |= {name: f"another {name}" for name in ("input", "pixels") if _differ(one.network, base.network, name)}
    for name, words in FIELDS.items():
        if _differ(one.recipe, base.recipe, name):
            respect = "optimiser" if name in _STEPS else name
            said = f"{words} {_plain(getattr(one.recipe, name))} instead of {_plain(getattr(base.recipe, name))}"
            found[respect] = f"{found[respect]}, {said}" if respect in found else said
    if one.share != base.share:
        found["size"] = (
            f"{_percent(one.share)} of the training digits instead of {_percent(base.share)}, in as many passes"
        )
    return found


def changed(one: Variation) -> str:
    """What it changes of the one it is compared with; of the base, what it is."""
    if one.key == BASE:
        how = one.recipe
        return (
            f"the base of all others, learned by {how.optimiser} with loss {_plain(how.loss)} in batches of {how.batch}"
        )
    other = VARIATIONS[one.against]
    against = "" if other.key == BASE else f", compared with {other.title.lower()}"
    return f"{'; '.join(changes(one, other).values())}{against}"


def _of_layers(one: Network, base: Network) -> dict[str, str]:
    if [layer.name for layer in one.layers] != [layer.name for layer in base.layers]:
        return {"layers": "other layers"}
    where: dict[tuple[str, str], list[str]] = {}
    for mine, theirs in zip(one.layers, base.layers, strict=True):
        for respect, words in _of_layer(mine, theirs).items():
            where.setdefault((respect, words), []).append(mine.name)
    found: dict[str, str] = {}
    for (respect, words), names in where.items():
        said = f"{words} in {listed(names)}"
        found[respect] = f"{found[respect]}; {said}" if respect in found else said
    return found


def _of_layer(mine: Layer, theirs: Layer) -> dict[str, str]:
    if type(mine) is not type(theirs):
        pooled = isinstance(mine, _POOLING) and isinstance(theirs, _POOLING)
        bare = ", unsquashed," if pooled and mine.activation == IDENTITY != theirs.activation else ""
        respect = "pooling" if pooled else "output" if isinstance(theirs, RadialBasis) else theirs.name
        return {respect: f"{_kind(mine)}{bare} instead of {_kind(theirs)}"}
    found = {}
    for field in fields(mine):
        if _differ(mine, theirs, field.name):
            found |= _of_trait(field.name, mine, theirs)
    return found


def _of_trait(name: str, mine: Layer, theirs: Layer) -> dict[str, str]:
    match name:
        case "activation":
            return {"activation": f"{mine.activation.name} instead of {theirs.activation.name}"}
        case "table":
            return {"connections": f"{_links(mine)} instead of {_links(theirs)}"}
    return {name: f"another {name}"}


def _kind(layer: Layer) -> str:
    named = f"a {layer.kind} layer with {layer.activation.name}" if isinstance(layer, Dense) else layer.kind
    return "distances to glyphs" if isinstance(layer, RadialBasis) else named


def _links(layer: Layer) -> str:
    return "a table of links" if getattr(layer, "table", None) else "links to every map"


def _differ(one: object, other: object, name: str) -> bool:
    return getattr(one, name) != getattr(other, name)


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def _plain(value: object) -> str:
    if value in _EQUATIONS:
        return f"{value} ({_EQUATIONS[value]})"
    return f"{value:g}" if isinstance(value, float) else str(value)
