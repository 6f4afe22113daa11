"""The ONNX file, run by another program: the same answers, for any number of images at once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from any_network import any_images, any_weights, networks
from closeness import assert_close
from hypothesis import given, settings
from onnx import numpy_helper

from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.backends.torch_module import LeNet
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.export.onnx import IMAGE, OPSET, onnx_file, onnx_running
from lenet_explain.network.activations import Activation
from lenet_explain.network.layers import Convolution, DescriptionError, Shape
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Pixels, walk

LENET5 = NETWORKS["lenet5"]


def ran(content: bytes, images: np.ndarray) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options).run(None, {IMAGE: images})[0]


def own_answers(network: Network, weights: Weights, images: np.ndarray) -> np.ndarray:
    net = LeNet(network)
    fill(net.layers, weights)
    with torch.no_grad():
        return net.eval()(torch.from_numpy(images)).numpy()


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_with_the_shipped_weights_it_answers_as_this_projects_module(network: Network) -> None:
    weights, _ = load_shipped(network.key)
    content = onnx_file(network, weights, "shipped")
    for count in (1, 8):
        images = any_images(network, count)
        assert_close(ran(content, images), own_answers(network, weights, images), what="ONNX Runtime's answer")


@given(network=networks())
@settings(max_examples=40, deadline=None)
def test_any_network_answers_as_this_projects_module(network: Network) -> None:
    weights, images = any_weights(network), any_images(network)
    found, wanted = ran(onnx_file(network, weights, ""), images), own_answers(network, weights, images)
    assert_close(found, wanted, least=max(1, np.abs(wanted).max()), what="ONNX Runtime's answer")


def test_it_says_what_it_reads_answers_and_holds() -> None:
    model = onnx.load_from_string(onnx_file(LENET5, starting_weights(LENET5, "paper", 0), "before\ntraining"))
    [image], [answer] = model.graph.input, model.graph.output
    sides = [one.dim_param or one.dim_value for one in image.type.tensor_type.shape.dim]
    assert sides == ["batch", 1, 32, 32]
    assert answer.name == "distances"
    assert [one.dim_param or one.dim_value for one in answer.type.tensor_type.shape.dim] == ["batch", 10]
    props = {one.key: one.value for one in model.metadata_props}
    assert props == {"weights": "before training", "paper": "-0.1", "ink": "1.175"}
    assert LENET5.source in model.doc_string
    assert model.opset_import[0].version == OPSET
    assert {one.name.split(".")[0] for one in model.graph.node} - {"distances"} == {one.name for one in LENET5.layers}


def shapes_in(model: Any) -> dict[str, list[str | int]]:
    told = [*model.graph.input, *model.graph.value_info, *model.graph.output]
    return {one.name: [axis.dim_param or axis.dim_value for axis in one.type.tensor_type.shape.dim] for one in told}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_every_tensor_says_its_shape_and_those_of_the_layers_are_the_walks(network: Network) -> None:
    model = onnx.load_from_string(onnx_file(network, starting_weights(network, "paper", 0), ""))
    onnx.checker.check_model(model, full_check=True)
    shapes = shapes_in(model)
    assert {one for node in model.graph.node for one in node.output} <= shapes.keys()
    assert all(axes[0] == "batch" and all(axes) for axes in shapes.values())
    for step in walk(network):
        [sums] = [axes for name, axes in shapes.items() if name == f"{step.name}.sum"]
        wanted = [step.after.maps, step.after.height, step.after.width]
        assert sums[1:] in (wanted, wanted[: len(sums) - 1]), step.name
        assert math.prod(map(int, sums[1:])) == step.after.units


def test_a_map_has_no_weight_for_what_its_row_leaves_out() -> None:
    model = onnx.load_from_string(onnx_file(LENET5, any_weights(LENET5), ""))
    [kernels] = [numpy_helper.to_array(one) for one in model.graph.initializer if one.name == "C3.kernels"]
    third = next(layer for layer in LENET5.layers if layer.name == "C3")
    assert isinstance(third, Convolution)
    for row, read in enumerate(third.table or ()):
        assert {at for at in range(6) if kernels[row, at].any()} == set(read)


@pytest.mark.parametrize("key", ["lenet5", "lenet-28"])
def test_the_lines_beside_the_file_run_it(key: str, tmp_path: Path) -> None:
    network, path = NETWORKS[key], tmp_path / "a.onnx"
    path.write_bytes(onnx_file(network, load_shipped(key)[0], ""))
    space: dict[str, Any] = {}
    exec(onnx_running(network, str(path)), space)
    assert space[network.answer].shape == (1, 10)


def test_an_unknown_activation_is_named() -> None:
    layer = Convolution("C1", maps=1, kernel=1, activation=Activation("swish", "", ""))
    network = Network("odd", "Odd", "", "", Shape(1, 4, 4), (layer,), Pixels(0.0, 1.0))
    with pytest.raises(DescriptionError, match=r"C1: there is no ONNX operator for the activation 'swish'"):
        onnx_file(network, any_weights(network), "")
