"""Networks as visitors build them, drawn at random: small valid ones, and drafts that need not fit."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache

from hypothesis import assume
from hypothesis import strategies as st

from lenet_explain import paper
from lenet_explain.network.activations import IDENTITY, SOFTMAX
from lenet_explain.network.description import ACTIVATIONS, KINDS, PIXELS, SIDES, Draft, text_of
from lenet_explain.network.fitting import own_network, problem
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.walk import Network

INNER = tuple(made for made in KINDS.values() if made is not RadialBasis)
_SMALL = 60_000  # parameters and a tenth of the multiply-accumulates: so that a test is quick
Wild = random.Random


def any_layer(wild: Wild, kind: type[Layer], name: str) -> Layer:
    """Any layer of this kind, whether it fits anywhere or not; every field now and then other than by default."""
    does = wild.choice([one for one in ACTIVATIONS.values() if one != SOFTMAX])
    if kind is Convolution:
        maps, table = wild.randint(1, 12), None
        match wild.randint(0, 3):
            case 0:
                table = tuple(tuple(sorted(wild.sample(range(6), wild.randint(1, 4)))) for _ in range(maps))
            case 1:
                maps, table = len(paper.TABLE_I), paper.TABLE_I
        return Convolution(
            name, maps, wild.randint(1, 6), wild.choice([1, 1, 1, 2, 3]), wild.choice([0, 0, 1, 2]), table,
            wild.random() < 0.7, activation=does,
        )  # fmt: skip
    if kind is Dense:
        return Dense(name, wild.randint(1, 30), wild.random() < 0.7, activation=does)
    if kind is RadialBasis:
        return RadialBasis(name, paper.GLYPH_CODES)
    if kind is Subsampling:
        return Subsampling(name, wild.randint(1, 4), activation=does)
    if kind is BatchNormalisation:
        return BatchNormalisation(name, activation=does)
    pooling = AveragePooling if kind is AveragePooling else MaxPooling
    size, stride = wild.randint(1, 4), wild.randint(1, 4)
    return pooling(name, size, stride, stride <= size and wild.random() < 0.5, activation=does)


def _name(at: int, wild: Wild) -> str:
    return f"{wild.choice('ABCXYZ')}{wild.choice(['', 'a', '9', 'Layer'])}{at}"


def random_draft(wild: Wild, layers: int = 6) -> Draft:
    """Any layers in any order; only now and then do they fit."""
    kinds = [wild.choice(list(KINDS.values())) for _ in range(wild.randint(1, layers))]
    found = tuple(any_layer(wild, kind, _name(at, wild)) for at, kind in enumerate(kinds))
    if wild.random() < 0.4:
        found = (*found[:-1], replace(found[-1], activation=SOFTMAX))
    return Draft(wild.choice(SIDES), wild.choice(list(PIXELS)), found)


def random_network_draft(wild: Wild, inner: int = 9) -> Draft:
    """Layers that are kept where they fit, then one of the two ends."""
    side = wild.choice(SIDES)
    found: list[Layer] = []
    shape = Shape(1, side, side)
    for at in range(wild.randint(0, inner)):
        layer = any_layer(wild, wild.choice(INNER), _name(at, wild))
        try:
            after = layer.shape_after(shape)
            small = layer.parameters(shape).value < _SMALL and layer.macs(shape).value < 10 * _SMALL
        except DescriptionError:
            continue
        if small:
            found, shape = [*found, layer], after
    if wild.random() < 0.5:
        squash = wild.choice([one for one in ACTIVATIONS.values() if one not in (SOFTMAX, IDENTITY)])
        found += [Dense("F6", 84, activation=squash), RadialBasis("OUTPUT", paper.GLYPH_CODES)]
    else:
        found.append(Dense("OUTPUT", 10, wild.random() < 0.7, activation=SOFTMAX))
    return Draft(side, wild.choice(list(PIXELS)), tuple(found))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Fits or not, in equal parts."""
    wild = draw(st.randoms(use_true_random=False))
    return random_network_draft(wild) if draw(st.booleans()) else random_draft(wild)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    draft = random_network_draft(draw(st.randoms(use_true_random=False)))
    assume(problem(draft) is None)  # a few are too large
    return own_network(text_of(draft))


@lru_cache
def some_networks(count: int = 24) -> tuple[Network, ...]:
    """The same in every run; together they hold every kind of layer, both ends, a table and either side."""
    found: list[Network] = []
    seed = 0
    while len(found) < count:
        draft = random_network_draft(Wild(seed))
        seed += 1
        if problem(draft) is None:
            found.append(own_network(text_of(draft)))
    return tuple(found)
