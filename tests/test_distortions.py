"""Distortions: a digit goes where its matrix says, within the ranges, and paper stays paper."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from lenet_explain.data.datasets import load_embedded
from lenet_explain.recipes.ranges import MILD, PAPER, RANGES, Ranges
from lenet_explain.recipes.recipe import DISTORTIONS
from lenet_explain.training.distortions import distort, distorted, drawn, moved

IMAGES = torch.from_numpy(load_embedded("digits").train_images[:200].copy())
BOTH = pytest.mark.parametrize("ranges", [PAPER, MILD], ids=["paper", "mild"])


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def matrix(*rows: tuple[float, float, float]) -> Tensor:
    return torch.tensor([rows], dtype=torch.float32)


def centres(images: Tensor) -> Tensor:
    """(N, 1, S, S) → (N, 2): columns to the right and rows down from the middle of the field, weighted by ink."""
    place = torch.arange(images.shape[-1]) - (images.shape[-1] - 1) / 2
    mass = images.sum((1, 2, 3))
    return torch.stack([images.sum((1, 2)) @ place / mass, images.sum((1, 3)) @ place / mass], 1)


@pytest.mark.parametrize("side", [28, 32])
def test_without_ranges_every_digit_stays_as_it_is_in_a_border_of_paper(side: int) -> None:
    same = moved(IMAGES, drawn(Ranges(), len(IMAGES), seeded()), side)
    border = (side - 28) // 2
    inside = same[:, 0, border : side - border, border : side - border]
    assert torch.equal(inside, IMAGES.float())
    assert same.sum() == inside.sum()


def test_a_shift_moves_the_centre_of_mass_by_as_much() -> None:
    shifted = moved(IMAGES, matrix((1, 0, 1.5), (0, 1, -0.75)).expand(len(IMAGES), 2, 3), 32)
    there = centres(IMAGES[:, None].float()) + torch.tensor([1.5, -0.75])
    torch.testing.assert_close(centres(shifted), there, atol=0.02, rtol=0)


def test_a_matrix_takes_a_point_where_it_says() -> None:
    """A dot 4 columns right of and 6 rows below the middle, under scaling, shearing and a shift."""
    dot = torch.zeros(1, 29, 29, dtype=torch.uint8)
    dot[0, 14 + 6, 14 + 4] = 255
    found = centres(moved(dot, matrix((1.5, 0.25, 1.0), (0.0, 1.25, -2.0)), 33))
    torch.testing.assert_close(found, torch.tensor([[1.5 * 4 + 0.25 * 6 + 1, 1.25 * 6 - 2]]), atol=0.1, rtol=0)


def test_what_leaves_the_field_is_lost_and_never_comes_back_on_the_other_side() -> None:
    assert moved(IMAGES, matrix((1, 0, 30), (0, 1, 0)).expand(len(IMAGES), 2, 3), 28).sum() == 0


@BOTH
def test_matrices_stay_within_the_ranges_and_reach_for_their_ends(ranges: Ranges) -> None:
    """Each range by itself, read back from the matrices."""
    still = replace(Ranges(), pivot=ranges.pivot)

    def bends(**one: object) -> Tensor:
        return drawn(replace(still, **one), 4000, seeded())  # type: ignore[arg-type]

    def reaches(found: Tensor, low: float, high: float) -> None:
        assert found.min().item() == pytest.approx(low, abs=0.01 * (high - low) + 1e-6)
        assert found.max().item() == pytest.approx(high, abs=0.01 * (high - low) + 1e-6)

    for axis in (0, 1):
        reaches(bends(shift=ranges.shift)[:, axis, 2], -ranges.shift, ranges.shift)
        reaches(bends(scale=ranges.scale)[:, axis, axis], *ranges.scale)
    squeezed = bends(squeeze=ranges.squeeze)
    reaches(squeezed[:, 0, 0], *ranges.squeeze)
    torch.testing.assert_close(squeezed[:, 0, 0] * squeezed[:, 1, 1], torch.ones(4000))
    sheared = bends(shear=ranges.shear)
    reaches(sheared[:, 0, 1], -ranges.shear, ranges.shear)
    assert sheared[:, 1, 0].abs().max() == 0
    turned = bends(turn=ranges.turn)[:, :, :2]
    reaches(torch.rad2deg(turned[:, 1, 0].asin()), -ranges.turn, ranges.turn)
    torch.testing.assert_close(turned @ turned.transpose(1, 2), torch.eye(2).expand(4000, 2, 2))


@BOTH
def test_the_pivot_moves_by_the_shift_alone(ranges: Ranges) -> None:
    found = drawn(ranges, 1000, seeded()) @ torch.tensor([0.0, ranges.pivot, 1.0]) - torch.tensor([0.0, ranges.pivot])
    assert found.abs().max() <= ranges.shift + 1e-4


def test_the_papers_distortions_do_not_turn() -> None:
    assert drawn(PAPER, 1000, seeded())[:, 1, 0].abs().max() == 0


def test_one_digit_of_ten_is_left_as_it_is_by_the_papers_distortions_and_none_by_the_mild_ones() -> None:
    unmoved = {}
    for kind, ranges in RANGES.items():
        matrices = drawn(ranges, 10_000, seeded())
        unmoved[kind] = (matrices == torch.eye(2, 3)).flatten(1).all(1).float().mean().item()
    assert unmoved["paper"] == pytest.approx(0.1, abs=4 * math.sqrt(0.09 / 10_000))
    assert unmoved["mild"] == 0


def test_every_word_of_a_recipe_has_its_ranges() -> None:
    assert set(RANGES) == set(DISTORTIONS) - {"none"}


@pytest.mark.parametrize("kind", RANGES)
def test_a_seed_fixes_the_distortions_and_another_changes_them(kind: str) -> None:
    one, same, other = (distort(IMAGES, kind, 32, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    generator = seeded(1)
    assert not torch.equal(distort(IMAGES, kind, 32, generator), distort(IMAGES, kind, 32, generator))


@pytest.mark.parametrize("kind", RANGES)
def test_distorted_digits_are_bytes_with_paper_around_them(kind: str) -> None:
    found = distort(IMAGES, kind, 32, seeded())
    assert found.shape == (len(IMAGES), 1, 32, 32)
    assert found.min() == 0
    assert 200 <= found.max() <= 255
    assert torch.equal(found, found.round())
    assert (found.flatten(1) == 0).float().mean() > 0.5


def test_a_set_is_distorted_part_by_part_in_its_own_field_by_its_seed() -> None:
    parts = [IMAGES.numpy(), IMAGES.numpy()[:3]]
    one, same, other = (list(distorted(parts, "paper", seed)) for seed in ([0, 1], [0, 1], [0, 2]))
    assert [part.shape for part in one] == [part.shape for part in parts]
    assert all(part.dtype == np.uint8 for part in one)
    np.testing.assert_array_equal(np.concatenate(one), np.concatenate(same))
    assert (one[0] != other[0]).any()
    assert (one[1] != one[0][:3]).any()


def test_a_part_is_distorted_when_it_is_wanted() -> None:
    asked_for: list[int] = []
    parts = (asked_for.append(number) or IMAGES.numpy() for number in range(3))
    next(distorted(parts, "paper", [0]))
    assert asked_for == [0]
