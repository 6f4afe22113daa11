"""The engine finds the loss and the gradients that autograd finds, for every network that it has stages for."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import any_network
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from lenet_explain.backends.torch_engine import Engine, UnsupportedError
from lenet_explain.backends.torch_engine.pooling import Choosing
from lenet_explain.backends.torch_engine.stage import Images
from lenet_explain.backends.torch_loss import loss_of
from lenet_explain.backends.torch_module import LeNet, build
from lenet_explain.data.datasets import load_embedded
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH
from lenet_explain.network.description import SQUASH
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Pixels
from lenet_explain.recipes.bounds import LOSSES
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.training.evaluation import tensor_of
from lenet_explain.training.gradients import Gradients

DIGITS = load_embedded("digits")
ALL = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())


@pytest.fixture
def exact() -> Iterator[None]:
    """Numbers with 16 digits, so that what is equal but for rounding is equal to ten."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def batch(network: Network, count: int = 40) -> tuple[Tensor, Tensor]:
    return tensor_of(DIGITS.train_images[:count], network, "cpu"), torch.tensor(DIGITS.train_labels[:count]).long()


def by_autograd(net: LeNet, images: Tensor, truth: Tensor, recipe: Recipe) -> tuple[float, int, list[Tensor]]:
    """From a copy, which keeps what the batch does to running averages to itself."""
    other = copy.deepcopy(net)
    answer = other(images)
    loss = loss_of(answer, truth, net.network, recipe)
    gradients = torch.autograd.grad(loss, list(other.parameters()))
    return loss.item(), int((net.choice(answer) == truth).sum()), list(gradients)


def same(net: LeNet, images: Tensor, truth: Tensor, recipe: Recipe, engine: Engine | None = None) -> None:
    """The engine is asked twice: nothing of a batch is left for the next."""
    loss, right, gradients = by_autograd(net, images, truth, recipe)
    engine = engine or Engine(net, recipe, len(images))
    for _ in range(2):
        assert engine.find(images, truth) == (pytest.approx(loss, rel=1e-9), right)
        for parameter, gradient in zip(net.parameters(), gradients, strict=True):
            torch.testing.assert_close(engine.gradients[parameter], gradient, rtol=1e-7, atol=1e-10)


@ALL
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.usefixtures("exact")
def test_a_named_network_has_autograds_loss_and_gradients(network: Network, loss: str) -> None:
    images, truth = batch(network, 33)
    recipe = Recipe(loss=loss, smoothing=0.1 if loss == "cross-entropy" else 0.0)
    if loss == "map" and network.answer != "distances":
        return  # Eq. 9 is of distances
    same(build(network, "root").double().train(), images.double(), truth, recipe)


CURVES = st.sampled_from([TANH, SQUASH, SIGMOID, RELU, IDENTITY])
CODES = ((1, -1, 1), (-1, 1, 1))


@st.composite
def pairs(draw: st.DrawFn, name: str, before: Shape) -> list[Layer]:
    """A convolution, perhaps batch normalisation, and pooling of 2×2 blocks; nothing where no block is whole."""
    k, stride, padding = draw(st.integers(1, 4)), draw(st.integers(1, 2)), draw(st.integers(0, 2))
    few, yes = st.integers(1, 6), st.booleans()
    rows = st.lists(st.integers(0, before.maps - 1), min_size=1, unique=True).map(tuple)
    table = tuple(draw(st.lists(rows, min_size=1, max_size=5))) if draw(yes) else None
    maps = len(table) if table else draw(few)
    first = Convolution(name, maps, k, stride, padding, table, draw(yes), activation=draw(CURVES))
    side = (before.height + 2 * padding - k) // stride + 1
    if k > before.height or side < 2 or side % 2:
        return []
    between = [BatchNormalisation(f"{name}n", activation=draw(CURVES))] if draw(yes) else []
    kind = draw(st.sampled_from([Subsampling, AveragePooling, MaxPooling]))
    return [first, *between, kind(f"{name}p", activation=draw(CURVES))]


