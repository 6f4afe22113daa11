"""Loss and gradients of a batch, by one thread or by several that each take a share of its images."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

import torch
from torch import Tensor

from lenet_explain.build import LeNet
from lenet_explain.layers import BatchNormalisation
from lenet_explain.training.engine import Engine, UnsupportedError
from lenet_explain.training.loss import loss_of
from lenet_explain.training.recipe import Recipe

SMALLEST = 32  # images that are worth a thread of their own


class Gradients:
    """Puts each batch's gradients into the parameters of `net`, where an optimiser reads them.

    On the processor by an engine; elsewhere, and where the engine has no stage for a layer, by autograd.
    Threads work on the same parameters and are added up in a fixed order, so that the same number of threads gives the
    same weights. They wait for each other once a batch; OpenMP's threads, which meet after every layer, stand still
    when a neighbour takes a core. Batch normalisation wants the whole batch at once, and so one thread.
    """

    def __init__(self, net: LeNet, recipe: Recipe, threads: int) -> None:
        self.net, self.recipe, self.parameters = net, recipe, list(net.parameters())
        normalises = any(isinstance(layer, BatchNormalisation) for layer in net.network.layers)
        self.threads = 1 if normalises else threads
        self.pool = ThreadPoolExecutor(self.threads)
        self.engines: dict[
            tuple[int, ...], list[Engine]
        ] = {}  # two: of whole batches, and of a pass's smaller last one
        self.supported = True

    def find(self, images: Tensor, truth: Tensor) -> tuple[float, int]:
        """The batch's mean loss, and how many of its digits are read. images: (B, 1, H, W); truth: (B,)"""
        parts = max(1, min(self.threads, len(images) // SMALLEST))
        engines = self._engines(images, parts)
        if engines is None:
            return self._by_autograd(images, truth)
        if parts == 1:
            found = [engines[0].find(images, truth)]
        else:
            digits = truth.tensor_split(parts)
            shares = [len(part) / len(truth) for part in digits]
            found = list(self.pool.map(Engine.find, engines, images.tensor_split(parts), digits, shares))
        for parameter in self.parameters:
            parameter.grad = reduce(torch.Tensor.add_, (engine.gradients[parameter] for engine in engines))
        return sum(loss for loss, _ in found), sum(right for _, right in found)

    def _engines(self, images: Tensor, parts: int) -> list[Engine] | None:
        """One for each part of the batch, or None where there is none for this network or device."""
        if not (images.is_cpu and self.supported):
            return None
        sizes = tuple(len(part) for part in images.tensor_split(parts))
        if sizes not in self.engines:
            try:
                self.engines[sizes] = [Engine(self.net, self.recipe, size) for size in sizes]
            except UnsupportedError:
                self.supported = False
                return None
        return self.engines[sizes]

    def _by_autograd(self, images: Tensor, truth: Tensor) -> tuple[float, int]:
        answer = self.net(images)
        loss = loss_of(answer, truth, self.net.network, self.recipe)
        for parameter, gradient in zip(self.parameters, torch.autograd.grad(loss, self.parameters), strict=True):
            parameter.grad = gradient.contiguous()  # fused optimisers read it in the parameter's own order
        return loss.item(), int((self.net.choice(answer.detach()) == truth).sum())


def sizes(net: LeNet) -> dict[str, float]:
    """For each layer with parameters, the root mean square of its last gradient; before the first step, nothing."""
    found = {}
    for name, module in net.layers.items():
        gradients = [p.grad for p in module.parameters() if p.grad is not None]
        if gradients:
            square = sum(float(g.square().sum()) for g in gradients)
            found[name] = math.sqrt(square / sum(g.numel() for g in gradients))
    return found
