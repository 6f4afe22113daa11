"""The wide input: counts beside Python's own walk of a wider network, the paper's example, and the page."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visit import Scripted, drawn, shown

from lenet_explain import paper
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import framed
from lenet_explain.figures.living import described_network
from lenet_explain.network.layers import Dense, RadialBasis, Shape
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.walk import Network, walk

PAGE = "pages/network/widening.py"
FRONTEND = Path(__file__).parents[1] / "lenet_explain" / "frontend"
WIDTHS = (32, 64, 96, 160)
# 32×64, by arithmetic: nine places, C1 to OUTPUT once over the whole against nine times over 32×32
PLACES, WIDE = 9, 1_206_156
_PROGRAM = """
import {{ costAt }} from "{frontend}/network/widening.js";
const {{ described, widths }} = JSON.parse(process.argv[2]);
console.log(JSON.stringify(described.map((one) => widths.map((width) => costAt(one, width)))));
"""


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, Any]]:
    """By network and width what the browser counts."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    program = tmp_path_factory.mktemp("node") / "costs.mjs"
    program.write_text(_PROGRAM.format(frontend=FRONTEND.as_uri()))
    asked = json.dumps({"described": [described_network(one) for one in NETWORKS.values()], "widths": WIDTHS})
    done = subprocess.run([node, str(program), asked], capture_output=True, text=True, check=True)
    return {
        key: dict(zip(WIDTHS, found, strict=True)) for key, found in zip(NETWORKS, json.loads(done.stdout), strict=True)
    }


def widened(network: Network, width: int) -> Network:
    """As far as Python's layers take a wider input: up to the first that reads all there is."""
    first = next(at for at, layer in enumerate(network.layers) if isinstance(layer, Dense | RadialBasis))
    wide = Shape(1, network.input.height, width)
    return replace(network, key=f"{network.key}-{width}", input=wide, layers=network.layers[:first])


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("width", WIDTHS)
def test_shapes_and_counts_of_a_wide_input_are_pythons(costs: dict[str, Any], network: str, width: int) -> None:
    counted = costs[network][width]["layers"]
    steps = walk(widened(network_named(network), width))
    assert len(steps) >= 4
    for found, step in zip(counted, steps, strict=False):
        assert found["name"] == step.name
        assert (found["size"]["height"], found["size"]["width"]) == (step.after.height, step.after.width)
        assert found["connections"] == step.connections.value


@pytest.mark.parametrize("network", NETWORKS)
def test_layers_that_read_all_do_so_once_at_each_place(costs: dict[str, Any], network: str) -> None:
    for width in WIDTHS:
        cost = costs[network][width]
        own = network_named(network)
        assert cost["places"] == (width - own.input.width) // 4 + 1
        singles = {step.name: step.connections.value for step in walk(own)}
        for layer in cost["layers"]:
            if layer["own"] == {"height": 1, "width": 1}:
                assert layer["connections"] == cost["places"] * singles[layer["name"]]
        assert cost["apart"] == cost["places"] * sum(singles.values())


def test_the_1998_network_on_32_by_64_costs_less_than_at_nine_places(costs: dict[str, Any]) -> None:
    cost = costs["lenet5"][64]
    assert (cost["places"], cost["wide"], cost["apart"]) == (PLACES, WIDE, PLACES * paper.CONNECTIONS)
    assert costs["lenet5"][32]["wide"] == paper.CONNECTIONS


def test_the_page_sends_one_picture_of_each_digit_and_no_weights(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"network": "lenet-28"})
    assert [title.value for title in app.title] == ["Widen the input"]
    [carrier] = drawn(app, "lenet_carrier")
    assert _meta(carrier)["key"] == "lenet-28"
    [widener] = drawn(app, "lenet_widener")
    meta = _meta(widener)
    assert meta["labels"] == list(range(10))
    assert meta["halves"] == [["samples", [10, 28, 28]]]
    assert len(widener.bytes) < 20_000


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_reads_the_pictures_when_each_stands_alone(app: AppTest, jobs: Scripted, network: str) -> None:
    shown(app, PAGE, {})
    [proto] = drawn(app, "lenet_widener")
    images = np.frombuffer(proto.bytes[-2 * 10 * 784 :], "<f2").reshape(10, 28, 28)
    own = network_named(network)
    answers = Chain(own, load_shipped(network)[0]).forward(
        framed(images.astype(np.uint8), own.input.height, own.pixels)
    )
    best = answers.argmin(1) if own.answer == "distances" else answers.argmax(1)
    assert best.tolist() == list(range(10))


def test_the_words_say_where_it_fails(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    said = " ".join(one.value for one in (*app.markdown, *app.caption))
    assert "single, centred digits" in said
    assert "did not do better than cutting the string into characters" in said


def _meta(proto: Any) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", proto.bytes)
    return json.loads(proto.bytes[4 : 4 + length])