@st.composite
def with_an_engine(draw: st.DrawFn) -> Network:
    shape = before = Shape(draw(st.integers(1, 3)), *2 * [draw(st.integers(6, 14))])
    layers: list[Layer] = []
    for name in draw(st.sampled_from(["A", "AB"])):
        for layer in draw(pairs(name, before)):
            layers.append(layer)
            before = layer.shape_after(before)
    layers.append(Dense("Y", units=3, activation=draw(CURVES)))
    ends = (Dense("Z", units=4, activation=SOFTMAX), RadialBasis("Z", codes=CODES))
    return Network("any", "Any", "any", "none", shape, (*layers, draw(st.sampled_from(ends))), Pixels(0.0, 1.0))


@given(network=with_an_engine())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("exact")
def test_a_random_network_of_stages_has_them(network: Network) -> None:
    net, shape = build(network, "root").double().train(), network.input
    images = torch.randn(5, shape.maps, shape.height, shape.width, generator=torch.Generator().manual_seed(1))
    same(net, images, torch.tensor([0, 1, 0, 1, 1]), Recipe(batch=5))


@given(network=any_network.networks())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("exact")
def test_a_random_network_has_them_or_there_is_no_engine(network: Network) -> None:
    net = build(network, "root").double().train()
    shape = network.input
    images = torch.randn(5, shape.maps, shape.height, shape.width, generator=torch.Generator().manual_seed(1))
    truth = torch.arange(5) % net(images).shape[1]
    try:
        engine = Engine(net, Recipe(), 5)
    except UnsupportedError:
        return
    same(net, images, truth, Recipe(), engine)


def of(*layers: Layer, side: int = 12, maps: int = 2) -> Network:
    shape = Shape(maps, side, side)
    return Network("trial", "Trial", "a trial", "a test", shape, (*layers, Dense("D", units=3)), Pixels(0.0, 1.0))


PAIRS = (
    (Convolution("A", 3, 3, activation=RELU), MaxPooling("P")),
    (Convolution("A", 3, 3, activation=TANH), MaxPooling("P", activation=SIGMOID)),
    (Convolution("A", 3, 3, activation=RELU), AveragePooling("P", activation=TANH)),
    (Convolution("A", 3, 3, activation=SIGMOID), AveragePooling("P")),
    (Convolution("A", 3, 3, padding=1, bias=False, activation=SIGMOID), AveragePooling("P")),
    (Convolution("A", 3, 3), BatchNormalisation("N", activation=TANH), AveragePooling("P")),
    (Convolution("A", 3, 3), BatchNormalisation("N", activation=RELU), MaxPooling("P")),
    (Convolution("A", 3, 5, stride=2, padding=2, activation=TANH), AveragePooling("P")),
    (Convolution("A", 3, 3, table=((0,), (1,), (0, 1)), activation=TANH), AveragePooling("P")),
    (Convolution("A", 3, 3), AveragePooling("P"), Convolution("B", 5, 4, padding=1, activation=TANH), MaxPooling("Q")),
    (Convolution("A", 6, 3, activation=TANH), AveragePooling("P"), Convolution("B", 4, 2, activation=RELU)),
    (Convolution("A", 3, 12, activation=TANH),),
    (Dense("A", units=4, activation=RELU), BatchNormalisation("N")),
)


@pytest.mark.parametrize("layers", PAIRS, ids=lambda layers: "-".join(layer.kind for layer in layers))
@pytest.mark.usefixtures("exact")
def test_each_stage_after_each_other_has_them(layers: tuple[Layer, ...]) -> None:
    network = of(*layers)
    images = torch.randn(6, 2, 12, 12, generator=torch.Generator().manual_seed(2))
    same(build(network, "root").double().train(), images, torch.arange(6) % 3, Recipe())


