"""A stage: part of a network at work on a fixed number of images, in memory of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Stage:
    """Reads what the stage before gives, and passes the loss's gradient back to it.

    out: what it gives; grad: the loss's gradient by that, written by the stage after. Both are (H, maps, W, B), called
    rows: the rows under a kernel are one block in memory, all images at once. Both are overwritten with each batch:
    memory that was used a moment ago is what a processor has at hand, and the views of it are made once.
    In fours, the values of each 2×2 block of maps are four rows, one after the other: (4·H/2, maps, W/2, B). What
    treats all values of a map alike works on that as on any rows, and pooling adds or compares whole rows.
    """

    out: Tensor
    grad: Tensor

    def __init__(self) -> None:
        self.learned: dict[nn.Parameter, Tensor] = {}  # parameter → the loss's gradient by it

    def gradient_of(self, parameter: nn.Parameter) -> Tensor:
        """Memory for it, in the parameter's own order."""
        self.learned[parameter] = torch.zeros_like(parameter, memory_format=torch.contiguous_format)
        return self.learned[parameter]

    def forward(self) -> None:
        raise NotImplementedError

    def backward(self) -> None:
        raise NotImplementedError


class Images(Stage):
    """Where a network begins. Nobody asks for its gradient; what is large does not work it out."""

    def __init__(self, count: int, maps: int, height: int, width: int) -> None:
        super().__init__()
        self.out, self.grad = torch.empty(2, height, maps, width, count)

    def show(self, images: Tensor) -> None:
        """images: (B, maps, H, W)"""
        self.out.copy_(images.permute(2, 1, 3, 0))

    def forward(self) -> None:
        pass

    def backward(self) -> None:
        pass
