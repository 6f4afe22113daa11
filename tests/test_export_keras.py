"""The generated Keras programs, on Keras's torch backend: counts, and answers with the same weights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from any_network import any_images, any_weights, networks
from closeness import assert_close
from hypothesis import HealthCheck, given, settings
from safetensors.numpy import save_file

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.backends.torch_module import LeNet
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.files import named
from lenet_explain.checkpoints.shipped import load_shipped, path_of
from lenet_explain.export.keras import keras_code, keras_loading, missing_in_keras
from lenet_explain.export.names import function_name
from lenet_explain.network.activations import Activation
from lenet_explain.network.layers import AveragePooling, Convolution, DescriptionError, MaxPooling, Shape
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Pixels, totals, walk


@pytest.fixture(scope="module", autouse=True)
def keras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Keras on torch; it keeps its settings in a folder that nobody else has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        keras = pytest.importorskip("keras")
        assert keras.backend.backend() == "torch"
        yield keras


@pytest.fixture
def doubles(keras: Any) -> Iterator[None]:
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(policy)


def run(network: Network, name: str = "generated") -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": name}
    exec(compile(keras_code(network), "generated.py", "exec"), space)
    return space


def loaded(network: Network, weights: Weights, path: str) -> Any:
    space = run(network)
    exec(keras_loading(network, weights, path), space)
    return space["model"]


def answers(model: Any, images: np.ndarray) -> np.ndarray:
    """images: maps first, as this project has them."""
    return model(torch.from_numpy(images.transpose(0, 2, 3, 1).copy())).detach().numpy()


def own_answers(network: Network, weights: Weights, images: np.ndarray) -> np.ndarray:
    net = LeNet(network)
    fill(net.layers, weights)
    given = torch.from_numpy(images)
    with torch.no_grad():
        return net.to(given.dtype).eval()(given).numpy()


def learned(model: Any) -> int:
    return sum(int(np.prod(one.shape)) for one in model.trainable_weights)


def counted(network: Network) -> int:
    return int(totals(walk(network)).parameters.value)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_with_the_shipped_file_it_answers_as_this_projects_module(network: Network) -> None:
    weights, _ = load_shipped(network.key)
    model, images = loaded(network, weights, str(path_of(network.key))), any_images(network, 8)
    assert learned(model) == counted(network)
    assert_close(answers(model, images), own_answers(network, weights, images), what="Keras' answer")


@given(network=networks())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_network_answers_as_this_projects_module(
    network: Network, doubles: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    weights, path = any_weights(network), tmp_path_factory.mktemp("any") / "any.safetensors"
    save_file(named(weights), path)
    model, images = loaded(network, weights, str(path)), any_images(network).astype(np.float64)
    assert learned(model) == counted(network)
    found, wanted = answers(model, images), own_answers(network, weights, images)
    # double precision, but for some layers of Keras, such as batch normalisation
    assert_close(found, wanted, least=max(1, np.abs(wanted).max()), what="Keras' answer")


@pytest.mark.parametrize("sides", [(5, 4), (4, 5)])
@pytest.mark.parametrize("kind", [AveragePooling, MaxPooling])
def test_a_block_that_goes_beyond_one_edge_only_is_pooled_as_here(kind: type, sides: tuple[int, int]) -> None:
    network = Network("odd", "Odd", "", "", Shape(1, *sides), (kind("S1", size=2, ceil=True),), Pixels(0.0, 1.0))
    images = any_images(network)
    model = run(network)[function_name(network.title)]()
    assert_close(answers(model, images), own_answers(network, {}, images))


@pytest.mark.parametrize("key", ["lenet5", "lenet-modern"])
def test_run_by_itself_it_prints_its_size_and_its_answer(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(NETWORKS[key], "__main__")
    size, answer = capsys.readouterr().out.split("\n", 1)
    assert size == f"{counted(NETWORKS[key]):,} parameters"
    assert len(re.findall(r"-?\d+\.\d+", answer)) == 10


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_every_layer_has_its_name_and_the_shape_that_its_line_says(network: Network) -> None:
    model, lines = run(network)[function_name(network.title)](), keras_code(network).splitlines()
    for step in walk(network):
        [line] = [line for line in lines if f'name="{step.name}"' in line]
        shape = model.get_layer(step.name).output.shape[1:]
        assert line.split("# ")[1].split(", ")[0] == "×".join(map(str, shape))


@given(network=networks())
@settings(max_examples=40, deadline=None)
def test_only_the_layers_that_a_network_needs_are_written(network: Network) -> None:
    code = keras_code(network)
    assert re.findall(r"^class (\w+)", code, re.MULTILINE) == list(missing_in_keras(network))
    assert ("import layers, ops" in code) == (" ops." in code)


def test_maps_are_turned_before_they_become_a_vector_only_where_it_makes_a_difference() -> None:
    assert keras_code(NETWORKS["lenet-28"]).count("layers.Permute((3, 1, 2))") == 1
    assert "Permute" not in keras_code(NETWORKS["lenet5"])


def test_an_unknown_activation_is_named() -> None:
    layer = Convolution("C1", maps=1, kernel=1, activation=Activation("swish", "", ""))
    network = Network("odd", "Odd", "", "", Shape(1, 4, 4), (layer,), Pixels(0.0, 1.0))
    with pytest.raises(DescriptionError, match=r"C1: there is no Keras code for the activation 'swish'"):
        keras_code(network)
