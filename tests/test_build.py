"""The torch modules: counts and shapes by torch's own reckoning, and behaviour, which a right count does not show."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from lenet_explain import paper
from lenet_explain.backends.torch_module import GlyphDistances, SparseConvolution, TrainableSubsampling, activate, build
from lenet_explain.network.activations import RELU, SIGMOID, SOFTMAX, TANH
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Pixels, totals, walk
from lenet_explain.recipes.recipe import STARTS, RecipeError

ALL = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())


def images_for(network: Network, count: int = 2) -> Tensor:
    shape = network.input
    return torch.randn(count, shape.maps, shape.height, shape.width, generator=torch.Generator().manual_seed(1))


@ALL
def test_torch_counts_the_parameters_that_walk_counts(network: Network) -> None:
    net = build(network)
    for step in walk(network):
        assert sum(p.numel() for p in net.layers[step.name].parameters()) == step.parameters.value, step.name
    assert sum(p.numel() for p in net.parameters()) == totals(walk(network)).parameters.value


@ALL
def test_torch_gives_the_shapes_and_the_memory_that_walk_gives(network: Network) -> None:
    maps = build(network).eval().maps(images_for(network, 1))
    for step in walk(network):
        assert tuple(maps[step.name].shape[1:]) == (step.after.maps, step.after.height, step.after.width)
        assert maps[step.name].numel() * maps[step.name].element_size() == step.memory.value


@ALL
def test_torchs_flop_counter_finds_twice_the_macs_of_the_plain_layers(network: Network) -> None:
    net = build(network).eval()
    for step in walk(network):
        module = net.layers[step.name]
        if not isinstance(module, nn.Conv2d | nn.Linear):
            continue
        counter = FlopCounterMode(display=False)
        with counter:
            module(torch.zeros(1, step.before.maps, step.before.height, step.before.width))
        assert counter.get_total_flops() == 2 * step.macs.value, step.name


@ALL
def test_the_receptive_field_is_where_the_gradient_reaches(network: Network) -> None:
    """A property: exactly the pixels of the field (clipped at the border) move the first unit of each layer."""
    net = build(network, "root", seed=3).eval()
    for step in walk(network):
        images = images_for(network, 1).requires_grad_()
        net.maps(images)[step.name][0, :, 0, 0].square().sum().backward()
        assert images.grad is not None
        rows = images.grad[0, 0].abs().sum(1).nonzero()[:, 0]
        size, centre = int(step.field.size.value), step.field.centre.value
        first, last = centre - (size - 1) / 2, centre + (size - 1) / 2
        if not any(isinstance(layer, MaxPooling) for layer in network.layers):  # a maximum passes one gradient on
            assert (rows.min(), rows.max()) == (max(0, first), min(network.input.height - 1, last)), step.name
        assert rows.min() >= max(0, first)
        assert rows.max() <= last


def test_c3_maps_ignore_the_maps_their_row_leaves_out() -> None:
    layer = Convolution("C3", 16, 5, table=paper.TABLE_I)
    module = SparseConvolution(layer, Shape(6, 14, 14))
    nn.init.normal_(module.kernels)
    nn.init.normal_(module.get_parameter("bias"))
    before = torch.randn(1, 6, 14, 14)
    with torch.no_grad():
        base = module(before)
        for index in range(6):
            changed = before.clone()
            changed[0, index] += 1
            moved = (module(changed) - base).abs().amax((0, 2, 3)) > 1e-6
            assert [bool(m) for m in moved] == [index in row for row in paper.TABLE_I]


def test_a_sparse_convolution_is_the_sum_of_its_rows_kernels() -> None:
    """Worked by hand, without conv2d over all maps."""
    table = ((0, 2), (1,))
    module = SparseConvolution(Convolution("C", 2, 3, table=table), Shape(3, 5, 5))
    nn.init.normal_(module.kernels)
    nn.init.normal_(module.get_parameter("bias"))
    maps = torch.randn(1, 3, 5, 5)
    expected = torch.zeros(1, 2, 3, 3)
    link = 0
    for row, inputs in enumerate(table):
        for index in inputs:
            for y in range(3):
                for x in range(3):
                    expected[0, row, y, x] += (maps[0, index, y : y + 3, x : x + 3] * module.kernels[link]).sum()
            link += 1
        expected[0, row] += module.get_parameter("bias")[row]
    torch.testing.assert_close(module(maps), expected)


def test_subsampling_adds_each_block_then_scales_and_shifts_it() -> None:
    module = TrainableSubsampling(Subsampling("S2"), Shape(2, 2, 4))
    with torch.no_grad():
        module.coefficient.copy_(torch.tensor([0.5, 2.0]))
        module.bias.copy_(torch.tensor([1.0, -1.0]))
    maps = torch.tensor([[[[1.0, 2, 5, 6], [3, 4, 7, 8]], [[1, 1, 0, 0], [1, 1, 0, 3]]]])
    torch.testing.assert_close(module(maps), torch.tensor([[[[6.0, 14]], [[7, 5]]]]))


def test_radial_basis_answers_are_squared_distances_to_the_glyphs() -> None:
    module = GlyphDistances(RadialBasis("OUTPUT", paper.GLYPH_CODES))
    codes = torch.tensor(paper.GLYPH_CODES, dtype=torch.float32)
    answer = module(codes[:, :, None, None])[:, :, 0, 0]
    torch.testing.assert_close(answer, torch.cdist(codes, codes, compute_mode="donot_use_mm_for_euclid_dist") ** 2)
    differing = sum(a != b for a, b in zip(paper.GLYPH_CODES[6], paper.GLYPH_CODES[8], strict=True))
    assert answer[6, 8] == 4 * differing


def test_the_nearest_glyph_wins_and_the_largest_logit_wins() -> None:
    answer = torch.tensor([[3.0, 1.0, 2.0]])
    assert build(NETWORKS["lenet5"]).choice(answer) == 1
    assert build(NETWORKS["lenet5-dense"]).choice(answer) == 0


def test_the_scaled_tanh_keeps_one_at_one() -> None:
    squash = NETWORKS["lenet5"].layers[0].activation
    at = activate(squash, torch.tensor([-1.0, 0.0, 1.0, 100.0]))
    torch.testing.assert_close(at, torch.tensor([-1.0, 0.0, 1.0, paper.AMPLITUDE]), atol=1e-5, rtol=0)


def test_activations_are_torchs_own() -> None:
    a = torch.randn(2, 3, 1, 1)
    for activation, function in ((TANH, torch.tanh), (SIGMOID, torch.sigmoid), (RELU, torch.relu)):
        torch.testing.assert_close(activate(activation, a), function(a))
    torch.testing.assert_close(activate(SOFTMAX, a).sum(1), torch.ones(2, 1, 1))


def test_every_squashing_of_1998_is_applied_up_to_f6() -> None:
    maps = build(NETWORKS["lenet5"], "root").maps(100 * images_for(NETWORKS["lenet5"]))
    for name in ("C1", "S2", "C3", "S4", "C5", "F6"):
        assert maps[name].abs().max() <= paper.AMPLITUDE + 1e-6


def test_logits_are_given_before_softmax_and_shares_after() -> None:
    network = NETWORKS["lenet5-dense"]
    net, images = build(network), images_for(NETWORKS["lenet5-dense"])
    torch.testing.assert_close(net.maps(images)["OUTPUT"].flatten(1), net(images).softmax(1))


@ALL
@pytest.mark.parametrize("start", STARTS)
def test_a_seed_and_a_rule_fix_the_starting_weights(network: Network, start: str) -> None:
    one, same, other = (build(network, start, seed).state_dict() for seed in (5, 5, 6))
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert not all(torch.equal(one[key], other[key]) for key in one)


def test_the_printed_start_is_uniform_within_its_range_of_the_fan_in() -> None:
    net = build(NETWORKS["lenet5"], "paper", seed=2)
    kernels = net.layers["C3"].get_parameter("kernels")
    first = 0
    for row in paper.TABLE_I:
        of_map = kernels[first : first + len(row)]
        reach = paper.INIT_RANGE / (25 * len(row))
        assert 0.9 * reach < of_map.abs().max() <= reach
        first += len(row)
    f6 = net.layers["F6"].get_parameter("weight")
    assert f6.std().item() == pytest.approx(paper.INIT_RANGE / 120 / math.sqrt(3), rel=0.05)


def test_an_unknown_start_is_refused() -> None:
    with pytest.raises(RecipeError, match="start is 'zeros', and must be one of paper, root"):
        build(NETWORKS["lenet5"], "zeros")


small = st.integers(1, 4)


@st.composite
def layer_lists(draw: st.DrawFn) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for position in range(draw(st.integers(1, 4))):
        name = f"L{position}"
        table = draw(st.none() | st.lists(st.sets(st.integers(0, 3), min_size=1).map(tuple), min_size=1, max_size=4))
        maps = len(table) if table else draw(small)
        convolution = Convolution(
            name, maps, draw(small), draw(st.integers(1, 3)), draw(st.integers(0, 2)), tuple(table) if table else None,
            draw(st.booleans()),
        )  # fmt: skip
        layers.append(
            draw(
                st.sampled_from(
                    [
                        convolution,
                        AveragePooling(name, draw(small), draw(small)),
                        MaxPooling(name, draw(small), draw(small)),
                        Subsampling(name, draw(small)),
                        BatchNormalisation(name),
                        Dense(name, draw(small), draw(st.booleans())),
                    ]
                )
            )
        )
    return tuple(layers)


def witness(layer: Layer, maps: Tensor) -> Tensor:
    """The layer made of torch's own pieces, which find shapes and refusals for themselves."""
    match layer:
        case Convolution(table=None):
            bias = layer.bias
            return nn.LazyConv2d(layer.maps, layer.kernel, layer.stride, layer.padding, bias=bias)(maps)
        case Convolution(table=table):
            chosen = [maps[:, list(row)] for row in table or ()]  # IndexError where the row names a missing map
            parts = [nn.LazyConv2d(1, layer.kernel, layer.stride, layer.padding)(part) for part in chosen]
            return torch.cat(parts, 1)
        case AveragePooling():
            return nn.functional.avg_pool2d(maps, layer.size, layer.stride)
        case MaxPooling():
            return nn.functional.max_pool2d(maps, layer.size, layer.stride)
        case Subsampling():
            blocks = maps.unflatten(3, (-1, layer.size)).unflatten(2, (-1, layer.size))
            return blocks.sum((3, 5))
        case BatchNormalisation():
            return nn.LazyBatchNorm2d().eval()(maps)
        case _:
            return nn.LazyLinear(layer.units)(maps.flatten(1))[:, :, None, None]  # type: ignore[attr-defined]


