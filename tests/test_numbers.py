"""Every number opened: formulas are evaluated, sums are read back, links and weights are counted a second way."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import torch
from arithmetic import network_of, networks, value_of
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import nn
from visit import drawn, shown

from lenet_explain import paper
from lenet_explain.backends.torch_module import build
from lenet_explain.counts.formulas import Line, latex, links_by_group, opened
from lenet_explain.counts.formulas.letters import Letters, letters_of
from lenet_explain.counts.formulas.words import sentences
from lenet_explain.counts.sharing import CHOICES, choice_of, learns, links, network_links, network_weights, weights, why
from lenet_explain.network.activations import RELU, SOFTMAX
from lenet_explain.network.description import Draft, text_of
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    Field,
    MaxPooling,
    RadialBasis,
    Shape,
)
from lenet_explain.network.link_code import code_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Step, totals, walk
from lenet_explain.network.worked import Worked, given, total
from lenet_explain.ui.visit import custom_network

SLOWLY = settings(deadline=None)  # on a busy machine too
PAGE = "pages/counting/numbers.py"
LENET = NETWORKS["lenet5"]
STEPS = {step.name: step for step in walk(LENET)}
EVERY = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())


def lines(network: Network, layer: str) -> dict[str, Line]:
    return {line.key: line for quantity in opened(network, layer) for line in quantity.lines}


def every_line(network: Network) -> list[tuple[Step, Field, Line]]:
    """With the receptive field of the layer before."""
    field, found = Field.of_a_pixel(), []
    for step in walk(network):
        found += [(step, field, line) for line in lines(network, step.name).values()]
        field = step.field
    return found


def in_numbers(formula: Worked, letters: Letters) -> str:
    """The formula's text with every letter replaced by its number."""
    return re.sub("[A-Za-z]′?", lambda match: letters[match[0]].term.result.text, formula.text)


def test_a_field_that_reaches_over_the_edge_says_so() -> None:
    said = {step.name: sentences(step)["field"] for step in walk(NETWORKS["lenet-sigmoid"])}
    assert "32×32 pixels of the input, the border around it included" in said["C5"]
    assert not any("border" in sentences(step)["field"] for step in walk(LENET))


# formulas


@SLOWLY
@for_all(networks())
def test_a_formula_with_its_letters_in_numbers_is_what_the_layer_counts(network: Network) -> None:
    """Twice: by the terms that it is made of, and by a reader of its text."""
    for step, field, line in every_line(network):
        assert line.formula is not None
        assert line.formula.value == line.worked.value, (step.name, line.key)
        text = in_numbers(line.formula, letters_of(step, field))
        assert value_of(text) == line.worked.value, (step.name, line.key, text)
        assert {letter.sign for letter in line.letters} == set(re.findall("[A-Za-z]′?", line.formula.text))


@SLOWLY
@for_all(networks())
def test_the_sum_is_the_formula_term_by_term(network: Network) -> None:
    """But for brackets that round nothing."""
    for step, field, line in every_line(network):
        assert line.formula is not None
        found, said = in_numbers(line.formula, letters_of(step, field)), line.worked.text
        assert bare(found) == bare(said), (step.name, line.key)


def bare(text: str) -> str:
    return re.sub("[⌊⌋⌈⌉()]", "", text)


@EVERY
def test_every_number_of_every_network_has_a_formula_letters_and_words(network: Network) -> None:
    for step in walk(network):
        for quantity in opened(network, step.name):
            assert quantity.words.endswith(".")
            assert all(line.formula for line in quantity.lines)
            assert all(letter.means for letter in quantity.letters)


def test_a_coefficient_serves_every_cell_of_every_block_and_a_bias_every_block() -> None:
    """784 = 28·28 and 196 = 14·14 of S2, whose 12 parameters are no mean of both."""
    said = why(STEPS["S2"], "shared")
    assert "Each of the 6 coefficients serves 784 connections" in said
    assert "each of the 6 biases serves 196 connections" in said
    assert STEPS["S2"].connections.value == 6 * (784 + 196)
    assert "Each of the 156 parameters serves 784 connections." in why(STEPS["C1"], "shared")
    assert "Each of the 1,516 parameters serves 100 connections." in why(STEPS["C3"], "shared")


@SLOWLY
@for_all(networks())
def test_what_each_parameter_is_said_to_serve_adds_up_to_the_connections(network: Network) -> None:
    for step in walk(network):
        if not learns(step) or "nothing changes" in why(step, "shared"):
            continue
        pairs = re.findall(r"ach of the ([\d,]+) \w+ serves ([\d,]+) connection", why(step, "shared"))
        assert pairs, why(step, "shared")
        served = sum(int(count.replace(",", "")) * int(uses.replace(",", "")) for count, uses in pairs)
        assert served == step.connections.value


