"""The chain rule in NumPy: torch's answers and gradients, and curvatures that torch's own derivatives give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd.functional import jacobian
from torch.nn import functional as F

from lenet_explain import paper
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.backends.torch_loss import loss_of
from lenet_explain.backends.torch_module import activate
from lenet_explain.network.activations import IDENTITY, RELU, SOFTMAX, TANH, Activation, scaled_tanh
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
from lenet_explain.network.walk import Network, Pixels, Step, walk
from lenet_explain.recipes.recipe import LOSSES, Recipe

SQUASH = scaled_tanh(paper.AMPLITUDE, paper.SLOPE)
TRUTH = np.arange(10)

Weights = Mapping[str, Mapping[str, np.ndarray]]
Tensors = Mapping[str, Mapping[str, Tensor]]


def drawn_weights(network: Network, seed: int = 0) -> Weights:
    """Kernels as they start; all else, also the mean and variance of batch normalisation, unlike any start."""
    random = np.random.default_rng(seed)
    drawn: dict[str, dict[str, np.ndarray]] = {}
    for layer, arrays in starting_weights(network, "root", seed).items():
        for name, value in arrays.items():
            new = value if name in ("kernels", "weights") else random.uniform(0.3, 0.9, value.shape)
            drawn.setdefault(layer, {})[name] = new.astype(np.float64)
    return drawn


def leaves(weights: Weights) -> Tensors:
    return {
        layer: {
            name: torch.tensor(value, requires_grad=name not in ("mean", "variance")) for name, value in own.items()
        }
        for layer, own in weights.items()
    }


def sums_by_torch(step: Step, own: Mapping[str, Tensor], maps: Tensor) -> Tensor:
    """The layer's sums made of torch's own functions."""
    match step.layer:
        case Convolution(table=None) as layer:
            return F.conv2d(maps, own["kernels"], own.get("bias"), layer.stride, layer.padding)
        case Convolution() as layer:
            pairs = [(row, index) for row, inputs in enumerate(layer.table or ()) for index in inputs]
            rows, inputs = torch.tensor(pairs).T
            dense = torch.zeros(layer.maps, step.before.maps, layer.kernel, layer.kernel, dtype=maps.dtype)
            kernels = dense.index_put((rows, inputs), own["kernels"])
            return F.conv2d(maps, kernels, own.get("bias"), layer.stride, layer.padding)
        case Dense():
            return F.linear(maps.flatten(1), own["weights"], own.get("bias"))[:, :, None, None]
        case Subsampling(size=size):
            blocks = F.avg_pool2d(maps, size) * size**2
            return blocks * own["coefficient"][:, None, None] + own["bias"][:, None, None]
        case AveragePooling(size=size, stride=stride):
            return F.avg_pool2d(maps, size, stride)
        case MaxPooling(size=size, stride=stride):
            return F.max_pool2d(maps, size, stride)
        case BatchNormalisation():
            return F.batch_norm(maps, own["mean"], own["variance"], own["scale"], own["shift"])
        case RadialBasis(codes=rows):
            return (maps.flatten(1)[:, None] - torch.tensor(rows)).square().sum(2)[:, :, None, None]
    raise AssertionError(step.layer)


def by_torch(network: Network, tensors: Tensors, images: np.ndarray) -> dict[str, Tensor]:
    """Every layer's maps after its activation; softmax is left to the loss."""
    maps, found = torch.from_numpy(images), {}
    for step in walk(network):
        maps = sums_by_torch(step, tensors.get(step.name, {}), maps)
        if step.layer.activation != SOFTMAX:
            maps = activate(step.layer.activation, maps)
        found[step.name] = maps
    return found


def images_for(network: Network, count: int) -> np.ndarray:
    shape = network.input
    return np.random.default_rng(1).standard_normal((count, shape.maps, shape.height, shape.width))


def agrees(found: Weights, tensors: Tensors, rtol: float = 1e-8) -> bool:
    """Raises AssertionError, naming the array, where a gradient is not torch's."""
    for layer, arrays in tensors.items():
        for name, tensor in arrays.items():
            if tensor.requires_grad:
                expected = tensor.grad.numpy() if tensor.grad is not None else np.zeros(tensor.shape)
                np.testing.assert_allclose(found[layer][name], expected, rtol, 1e-11, err_msg=f"{layer} {name}")
            else:
                assert name not in found[layer]
    return found.keys() == tensors.keys()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())
def test_answers_losses_and_gradients_are_torchs(network: Network, loss: str) -> None:
    if loss == "map" and network.answer != "distances":
        pytest.skip("Eq. 9 needs distances")
    recipe = Recipe(loss=loss, rubbish=150.0)  # as large as distances are here, so that its term counts
    weights, images = drawn_weights(network), images_for(network, len(TRUTH))
    chain, tensors = Chain(network, weights, np.float64), leaves(weights)
    answer = chain.forward(images)
    wanted = asked(answer, TRUTH, network, recipe)
    chain.backward(wanted.errors / len(TRUTH))
    expected = list(by_torch(network, tensors, images).values())[-1].flatten(1)
    loss_by_torch = loss_of(expected, torch.from_numpy(TRUTH), network, recipe)
    loss_by_torch.backward()
    np.testing.assert_allclose(answer, expected.detach(), rtol=1e-10, atol=1e-12)
    assert wanted.values.mean() == pytest.approx(loss_by_torch.item(), rel=1e-12)
    assert agrees(chain.gradients(), tensors)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())
