"""Loss and gradients of a batch, put where an optimiser reads them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lenet_explain.backends.torch_engine import Engine, UnsupportedError
from lenet_explain.backends.torch_loss import loss_of
from lenet_explain.backends.torch_module import LeNet
from lenet_explain.recipes.recipe import Recipe


class Gradients:
    """Puts each batch's gradients into the parameters of `net`.

    On the processor by an engine; elsewhere, and where the engine has no stage for a layer, by autograd.
    One thread: two of OpenMP's, which meet after every layer, stand still when a neighbour takes a core, and two of
    Python's, a share of the batch each, wait for each other so often that they gain nothing: measured.
    """

    def __init__(self, net: LeNet, recipe: Recipe) -> None:
        self.net, self.recipe, self.parameters = net, recipe, list(net.parameters())
        self.engines: dict[int, Engine] = {}  # by size of a batch; two: a pass's last batch may be smaller
        self.supported = True

    def find(self, images: Tensor, truth: Tensor) -> tuple[float, int]:
        """The batch's mean loss, and how many of its digits are read. images: (B, 1, H, W); truth: (B,)"""
        engine = self._engine(len(images)) if images.is_cpu else None
        if engine is None:
            return self._by_autograd(images, truth)
        found = engine.find(images, truth)
        for parameter in self.parameters:
            parameter.grad = engine.gradients[parameter]
        return found

    def _engine(self, count: int) -> Engine | None:
        if self.supported and count not in self.engines:
            try:
                self.engines[count] = Engine(self.net, self.recipe, count)
            except UnsupportedError:
                self.supported = False
        return self.engines.get(count)

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
