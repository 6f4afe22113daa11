"""Two networks side by side: layers align, and the terms lead from one total to the other."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from arithmetic import network_of, networks, value_of
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from visit import drawn, shown

from lenet_explain.backends.torch_module import build
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.counts.alignment import COUNTS, Count, aligned, changes, difference, terms
from lenet_explain.counts.overview import MEASURES, Overview, ordered
from lenet_explain.descendants.beside import NOTES, of_network
from lenet_explain.network.description import draft_of, text_of
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.link_code import code_of
from lenet_explain.network.named import COUNTED, NETWORKS
from lenet_explain.network.walk import DEPTH_RULE, Network, Pixels, totals, walk
from lenet_explain.recipes.differences import between_networks, between_two_layers
from lenet_explain.ui.visit import custom_network

SLOWLY = settings(deadline=None)  # on a busy machine too
PAGE = "pages/counting/compare.py"
LENET, DENSE, MODERN = NETWORKS["lenet5"], NETWORKS["lenet5-dense"], NETWORKS["lenet-modern"]
TITLES = [network.title for network in COUNTED.values()]
PAIRS = [(one, other) for one in NETWORKS for other in NETWORKS if one != other]


def in_all(network: Network, count: Count) -> float:
    return getattr(totals(walk(network)), count).value


# the sum


def test_the_papers_network_becomes_the_articles_by_three_terms() -> None:
    assert difference(LENET, DENSE, "parameters").line == "60,000 + 900 − 44 + 850 = 61,706"
    found = terms(LENET, DENSE, "parameters")
    assert [term.names for term in found] == [["C3"], ["S2", "S4"], ["OUTPUT"]]
    assert [changes(term, "parameters").line for term in found] == ["900", "−12 − 32 = −44", "850"]
    assert [term.why for term in found] == [
        "links by a table against links to every map",
        "subsampling against average pooling",
        "radial basis against dense layer",
    ]


def test_the_way_back_has_the_signs_turned_round() -> None:
    assert difference(DENSE, LENET, "parameters").line == "61,706 − 900 + 44 − 850 = 60,000"


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_between_any_two_networks_the_terms_add_up(one: str, other: str, count: Count) -> None:
    worked = difference(NETWORKS[one], NETWORKS[other], count)
    assert worked.value == in_all(NETWORKS[other], count)
    assert value_of(worked.text) == worked.value


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_torch_holds_as_many_parameters_as_the_sum_ends_in(one: str, other: str) -> None:
    held = sum(value.numel() for value in build(NETWORKS[other]).parameters())
    assert difference(NETWORKS[one], NETWORKS[other], "parameters").value == held


@SLOWLY
@for_all(networks(), networks(), st.sampled_from(list(COUNTS)))
def test_terms_lead_from_any_network_to_any_other(one: Network, other: Network, count: Count) -> None:
    worked = difference(one, other, count)
    assert worked.value == in_all(other, count)
    assert value_of(worked.text) == worked.value
    for term in terms(one, other, count):
        assert changes(term, count).value == term.change != 0
        assert term.why != "counted in another way"


def test_fewer_classes_are_named() -> None:
    layers = (Dense("F6", units=8), RadialBasis("OUTPUT", codes=((-1,) * 8,) * 2))
    two = Network("two", "Two", "", "", Shape(1, 4, 4), layers, Pixels(0.0, 1.0))
    one = replace(two, layers=(layers[0], replace(layers[1], codes=((-1,) * 8,))))
    assert [term.why for term in terms(two, one, "connections")] == ["2 codes against 1 code"]


@SLOWLY
@for_all(networks(), networks())
def test_every_layer_stands_in_one_row_and_in_order(one: Network, other: Network) -> None:
    pairs = aligned(one, other)
    assert [pair.one for pair in pairs if pair.one] == list(walk(one))
    assert [pair.other for pair in pairs if pair.other] == list(walk(other))
    assert all(pair.one or pair.other for pair in pairs)


@SLOWLY
@for_all(networks())
def test_a_network_beside_itself_differs_nowhere(network: Network) -> None:
    assert all(pair.one == pair.other for pair in aligned(network, network))
    for count in COUNTS:
        assert terms(network, network, count) == ()
        assert difference(network, network, count).value == in_all(network, count)


# which layer beside which


def test_extra_normalisation_stands_alone_and_the_rest_keeps_its_names() -> None:
    rows = [(pair.one and pair.one.name, pair.other and pair.other.name) for pair in aligned(LENET, MODERN)]
    assert [row for row in rows if row[0] is None] == [(None, "B1"), (None, "B3"), (None, "B5"), (None, "B6")]
    assert all(one == other for one, other in rows if one is not None)
    found = terms(LENET, MODERN, "parameters")
    assert [term.names for term in found if term.why == "batch normalisation only in Modern LeNet"] == [
        ["B1", "B3", "B5", "B6"]
    ]


def test_where_names_differ_layers_of_one_role_share_a_row() -> None:
    named = {layer.name: f"layer {place}" for place, layer in enumerate(DENSE.layers)}
    other = replace(DENSE, layers=tuple(replace(layer, name=named[layer.name]) for layer in DENSE.layers))
    pairs = aligned(LENET, other)
    assert [pair.name for pair in pairs] == [f"{old} / {new}" for old, new in named.items()]
    assert difference(LENET, other, "parameters").line == "60,000 + 900 − 44 + 850 = 61,706"


def test_pooling_never_stands_beside_a_convolution() -> None:
    one, other = network_of(Convolution("A", 2, 3)), network_of(MaxPooling("B"))
    assert [(bool(pair.one), bool(pair.other)) for pair in aligned(one, other)] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )


def test_the_shape_before_is_a_reason_only_where_it_counts() -> None:
    """S2 reads larger maps in the paper's network, which costs it no parameter; C5's dense form has fewer inputs."""
    reasons = {tuple(term.names): term.why for term in terms(LENET, NETWORKS["lenet-28"], "parameters")}
    assert reasons["S2", "S4"] == "subsampling against average pooling"
    assert "16@5×5 against 16@4×4 before it" in reasons["C5",]
    by_links = {tuple(term.names): term.why for term in terms(LENET, NETWORKS["lenet-28"], "connections")}
    assert by_links["C1",] == "1@32×32 against 1@28×28 before it"


def test_what_cannot_change_a_count_is_no_reason_for_it() -> None:
    one, other = network_of(Convolution("A", 2, 3)), network_of(Convolution("A", 3, 3, stride=2))
    assert [term.why for term in terms(one, other, "parameters")] == ["2 maps against 3 maps"]
    assert [term.why for term in terms(one, other, "macs")] == [
        "2 maps against 3 maps; a stride of 1 against a stride of 2"
    ]


def test_a_bias_is_no_reason_for_a_count_of_products() -> None:
    one, other = network_of(Convolution("A", 2, 3)), network_of(Convolution("A", 3, 3, bias=False))
    assert [term.why for term in terms(one, other, "macs")] == ["2 maps against 3 maps"]


def test_a_name_says_more_than_a_place() -> None:
    one = network_of(Convolution("A", 2, 3), Convolution("B", 2, 3))
    pairs = aligned(one, network_of(Convolution("B", 2, 3)))
    assert [(pair.name, pair.other is not None) for pair in pairs] == [("A", False), ("B", True)]


def test_two_tables_differ_by_their_links() -> None:
    one, other = (network_of(Convolution("A", 1, 3, table=(row,)), shape=Shape(2, 5, 5)) for row in ((0,), (0, 1)))
    assert [term.why for term in terms(one, other, "parameters")] == ["a table of 1 link against one of 2"]


def test_traits_of_two_layers_by_their_own_names() -> None:
    assert between_two_layers(LENET, DENSE, ("S2", "S4")) == {"kind": ("subsampling", "average pooling")}
    assert between_two_layers(MODERN, MODERN, ("B1", "B3")) == {}
    one, other = network_of(MaxPooling("A", 3, 2)), network_of(MaxPooling("A", 2, 2))
    assert between_networks(one, other) == ["3×3 windows against 2×2 windows in A"]
    one, other = network_of(AveragePooling("A", 2, 1)), network_of(AveragePooling("A", 2, 2))
    assert between_networks(one, other) == ["a stride of 1 against a stride of 2 in A"]
    one, other = network_of(Subsampling("A", 2)), network_of(Subsampling("A", 4))
    assert between_networks(one, other)[0] == "2×2 windows against 4×4 windows in A"


# all networks


def overviews() -> list[Overview]:
    mine = network_of(BatchNormalisation("N"), Dense("D", 10), key='{"own": 1}')
    return [*(Overview(network, load_shipped(key)[1]) for key, network in NETWORKS.items()), Overview(mine, None)]


@pytest.mark.parametrize("by", MEASURES)
def test_the_table_is_sorted_either_way_with_what_was_not_measured_last(by: str) -> None:
    up, down = (ordered(overviews(), by, up) for up in (True, False))
    values = [[MEASURES[by](row) for row in rows] for rows in (up, down)]
    known = [[value for value in column if value is not None] for column in values]
    assert known[0] == sorted(known[0])
    assert known[1] == sorted(known[1], reverse=True)
    if by in ("error", "seconds"):
        assert values[0][-1] is values[1][-1] is None


def test_depth_is_counted_by_one_rule_here_and_beside_the_descendants() -> None:
    depths = {row.network.key: row.depth for row in overviews() if row.network.key in NETWORKS}
    assert depths == dict.fromkeys(NETWORKS, 5)  # C1, C3, C5, F6, OUTPUT
    assert depths == {key: of_network(network).depth for key, network in NETWORKS.items()}
    assert DEPTH_RULE in NOTES["depth"]


def test_the_error_is_that_of_the_card_within_its_interval() -> None:
    for row in overviews()[:-1]:
        assert row.card
        assert row.error is not None
        assert row.interval
        assert row.error == pytest.approx(len(row.card.wrong) / 10_000)
        assert row.interval[0] < row.error < row.interval[1]


# the page


def sent(app: AppTest, key: str) -> dict[str, Any]:
    """What is sent to the table or sum of this key."""
    for name in ("lenet_numbers_sum", "lenet_compare_table"):
        for proto in drawn(app, name):
            if f"-{key}" in proto.id or proto.id.endswith(key):
                return json.loads(proto.json)[0]
    raise AssertionError(f"nothing is drawn with the key {key}")


def test_the_page_begins_with_1998_against_the_articles(app: AppTest, jobs: object) -> None:
    shown(app, PAGE, {})
    said = [f"{term['sign']} {term['text']}".strip() for term in sent(app, "bridge")["terms"]]
    assert said == ["60,000", "+ 900", "− 44", "+ 850", "= 61,706"]
    rows = {row["cells"][0][0]["words"]: row["cells"] for row in sent(app, "beside")["rows"]}
    assert [line["mark"] for line in rows["C3"][1]] == ["", "≠", "", "≠"]
    assert rows["C1"][3][0]["words"] == "="
    assert rows["in all"][3][0]["words"] == "+1,706"


def test_swapping_turns_the_sum_round(app: AppTest, jobs: object) -> None:
    shown(app, PAGE, {"network": "lenet-28", "other": "lenet-modern"})
    before = [term["text"] for term in sent(app, "bridge")["terms"]]
    app.button(key="swap").click().run()
    assert not app.exception
    after = [term["text"] for term in sent(app, "bridge")["terms"]]
    assert (before[0], before[-1]) == (after[-1], after[0]) == ("44,426", "61,932")


def test_a_network_is_never_compared_with_itself(app: AppTest, jobs: object) -> None:
    shown(app, PAGE, {"network": "lenet5-dense", "other": "lenet5-dense"})
    assert app.selectbox(key="other").value != "lenet5-dense"


def test_a_link_restores_the_pair_the_count_and_the_order(app: AppTest, jobs: object) -> None:
    query = {"network": "lenet-modern", "other": "lenet5", "count": "macs", "sort": "error", "order": "down"}
    shown(app, PAGE, query)
    ends = [term["text"] for term in sent(app, "bridge")["terms"]]
    assert (ends[0], ends[-1]) == (f"{in_all(MODERN, 'macs'):,}", f"{in_all(LENET, 'macs'):,}")
    table = sent(app, "all")
    assert table["sorted"] == {"by": "error", "order": "down"}
    titles = [row["cells"][0][0]["words"] for row in table["rows"]]
    untrained = [network.title for key, network in COUNTED.items() if key not in NETWORKS]
    assert titles == [*(row.network.title for row in ordered(overviews()[:-1], "error", up=False)), *untrained]
    assert [row["kind"] for row in table["rows"]].count("chosen") == 2


def test_a_visitors_own_network_is_compared_and_says_why_it_has_no_error(app: AppTest, jobs: object) -> None:
    mine = draft_of('{"layers": [{"kind": "dense", "name": "D1", "units": 10, "activation": "softmax"}]}')
    shown(app, PAGE, {"other": custom_network.YOURS, custom_network.PARAM: code_of(text_of(mine))})
    assert sent(app, "bridge")["terms"][-1]["text"] == f"{(32 * 32 + 1) * 10:,}"
    table = sent(app, "all")
    [row] = [row["cells"] for row in table["rows"] if row["cells"][0][0]["words"] not in TITLES]
    assert row[0][1]["words"].startswith("no weights of it come with this app")
    assert [cell[0]["words"] for cell in row[-2:]] == ["–", "–"]
    assert "A dash: no weights" in table["caption"]