def test_what_has_one_place_shares_nothing_and_is_not_said_to() -> None:
    c5 = sentences(STEPS["C5"])
    assert "nothing is shared" in c5["connections"]
    assert "share" not in c5["parameters"]
    assert all("All places of a map share them." in sentences(STEPS[name])["parameters"] for name in ("C1", "S2", "C3"))


def test_the_printed_totals_are_found_where_weight_sharing_is_explained(app: AppTest) -> None:
    said = " ".join(one.value for one in shown(app, "pages/counting/numbers.py", {}).caption)
    assert "The paper prints 60,000 parameters (II.A, p. 7): the same." in said


@pytest.mark.parametrize("printed", paper.LAYERS, ids=lambda printed: printed.name)
def test_the_opened_numbers_are_the_papers(printed: paper.PrintedLayer) -> None:
    results = {quantity.key: quantity.result for quantity in opened(LENET, printed.name)}
    assert results["shape"] == f"{printed.maps}@{printed.side}×{printed.side}"
    assert results["parameters"] == f"{printed.parameters:,}"
    assert results["connections"] == f"{printed.connections:,}"


def test_the_formulas_are_those_of_a_blackboard() -> None:
    c3 = lines(LENET, "C3")
    assert c3["height"].formula
    assert c3["height"].formula.text == "⌊(h + 2·p − k)/s⌋ + 1"
    assert c3["parameters"].formula
    assert c3["parameters"].formula.text == "L·k·k + m"
    assert c3["size"].formula
    assert c3["size"].formula.text == "r + (k − 1)·j"
    dense = lines(NETWORKS["lenet5-dense"], "C3")["parameters"]
    assert dense.formula
    assert dense.formula.text == "(k·k·n + 1)·m"
    assert [(one.sign, one.value) for one in dense.letters] == [("k", 5), ("n", 6), ("m", 16)]


def test_height_and_width_are_one_line_only_where_they_are_equal() -> None:
    network = network_of(Convolution("C1", 2, 3), shape=Shape(1, 5, 7))
    assert [line.symbol for line in opened(network, "C1")[0].lines] == ["m", "h'", "w'"]
    assert [line.symbol for line in opened(LENET, "C1")[0].lines] == ["m", "h' = w'"]


def test_a_kind_without_a_formula_is_shown_with_its_sum_only() -> None:
    line = Line("parameters", "parameters", "P", None, (), given(2) * given(3))
    assert latex.rows(line) == [r"P &= 2 \cdot 3", "&= 6"]


def test_words_say_what_is_left_over_and_what_has_no_bias() -> None:
    network = network_of(MaxPooling("S", 2, 3), Convolution("C", 2, 2, bias=False), Dense("D", 3, bias=False))
    said = {step.name: sentences(step) for step in walk(network)}
    assert "fits at 11×11 places" in said["S"]["shape"]
    assert "left over" not in said["S"]["shape"]
    assert (
        "At the edge 1 row is left over"
        in sentences(walk(network_of(MaxPooling("S", 2, 2), shape=Shape(1, 5, 4)))[0])["shape"]
    )
    assert "and no bias" in said["C"]["parameters"]
    assert "bias" not in said["C"]["connections"]
    assert "and no bias" in said["D"]["parameters"]


def test_words_count_in_the_singular_too() -> None:
    said = " ".join(words for step in walk(LENET) for words in sentences(step).values())
    assert not re.search(r"\b1 (maps|pixels|places|values|units|links|rows)\b", said)
    assert not re.search(r"\d\.0\b", said)


# the table of connections


def test_sixty_links_are_counted_row_by_row() -> None:
    found = links_by_group(STEPS["C3"])
    assert found
    assert found[1].line == "6·3 + 9·4 + 1·6 = 60"
    assert [group.maps for group in found[0]] == [tuple(range(6)), tuple(range(6, 15)), (15,)]
    assert {at: row for group in found[0] for at, row in group.by_map} == dict(enumerate(paper.TABLE_I))


def test_a_layer_without_a_table_has_no_rows_to_count() -> None:
    assert links_by_group(STEPS["C1"]) is None
    assert links_by_group(STEPS["S2"]) is None


@SLOWLY
@for_all(st.lists(st.lists(st.integers(0, 5), min_size=1, unique=True).map(tuple), min_size=1, max_size=20))
def test_groups_hold_every_row_once(table: list[tuple[int, ...]]) -> None:
    [step] = walk(network_of(Convolution("C", len(table), 1, table=tuple(table)), shape=Shape(6, 2, 2)))
    found = links_by_group(step)
    assert found
    assert found[1].value == sum(map(len, table)) == value_of(found[1].text)
    assert sorted(at for group in found[0] for at in group.maps) == list(range(len(table)))