def torch_shapes(layers: tuple[Layer, ...], maps: Tensor) -> list[tuple[int, ...]] | None:
    """The shape after each layer, or None where torch refuses one of them."""
    shapes = []
    for layer in layers:
        try:
            maps = witness(layer, maps)
        except (RuntimeError, IndexError):
            return None
        if not maps.numel():
            return None
        shapes.append(tuple(maps.shape[1:]))
    return shapes


@settings(max_examples=150, deadline=None)
@for_all(layer_lists(), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature:UserWarning")  # torch says so of each witness
def test_walk_and_torch_agree_or_both_refuse(layers: tuple[Layer, ...], maps: int, height: int, width: int) -> None:
    network = Network("trial", "Trial", "a trial", "a test", Shape(maps, height, width), layers, Pixels(0.0, 1.0))
    expected = torch_shapes(layers, torch.zeros(1, maps, height, width))
    if expected is None:
        with pytest.raises(DescriptionError, match=r"^L\d: "):
            walk(network)
        with pytest.raises(DescriptionError, match=r"^L\d: "):
            build(network)
        return
    steps, net = walk(network), build(network).eval()
    assert [(step.after.maps, step.after.height, step.after.width) for step in steps] == expected
    found = net.maps(torch.zeros(1, maps, height, width))
    assert [tuple(value.shape[1:]) for value in found.values()] == expected
    counts = [sum(p.numel() for p in net.layers[step.name].parameters()) for step in steps]
    assert counts == [step.parameters.value for step in steps]
