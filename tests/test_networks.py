"""The networks and their numbers: what the paper prints, what the articles imply, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lenet_explain import paper
from lenet_explain.network.activations import SOFTMAX
from lenet_explain.network.description import draft_from, text_of
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
from lenet_explain.network.named import NETWORKS, kin, network_named
from lenet_explain.network.walk import Network, Pixels, totals, walk
from lenet_explain.recipes.recipe import RECIPES, recipe_named

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts" / "lenet1998.json"
PAPER_INPUT = Shape(1, 32, 32)
STEPS = {step.name: step for step in walk(NETWORKS["lenet5"])}


def network_of(*layers: Layer, shape: Shape = PAPER_INPUT) -> Network:
    return Network("trial", "Trial", "a trial", "a test", shape, layers, Pixels(0.0, 1.0))


@pytest.mark.parametrize("printed", paper.LAYERS, ids=lambda printed: printed.name)
def test_every_row_of_the_papers_table_follows_from_the_description(printed: paper.PrintedLayer) -> None:
    step = STEPS[printed.name]
    assert step.after == Shape(printed.maps, printed.side, printed.side)
    assert step.parameters.value == printed.parameters
    assert step.connections.value == printed.connections


def test_lenet5_has_the_papers_totals() -> None:
    sums = totals(walk(NETWORKS["lenet5"]))
    assert sums.parameters.value == paper.PARAMETERS
    assert sums.connections.value == paper.CONNECTIONS
    assert sums.parameters.line == "156 + 12 + 1,516 + 32 + 48,120 + 10,164 = 60,000"


@pytest.mark.parametrize(
    ("key", "parameters"),
    [("lenet5", 60_000), ("lenet5-dense", 61_706), ("lenet-28", 44_426), ("lenet-sigmoid", 61_706)],
)
def test_parameter_counts_are_those_that_the_sources_print(key: str, parameters: int) -> None:
    assert totals(walk(NETWORKS[key])).parameters.value == parameters


def test_the_articles_network_differs_from_the_papers_by_three_terms() -> None:
    dense = {step.name: int(step.parameters.value) for step in walk(NETWORKS["lenet5-dense"])}
    terms = {name: dense[name] - int(STEPS[name].parameters.value) for name in dense}
    assert {name: term for name, term in terms.items() if term} == {"C3": 900, "S2": -12, "S4": -32, "OUTPUT": 850}


@pytest.mark.parametrize(
    ("name", "size", "jump", "centre"),
    [("C1", 5, 1, 2), ("S2", 6, 2, 2.5), ("C3", 14, 2, 6.5), ("S4", 16, 4, 7.5), ("C5", 32, 4, 15.5)],
)
def test_receptive_fields_grow_as_section_ii_b_says(name: str, size: int, jump: int, centre: float) -> None:
    field = STEPS[name].field
    assert (field.size.value, field.jump.value, field.centre.value) == (size, jump, centre)


def test_the_lines_are_those_that_a_lecturer_writes_on_the_board() -> None:
    assert STEPS["C1"].size.height.line == "(32 + 2·0 − 5)/1 + 1 = 28"
    assert STEPS["C1"].parameters.line == "(5·5·1 + 1)·6 = 156"
    assert STEPS["C3"].parameters.line == "60·5·5 + 16 = 1,516"
    assert STEPS["C3"].field.size.line == "6 + (5 − 1)·2 = 14"
    assert STEPS["S2"].connections.line == "6·14·14·(2·2 + 1) = 5,880"
    assert STEPS["C1"].memory.line == "4·6·28·28 = 18,816"


def test_table_i_has_sixty_links_and_feeds_every_map_to_ten() -> None:
    links = [index for row in paper.TABLE_I for index in row]
    assert len(links) == 60
    assert [links.count(index) for index in range(6)] == [10] * 6


def test_table_i_and_the_glyphs_are_those_of_the_fact_sheet() -> None:
    if not FACTS.exists():
        pytest.skip(f"the fact sheet {FACTS.name} is not beside the project")
    facts = json.loads(FACTS.read_text("utf-8"))
    assert [list(row) for row in paper.TABLE_I] == facts["c3_table"]
    for digit, rows in facts["rbf_digits_rows"].items():
        assert [1 if cell == "#" else -1 for row in rows for cell in row] == list(paper.GLYPH_CODES[int(digit)])


def test_glyphs_are_as_far_apart_as_measured_on_the_papers_figure() -> None:
    codes = paper.GLYPH_CODES
    distances = {
        (a, b): sum(x != y for x, y in zip(codes[a], codes[b], strict=True)) for a in range(10) for b in range(a)
    }
    assert min(distances.values()) == distances[8, 6] == 12
    assert max(distances.values()) == distances[4, 1] == 50
    assert [code.count(1) for code in codes] == [35, 27, 33, 32, 41, 35, 39, 25, 43, 39]


def test_every_network_names_its_source_and_ends_in_ten_answers() -> None:
    for key, network in NETWORKS.items():
        assert network.key == key
        assert network.source
        assert network.summary.endswith(".")
        assert walk(network)[-1].after == Shape(10, 1, 1)


@pytest.mark.parametrize(
    ("layer", "before", "message"),
    [
        (Convolution("C9", 4, 5), Shape(1, 4, 4), "C9: a 5×5 kernel does not fit in 1@4×4"),
        (Convolution("C9", 4, 7, padding=1), Shape(1, 4, 4), "C9: a 7×7 kernel does not fit in 1@4×4 padded by 1"),
        (MaxPooling("P", 3), Shape(1, 2, 2), "P: a 3×3 window does not fit in 1@2×2"),
        (Subsampling("S2"), Shape(6, 13, 14), "S2: the height 13 of 6@13×14 is not a multiple of 2"),
        (Subsampling("S2"), Shape(6, 14, 13), "S2: the width 13 of 6@14×13 is not a multiple of 2"),
        (
            Convolution("C3", 1, 5, table=((0, 1),)),
            PAPER_INPUT,
            "C3: map 0 reads input map 1, and there are only 0 to 0",
        ),
        (Convolution("C3", 1, 5, table=((-1,),)), PAPER_INPUT, "C3: map 0 reads input map -1"),
        (RadialBasis("OUT", ((1, -1),)), PAPER_INPUT, "OUT: codes of 2 values do not fit 1@32×32, and need 2@1×1"),
    ],
)
def test_a_layer_that_does_not_fit_is_refused_by_name_value_and_rule(layer: Layer, before: Shape, message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        walk(network_of(layer, shape=before))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dense("F6", 0), "F6: units is 0, and must be at least 1"),
        (lambda: Dense("F6", True), "F6: units is True, and must be a whole number"),
        (lambda: Convolution("C1", 6, 2.5), "C1: kernel is 2.5, and must be a whole number"),  # type: ignore[arg-type]
        (lambda: Convolution("C1", 0, 5), "C1: maps is 0, and must be at least 1"),
        (lambda: Convolution("C1", 6, 0), "C1: kernel is 0, and must be at least 1"),
        (lambda: Convolution("C1", 6, 5, stride=0), "C1: stride is 0, and must be at least 1"),
        (lambda: Convolution("C1", 6, 5, padding=-1), "C1: padding is -1, and must be at least 0"),
        (lambda: Convolution("C3", 2, 5, table=((0,),)), "C3: the table has 1 rows, .* for each of the 2 maps"),
        (lambda: Convolution("C3", 1, 5, table=((),)), "C3: map 0 reads no input map"),
        (lambda: Convolution("C3", 1, 5, table=((2, 2),)), r"C3: map 0 reads \[2, 2\], and must name each .* once"),
        (lambda: AveragePooling("S2", stride=0), "S2: stride is 0, and must be at least 1"),
        (lambda: Subsampling("S2", 0), "S2: size is 0, and must be at least 1"),
        (lambda: BatchNormalisation(" "), "a batch normalisation layer has an empty name"),
        (lambda: RadialBasis("OUT", ()), "OUT: codes is 0, and must be at least 1"),
        (lambda: RadialBasis("OUT", ((1,), (1, 1))), r"OUT: the codes have lengths \[1, 2\]"),
        (lambda: RadialBasis("OUT", ((2,),)), "OUT: a code holds a value that is not −1 or"),
        (network_of, "trial: a network needs at least one layer"),
        (lambda: network_of(Dense("F", 1), Dense("F", 1)), "F: two layers have this name"),
        (lambda: network_of(Dense("F", 1), shape=Shape(0, 1, 1)), "trial: the input's maps is 0"),
        (lambda: network_of(Dense("F", 3, activation=SOFTMAX), Dense("G", 3)), "F: softmax .* in the last layer"),
        (lambda: network_named("lenet6"), "there is no network named 'lenet6': choose one of lenet5, lenet5-dense"),
    ],
)
def test_a_wrong_description_is_refused_by_name_value_and_rule(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        make()


@pytest.mark.parametrize("key", NETWORKS)
def test_an_own_network_is_trained_as_the_named_one_that_it_is_most_like(key: str) -> None:
    same = network_named(text_of(draft_from(NETWORKS[key])))
    assert kin(NETWORKS[key]) == key
    assert kin(same) in (key, "lenet5-dense")
    for recipe in RECIPES:
        assert recipe_named(recipe, same) == recipe_named(recipe, NETWORKS[kin(same)])
