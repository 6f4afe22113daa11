"""Networks of any size are counted, compared and written as programs; what is too large to run says so."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from any_network import any_images
from streamlit.testing.v1 import AppTest
from torch import nn
from torch.nn import functional as F
from visit import Scripted, shown

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.backends.torch_module import build
from lenet_explain.counts.alignment import difference
from lenet_explain.network.activations import RELU, SOFTMAX
from lenet_explain.network.description import Draft, draft_from, text_of
from lenet_explain.network.fitting import MOST_PARAMETERS, counted_network, own_network, too_large
from lenet_explain.network.layers import AveragePooling, Convolution, Dense, DescriptionError, MaxPooling, Shape
from lenet_explain.network.layers.layer import Layer
from lenet_explain.network.named import COUNTED, NETWORKS, can_run, counted_named, network_named
from lenet_explain.network.walk import Network, Pixels, totals, walk
from lenet_explain.network.worked import number
from lenet_explain.ui.visit import custom_network

CAFFE = COUNTED["lenet-caffe"]
EXAMPLES = counted_network(  # pytorch/examples, mnist/main.py; its two dropouts count nothing and are left out
    text_of(
        Draft(
            28,
            "unit",
            (
                Convolution("C1", 32, 3, activation=RELU),
                Convolution("C2", 64, 3, activation=RELU),
                MaxPooling("S3"),
                Dense("F4", 128, activation=RELU),
                Dense("OUTPUT", 10, activation=SOFTMAX),
            ),
        )
    )
)
LARGE = {"lenet-caffe": CAFFE, custom_network.YOURS: EXAMPLES}
COUNTING = ("numbers", "compare", "predict", "code", "yours")


def test_the_network_of_caffe_has_the_numbers_that_papers_print() -> None:
    assert totals(walk(CAFFE)).parameters.line == "520 + 25,050 + 400,500 + 5,010 = 431,080"
    assert [str(step.after) for step in walk(CAFFE)] == [
        "20@24×24",
        "20@12×12",
        "50@8×8",
        "50@4×4",
        "500@1×1",
        "10@1×1",
    ]
    assert difference(NETWORKS["lenet5"], CAFFE, "parameters").value == 431_080


def test_the_network_of_pytorchs_examples_has_as_many_parameters_as_its_module() -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 32, 3, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
    )  # fmt: skip
    assert sum(one.numel() for one in net.parameters()) == totals(walk(EXAMPLES)).parameters.value == 1_199_882


@pytest.mark.parametrize("network", LARGE.values(), ids=LARGE)
def test_a_network_too_large_to_run_is_counted_and_says_why_it_is_not_run(network: Network) -> None:
    count = number(totals(walk(network)).parameters.value)
    assert counted_named(network.key).layers == network.layers
    assert not can_run(network)
    said = too_large(network)
    assert said
    assert f"the network has {count} parameters" in said
    assert f"may have {number(MOST_PARAMETERS)} to be drawn on and trained" in said
    with pytest.raises(DescriptionError, match=f"{count} parameters"):
        network_named(network.key)


def test_what_does_not_fit_is_not_counted_either() -> None:
    broken = text_of(replace(draft_from(NETWORKS["lenet5"]), side=28))
    for read in (counted_network, own_network):
        with pytest.raises(DescriptionError, match="C5: a 5×5 kernel does not fit in 16@4×4"):
            read(broken)


@pytest.mark.parametrize("page", COUNTING)
def test_counting_pages_take_a_network_of_any_size(app: AppTest, jobs: Scripted, page: str) -> None:
    for key, network in LARGE.items():
        shown(app, f"pages/counting/{page}.py", custom_network.params(network.key))
        text = " ".join(one.value for one in (*app.markdown, *app.caption, *app.code, *app.info)).replace("\\", "")
        if page in ("numbers", "compare"):
            assert number(totals(walk(network)).parameters.value) in text, key
        assert not [one for one in app.caption if "not offered here" in one.value]


@pytest.mark.parametrize("page", ["lesson/side_by_side", "network/living", "training/scrub", "training/learning"])
def test_where_networks_run_a_sentence_says_what_is_too_large(app: AppTest, jobs: Scripted, page: str) -> None:
    for key, network in LARGE.items():
        shown(app, f"pages/{page}.py", custom_network.params(network.key))
        [said] = [one.value.replace("\\", "") for one in app.caption if "not offered here" in one.value]
        assert said.startswith(f"{network.title} is not offered here. ")
        assert number(totals(walk(network)).parameters.value) in said
        assert number(MOST_PARAMETERS) in said
        assert key not in app.selectbox(key="network").options


def test_the_command_line_counts_it_and_does_not_train_it() -> None:
    def said(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lenet_explain", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    counts = json.loads(said("count", "lenet-caffe", "--json").stdout)
    assert sum(one["parameters"] for one in counts["layers"]) == 431_080
    refused = said("train", "lenet-caffe", "--data", "digits", "--recipe", "quick")
    assert refused.returncode
    assert "431,080 parameters" in refused.stderr
    assert "Traceback" not in refused.stderr


# --- pooling that rounds up


CEIL = [
    (kind, side, size, stride)
    for kind in (MaxPooling, AveragePooling)
    for side in (5, 6, 7, 9)
    for size in (2, 3, 4)
    for stride in range(1, size + 1)
]


def pooled(layer: Layer, side: int) -> Network:
    return Network("any", "Any", "", "", Shape(2, side, side), (layer,), Pixels(0.0, 1.0))


@pytest.mark.parametrize(("kind", "side", "size", "stride"), CEIL)
def test_ceil_mode_is_pytorchs(kind: Any, side: int, size: int, stride: int) -> None:
    network = pooled(kind("S1", size, stride, ceil=True), side)
    images = any_images(network)
    theirs = F.max_pool2d if kind is MaxPooling else F.avg_pool2d
    wanted = theirs(torch.from_numpy(images), size, stride, ceil_mode=True).numpy()
    [step] = walk(network)
    assert wanted.shape[1:] == (step.after.maps, step.after.height, step.after.width)
    with torch.no_grad():
        assert np.allclose(build(network)(torch.from_numpy(images)).numpy(), wanted.reshape(len(images), -1))
    chain = Chain(network, starting_weights(network, "root", 0))
    assert np.allclose(chain.forward(images).reshape(wanted.shape), wanted, atol=1e-6)
    ones = F.avg_pool2d(torch.ones(1, 1, side, side), size, stride, ceil_mode=True, divisor_override=1)
    assert step.connections.value == 2 * ones.sum().item(), "each link reads a value that is there"


def test_without_ceil_what_is_left_over_is_not_read() -> None:
    assert walk(pooled(MaxPooling("S1"), 5))[0].after == Shape(2, 2, 2)
    up = walk(pooled(MaxPooling("S1", ceil=True), 5))[0]
    assert up.after == Shape(2, 3, 3)
    assert up.size.height.line == "⌈(5 + 2·0 − 2)/2⌉ + 1 = 3"
    assert up.connections.line == "2·(3·2 − 1)·(3·2 − 1) = 50"


def test_a_window_that_would_begin_beyond_the_edge_is_refused() -> None:
    with pytest.raises(DescriptionError, match=r"S1: the stride is 3, and with ceil may be at most the size, 2"):
        MaxPooling("S1", 2, 3, ceil=True)
    with pytest.raises(DescriptionError, match=r"S1: ceil is 1, and must be true or false"):
        MaxPooling("S1", 2, 2, ceil=1)  # pyright: ignore[reportArgumentType]  # as from outside