@pytest.mark.parametrize(
    "layers",
    [
        (AveragePooling("P"),),
        (Convolution("A", 2, 4, activation=TANH), MaxPooling("P")),  # 9 rows
        (Convolution("A", 2, 3), MaxPooling("P", size=3, stride=2)),
        (Convolution("A", 2, 3), MaxPooling("P"), MaxPooling("Q")),
    ],
)
def test_what_has_no_stage_is_left_to_autograd_with_the_same_result(layers: tuple[Layer, ...]) -> None:
    net = build(of(*layers), "root").train()
    with pytest.raises(UnsupportedError):
        Engine(net, Recipe(), 6)
    images, truth = torch.randn(6, 2, 12, 12), torch.arange(6) % 3
    loss, right, gradients = by_autograd(net, images, truth, Recipe())
    assert Gradients(net, Recipe()).find(images, truth) == (pytest.approx(loss), right)
    for parameter, gradient in zip(net.parameters(), gradients, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


def test_of_equals_the_first_gets_the_gradient() -> None:
    """Row by row: of four, one block of two digits, all the same or not."""
    before = Images(2, 1, 4, 1)
    stage = Choosing(before)
    before.out.view(4, 2).copy_(torch.tensor([[1.0, 0.0], [1.0, 2.0], [1.0, 1.0], [1.0, 2.0]]))
    stage.forward()
    stage.grad.copy_(torch.tensor([3.0, 4.0]))
    stage.backward()
    assert stage.out.flatten().tolist() == [1, 2]
    assert before.grad.view(4, 2).T.tolist() == [[3, 0, 0, 0], [0, 4, 0, 0]]


def test_squashed_distances_are_left_to_autograd() -> None:
    codes = RadialBasis("Z", codes=CODES, activation=TANH)
    net = build(Network("any", "Any", "any", "none", Shape(1, 6, 6), (Dense("Y", units=3), codes), Pixels(0.0, 1.0)))
    with pytest.raises(UnsupportedError):
        Engine(net, Recipe(), 2)


def test_batch_normalisation_keeps_the_running_averages_that_torch_keeps() -> None:
    network = NETWORKS["lenet-modern"]
    net = build(network, "root").train()
    other = copy.deepcopy(net)
    for first in (0, 40):
        images, truth = tensor_of(DIGITS.train_images[first : first + 40], network, "cpu"), torch.zeros(40).long()
        Engine(net, Recipe(), 40).find(images, truth)
        other(images)
    for mine, theirs in zip(net.buffers(), other.buffers(), strict=True):
        torch.testing.assert_close(mine, theirs)


@ALL
def test_an_engine_works_with_the_weights_as_they_are_now(network: Network) -> None:
    net, recipe, (images, truth) = build(network, "root").train(), Recipe(), batch(network)
    engine = Engine(net, recipe, len(images))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(0.9)
    found, _ = engine.find(images, truth)
    assert found == pytest.approx(by_autograd(net, images, truth, recipe)[0], rel=1e-5)


@ALL
@pytest.mark.usefixtures("exact")
def test_a_smaller_last_batch_has_an_engine_of_its_own(network: Network) -> None:
    net, recipe = build(network, "root", seed=3).double().train(), Recipe()
    gradients = Gradients(net, recipe)
    normalises = any(isinstance(layer, BatchNormalisation) for layer in network.layers)  # one image has no spread
    sizes = (40, 13, 2 if normalises else 1, 40)
    for count in sizes:
        images, truth = batch(network, count)
        loss, right, expected = by_autograd(net, images.double(), truth, recipe)
        assert gradients.find(images, truth) == (pytest.approx(loss, rel=1e-9), right)
        for parameter, gradient in zip(net.parameters(), expected, strict=True):
            torch.testing.assert_close(parameter.grad, gradient, rtol=1e-7, atol=1e-10)
    assert gradients.engines.keys() == set(sizes)


@ALL
def test_gradients_lie_in_memory_as_their_parameters_do(network: Network) -> None:
    """Fused optimisers walk through both at once and look at nothing else."""
    net = build(network, "root").train()
    Gradients(net, Recipe()).find(*batch(network))
    assert all(p.grad is not None and p.grad.stride() == p.stride() for p in net.parameters())
