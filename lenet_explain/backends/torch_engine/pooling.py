"""Stages that make one value of each 2×2 block; what they read comes in fours."""

from __future__ import annotations

import torch
from torch import Tensor

from lenet_explain.backends.torch_engine.stage import Stage
from lenet_explain.backends.torch_engine.units import Curve, sigmoid_backward

FOUR = 4


class Pooling(Stage):
    """fours, of_fours: (H, 4, C, W, B), what it reads and the gradient by it."""

    def __init__(self, before: Stage) -> None:
        super().__init__()
        self.fours, self.of_fours = (memory.unflatten(0, (-1, FOUR)) for memory in (before.out, before.grad))
        self.out, self.grad = torch.empty_like(self.fours[:, 0]), torch.empty_like(self.fours[:, 0])

    def of_each(self) -> Tensor:
        """The gradient by the one value, for each of its four."""
        return self.grad[:, None].expand_as(self.of_fours)


class Adding(Pooling):
    """The sum of each block times a share: 1 for the sum, 1/4 for the mean."""

    def __init__(self, before: Stage, share: float) -> None:
        super().__init__(before)
        self.share = share

    def forward(self) -> None:
        torch.sum(self.fours, 1, out=self.out).mul_(self.share)

    def backward(self) -> None:
        self.grad.mul_(self.share)
        self.of_fours.copy_(self.of_each())


class SquashedAdding(Pooling):
    """The sum of a curve's values times a share. What it reads is what σ reads, and is overwritten with σ of that."""

    def __init__(self, before: Stage, curve: Curve, share: float) -> None:
        super().__init__(before)
        self.height, self.foot = curve.height * share, curve.foot * share * FOUR

    def forward(self) -> None:
        self.fours.sigmoid_()
        torch.sum(self.fours, 1, out=self.out).mul_(self.height).add_(self.foot)

    def backward(self) -> None:
        self.grad.mul_(self.height)
        sigmoid_backward(self.of_each(), self.fours, grad_input=self.of_fours)


class Choosing(Pooling):
    """The largest of each block; of equals the first, row by row."""

    def __init__(self, before: Stage) -> None:
        super().__init__(before)
        pairs, of_pairs = (memory.unflatten(1, (2, 2)) for memory in (self.fours, self.of_fours))
        self.left, self.right, self.of_left, self.of_right = (
            pairs[:, :, 0],
            pairs[:, :, 1],
            of_pairs[:, :, 0],
            of_pairs[:, :, 1],
        )
        self.larger, self.of_larger = torch.empty_like(self.left), torch.empty_like(self.left)
        self.is_left = torch.empty_like(self.larger, dtype=torch.bool)
        self.is_upper = torch.empty_like(self.out, dtype=torch.bool)
        self.upper, self.lower = self.larger.unbind(1)
        self.of_upper, self.of_lower = self.of_larger.unbind(1)

    def forward(self) -> None:
        torch.ge(self.left, self.right, out=self.is_left)
        torch.maximum(self.left, self.right, out=self.larger)
        torch.ge(self.upper, self.lower, out=self.is_upper)
        torch.maximum(self.upper, self.lower, out=self.out)

    def backward(self) -> None:
        torch.mul(self.grad, self.is_upper, out=self.of_upper)
        torch.sub(self.grad, self.of_upper, out=self.of_lower)
        torch.mul(self.of_larger, self.is_left, out=self.of_left)
        torch.sub(self.of_larger, self.of_left, out=self.of_right)
