"""Loss and gradients of a batch, by one thread or by several that each take a share of its images."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from lenet_explain.build import LeNet
from lenet_explain.layers import BatchNormalisation
from lenet_explain.training.loss import loss_of
from lenet_explain.training.recipe import Recipe

SMALLEST = 32  # images that are worth a thread of their own


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

    def find(self, images: Tensor, truth: Tensor) -> tuple[float, int]:
        """The batch's mean loss, and how many of its digits are read. images: (B, 1, H, W); truth: (B,)"""
        parts = max(1, min(self.threads, len(images) // SMALLEST))
        if parts == 1:
            loss, right, gradients = self._of(images, truth)
        else:
            loss, right, gradients = self._together(images, truth, parts)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = gradient.contiguous()  # fused optimisers read it in the parameter's own order
        return loss, right

    def _of(self, images: Tensor, truth: Tensor) -> tuple[float, int, tuple[Tensor, ...]]:
        answer = self.net(images)
        loss = loss_of(answer, truth, self.net.network, self.recipe)
        right = int((self.net.choice(answer.detach()) == truth).sum())
        return loss.item(), right, torch.autograd.grad(loss, self.parameters)

    def _together(self, images: Tensor, truth: Tensor, parts: int) -> tuple[float, int, tuple[Tensor, ...]]:
        found = list(self.pool.map(self._of, images.tensor_split(parts), truth.tensor_split(parts)))
        shares = [len(part) / len(images) for part in truth.tensor_split(parts)]
        with torch.no_grad():
            for (_, _, gradients), share in zip(found, shares, strict=True):
                torch._foreach_mul_(gradients, share)
            first, *others = (gradients for _, _, gradients in found)
            for gradients in others:
                torch._foreach_add_(first, gradients)
        loss = sum(loss * share for (loss, _, _), share in zip(found, shares, strict=True))
        return loss, sum(right for _, right, _ in found), first


def sizes(net: LeNet) -> dict[str, float]:
    """For each layer with parameters, the root mean square of its last gradient; before the first step, nothing."""
    found = {}
    for name, module in net.layers.items():
        gradients = [p.grad for p in module.parameters() if p.grad is not None]
        if gradients:
            square = sum(float(g.square().sum()) for g in gradients)
            found[name] = math.sqrt(square / sum(g.numel() for g in gradients))
    return found