# lines that fit


SUMS = st.lists(st.integers(0, 10**8).map(given), min_size=1, max_size=12).map(total)


@SLOWLY
@for_all(SUMS)
def test_a_long_sum_is_broken_into_short_lines_and_loses_nothing(worked: Worked) -> None:
    rows = latex.broken(worked)
    assert "".join(row.replace(r"&\quad ", " ").replace("&= ", "") for row in rows).replace(
        " ", ""
    ) == worked.latex.replace(" ", "")
    for row in rows:
        assert row.count("{") == row.count("}")
        assert len(re.sub(r"&\\quad |&= |[{}]", "", row)) <= latex.LONGEST


@EVERY
def test_every_line_of_every_network_is_short_and_whole(network: Network) -> None:
    for step in walk(network):
        for quantity in opened(network, step.name):
            for line in quantity.lines:
                for row in latex.rows(line):
                    assert row.count("{") == row.count("}")
                    assert row.count(r"\left") == row.count(r"\right")


# sharing


def test_c1_without_sharing_and_without_locality() -> None:
    """Moment 10: 156 → 122,304 → 4,821,600, the last as 4,704 units that read 1,024 pixels and a bias."""
    assert [weights(STEPS["C1"], choice).value for choice in CHOICES] == [156, 122_304, 4_821_600]
    assert weights(STEPS["C1"], "full").line == "4,704·(1,024 + 1) = 4,821,600"
    assert links(STEPS["C1"], "unshared").value == 122_304


def test_the_whole_network_without_sharing_has_a_weight_for_each_link_that_is_not_fixed() -> None:
    assert network_weights(LENET, "shared").value == paper.PARAMETERS
    assert network_links(LENET, "shared").value == paper.CONNECTIONS
    fixed = STEPS["OUTPUT"].connections.value
    assert network_weights(LENET, "unshared").value == paper.CONNECTIONS - fixed


def test_torch_counts_the_same_weights() -> None:
    """Shared: the module. Unshared: a kernel of ones over ones adds 1 for each link. Full: a linear layer."""

    def of(module: nn.Module) -> int:
        return sum(one.numel() for one in module.parameters())

    c1 = STEPS["C1"]
    assert weights(c1, "shared").value == of(nn.Conv2d(1, 6, 5))
    reached = nn.functional.conv2d(torch.ones(1, 1, 32, 32), torch.ones(6, 1, 5, 5), torch.ones(6))
    assert weights(c1, "unshared").value == reached.sum().item()
    assert weights(c1, "full").value == of(nn.Linear(32 * 32, 6 * 28 * 28, device="meta"))


@EVERY
def test_the_sum_on_top_is_what_the_module_holds(network: Network) -> None:
    held = sum(one.numel() for one in build(network).parameters())
    assert network_weights(network, "shared").value == held


@SLOWLY
@for_all(networks())
def test_sharing_only_saves_weights_and_never_changes_links(network: Network) -> None:
    for step in walk(network):
        shared, unshared, full = (weights(step, choice) for choice in CHOICES)
        assert shared == step.parameters
        assert unshared.value >= shared.value
        assert links(step, "unshared") == links(step, "shared") == step.connections
        if learns(step):
            assert unshared.value == step.connections.value
            assert full.value == links(step, "full").value
        else:
            assert (shared.value, unshared.value, full.value) == (0, 0, 0)
        for worked in (shared, unshared, full):
            assert value_of(worked.text) == worked.value
        assert all(why(step, choice).endswith(".") for choice in CHOICES)


@SLOWLY
@for_all(networks())
def test_totals_under_every_choice_are_the_layers_added_again(network: Network) -> None:
    for choice in CHOICES:
        assert network_weights(network, choice).value == sum(weights(step, choice).value for step in walk(network))
        assert network_links(network, choice).value == sum(links(step, choice).value for step in walk(network))
    assert network_weights(network, "shared") == totals(walk(network)).parameters


def test_a_layer_that_reads_everything_costs_the_same_under_every_choice() -> None:
    for name in ("C5", "F6"):
        assert len({weights(STEPS[name], choice).value for choice in CHOICES}) == 1
        assert "nothing changes" in why(STEPS[name], "full")


def test_what_learns_nothing_has_nothing_to_share() -> None:
    network = network_of(AveragePooling("S"), RadialBasis("R", ((1,),)), shape=Shape(1, 2, 2))
    assert [why(step, "unshared").startswith(f"{step.name} has nothing to train") for step in walk(network)] == [
        True,
        True,
    ]
    assert [links(step, "full").value for step in walk(network)] == [4, 1]


