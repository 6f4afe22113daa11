"""The fast layers give what torch's own layers give, forward and backward, and carry the same numbers into a step."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet_explain.build import build, rows
from lenet_explain.datasets import load_embedded
from lenet_explain.evaluation import tensor_of
from lenet_explain.layers import BatchNormalisation
from lenet_explain.networks import NETWORKS
from lenet_explain.training.gradients import SMALLEST, Gradients
from lenet_explain.training.loss import loss_of
from lenet_explain.training.recipe import Recipe
from lenet_explain.walk import Network

DIGITS = load_embedded("digits")
ALL = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())


def maps(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()


def same_with_gradients(one: Tensor, other: Tensor, *inputs: Tensor) -> None:
    torch.testing.assert_close(one, other)
    slope = torch.randn(one.shape, dtype=one.dtype, generator=torch.Generator().manual_seed(2))
    for mine, theirs in zip(
        torch.autograd.grad(one, inputs, slope), torch.autograd.grad(other, inputs, slope), strict=True
    ):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("images", [1, 3])
@pytest.mark.parametrize(("size", "k", "stride", "padding"), [(8, 5, 1, 0), (7, 3, 1, 2), (9, 3, 2, 1), (5, 5, 1, 0)])
def test_a_convolution_is_torchs(images: int, size: int, k: int, stride: int, padding: int) -> None:
    inputs, kernels, bias = maps(images, 2, size, size + 1), maps(4, 2, k, k), maps(4)
    found = rows.convolve(inputs, kernels, bias, stride, padding)
    same_with_gradients(found, F.conv2d(inputs, kernels, bias, stride, padding), inputs, kernels, bias)
    without = rows.convolve(inputs, kernels, None, stride, padding)
    same_with_gradients(without, F.conv2d(inputs, kernels, None, stride, padding), inputs, kernels)


@pytest.mark.parametrize("shape", [(2, 3, 6, 8), (1, 2, 7, 5)])
def test_pooling_is_torchs_also_where_a_rest_is_left_out(shape: tuple[int, ...]) -> None:
    inputs = maps(*shape)
    same_with_gradients(rows.sum_blocks(inputs, 2), F.avg_pool2d(inputs, 2, divisor_override=1), inputs)
    same_with_gradients(rows.sum_blocks(inputs, 3), F.avg_pool2d(inputs, 3, divisor_override=1), inputs)
    same_with_gradients(rows.largest_of_pairs(inputs), F.max_pool2d(inputs, 2), inputs)


@pytest.mark.parametrize("shape", [(2, 3, 6, 8), (1, 2, 7, 5)])
@pytest.mark.parametrize("size", [2, 3])
def test_squashing_and_summing_at_once_is_both_one_after_the_other(shape: tuple[int, ...], size: int) -> None:
    inputs = maps(*shape)
    found = rows.squash_and_sum(inputs, 1.7, 0.6, size)
    same_with_gradients(found, F.avg_pool2d(1.7 * torch.tanh(0.6 * inputs), size, divisor_override=1), inputs)


@ALL
def test_a_network_answers_as_its_layers_do_one_by_one(network: Network) -> None:
    net, (images, _) = build(network, "root").eval(), batch(network, 4)
    last = list(net.maps(images).values())[-1].flatten(1)
    answer = net(images)
    torch.testing.assert_close(answer.softmax(1) if network.answer != "distances" else answer, last)


def test_of_equals_only_one_gets_the_gradient() -> None:
    inputs = torch.ones(1, 1, 4, 4, requires_grad=True)
    rows.largest_of_pairs(inputs).sum().backward()
    assert inputs.grad is not None
    assert F.avg_pool2d(inputs.grad, 2, divisor_override=1).tolist() == [[[[1.0, 1.0], [1.0, 1.0]]]]
    assert inputs.grad.sum() == 4


def test_tanh_is_torchs_to_the_last_digits_also_far_out() -> None:
    inputs = maps(2, 3, 4, 4)
    same_with_gradients(rows.tanh(inputs), torch.tanh(inputs), inputs)
    far = torch.linspace(-200, 200, 40001)
    assert (rows.tanh(far) - torch.tanh(far)).abs().max() <= 2e-7


def test_batch_normalisation_is_torchs_and_keeps_its_running_averages() -> None:
    inputs = maps(6, 16, 1, 1)
    mine, theirs = NETWORKS["lenet-modern"], nn.BatchNorm2d(16).double()
    own = build(mine).layers["B3"].double()
    for module in (own, theirs):
        with torch.no_grad():
            module.get_parameter("weight").copy_(torch.linspace(0.5, 2, 16))
            module.get_parameter("bias").copy_(torch.linspace(-1, 1, 16))
    same_with_gradients(own(inputs), theirs(inputs), inputs)
    for name, value in theirs.state_dict().items():
        torch.testing.assert_close(own.state_dict()[name], value)
    same_with_gradients(own.eval()(inputs), theirs.eval()(inputs), inputs)


def batch(network: Network, count: int = 3 * SMALLEST) -> tuple[Tensor, Tensor]:
    return tensor_of(DIGITS.train_images[:count], network, "cpu"), torch.tensor(DIGITS.train_labels[:count]).long()


@ALL
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_several_threads_find_the_gradients_of_the_whole_batch(network: Network, threads: int) -> None:
    net, recipe = build(network, "root", seed=3).train(), Recipe()
    images, truth = batch(network)
    answer = net(images)
    loss = loss_of(answer, truth, network, recipe)
    loss.backward()
    expected = {name: p.grad for name, p in net.named_parameters()}
    found, right = Gradients(net, recipe, threads).find(images, truth)
    assert found == pytest.approx(loss.item(), rel=1e-5)
    assert right == int((net.choice(answer) == truth).sum())
    for name, parameter in net.named_parameters():
        torch.testing.assert_close(parameter.grad, expected[name], rtol=1e-4, atol=1e-5)


@ALL
def test_gradients_lie_in_memory_as_their_parameters_do(network: Network) -> None:
    """Fused optimisers walk through both at once and look at nothing else."""
    net = build(network, "root").train()
    Gradients(net, Recipe(), 1).find(*batch(network))
    assert all(p.grad is not None and p.grad.stride() == p.stride() for p in net.parameters())


def test_batch_normalisation_sees_the_whole_batch_whatever_the_threads() -> None:
    for network in NETWORKS.values():
        normalises = any(isinstance(layer, BatchNormalisation) for layer in network.layers)
        assert Gradients(build(network), Recipe(), 2).threads == (1 if normalises else 2)
