"""A network's forward and backward pass on the processor, written out: what training does thousands of times.

`build.LeNet` says the same in a few lines and lets torch find the gradients, one operation after the other, each with
new memory. Here every stage of a network has its memory for a fixed number of images, and each operation is one call
on views that were made once. For small batches most of a step is not arithmetic but calls.
Both give the same numbers, up to rounding; tests/test_engine.py holds that for the named and for random networks.
Not covered, see UnsupportedError: pooling that is not 2×2 after a convolution (and batch normalisation), or over an odd
number of rows or columns; codes that are squashed or not last; a network that ends in maps.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lenet_explain.backends.torch_engine.assembly import UnsupportedError, stages_of
from lenet_explain.backends.torch_engine.stage import Images
from lenet_explain.backends.torch_loss import slopes_of
from lenet_explain.backends.torch_module import LeNet
from lenet_explain.recipes.recipe import Recipe

__all__ = ["Engine", "UnsupportedError"]


class Engine:
    """Loss and gradients of `count` images for the module's parameters as they are. Raises UnsupportedError.

    It keeps views of the parameters: once it is made, the module stays on the processor, where it is.
    gradients: by parameter; overwritten with each batch.
    """

    def __init__(self, net: LeNet, recipe: Recipe, count: int) -> None:
        self.net, self.recipe = net, recipe
        self.stages, self.codes = stages_of(net, count)
        first, last = self.stages[0], self.stages[-1]
        assert isinstance(first, Images)
        self.images, self.answer, self.of_answer = first, last.out.view(-1, count).t(), last.grad.view(-1, count).t()
        self.gradients: dict[nn.Parameter, Tensor] = {}
        for stage in self.stages:
            self.gradients |= stage.learned

    def find(self, images: Tensor, truth: Tensor) -> tuple[float, int]:
        """The mean loss, and how many digits are read. images: (B, maps, H, W); truth: (B,)"""
        self.images.show(images)
        for stage in self.stages:
            stage.forward()
        if self.codes is None:
            answer, reached = self.answer, None
        else:
            reached = self.answer.detach().requires_grad_()
            with torch.enable_grad():
                answer = self.codes(reached[:, :, None, None]).flatten(1)
        loss, slopes = slopes_of(answer, truth, self.net.network, self.recipe)
        if reached is not None:
            (slopes,) = torch.autograd.grad(answer, reached, slopes)
        self.of_answer.copy_(slopes)
        for stage in reversed(self.stages):
            stage.backward()
        return loss.item(), int((self.net.choice(answer) == truth).sum())
