"""The C3 table: what any table of links costs, in the browser as in Python, and the page that shows it."""

from __future__ import annotations

import json
import random
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from test_browser_modules import node
from visit import drawn, shown

from lenet_explain import paper
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.figures.living import living_payload
from lenet_explain.network.connection_table import RANDOM_LINKS, Table, described, tables, wirable, wired
from lenet_explain.network.layers import Convolution, Dense, DescriptionError, Shape
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.paper import quotes

PAGE = "pages/network/wiring.py"
PLAIN = Network(
    key="plain", title="Plain", summary="", source="", input=Shape(1, 4, 4), pixels=network_named("lenet5").pixels,
    layers=(Convolution("C1", maps=2, kernel=3), Dense("OUTPUT", units=10)),
)  # fmt: skip


def sent(app: AppTest) -> dict[str, Any]:
    [proto] = drawn(app, "lenet_wiring")
    (length,) = struct.unpack_from("<I", proto.bytes)
    return json.loads(proto.bytes[4 : 4 + length])


def rewired(network: Network, table: Table) -> Network:
    """The network described with another table."""
    name = wired(network).layer.name
    layers = [
        replace(layer, table=table) if isinstance(layer, Convolution) and layer.name == name else layer
        for layer in network.layers
    ]
    return replace(network, layers=tuple(layers))


def some_tables(network: Network, count: int) -> list[Table]:
    chance = random.Random(1998)
    inputs, maps = wired(network).before.maps, wired(network).after.maps
    return [
        tuple(tuple(sorted(chance.sample(range(inputs), chance.randint(1, inputs)))) for _ in range(maps))
        for _ in range(count)
    ]


@pytest.mark.parametrize("key", NETWORKS)
def test_the_browser_counts_any_table_as_the_description_does(key: str, tmp_path: Path) -> None:
    network = NETWORKS[key]
    payload = tmp_path / "payload"
    payload.write_bytes(living_payload(network, load_shipped(key)[0]))
    wanted = [*tables(network).values(), *some_tables(network, 30)]
    command = [node(), Path(__file__).parent / "node" / "count_links.js", payload, wired(network).layer.name]
    done = subprocess.run(command, input=json.dumps(wanted), capture_output=True, text=True, check=True, timeout=120)
    for table, found in zip(wanted, json.loads(done.stdout), strict=True):
        other = rewired(network, table)
        layer, whole = wired(other), totals(walk(other))
        assert found["layer"] == {"parameters": layer.parameters.value, "connections": layer.connections.value}
        assert found["network"] == {"parameters": whole.parameters.value, "connections": whole.connections.value}
        assert sum(found["maps"]) == layer.parameters.value


def test_a_map_that_reads_four_has_101_weights_and_dense_would_have_900_more() -> None:
    network = network_named("lenet5")
    dense = rewired(network, tables(network)["Dense"])
    assert wired(network).parameters.value == 1_516
    assert wired(dense).parameters.value == 2_416
    assert totals(walk(dense)).parameters.value - totals(walk(network)).parameters.value == 900


def test_the_papers_table_is_offered_where_it_fits_and_is_what_lenet5_has() -> None:
    assert all(wirable(network) and wired(network).layer.name == "C3" for network in NETWORKS.values())
    assert described(network_named("lenet5")) == tables(network_named("lenet5"))["Table I"] == paper.TABLE_I
    assert described(network_named("lenet5-dense")) == tables(network_named("lenet5-dense"))["Dense"]
    lenet5 = network_named("lenet5")
    slim = replace(lenet5, layers=(replace(lenet5.layers[0], maps=4), lenet5.layers[1], Convolution("C3", 16, 5)))  # pyright: ignore[reportCallIssue]
    assert list(tables(slim)) == ["Dense", "One to one"]
    assert tables(slim)["One to one"][:6] == ((0,), (1,), (2,), (3,), (0,), (1,))
    assert RANDOM_LINKS == 60


def test_a_network_in_which_nothing_reads_several_maps_has_no_table() -> None:
    assert not wirable(PLAIN)
    with pytest.raises(DescriptionError, match="Plain: no convolution reads several maps"):
        wired(PLAIN)


@pytest.mark.parametrize("key", NETWORKS)
def test_the_page_sends_the_tables_of_the_chosen_network_and_no_weights(key: str, app: AppTest) -> None:
    network = NETWORKS[key]
    meta = sent(shown(app, PAGE, {"network": key}))
    assert (meta["network"], meta["layer"], meta["tensors"]) == (key, "C3", [])
    offered = {one["name"]: one["rows"] for one in meta["presets"]}
    assert offered == {name: [list(row) for row in rows] for name, rows in tables(network).items()}
    assert offered[meta["described"]] == [list(row) for row in described(network)]


def test_the_page_lets_the_paper_say_why(app: AppTest) -> None:
    said = " ".join(one.value for one in shown(app, PAGE, {"network": "lenet5"}).markdown)
    assert quotes.WHY_NOT_DENSE.words in said
    assert "p. 8" in said
    assert "As described, 60 of the 96 links are there." in said
    assert "break of symmetry" in quotes.WHY_NOT_DENSE.words
    assert "number of connections within reasonable bounds" in quotes.WHY_NOT_DENSE.words
