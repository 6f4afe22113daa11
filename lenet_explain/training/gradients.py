"""Loss and gradients of a batch, by one thread or by several that each take a share of its images."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lenet_explain.build import LeNet
from lenet_explain.layers import BatchNormalisation
from lenet_explain.training.loss import loss_of
from lenet_explain.training.recipe import Recipe

SMALLEST = 32  # images that are worth a thread of their own


class _Part(NamedTuple):
    """What some of a batch's images add to its mean loss, to the digits read, and to each parameter's gradient."""

    loss: float
    right: int
    gradients: tuple[Tensor, ...]


class Gradients:
    """Puts each batch's gradients into the parameters of `net`.

    Threads work on the same parameters and are added up in a fixed order, so that the same number of threads gives the
    same weights. They wait for each other once a batch; OpenMP's threads, which meet after every layer, stand still
    when a neighbour takes a core. Batch normalisation wants the whole batch at once, and so one thread.
    """

    def __init__(self, net: LeNet, recipe: Recipe, threads: int) -> None:
        self.net, self.recipe, self.parameters = net, recipe, list(net.parameters())
        normalises = any(isinstance(layer, BatchNormalisation) for layer in net.network.layers)
        self.threads = 1 if normalises else threads
        self.pool = ThreadPoolExecutor(self.threads)
        keep_freed_memory()

    def find(self, images: Tensor, truth: Tensor) -> tuple[float, int]:
        """The batch's mean loss, and how many of its digits are read. images: (B, 1, H, W); truth: (B,)"""
        parts = max(1, min(self.threads, len(images) // SMALLEST))
        found = [self._of(images, truth, 1.0)] if parts == 1 else self._together(images, truth, parts)
        for parameter, *gradients in zip(self.parameters, *(one.gradients for one in found), strict=True):
            whole = reduce(torch.add, gradients)
            parameter.grad = whole.contiguous()  # fused optimisers read it in the parameter's own order
        return sum(one.loss for one in found), sum(one.right for one in found)

    def _together(self, images: Tensor, truth: Tensor, parts: int) -> list[_Part]:
        digits = truth.tensor_split(parts)
        shares = [len(part) / len(truth) for part in digits]
        return list(self.pool.map(self._of, images.tensor_split(parts), digits, shares))

    def _of(self, images: Tensor, truth: Tensor, share: float) -> _Part:
        answer = self.net(images)
        loss = loss_of(answer, truth, self.net.network, self.recipe) * share
        right = int((self.net.choice(answer.detach()) == truth).sum())
        return _Part(loss.item(), right, torch.autograd.grad(loss, self.parameters))


def keep_freed_memory() -> None:
    """Have the C library keep the large blocks that each step frees, up to 62 MB, for the next step.

    Else it returns them to the system and fetches them anew, which takes a sixth of a step with 128 images. glibc
    raises its limit to the largest block ever freed, below 32 MB. Source: mallopt(3), M_MMAP_THRESHOLD.
    """
    np.empty(31 << 20, np.uint8)


def sizes(net: LeNet) -> dict[str, float]:
    """For each layer with parameters, the root mean square of its last gradient; before the first step, nothing."""
    found = {}
    for name, module in net.layers.items():
        gradients = [p.grad for p in module.parameters() if p.grad is not None]
        if gradients:
            square = sum(float(g.square().sum()) for g in gradients)
            found[name] = math.sqrt(square / sum(g.numel() for g in gradients))
    return found
