"""The start, the order and the distortions of a run: the same bits from C and from NumPy, and as they should be."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from own_networks import some_networks

from engine.native import Native, library
from lenet_explain import paper
from lenet_explain.backends.starting_weights import SUBSAMPLING_COEFFICIENT
from lenet_explain.data.datasets import Digits, load_embedded
from lenet_explain.engine import draws
from lenet_explain.engine.task import STARTS, flat
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.ranges import RANGES, Ranges
from lenet_explain.training.distortions import moved

LENET5 = NETWORKS["lenet5"]


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_embedded("digits")


def opened(digits: Digits, ranges: Ranges, field: int, *, seed: int = 5) -> Native:
    engine = Native(LENET5, double=False)
    recipe = (3, 1, 10.0, 0.0, 0.0, 0.9, seed, 1, field)
    engine.open_run(digits.train_images, digits.train_labels, recipe=recipe)
    engine.seen("ranges", 9, np.float64)[:] = flat(ranges)
    return engine


@pytest.mark.parametrize("double", [False, True], ids=["float", "double"])
def test_words_are_numpys_philox_from_any_place(double: bool) -> None:
    for seed, purpose, which, first in ((0, 1, 0, 0), (2**31 - 1, 3, 40, 0), (7, 2, 5, 13), (7, 2, 5, 480_000)):
        found = np.zeros(101, np.uint64)
        library(double).draw(seed, purpose, which, first, len(found), found.ctypes.data)
        wanted = np.random.Philox(key=[seed, purpose << 32 | which]).random_raw(first + len(found))[first:]
        np.testing.assert_array_equal(found, wanted)
        np.testing.assert_array_equal(draws.words(seed, purpose, which, len(found), first), wanted)


@pytest.mark.parametrize("kind", STARTS)
def test_a_start_has_the_same_bits_in_c_and_numpy(kind: str) -> None:
    for network in (*NETWORKS.values(), *some_networks(4)):
        engine = Native(network, double=False)
        engine.call.start(STARTS[kind], 11, paper.INIT_RANGE, SUBSAMPLING_COEFFICIENT)
        found, wanted = engine.arrays(engine.weights), draws.start(network, kind, 11)
        for layer, own in wanted.items():
            for name, array in own.items():
                np.testing.assert_array_equal(found[layer][name], array, err_msg=f"{network.key} {layer} {name}")


@pytest.mark.parametrize("kind", STARTS)
def test_each_start_has_its_spread(kind: str) -> None:
    """On F6, 120 inputs and 84 units: uniform within its reach, or normal."""
    weights = draws.start(LENET5, kind, 3)["F6"]["weights"]
    reach = {"paper": 2.4 / 120, "root": 120**-0.5, "xavier": math.sqrt(6 / 204)}.get(kind)
    assert abs(weights.mean()) < 4 * weights.std() / math.sqrt(weights.size)
    if reach is None:
        assert weights.std() == pytest.approx(math.sqrt(2 / 120), rel=0.03)
        assert (np.abs(weights) > 2 * math.sqrt(2 / 120)).mean() == pytest.approx(0.0455, abs=0.01)
        return
    assert np.abs(weights).max() <= reach
    assert np.abs(weights).max() > 0.99 * reach
    assert weights.std() == pytest.approx(reach / math.sqrt(3), rel=0.03)


def test_another_seed_starts_elsewhere_and_the_same_one_again() -> None:
    one, again, other = (draws.start(LENET5, "he", seed)["C1"]["kernels"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.any(one == other)


def test_the_order_is_one_of_all_digits_by_seed_and_pass(digits: Digits) -> None:
    count = len(digits.train_labels)
    orders = []
    for seed, which in ((5, 1), (5, 2), (6, 1)):
        engine = opened(digits, RANGES["mild"], 32, seed=seed)
        assert engine.call.begin_pass(which)
        orders.append(engine.seen("order", count, np.int32).copy())
        np.testing.assert_array_equal(orders[-1], draws.order(seed, which, count))
        np.testing.assert_array_equal(np.sort(orders[-1]), np.arange(count))
    assert all((one == other).mean() < 0.01 for one, other in pairwise(orders))


@pytest.mark.parametrize("kind", RANGES)
@pytest.mark.parametrize("field", [28, 32])
def test_distorted_digits_are_the_same_bytes_in_c_and_numpy(digits: Digits, kind: str, field: int) -> None:
    engine = opened(digits, RANGES[kind], field)
    engine.call.begin_pass(3)
    engine.call.move_digits(3, 40, 32)
    found = engine.seen("moved", 32 * field * field, np.uint8).reshape(32, field, field)
    chosen = draws.order(5, 3, len(digits.train_labels))[40:72]
    wanted = draws.distorted(digits.train_images[chosen], RANGES[kind], field, seed=5, which=3, first=40)
    np.testing.assert_array_equal(found, wanted)
    assert (found.reshape(32, -1).max(axis=1) > 0).all()


def test_distortions_move_as_the_torch_loops_do(digits: Digits) -> None:
    """The same matrices in torch's own sampling: rounding may differ by one of 255."""
    images, unit = digits.train_images[:40], np.random.default_rng(2).uniform(-1, 1, (40, 6))
    (ia, ib, ic, ie), (right, down) = draws._inverse(RANGES["mild"], unit)
    back = np.stack([np.stack([ia, ib], 1), np.stack([ic, ie], 1)], 1)
    matrices = np.concatenate([np.linalg.inv(back), np.stack([right, down], 1)[:, :, None]], 2)
    wanted = moved(torch.from_numpy(images.copy()), torch.from_numpy(matrices).float(), 32)[:, 0].numpy()
    line = np.arange(32) - 15.5
    px, py = line[None, None, :] - right[:, None, None], line[None, :, None] - down[:, None, None]
    u, v = (a[:, None, None] * px + b[:, None, None] * py + 13.5 for a, b in ((ia, ib), (ic, ie)))
    assert np.abs(draws._mixed(images, u, v).astype(float) - wanted).max() <= 1


def test_nothing_moves_where_the_ranges_are_nothing_and_paper_is_background(digits: Digits) -> None:
    engine = opened(digits, Ranges(), 28)
    engine.call.begin_pass(1)
    engine.call.move_digits(1, 0, 32)
    chosen = draws.order(5, 1, len(digits.train_labels))[:32]
    found = engine.seen("moved", 32 * 28 * 28, np.uint8).reshape(32, 28, 28)
    np.testing.assert_array_equal(found, digits.train_images[chosen])
    read = engine.seen("values", 32 * 32 * 32).reshape(32, 32, 32)
    assert (read[:2] == np.float32(LENET5.pixels.background)).all()
    white = Digits(np.zeros_like(digits.train_images), digits.train_labels, digits.test_images, digits.test_labels)
    engine = opened(white, RANGES["paper"], 28)
    engine.call.begin_pass(1)
    engine.call.move_digits(1, 0, 32)
    assert (engine.seen("values", 32 * 32 * 32) == np.float32(LENET5.pixels.background)).all()


def test_one_digit_in_ten_stays_as_it_is_in_the_papers_ranges(digits: Digits) -> None:
    found = draws.distorted(digits.train_images[:1000], RANGES["paper"], 28, seed=0, which=1)
    same = (found == digits.train_images[:1000]).all(axis=(1, 2)).mean()
    assert same == pytest.approx(0.1, abs=0.03)