def test_every_map_is_torchs_also_one_image_after_many(network: Network) -> None:
    weights = drawn_weights(network)
    chain = Chain(network, weights, np.float64)
    chain.forward(images_for(network, 3))
    images = images_for(network, 5)[4:]
    chain.forward(images)
    for name, maps in by_torch(network, leaves(weights), images).items():
        np.testing.assert_allclose(chain.maps[name], maps.detach(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())
def test_weights_come_back_as_they_went_in(network: Network) -> None:
    weights = drawn_weights(network)
    came_out = Chain(network, weights, np.float64).weights()
    assert {layer: set(own) for layer, own in came_out.items()} == {layer: set(own) for layer, own in weights.items()}
    for layer, arrays in came_out.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, weights[layer][name])


def test_smoothed_cross_entropy_is_torchs() -> None:
    logits, recipe = np.random.default_rng(3).standard_normal((10, 10)), Recipe(smoothing=0.2)
    tensor = torch.tensor(logits, requires_grad=True)
    F.cross_entropy(tensor, torch.from_numpy(TRUTH), label_smoothing=0.2, reduction="sum").backward()
    wanted = asked(logits, TRUTH, NETWORKS["lenet-28"], recipe)
    np.testing.assert_allclose(wanted.errors, np.asarray(tensor.grad), rtol=1e-12)


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    """One or two layers of any kind that slides, on a small input that may be higher than wide, then a dense one."""
    activations = st.sampled_from([SQUASH, TANH, RELU])
    kinds = st.sampled_from(["convolution", "sparse", "subsampling", "average", "max"])
    layers: list[Layer] = []
    shape = Shape(draw(st.integers(1, 2)), 2 * draw(st.integers(3, 5)), 2 * draw(st.integers(3, 5)))
    first = shape
    for index in range(draw(st.integers(1, 2))):
        name, activation = f"L{index}", draw(activations)
        kernel, stride, padding = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(0, 1))
        match draw(kinds):
            case "convolution":
                layer: Layer = Convolution(name, 2, kernel, stride, padding, activation=activation)
            case "sparse":
                table = ((0,), tuple(range(shape.maps)), (shape.maps - 1,))
                layer = Convolution(name, 3, kernel, stride, padding, table, bias=False, activation=activation)
            case "subsampling" if shape.height % 2 == 0 and shape.width % 2 == 0:
                layer = Subsampling(name, activation=activation)
            case "average":
                layer = AveragePooling(name, size=2, stride=stride)
            case _:
                layer = MaxPooling(name, size=2, stride=stride)
        shape = layer.shape_after(shape)
        layers.append(layer)
        if min(shape.height, shape.width) < 3:
            break
    layers.append(Dense("OUT", 3))
    return Network("drawn", "Drawn", "", "", first, tuple(layers), Pixels(0.0, 1.0))


@settings(max_examples=80, deadline=None)
@for_all(small_networks())
def test_gradients_of_any_small_network_are_torchs(network: Network) -> None:
    weights, images, truth = drawn_weights(network), images_for(network, 2), np.array([0, 2])
    chain, tensors = Chain(network, weights, np.float64), leaves(weights)
    chain.backward(asked(chain.forward(images), truth, network, Recipe()).errors / 2)
    answer = by_torch(network, tensors, images)["OUT"].flatten(1)
    loss_of(answer, torch.from_numpy(truth), network, Recipe()).backward()
    assert agrees(chain.gradients(), tensors, rtol=1e-7)


def codes(length: int) -> tuple[tuple[int, ...], ...]:
    signs = np.random.default_rng(5).choice([-1, 1], (3, length))
    return tuple(tuple(int(sign) for sign in row) for row in signs)


def network_of(shape: Shape, *layers: Layer) -> Network:
    return Network("small", "Small", "", "", shape, layers, Pixels(0.0, 1.0))


SMALL = network_of(
    Shape(1, 8, 8),
    Convolution("C1", 2, 3, activation=SQUASH),
    Subsampling("S2", activation=SQUASH),
    Convolution("C3", 3, 2, table=((0,), (0, 1), (1,)), activation=SQUASH),
    Dense("F4", 6, activation=SQUASH),
    RadialBasis("OUT", codes=codes(6)),
)


def curvature_of(network: Network, weights: Weights, images: np.ndarray) -> Weights:
    chain, recipe = Chain(network, weights, np.float64), Recipe(loss="mse")
    truth = np.zeros(len(images), int)
    chain.curvature(asked(chain.forward(images), truth, network, recipe).sharpness)
    return chain.gradients()


