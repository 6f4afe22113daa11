"""A plan says what its description says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from own_networks import some_networks

from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.engine.operation import NORMALISATION
from lenet_explain.engine.plan import plan_of
from lenet_explain.network.layers import Convolution, DescriptionError
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, totals, walk

EVERY = (*NETWORKS.values(), *some_networks(12))


@pytest.mark.parametrize("network", EVERY, ids=lambda network: network.key[:20])
def test_it_has_room_for_exactly_what_is_learned_and_measured(network: Network) -> None:
    plan, weights = plan_of(network), starting_weights(network, "root", 0)
    assert plan.learned == totals(walk(network)).parameters.value
    found = {(one.layer, one.name): one for one in plan.arrays}
    wanted = {(layer, name): array for layer, own in weights.items() for name, array in own.items()}
    assert {key: one.shape for key, one in found.items()} == {key: array.shape for key, array in wanted.items()}
    places = sorted((one.first, wanted[key].size) for key, one in found.items())
    ends = [first + size for first, size in places]
    assert [0, *ends[:-1]] == [first for first, _ in places]
    assert ends[-1] == plan.learned + plan.measured


@pytest.mark.parametrize("network", EVERY, ids=lambda network: network.key[:20])
def test_values_do_not_overlap_and_are_all_there(network: Network) -> None:
    plan = plan_of(network)
    given = [one for one in plan.operations if one.source != one.target]
    ends = [network.input.units]
    for one in given:
        assert one.target == ends[-1]
        ends.append(one.target + one.after * one.high * one.wide)
    assert ends[-1] == plan.numbers
    assert list(plan.outputs) == [layer.name for layer in network.layers]
    assert [shape for _, shape in plan.outputs.values()] == [step.after for step in walk(network)]


def test_json_can_hold_it() -> None:
    for network in EVERY:
        values = plan_of(network).as_dict()
        assert json.loads(json.dumps(values)) == json.loads(json.dumps(values, default=list))
        assert values["normalises"] == any(one[0] == NORMALISATION for one in values["operations"])


def test_more_maps_than_there_is_room_for_are_told() -> None:
    lenet = NETWORKS["lenet5-dense"]
    wide = replace(lenet, layers=(Convolution("WIDE", maps=1025, kernel=5), *lenet.layers[1:2]))
    with pytest.raises(DescriptionError, match="WIDE: a convolution has at most 1,024 maps before and after it"):
        plan_of(wide)
