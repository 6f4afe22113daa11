"""Planar affine distortions of training digits: more hands than wrote them.

Source: LeCun et al. 1998, section III.B, p. 10: "horizontal and vertical translations, scaling, squeezing
(simultaneous horizontal compression and vertical elongation, or the reverse), and horizontal shearing". The paper does
not print how far; see ranges.PAPER.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_explain.data.datasets import Bytes
from lenet_explain.recipes.ranges import RANGES, Ranges

CHUNK = 1000  # digits at once: bounds memory


def drawn(ranges: Ranges, count: int, generator: torch.Generator) -> Tensor:
    """(count, 2, 3): for each digit the matrix that takes a point to where it comes to lie.

    Points are (columns to the right, rows down, 1), in pixels from the centre of the field.
    """
    unit = torch.rand(count, 6, generator=generator) * 2 - 1
    unit *= torch.rand(count, 1, generator=generator) < ranges.share
    scale, squeeze = _between(ranges.scale, unit[:, 0]), _between(ranges.squeeze, unit[:, 1])
    slant, angle = ranges.shear * unit[:, 2], math.radians(ranges.turn) * unit[:, 3]
    shift = ranges.shift * unit[:, 4:]
    wide, high = scale * squeeze, scale / squeeze
    cos, sin = angle.cos(), angle.sin()
    rows = (cos * wide, cos * wide * slant - sin * high, sin * wide, sin * wide * slant + cos * high)
    bend = torch.stack(rows, 1).view(-1, 2, 2)  # turn · stretch · shear
    pivot = torch.tensor([0.0, ranges.pivot])
    return torch.cat([bend, (shift + pivot - bend @ pivot)[:, :, None]], 2)


def _between(limits: tuple[float, float], unit: Tensor) -> Tensor:
    """−1 → the lower limit, 0 → 1 (nothing changes), 1 → the upper limit."""
    low, high = limits
    return 1 + torch.where(unit < 0, 1 - low, high - 1) * unit


def moved(images: Tensor, matrices: Tensor, side: int) -> Tensor:
    """Each digit under its own matrix, in a field of paper with the same centre.

    images: (N, 28, 28) uint8, 0 for paper and 255 for ink; matrices: (N, 2, 3) as `drawn` gives them
    returns: (N, 1, side, side) float32, whole numbers from 0 to 255
    Values between pixels are interpolated linearly; what leaves the field is lost.
    """
    own = images.shape[-1]
    back = torch.linalg.inv(matrices[:, :, :2])  # where does this point come from?
    origin = -back @ matrices[:, :, 2:]
    theta = torch.cat([back * (side / own), origin * (2 / own)], 2)  # torch counts from −1 to 1 over either field
    line = (torch.arange(side, device=images.device) * 2 + 1) / side - 1
    points = torch.stack([line.repeat(side), line.repeat_interleave(side), torch.ones_like(line).repeat(side)])
    grid = (theta.reshape(-1, 3) @ points).view(-1, 2, side, side).permute(0, 2, 3, 1)  # as affine_grid, but faster
    return F.grid_sample(images[:, None].float(), grid, padding_mode="zeros", align_corners=False).round_()


def distort(images: Tensor, kind: str, side: int, generator: torch.Generator) -> Tensor:
    """A batch, anew at each call. kind: a key of recipe.DISTORTIONS other than none; shapes as `moved` has them."""
    return moved(images, drawn(RANGES[kind], len(images), generator).to(images.device), side)


def distorted(parts: Iterable[Bytes], kind: str, seed: Sequence[int]) -> Iterator[Bytes]:
    """A set part by part, each digit in its own field: (N, 28, 28) → (N, 28, 28); the same seed gives the same."""
    generator = torch.Generator().manual_seed(int(np.random.default_rng(seed).integers(2**63)))
    for images in parts:
        result = np.empty_like(images)
        for first in range(0, len(images), CHUNK):
            some = torch.from_numpy(images[first : first + CHUNK].copy())
            result[first : first + CHUNK] = distort(some, kind, some.shape[-1], generator)[:, 0].byte().numpy()
        yield result
