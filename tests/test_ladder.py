"""The ladder: its rows say what the walk says, and their column adds up to the last row."""

from __future__ import annotations

import json

import pytest

from lenet_explain import paper
from lenet_explain.figures.ladder import TOTAL, ladder_rows
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import walk
from lenet_explain.network.worked import number

EVERY_NETWORK = list(NETWORKS)
LENET5 = {row["name"]: row for row in ladder_rows(walk(NETWORKS["lenet5"]))}


@pytest.mark.parametrize("key", EVERY_NETWORK)
def test_the_rows_add_up_to_the_last_one(key: str) -> None:
    *layers, whole = ladder_rows(walk(NETWORKS[key]))
    assert whole["name"] == TOTAL
    assert whole["parameters"] == sum(row["parameters"] for row in layers)
    terms, result = whole["parameter_sum"].split(" = ")
    printed = [int(term.replace(",", "")) for term in terms.split(" + ")]
    assert printed == [row["parameters"] for row in layers if row["parameters"]]
    assert result == number(whole["parameters"])


@pytest.mark.parametrize("key", EVERY_NETWORK)
def test_every_layer_has_a_row_in_order_and_only_layers_can_be_chosen(key: str) -> None:
    rows = ladder_rows(walk(NETWORKS[key]))
    assert [row["name"] for row in rows if row["choosable"]] == [layer.name for layer in NETWORKS[key].layers]


def test_the_1998_rows_carry_the_papers_numbers() -> None:
    for printed in paper.LAYERS:
        row = LENET5[printed.name]
        assert row["parameters"] == printed.parameters
        assert row["shape"] == f"{printed.maps}@{printed.side}×{printed.side}"
        connections = dict(row["details"]["parameters"])["connections"]
        assert connections.split(" = ")[-1] == number(printed.connections)
    assert LENET5[TOTAL]["parameters"] == paper.PARAMETERS
    assert dict(LENET5[TOTAL]["details"]["parameters"])["connections"] == number(paper.CONNECTIONS)


def test_sums_are_written_out() -> None:
    assert LENET5["C3"]["shape_sum"] == "(14 + 2·0 − 5)/1 + 1 = 10"
    assert LENET5["C3"]["parameter_sum"] == "60·5·5 + 16 = 1,516"
    assert LENET5[TOTAL]["parameter_sum"] == "156 + 12 + 1,516 + 32 + 48,120 + 10,164 = 60,000"
    assert LENET5["C3"]["details"]["shapes"] == [
        ("receptive field", "6 + (5 − 1)·2 = 14 pixels"),
        ("step between fields", "2·1 = 2 pixels"),
        ("memory", "4·16·10·10 = 6,400 bytes"),
    ]
    assert LENET5["C3"]["details"]["parameters"] == [
        ("connections", "1,516·10·10 = 151,600"),
        ("multiply-accumulates", "1,500·10·10 = 150,000"),
        ("share of all", "1,516/60,000 = 2.5%"),
    ]


def test_a_layer_over_which_nothing_slides_says_so() -> None:
    rows = {row["name"]: row for row in ladder_rows(walk(NETWORKS["lenet-modern"]))}
    assert rows["B1"]["shape_sum"] == "keeps the shape"
    assert rows["F6"]["shape_sum"] == "84 units"


@pytest.mark.parametrize("key", EVERY_NETWORK)
def test_bars_are_shares_of_the_largest_layer(key: str) -> None:
    *layers, _ = ladder_rows(walk(NETWORKS[key]))
    largest = max(layers, key=lambda row: row["parameters"])
    assert largest["share"] == 1
    for row in layers:
        assert row["share"] * largest["parameters"] == pytest.approx(row["parameters"])


@pytest.mark.parametrize("key", EVERY_NETWORK)
def test_rows_survive_json(key: str) -> None:
    rows = ladder_rows(walk(NETWORKS[key]))
    assert [row["name"] for row in json.loads(json.dumps(rows))] == [row["name"] for row in rows]
