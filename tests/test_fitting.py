"""Whether a draft is a network: by a second reckoning; and what is said to fit does fit, and nothing beyond it."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from own_networks import Wild, drafts, networks, random_draft, random_network_draft

from lenet_explain import paper
from lenet_explain.network.activations import IDENTITY, RELU, SOFTMAX, TANH
from lenet_explain.network.description import LIMITS, MOST_LAYERS, Draft, draft_from, draft_of, text_of
from lenet_explain.network.fitting import (
    AFTER_IT,
    MOST_MACS,
    MOST_PARAMETERS,
    Problem,
    counted,
    own_network,
    problem,
    shapes,
)
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
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.walk import totals, walk

SLOWLY = settings(deadline=None, max_examples=100)
ANSWERS = Dense("OUTPUT", 10, activation=SOFTMAX)
GLYPHS = RadialBasis("OUTPUT", paper.GLYPH_CODES)
SAYS = re.compile(r"(?:(\w+) with )?(maps|kernel|stride|padding|size|units) ([\d, tormoe]+)")
LIST = re.compile(r"\d+((, | or )\d+)*")


def draft(*layers: Layer, side: int = 32) -> Draft:
    return Draft(side, "paper", layers)


def found(*layers: Layer, side: int = 32) -> Problem:
    said = problem(draft(*layers, side=side))
    assert said is not None
    return said


def runs(one: Draft) -> bool:
    """Another reckoning of what a network is, from its parts."""
    names = [layer.name for layer in one.layers]
    shape = one.input
    parameters = macs = 0.0
    for at, layer in enumerate(one.layers):
        last = at == len(one.layers) - 1
        if not last and (layer.activation == SOFTMAX or isinstance(layer, RadialBasis)):
            return False
        try:
            after = layer.shape_after(shape)
        except DescriptionError:
            return False
        parameters += layer.parameters(shape).value
        macs += layer.macs(shape).value
        shape = after
    final = one.layers[-1]
    ends = isinstance(final, Dense) and final.activation == SOFTMAX
    ends |= isinstance(final, RadialBasis) and final.activation == IDENTITY
    small = parameters <= MOST_PARAMETERS and macs <= MOST_MACS
    return len(set(names)) == len(names) and shape == Shape(10, 1, 1) and ends and small


@SLOWLY
@for_all(drafts())
def test_a_draft_has_no_problem_exactly_where_it_can_run(one: Draft) -> None:
    said = problem(one)
    assert (said is None) == runs(one), said
    if said is None:
        assert own_network(text_of(one)).layers == one.layers
    else:
        assert 0 <= said.layer < len(one.layers)
        assert one.layers[said.layer].name in said.message
        with pytest.raises(DescriptionError, match=re.escape(said.sentence)):
            own_network(text_of(one))


def test_five_hundred_drafts_are_judged_alike_both_ways() -> None:
    wild = Wild(7)
    judged = [(problem(one) is None, runs(one)) for one in (random_draft(wild, layers=4) for _ in range(400))]
    judged += [(problem(one) is None, runs(one)) for one in (random_network_draft(wild) for _ in range(100))]
    assert all(said == is_so for said, is_so in judged)
    assert {said for said, _ in judged} == {True, False}


@SLOWLY
@for_all(networks())
def test_an_own_network_is_named_by_its_text(network: object) -> None:
    assert network == network_named(getattr(network, "key", ""))


# --- sentences


@pytest.mark.parametrize(
    ("layers", "at", "words"),
    [
        ((Convolution("C1", 6, 5), Convolution("C1", 6, 5), ANSWERS), 1, "C1: two layers have this name"),
        ((Convolution("C1", 6, 32, stride=8), MaxPooling("S2"), ANSWERS), 1, "S2: a 2×2 window does not fit in 6@1×1"),
        ((Convolution("C1", 6, 30), Convolution("C3", 6, 5), ANSWERS), 1, "C3: a 5×5 kernel does not fit in 6@3×3"),
        ((Subsampling("S1", 3), ANSWERS), 0, "the height 32 of 1@32×32 is not a multiple of 3"),
        ((Convolution("C1", 16, 5, table=paper.TABLE_I), ANSWERS), 0, "C1: map 0 reads input map 1"),
        ((Dense("F6", 80), GLYPHS), 1, "OUTPUT: codes of 84 values do not fit 80@1×1"),
        ((Dense("F6", 84), GLYPHS, Dense("F7", 10, activation=SOFTMAX)), 1, "must be the last layer"),
        ((Dense("F6", 84, activation=SOFTMAX), ANSWERS), 0, "softmax turns outputs into shares"),
        ((Dense("F6", 84), replace(GLYPHS, activation=TANH)), 1, "has the activation tanh, and needs identity"),
        ((Dense("F6", 84), replace(GLYPHS, activation=SOFTMAX)), 1, "has the activation softmax, and needs identity"),
        ((Dense("F6", 84), replace(ANSWERS, activation=RELU)), 1, "has the activation ReLU, and needs softmax"),
        ((Dense("F6", 84, activation=SOFTMAX),), 0, "the last layer has 84 units, and needs 10"),
        ((MaxPooling("S2"),), 0, "the last layer is max pooling, and must be dense with 10 units, or radial basis"),
        ((Dense("F6", 1024), ANSWERS), 0, "1,059,850 parameters, 1,049,600 of them in this layer, and may"),
        ((Convolution("C1", 256, 9, padding=4), MaxPooling("S2", 8, 8), ANSWERS), 0, "and may have 5,000,000"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_told_at_its_layer(layers: tuple[Layer, ...], at: int, words: str) -> None:
    said = found(*layers)
    assert said.layer == at
    assert words in said.message


def test_the_first_of_two_problems_is_told() -> None:
    said = found(Convolution("C1", 6, 5), Subsampling("S2", 3), Convolution("C3", 16, 31), ANSWERS)
    assert said.layer == 1


# --- what would fit


def ranges(said: Problem) -> dict[tuple[str, str], set[int]]:
    """By layer ('' for the one that is named) and field, every value that is said to fit."""
    told = {}
    for words in said.fits:
        if match := SAYS.fullmatch(words):
            layer, field, numbers = match.groups()
            told[layer or "", field] = values_of(numbers, LIMITS[field].high)
    return told


def values_of(numbers: str, highest: int) -> set[int]:
    if run := re.fullmatch(r"(\d+) to (\d+)", numbers):
        return set(range(int(run[1]), int(run[2]) + 1))
    if above := re.fullmatch(r"(\d+) or more", numbers):
        return set(range(int(above[1]), highest + 1))
    assert LIST.fullmatch(numbers), numbers
    return {int(one) for one in re.findall(r"\d+", numbers)}


def still_there(one: Draft, at: int, changed: Layer) -> bool:
    """Whether the layer still does not fit what comes before it."""
    other = replace(one, layers=(*one.layers[:at], changed, *one.layers[at + 1 :]))
    return len(shapes(other)) <= at + 1


def check_numbers(one: Draft, said: Problem) -> int:
    """Every value of every number within its limits fits exactly where it is said to; returns how many do."""
    layer, count = one.layers[said.layer], 0
    told = ranges(said)
    for field, limit in LIMITS.items():
        if not hasattr(layer, field):
            continue
        fits = set()
        for value in range(limit.low, limit.high + 1):
            try:
                changed = replace(layer, **{field: value})
            except DescriptionError:
                continue
            if not still_there(one, said.layer, changed):
                fits.add(value)
        assert told.get(("", field), set()) <= fits
        if len(fits) <= 6 or max(fits) - min(fits) == len(fits) - 1:
            assert told.get(("", field), set()) == fits, (field, said.fits)
        count += len(fits)
    return count


@pytest.mark.parametrize(
    ("layers", "fits"),
    [
        ((Convolution("C1", 6, 5), Convolution("C3", 6, 29), ANSWERS), ("kernel 1 to 28", "padding 1 or more")),
        ((Convolution("C1", 6, 31), MaxPooling("S2", size=3), ANSWERS), ("size 1 or 2",)),
        ((Subsampling("S1", 3), ANSWERS), ("size 1, 2, 4, 8, 16 or 32", "average pooling")),
        ((Dense("F6", 80), GLYPHS), ("a dense layer of 84 units before it",)),
        ((Convolution("C1", 16, 5, table=paper.TABLE_I), ANSWERS), ("no table, as there is one input map",)),
        ((Convolution("C1", 4, 5), Convolution("C3", 16, 5, table=paper.TABLE_I), ANSWERS), ("every map reads all 4",)),
    ],
)
def test_what_would_fit_is_said_and_fits(layers: tuple[Layer, ...], fits: tuple[str, ...]) -> None:
    said = found(*layers)
    for words in fits:
        assert any(one.startswith(words) for one in said.fits), said.fits
    check_numbers(draft(*layers), said)


def test_what_would_fit_fits_in_hundreds_of_drafts() -> None:
    wild, looked, checked = Wild(11), 0, 0
    while looked < 150:
        one = random_draft(wild)
        said = problem(one)
        if said is None or len(shapes(one)) != said.layer + 1:
            continue  # not a layer that does not fit
        looked += 1
        checked += check_numbers(one, said)
    assert checked > 100


def test_other_layers_that_are_said_to_fit_do() -> None:
    said = found(Convolution("C1", 6, 4), Subsampling("S2", 2), ANSWERS)
    [other] = [words for words in said.fits if words.startswith("average")]
    assert other.endswith(": 6@14×14")
    assert problem(draft(Convolution("C1", 6, 4), AveragePooling("S2", 2), ANSWERS)) is None
    assert problem(draft(Dense("F5", 80), Dense("F6", 84), GLYPHS)) is None
    assert problem(draft(Convolution("C1", 16, 9), MaxPooling("S2", 4, 4), ANSWERS)) is None


def test_the_end_that_is_said_to_fit_is_a_network() -> None:
    said = found(MaxPooling("S2"), Dense("F6", 84))
    assert said.fits == ("units 10", f"a dense layer of 10 units with softmax {AFTER_IT}")
    assert problem(draft(MaxPooling("S2"), Dense("F6", 84), ANSWERS)) is None


LARGE = (
    (Dense("F6", 1024), ANSWERS),
    (Convolution("C1", 256, 9, padding=4), MaxPooling("S2", 8, 8), ANSWERS),
    (Convolution("C1", 40, 5), BatchNormalisation("B1"), Convolution("C3", 60, 5), MaxPooling("S4", 4, 4), ANSWERS),
    (Convolution("C1", 8, 5), Dense("F5", 300), Dense("F6", 84), GLYPHS),
    (Convolution("C1", 120, 9), Convolution("C3", 16, 5, table=paper.TABLE_I), MaxPooling("S4", 4, 4), ANSWERS),
    (Convolution("C1", 120, 9), Convolution("C3", 2, 9, table=((0, 7), (60, 99))), ANSWERS),
)


@pytest.mark.parametrize("layers", LARGE, ids=range(len(LARGE)))
def test_a_network_beyond_the_bounds_says_how_small_which_layer_must_be(layers: tuple[Layer, ...]) -> None:
    """At both ends of each range the network runs; just beyond it does not."""
    said = found(*layers)
    assert "may have" in said.message
    told = ranges(said)
    assert told
    for (name, field), values in told.items():
        [at] = [at for at, layer in enumerate(layers) if layer.name == name]
        for value in (min(values), max(values), min(values) - 1, max(values) + 1):
            if value:
                changed = replace(layers[at], **{field: value})
                fits = problem(draft(*layers[:at], changed, *layers[at + 1 :])) is None
                assert fits == (value in values), (name, field, value)


def test_where_a_table_names_maps_they_are_not_taken_away() -> None:
    [(_, values)] = [(key, values) for key, values in ranges(found(*LARGE[5])).items() if key == ("C1", "maps")]
    assert min(values) == 100


def test_the_largest_hostile_drafts_are_judged_at_once() -> None:
    """Each layer of 24 could be made smaller in a thousand ways; that was minutes of arithmetic for one link."""
    wide = (*(Dense(f"F{at}", 200, activation=TANH) for at in range(MOST_LAYERS - 1)), ANSWERS)
    deep = (*(Convolution(f"C{at}", 20, 3, padding=1) for at in range(MOST_LAYERS - 1)), ANSWERS)
    began = time.process_time()
    for layers in (wide, deep):
        assert len(found(*layers).fits) <= 3
    assert time.process_time() - began < 10  # a tenth of a second where nobody else works


# --- as far as it fits


@SLOWLY
@for_all(drafts())
def test_what_fits_is_counted_as_far_as_it_fits(one: Draft) -> None:
    known, fitting = shapes(one), counted(one)
    assert known[0] == one.input
    if fitting is None:
        return
    steps = walk(fitting)
    assert fitting.layers == one.layers[: len(known) - 1]
    assert [step.after for step in steps] == list(known[1:])
    if problem(one) is None:
        assert fitting == own_network(text_of(one))
        assert totals(steps).parameters.value <= MOST_PARAMETERS


@pytest.mark.parametrize("key", NETWORKS)
def test_every_network_of_the_app_is_a_network_of_ones_own(key: str) -> None:
    assert problem(draft_of(text_of(draft_from(NETWORKS[key])))) is None