@pytest.mark.parametrize(
    ("shared", "local", "choice"),
    [(True, True, "shared"), (False, True, "unshared"), (True, False, "full"), (False, False, "full")],
)
def test_without_locality_nothing_is_shared(shared: bool, local: bool, choice: str) -> None:
    assert choice_of(shared, local) == choice


# the page


def sent(app: AppTest, name: str, place: int = 0) -> dict[str, Any]:
    return json.loads(drawn(app, name)[place].json)[0]


def test_the_page_begins_with_the_sum_of_sixty_thousand(app: AppTest, jobs: object) -> None:
    data = sent(shown(app, PAGE, {}), "lenet_numbers_sum")
    assert [(term["name"], term["text"]) for term in data["terms"]] == [
        *((layer.name, f"{layer.parameters:,}") for layer in paper.LAYERS),
        ("in all", f"{paper.PARAMETERS:,}"),
    ]
    assert all(term["choosable"] for term in data["terms"][:-1])
    assert data["label"].endswith("156 + 12 + 1,516 + 32 + 48,120 + 10,164 = 60,000")


def test_a_link_restores_layer_sum_and_switches(app: AppTest, jobs: object) -> None:
    query = {"network": "lenet5", "layer": "C3", "sum": "connections", "shared": "false"}
    shown(app, PAGE, query)
    data = sent(app, "lenet_numbers_sum")
    assert (data["chosen"], data["terms"][-1]["text"]) == ("C3", f"{paper.CONNECTIONS:,}")
    rows = sent(app, "lenet_numbers_bars")["groups"][0]["rows"]
    assert [row["weights"]["words"] for row in rows if row["chosen"]] == ["151,600"]
    assert any(
        "6·3 + 9·4 + 1·6 = 60" in json.dumps(json.loads(one.json), ensure_ascii=False)
        for one in drawn(app, "lenet_compare_table")
    )


def test_the_switches_move_one_row_and_leave_the_axis_where_it_is(app: AppTest, jobs: object) -> None:
    shown(app, PAGE, {"layer": "C1"})
    before = sent(app, "lenet_numbers_bars")
    app.toggle[1].set_value(False).run()
    apart = sent(app, "lenet_numbers_bars")
    app.toggle[0].set_value(False).run()
    full = sent(app, "lenet_numbers_bars")
    chosen = [
        [row["weights"]["words"] for row in data["groups"][0]["rows"] if row["chosen"]]
        for data in (before, apart, full)
    ]
    assert chosen == [["156"], ["122,304"], ["4,821,600"]]
    assert before["ticks"] == apart["ticks"] == full["ticks"]
    assert app.toggle[1].disabled
    assert not app.exception


def test_the_receipt_adds_up_step_by_step(app: AppTest, jobs: object) -> None:
    rows = sent(shown(app, PAGE, {}), "lenet_compare_table")["rows"]
    so_far = 0
    for row, step in zip(rows, walk(LENET), strict=True):
        _, alone, sums = (cell[0]["words"] for cell in row["cells"])
        so_far += int(step.parameters.value)
        assert value_of(alone.split(" = ")[0]) == step.parameters.value
        assert value_of(sums.split(" = ")[0]) == so_far
    assert so_far == paper.PARAMETERS


@pytest.mark.parametrize("key", NETWORKS)
def test_every_layer_of_every_network_can_be_opened(app: AppTest, jobs: object, key: str) -> None:
    for step in (walk(NETWORKS[key])[0], walk(NETWORKS[key])[1], walk(NETWORKS[key])[-1]):
        shown(app, PAGE, {"network": key, "layer": step.name})
        assert any(step.name in one.value for one in app.subheader)


def test_a_layer_that_the_network_has_not_falls_back_to_the_first(app: AppTest, jobs: object) -> None:
    shown(app, PAGE, {"layer": "C9"})
    assert sent(app, "lenet_numbers_sum")["chosen"] == "C1"


def test_a_visitors_own_network_is_opened(app: AppTest, jobs: object) -> None:
    layers = (
        Convolution("K1", 3, 4, stride=3, padding=2, bias=False),
        BatchNormalisation("N2", activation=RELU),
        MaxPooling("M3", 3, 2),
        Dense("OUT", 10, activation=SOFTMAX),
    )
    code = code_of(text_of(Draft(32, "paper", layers)))
    shown(app, PAGE, {"network": custom_network.YOURS, custom_network.PARAM: code, "layer": "K1", "local": "false"})
    data = sent(app, "lenet_numbers_sum")
    assert [term["name"] for term in data["terms"]] == ["K1", "N2", "M3", "OUT", "in all"]
    assert data["chosen"] == "K1"
    assert not any("paper prints" in one.value for one in app.caption)
