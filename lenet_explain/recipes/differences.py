"""What tells two training runs apart, in words that are computed from their networks and recipes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lenet_explain.network.activations import IDENTITY
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    Layer,
    MaxPooling,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.network.worked import number
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_named

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "optimiser": "optimiser",
        "rate": "learning rate",
        "schedule": "learning rate over time",
        "batch": "batch size",
        "epochs": "epochs",
        "loss": "loss",
        "start": "weights before training",
        "seed": "seed",
        "rubbish": "rubbish class j",
        "distortions": "distortions",
        "decay": "weight decay",
        "smoothing": "label smoothing",
    }
)


def changes(recipe: Recipe, base: Recipe) -> dict[str, Any]:
    """The fields in which a recipe is not the base, with the recipe's values."""
    return {name: getattr(recipe, name) for name in FIELDS if getattr(recipe, name) != getattr(base, name)}


def nearest_recipe(recipe: Recipe, network: Network) -> tuple[str, dict[str, Any]]:
    """The named recipe that differs in the fewest fields, the first of equals, and the fields that differ."""
    found = {key: changes(recipe, recipe_named(key, network)) for key in RECIPES}
    key = min(found, key=lambda name: len(found[name]))
    return key, found[key]


def recipe_in_words(recipe: Recipe, network: Network) -> str:
    """'quick, with learning rate 0.1 and seed 7'"""
    key, changed = nearest_recipe(recipe, network)
    parts = [f"{FIELDS[name]} {_value(value)}" for name, value in changed.items()]
    return f"{key}, with {listed(parts)}" if parts else key


def between(
    networks: tuple[Network, Network], recipes: tuple[Recipe, Recipe], names: tuple[str, str] = ("A", "B")
) -> list[str]:
    """Each difference as 'this against that', the first run's first; nothing where both are the same."""
    return [*between_networks(*networks, names), *between_recipes(*recipes)]


def between_recipes(one: Recipe, other: Recipe) -> list[str]:
    return [
        f"{words} {_value(getattr(one, name))} against {_value(getattr(other, name))}"
        for name, words in FIELDS.items()
        if getattr(one, name) != getattr(other, name)
    ]


def between_networks(one: Network, other: Network, names: tuple[str, str] = ("A", "B")) -> list[str]:
    """Input, then layers of the same name kind by kind and trait by trait, then layers that only one has."""
    found = []
    if one.input != other.input:
        found.append(f"an input of {one.input} against {other.input}")
    if one.pixels != other.pixels:
        found.append(f"paper and ink fed as {_ink(one)} against {_ink(other)}")
    found += _between_layers(_traits(one), _traits(other))
    found += [*_only(one, other, names[0]), *_only(other, one, names[1])]
    sums = [totals(walk(network)).parameters.value for network in (one, other)]
    if sums[0] != sums[1]:
        found.append(f"{number(sums[0])} against {number(sums[1])} parameters")
    return found


def batches_in_words(one: Recipe, other: Recipe) -> str:
    """Whether both see the same digits at each step. They do where seed and batch size are equal."""
    if one.seed != other.seed:
        return f"The digits come in different orders, since the seeds differ: {one.seed} in A, {other.seed} in B."
    if one.batch == other.batch:
        return f"Both see the very same batches of {one.batch} digits in the same order, that of seed {one.seed}."
    return (
        f"Both see the digits in the same order, that of seed {one.seed}, but not in the same batches: "
        f"{one.batch} at a time in A, {other.batch} in B."
    )


def listed(words: Sequence[str]) -> str:
    """'C1', 'C1 and C3', 'C1, C3 and C5'"""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def _ink(network: Network) -> str:
    return f"{network.pixels.background:g} and {network.pixels.ink:g}".replace("-", "−")


def _between_layers(one: Mapping[str, Mapping[str, str]], other: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The same difference in several layers is said once, with all their names."""
    where: dict[tuple[str, str], list[str]] = {}
    for name in [name for name in one if name in other]:
        for apart in _apart(one[name], other[name]).values():
            where.setdefault(apart, []).append(name)
    return [f"{mine} against {theirs} in {listed(names)}" for (mine, theirs), names in where.items()]


def _apart(mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Where two layers' traits differ: of layers of two kinds only the kind and the activation can be compared."""
    traits = ["kind"] if mine["kind"] != theirs["kind"] else list(mine)
    traits += ["activation"] if traits == ["kind"] and {"activation"} <= set(mine) & set(theirs) else []
    return {trait: (mine[trait], theirs[trait]) for trait in traits if mine[trait] != theirs[trait]}


def between_two_layers(one: Network, other: Network, names: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Trait by trait, this and that, of a layer of the one and a layer of the other, by their names."""
    mine, theirs = (
        _traits(network).get(name, {"kind": BatchNormalisation.kind})
        for network, name in zip((one, other), names, strict=True)
    )
    return _apart(mine, theirs)


def _traits(network: Network) -> dict[str, dict[str, str]]:
    """What a layer is, in words, by the layer's name; batch normalisation is told apart by _only."""
    found = {}
    for place, layer in enumerate(network.layers):
        if isinstance(layer, BatchNormalisation):
            continue
        after = network.layers[place + 1 : place + 2]
        normalised = after and isinstance(after[0], BatchNormalisation) and layer.activation == IDENTITY
        found[layer.name] = _traits_of(layer, after[0].activation.name if normalised else layer.activation.name)
    return found


def _traits_of(layer: Layer, activation: str) -> dict[str, str]:
    """activation: also that of the normalisation behind the layer. Traits of one kind of layer have the same keys."""
    match layer:
        case Convolution():
            return {
                "kind": layer.kind,
                "activation": activation,
                "maps": f"{layer.maps} maps",
                "kernel": f"{layer.kernel}×{layer.kernel} kernels",
                "stride": f"a stride of {layer.stride}",
                "padding": f"a border of {layer.padding}",
                "bias": "a bias" if layer.bias else "no bias",
                "links": "links by a table" if layer.table else "links to every map",
            }
        case Dense():
            return {
                "kind": f"{layer.kind} layer",
                "activation": activation,
                "units": f"{layer.units} units",
                "bias": "a bias" if layer.bias else "no bias",
            }
        case Subsampling() | AveragePooling() | MaxPooling():
            return {"kind": layer.kind, "size": f"{layer.size}×{layer.size} windows", **_stride(layer)}
        case RadialBasis():
            count = len(layer.codes)
            return {"kind": layer.kind, "codes": f"{count} {'code' if count == 1 else 'codes'}"}
        case _:
            return {"kind": layer.kind}


def _stride(layer: Subsampling | AveragePooling | MaxPooling) -> dict[str, str]:
    """The blocks of subsampling lie side by side, whatever their size."""
    if isinstance(layer, Subsampling):
        return {}
    edge = "windows that reach beyond the edge (ceil)" if layer.ceil else "windows within the edge"
    return {"stride": f"a stride of {layer.stride}", "ceil": edge}


def _only(one: Network, other: Network, lane: str) -> list[str]:
    """Layers of `one` whose name the other has not, by kind."""
    names = {layer.name for layer in other.layers}
    where: dict[str, list[str]] = {}
    for layer in one.layers:
        if layer.name not in names:
            where.setdefault(layer.kind, []).append(layer.name)
    return [f"{kind} only in {lane} ({listed(layers)})" for kind, layers in where.items()]
