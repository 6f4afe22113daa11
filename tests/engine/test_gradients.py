"""Answers, losses, gradients and curvatures of the engine beside torch's autograd and the NumPy chain."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from any_network import any_images, any_weights, networks
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.native import Arrays, Native
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.backends.torch_loss import loss_of
from lenet_explain.backends.torch_module import build
from lenet_explain.backends.torch_weights import fill, named_arrays
from lenet_explain.network.layers import BatchNormalisation
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import LOSSES, Recipe

CLOSE = 1e-9
PAIRS = [(key, loss) for key, one in NETWORKS.items() for loss in LOSSES if loss != "map" or one.answer == "distances"]


def by_autograd(
    network: Network, weights: Arrays, images: np.ndarray, truth: np.ndarray, recipe: Recipe, *, training: bool = True
) -> tuple[float, Arrays, Arrays, np.ndarray]:
    """The mean loss, its gradients, the weights afterwards (for running means), and the derivatives by the pixels."""
    net = build(network).double().train(training)
    fill(net.layers, weights)
    pixels = torch.from_numpy(images).double().requires_grad_()
    loss = loss_of(net(pixels), torch.from_numpy(truth), network, recipe)
    loss.backward()
    named = {name: named_arrays(module) for name, module in net.layers.items()}
    gradients = {
        layer: {name: array.grad.numpy() for name, array in own.items() if array.grad is not None}
        for layer, own in named.items()
    }
    after = {
        layer: {name: array.detach().numpy() for name, array in own.items()} for layer, own in named.items() if own
    }
    assert pixels.grad is not None
    return loss.item(), gradients, after, pixels.grad.numpy()


def calmer(weights: Arrays) -> dict[str, dict[str, np.ndarray]]:
    """Kernels a fifth as large, so that no unit is saturated."""
    return {
        layer: {name: (a * np.float32(0.2) if name in ("kernels", "weights") else a) for name, a in own.items()}
        for layer, own in weights.items()
    }


def assert_close(found: Arrays, wanted: Arrays, close: float) -> None:
    for layer, own in wanted.items():
        for name, array in own.items():
            worst = np.abs(found[layer][name] - array).max(initial=0)
            assert worst <= close * (1 + np.abs(array).max(initial=0)), f"{layer} {name}: {worst}"


def check(network: Network, count: int, recipe: Recipe, *, plain: bool) -> None:
    images, weights = any_images(network, count), calmer(any_weights(network))
    engine = Native(network, plain=plain)
    engine.set_weights(weights)
    answer = engine.forward(images, training=True)
    truth = np.arange(count) % answer.shape[1]
    loss = engine.ask(truth, recipe.loss, rubbish=recipe.rubbish, smoothing=recipe.smoothing)
    gradients = engine.backward(training=True, onward=True)
    wanted, by_weights, after, by_pixels = by_autograd(network, weights, images, truth, recipe)
    assert loss == pytest.approx(wanted, rel=CLOSE, abs=CLOSE)
    assert_close(gradients, by_weights, CLOSE)
    assert_close(engine.arrays(engine.weights), after, CLOSE)  # running means and variances
    lanes = engine.call.lanes_of(count)
    pixels = engine.seen("errors", network.input.units * lanes).reshape(-1, lanes)
    assert_close({"": {"": pixels[:, :count].T}}, {"": {"": by_pixels.reshape(count, -1)}}, CLOSE)
    assert not np.any(pixels[:, count:]), "lanes without an image take part"


@pytest.mark.parametrize(("key", "loss"), PAIRS)
@pytest.mark.parametrize(("count", "plain"), [(1, False), (21, False), (3, True)])
def test_loss_and_gradients_of_named_networks_are_autograds(key: str, loss: str, count: int, plain: bool) -> None:
    check(NETWORKS[key], max(count, 2) if key == "lenet-modern" else count, Recipe(loss=loss), plain=plain)


@pytest.mark.parametrize("key", ["lenet5", "lenet-28"])
def test_smoothing_is_shared_out_as_torch_does(key: str) -> None:
    check(NETWORKS[key], 4, Recipe(smoothing=0.3), plain=False)


@pytest.mark.parametrize("rubbish", [0.5, 10.0, 900.0])
def test_the_rubbish_class_lies_as_deep_as_it_is_told(rubbish: float) -> None:
    check(NETWORKS["lenet5"], 4, Recipe(loss="map", rubbish=rubbish), plain=False)


@settings(
    max_examples=220,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(
    networks(square=False),
    st.sampled_from([1, 2, 3, 4, 7, 12, 21]),
    st.booleans(),
    st.sampled_from(["mse", "cross-entropy"]),
)
def test_loss_and_gradients_of_any_network_are_autograds(network: Network, count: int, plain: bool, loss: str) -> None:
    if any(isinstance(layer, BatchNormalisation) for layer in network.layers):
        count = max(count, 2)  # one image has no spread
    if not any_weights(network):
        return
    check(network, count, Recipe(loss=loss), plain=plain)


@pytest.mark.parametrize("key", NETWORKS)
def test_in_evaluation_means_of_training_count_and_stay(key: str) -> None:
    network = NETWORKS[key]
    images, weights = any_images(network, 6), calmer(any_weights(network))
    engine = Native(network)
    engine.set_weights(weights)
    truth, recipe = np.arange(6), Recipe()
    engine.forward(images, training=False)
    engine.ask(truth, recipe.loss)
    gradients = engine.backward(training=False)
    _, wanted, _, _ = by_autograd(network, weights, images, truth, recipe, training=False)
    assert_close(gradients, wanted, CLOSE)
    assert_close(engine.arrays(engine.weights), weights, 0)


@pytest.mark.parametrize(("key", "loss"), PAIRS)
@pytest.mark.parametrize("count", [1, 6])
def test_curvatures_are_the_papers_recursion(key: str, loss: str, count: int) -> None:
    """As chain works them out, which tests hold to torch's own second derivatives."""
    network, recipe = NETWORKS[key], Recipe(loss=loss)
    images, weights, truth = any_images(network, count), calmer(any_weights(network)), np.arange(count)
    engine, chain = Native(network), Chain(network, weights, np.float64)
    engine.set_weights(weights)
    engine.forward(images, training=False)
    engine.ask(truth, loss, power=2)
    found = engine.backward(training=False, power=2)
    chain.curvature(asked(chain.forward(images.astype(float)), truth, network, recipe).sharpness)
    assert_close(found, chain.gradients(), CLOSE)


def test_single_precision_is_off_by_rounding_only() -> None:
    """Sums of up to 25,088 products in float32: relative to the largest gradient of the array, below 2e-5."""
    for network in NETWORKS.values():
        images, weights, truth = any_images(network, 32), calmer(any_weights(network)), np.arange(32) % 10
        engine = Native(network, double=False)
        engine.set_weights(weights)
        engine.forward(images, training=True)
        loss = engine.ask(truth, "cross-entropy")
        wanted, gradients, _, _ = by_autograd(network, weights, images, truth, Recipe())
        assert loss == pytest.approx(wanted, rel=1e-5)
        for layer, own in engine.backward(training=True).items():
            for name, array in gradients[layer].items():
                assert np.abs(own[name] - array).max() <= 2e-5 * np.abs(array).max() + 1e-7, (network.key, layer, name)
