"""Stages whose units add up weighted inputs: convolution and dense layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lenet_explain.backends.torch_engine.patches import Patches
from lenet_explain.backends.torch_engine.stage import Images, Stage


class Convolving(Stage):
    """One product of matrices for each row of patches.

    numbers: (maps, C, k, k): which weight of `kernels`, counted through, stands there; their count where none does.
    factor: what all sums are multiplied by, for a curve that wants it so.
    """

    def __init__(
        self,
        before: Stage,
        kernels: nn.Parameter,
        bias: nn.Parameter | None,
        numbers: Tensor,
        *,
        stride: int,
        padding: int,
        fours: bool,
        factor: float = 1.0,
    ) -> None:
        super().__init__()
        self.before, self.factor, self.maps = before, factor, len(numbers)
        self.border = _Border(before.out, padding)
        height, inputs, width, images = self.border.rows.shape
        self.patches = Patches.of(inputs, (height, width), numbers.shape[-1], stride, fours)
        self.seen = self.patches.beside(self.border.rows)
        self.shifted = torch.empty(self.seen.shape)
        self.under = self.patches.under(self.shifted)
        self._take(kernels, bias, numbers)
        self.sums = torch.empty(self.patches.high, len(self.table), self.under.shape[-1])
        self.slopes = torch.empty_like(self.sums)
        self.out = self.sums.view(-1, self.maps, self.patches.wide, images)
        self.grad = self.slopes.view_as(self.out)
        self.back = None if isinstance(before, Images) else _Back(self)

    def _take(self, kernels: nn.Parameter, bias: nn.Parameter | None, numbers: Tensor) -> None:
        """kernels, bias: as numbers in their own memory, which an optimiser changes."""
        places = self.patches.places(numbers, kernels.numel())
        self.kernels, self.of_kernels = kernels.detach().view(-1), self.gradient_of(kernels).view(-1)
        self.weights = torch.zeros(kernels.numel() + 1)  # the last is the 0 that stands where no weight does
        self.places, self.places_by_column = places.view(-1), places.t().reshape(-1)
        self.table = torch.empty(places.shape)
        self.table_everywhere = self.table.expand(self.patches.high, -1, -1)
        self.of_tables = torch.empty(self.patches.high, *places.t().shape)
        self.of_table, self.of_weights = torch.empty(places.t().shape), torch.empty_like(self.weights)
        self.bias = None if bias is None else bias.detach()
        self.of_bias = None if bias is None else self.gradient_of(bias)

    def forward(self) -> None:
        self.border.put_in()
        self.shifted.copy_(self.seen)
        self.weights[:-1].copy_(self.kernels)
        torch.index_select(self.weights, 0, self.places, out=self.table.view(-1))
        if self.factor != 1:
            self.table.mul_(self.factor)
        torch.bmm(self.table_everywhere, self.under, out=self.sums)
        if self.bias is not None:
            self.sums.add_(self.bias.repeat(self.patches.units).mul_(self.factor)[:, None])

    def backward(self) -> None:
        torch.bmm(self.under, self.slopes.transpose(1, 2), out=self.of_tables)  # this way round it is faster
        torch.sum(self.of_tables, 0, out=self.of_table)
        self.of_weights.zero_().index_add_(0, self.places_by_column, self.of_table.view(-1), alpha=self.factor)
        self.of_kernels.copy_(self.of_weights[:-1])
        if self.of_bias is not None:
            units = self.slopes.sum((0, 2)).view(self.patches.units, self.maps)
            torch.sum(units, 0, out=self.of_bias).mul_(self.factor)
        if self.back:
            self.back.carry()


class _Border:
    """What a convolution reads: the maps themselves, or the maps inside a border of zeros."""

    def __init__(self, maps: Tensor, padding: int) -> None:
        height, inputs, width, images = maps.shape
        self.maps, self.rows, self.inner = maps, maps, maps
        if padding:
            self.rows = torch.zeros(height + 2 * padding, inputs, width + 2 * padding, images)
            self.inner = self.rows[padding:-padding, :, padding:-padding]

    def put_in(self) -> None:
        if self.inner is not self.maps:
            self.inner.copy_(self.maps)

    def take_out(self) -> None:
        if self.inner is not self.maps:
            self.maps.copy_(self.inner)


class _Back:
    """The way of a gradient from a convolution's sums to what it read."""

    def __init__(self, stage: Convolving) -> None:
        patches, (height, inputs, _, images) = stage.patches, stage.border.rows.shape
        (down, across), (below, beside) = patches.sides, patches.steps
        self.border = _Border(stage.before.grad, (height - stage.before.grad.shape[0]) // 2)
        self.shifted = torch.empty(height, inputs * across, patches.wide * images)
        self.slopes, self.steps = stage.slopes, []
        rows_of_table = stage.table.view(len(stage.table), down, -1).unbind(1)  # (units·maps, C·across) each
        for row, part in enumerate(rows_of_table):
            reached = self.shifted[row : row + (patches.high - 1) * below + 1 : below]
            self.steps.append((reached, part.t().expand(patches.high, -1, -1)))
        columns = self.shifted.view(height, inputs, across, patches.wide, images).unbind(2)
        ends = (patches.wide - 1) * beside + 1
        self.columns = [(self.border.rows[:, :, at : at + ends : beside], part) for at, part in enumerate(columns)]

    def carry(self) -> None:
        self.shifted.zero_()
        for reached, part in self.steps:
            reached.baddbmm_(part, self.slopes)
        self.border.rows.zero_()
        for reached, part in self.columns:
            reached.add_(part)
        self.border.take_out()


class Product(Stage):
    """A dense layer, or a convolution whose kernels are as large as the maps: each unit reads everything.

    weights: (units, …), their inputs in the order C, H, W; bias: (units,)
    """

    def __init__(self, before: Stage, weights: nn.Parameter, bias: nn.Parameter | None) -> None:
        super().__init__()
        self.before, self.first = before, isinstance(before, Images)
        height, inputs, width, images = before.out.shape
        self.weights = weights.detach().view(len(weights), -1)
        self.of_weights = self.gradient_of(weights).view_as(self.weights)
        self.bias = None if bias is None else bias.detach()[:, None]
        self.of_bias = None if bias is None else self.gradient_of(bias)
        self.read = torch.empty(inputs, height, width, images)
        self.of_read = torch.empty_like(self.read)
        self.units, self.of_units = self.read.view(-1, images), self.of_read.view(-1, images)
        self.sums = torch.empty(len(weights), images)
        self.slopes = torch.empty_like(self.sums)
        self.out, self.grad = (memory.view(1, len(weights), 1, images) for memory in (self.sums, self.slopes))

    def forward(self) -> None:
        self.read.copy_(self.before.out.transpose(0, 1))
        if self.bias is None:
            torch.mm(self.weights, self.units, out=self.sums)
        else:
            torch.addmm(self.bias, self.weights, self.units, out=self.sums)

    def backward(self) -> None:
        torch.mm(self.slopes, self.units.t(), out=self.of_weights)
        if self.of_bias is not None:
            torch.sum(self.slopes, 1, out=self.of_bias)
        if not self.first:
            torch.mm(self.weights.t(), self.slopes, out=self.of_units)
            self.before.grad.copy_(self.of_read.transpose(0, 1))