def test_curvature_follows_equations_23_25_and_27_layer_by_layer() -> None:
    """A second reckoning: torch's Jacobians of one layer at a time, squared, carry d²E/da² back (Eqs. 26, 27); a
    weight's curvature is the sum over its connections of d²E/da² · x² (Eqs. 23, 25)."""
    weights, images = drawn_weights(SMALL, seed=3), images_for(SMALL, 1)
    found, tensors = curvature_of(SMALL, weights, images), leaves(weights)
    outputs = [torch.from_numpy(images), *by_torch(SMALL, tensors, images).values()]
    sharp = torch.full_like(outputs[-2], 2.0)  # d²y_D/dx² of a squared distance
    for step, before in zip(reversed(walk(SMALL)[:-1]), reversed(outputs[:-2]), strict=True):
        own, maps = {name: value.detach() for name, value in tensors[step.name].items()}, before.detach()
        sums = sums_by_torch(step, own, maps).requires_grad_()
        (slope,) = torch.autograd.grad(activate(step.layer.activation, sums).sum(), sums)
        of_sums = (slope.square() * sharp).flatten()
        for name, array in own.items():

            def varied(
                value: Tensor, step: Step = step, own: Any = own, maps: Tensor = maps, name: str = name
            ) -> Tensor:
                return sums_by_torch(step, {**own, name: value}, maps).flatten()

            squares = jacobian(varied, array).square()  # (units, *array): da/dw is x, each unit uses a weight once
            expected = torch.einsum("u,u...->...", of_sums, squares)
            np.testing.assert_allclose(found[step.name][name], expected, rtol=1e-9, atol=1e-14)
        back = jacobian(lambda maps, step=step, own=own: sums_by_torch(step, own, maps).flatten(), maps)
        sharp = torch.einsum("u,u...->...", of_sums, back.square())


@pytest.mark.parametrize("activation", [IDENTITY, RELU], ids=["identity", "ReLU"])
def test_curvature_is_the_exact_second_derivative_where_nothing_is_dropped(activation: Activation) -> None:
    """One unit a layer leaves no off-diagonal terms, and these activations have no f″: then autograd's own d²E/dw² is
    what Eqs. 21 to 27 give."""
    network = network_of(
        Shape(1, 3, 3),
        Convolution("C1", 1, 3, activation=activation),
        Dense("F2", 1, activation=activation),
        RadialBasis("OUT", codes=codes(1)),
    )
    weights = {
        layer: {name: np.abs(array) for name, array in own.items()} for layer, own in drawn_weights(network).items()
    }
    images = np.abs(images_for(network, 1))  # nothing is cut off by the ReLU
    found, tensors = curvature_of(network, weights, images), leaves(weights)
    answer = by_torch(network, tensors, images)["OUT"].flatten(1)
    loss = loss_of(answer, torch.tensor([0]), network, Recipe(loss="mse"))
    for layer, arrays in tensors.items():
        for name, tensor in arrays.items():
            (slope,) = torch.autograd.grad(loss, tensor, create_graph=True)
            seconds = [
                torch.autograd.grad(one, tensor, retain_graph=True)[0].flatten()[index].item()
                for index, one in enumerate(slope.flatten())
            ]
            np.testing.assert_allclose(found[layer][name].flatten(), seconds, rtol=1e-9, err_msg=f"{layer} {name}")


def test_shared_weights_add_up_the_curvatures_of_their_connections() -> None:
    """Eq. 23: the same kernel as one weight a connection, by autograd's second derivatives, then added up."""
    network = network_of(Shape(1, 4, 4), Convolution("C1", 1, 2), Dense("F2", 9), RadialBasis("OUT", codes=codes(9)))
    handed_on = {"weights": np.eye(9), "bias": np.zeros(9)}
    weights, images = {**drawn_weights(network, 4), "F2": handed_on}, images_for(network, 1)
    found = curvature_of(network, weights, images)["C1"]["kernels"]
    kernel = torch.from_numpy(weights["C1"]["kernels"]).reshape(2, 2)
    each = kernel.expand(3, 3, 2, 2).clone().requires_grad_()  # a kernel of its own at each of the 9 places
    patches = torch.from_numpy(images)[0, 0].unfold(0, 2, 1).unfold(1, 2, 1)  # (3, 3, 2, 2)
    sums = (each * patches).sum((2, 3)).flatten() + weights["C1"]["bias"][0]
    loss = (sums - torch.tensor(codes(9)[0])).square().sum()
    (slope,) = torch.autograd.grad(loss, each, create_graph=True)
    second = [
        torch.autograd.grad(one, each, retain_graph=True)[0].flatten()[index]
        for index, one in enumerate(slope.flatten())
    ]
    expected = torch.stack(second).reshape(3, 3, 2, 2).sum((0, 1))
    np.testing.assert_allclose(found.reshape(2, 2), expected.numpy(), rtol=1e-12)
