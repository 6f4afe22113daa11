"""A network's forward and backward pass on the processor, written out: what training does thousands of times.

`build.LeNet` says the same in a few lines and lets torch find the gradients, one operation after the other, each with
new memory. Here every stage of a network has its memory for a fixed number of images, and each operation is one call
on views that were made once. For small batches most of a step is not arithmetic but calls.
Both give the same numbers, up to rounding; tests/test_engine.py holds that for the named and for random networks.
Not covered: pooling that is not 2×2 right after a convolution, or over an odd number of rows or columns.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lenet_explain.build import LeNet
from lenet_explain.training.engine.assembly import UnsupportedError, stages_of
from lenet_explain.training.engine.stage import Images
from lenet_explain.training.loss import loss_of
from lenet_explain.training.recipe import Recipe

__all__ = ["Engine", "UnsupportedError"]


class Engine:
    """Loss and gradients of `count` images for the module's parameters as they are. Raises UnsupportedError.

    gradients: by parameter; overwritten with each batch.
    """

    def __init__(self, net: LeNet, recipe: Recipe, count: int) -> None:
        self.net, self.recipe, self.count = net, recipe, count
        self.stages, self.codes = stages_of(net, count)
        first, last = self.stages[0], self.stages[-1]
        assert isinstance(first, Images)
        self.images, self.answer, self.of_answer = first, last.out.view(-1, count).t(), last.grad.view(-1, count).t()
        self.gradients: dict[nn.Parameter, Tensor] = {}
        for stage in self.stages:
            self.gradients |= stage.learned

    def find(self, images: Tensor, truth: Tensor, share: float = 1.0) -> tuple[float, int]:
        """share: of the mean loss that these images are. images: (B, 1, H, W); truth: (B,). Returns that part of the
        loss, and how many digits are read."""
        self.images.show(images)
        for stage in self.stages:
            stage.forward()
        reached = self.answer.detach().requires_grad_()
        answer = reached if self.codes is None else self.codes(reached[:, :, None, None]).flatten(1)
        loss = loss_of(answer, truth, self.net.network, self.recipe) * share
        (slopes,) = torch.autograd.grad(loss, reached)
        self.of_answer.copy_(slopes)
        for stage in reversed(self.stages):
            stage.backward()
        return loss.item(), int((self.net.choice(answer.detach()) == truth).sum())
