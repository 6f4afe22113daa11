"""What other tools print is worked out as they do it: held to Keras and torchinfo themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import torchinfo
from any_network import networks as any_networks
from hypothesis import HealthCheck, given, settings
from own_networks import some_networks

from lenet_explain.backends.torch_module import build
from lenet_explain.counts.other_tools import KERAS, TORCHINFO, printed
from lenet_explain.export.keras import keras_code
from lenet_explain.export.names import class_name, function_name
from lenet_explain.export.pytorch import pytorch_code
from lenet_explain.network.named import COUNTED
from lenet_explain.network.walk import Network, totals, walk

EVERY = {**COUNTED, **{f"own {at}": network for at, network in enumerate(some_networks(12))}}
EACH = pytest.mark.parametrize("network", EVERY.values(), ids=EVERY)


def told(network: Network, tool: str, label: str) -> int:
    [one] = [one for one in printed(network) if (one.tool, one.label) == (tool, label)]
    return int(one.worked.value)


@pytest.fixture(scope="module")
def keras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        yield pytest.importorskip("keras")


def summary_of(network: Network) -> dict[str, int]:
    """The numbers that model.summary() prints, by their labels."""
    space: dict[str, Any] = {"__name__": "generated"}
    exec(compile(keras_code(network), "generated.py", "exec"), space)
    lines: list[str] = []
    space[function_name(network.title)]().summary(print_fn=lambda text, **_: lines.append(text))
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))
    return {label: int(value.replace(",", "")) for label, value in re.findall(r"(\w+ params): ([\d,]+)", plain)}


@EACH
def test_keras_prints_what_is_worked_out(keras: Any, network: Network) -> None:
    found = summary_of(network)
    for label in ("Total params", "Trainable params"):
        assert found[label] == told(network, KERAS, label), label


@EACH
def test_torchinfo_prints_what_is_worked_out(network: Network) -> None:
    space: dict[str, Any] = {"__name__": "generated"}
    exec(compile(pytorch_code(network), "generated.py", "exec"), space)
    first = network.input
    for net in (space[class_name(network.title)](), build(network)):
        found = torchinfo.summary(net, (1, first.maps, first.height, first.width), verbose=0)
        assert found.total_params == told(network, TORCHINFO, "Total params")
        assert found.total_mult_adds == told(network, TORCHINFO, "Total mult-adds")


@given(network=any_networks())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_network_has_the_mult_adds_of_torchinfo(network: Network) -> None:
    first = network.input
    found = torchinfo.summary(build(network).eval(), (1, first.maps, first.height, first.width), verbose=0)
    assert found.total_mult_adds == told(network, TORCHINFO, "Total mult-adds")
    assert found.total_params == told(network, TORCHINFO, "Total params")


@EACH
def test_every_number_is_the_one_here_plus_its_terms(network: Network) -> None:
    whole = totals(walk(network))
    names = {layer.name for layer in network.layers}
    for one in printed(network):
        assert one.here == getattr(whole, one.count).value
        assert one.worked.value == one.here + sum(each.change for each in one.differences)
        for each in one.differences:
            assert each.change
            assert set(each.layers) <= names


def test_the_numbers_that_people_ask_about_are_explained() -> None:
    assert told(COUNTED["lenet-modern"], TORCHINFO, "Total params") == 61_932
    assert told(COUNTED["lenet-modern"], KERAS, "Total params") == 62_384
    [averages] = [one for one in printed(COUNTED["lenet-modern"]) if one.worked.value == 62_384]
    assert averages.worked.line == "61,932 + 452 = 62,384"
    [biases] = [one for one in printed(COUNTED["lenet5-dense"]) if one.worked.value == 423_038]
    assert biases.worked.line == "416,520 + 6,518 = 423,038"
    [over] = [one for one in printed(COUNTED["lenet5"]) if one.label == "Total mult-adds"]
    assert over.worked.line == "328,096 + 6,508 − 150,000 − 1,576 + 22 − 840 = 182,210"
