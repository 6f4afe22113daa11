"""Convolution, pooling and the rest as few large matrix products and sums, which is how one processor core likes them.

Every tensor is (B, maps, H, W) as elsewhere, but lies in memory as (H, maps, B, W), here called rows: then the rows
under a kernel are one block, all images at once, and a convolution is a matrix product for each row that comes out.
On other devices than the processor each function is torch's own. Both give the same numbers, up to rounding.
Not covered: second derivatives; the backward passes are not differentiable themselves.
"""

# torch declares `backward` with any number of gradients:
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F


def convolve(maps: Tensor, kernels: Tensor, bias: Tensor | None, stride: int = 1, padding: int = 0) -> Tensor:
    """maps: (B, C, H, W); kernels: (maps, C, k, k); bias: (maps,); returns: (B, maps, H', W')"""
    if not maps.is_cpu:
        return F.conv2d(maps, kernels, bias, stride, padding)
    padded = F.pad(maps, (padding,) * 4) if padding else maps
    return _Convolution.apply(padded, kernels, bias, stride)


def sum_blocks(maps: Tensor, size: int) -> Tensor:
    """The sum of each size×size block: (B, C, H, W) → (B, C, H/size, W/size); a rest at the edges is left out."""
    return _BlockSum.apply(maps, size) if maps.is_cpu else F.avg_pool2d(maps, size, divisor_override=1)


def largest_of_pairs(maps: Tensor) -> Tensor:
    """The largest of each 2×2 block: (B, C, H, W) → (B, C, H/2, W/2); a rest at the edges is left out."""
    return _Pairs.apply(_Pairs.apply(maps, 2), 3) if maps.is_cpu else F.max_pool2d(maps, 2)


def tanh(maps: Tensor) -> Tensor:
    """By 2σ(2a) − 1, since torch's sigmoid is three times as fast as its tanh; within 2e-7 of it."""
    return _Tanh.apply(maps) if maps.is_cpu else torch.tanh(maps)


def normalise(maps: Tensor, scale: Tensor, shift: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """Batch normalisation of (B, C, H, W) on the processor, with the mean and the variance of each map, (C,)."""
    return _Normalisation.apply(maps, scale, shift, epsilon)


def _rows(maps: Tensor) -> Tensor:
    """(B, C, H, W) → (H, C, B, W), one block in memory; a copy only where it lies otherwise."""
    return maps.permute(2, 1, 0, 3).contiguous()


def _maps(rows: Tensor) -> Tensor:
    """(H, C, B, W) → (B, C, H, W)"""
    return rows.permute(2, 1, 0, 3)


class _Convolution(Function):
    @staticmethod
    def forward(ctx: Any, maps: Tensor, kernels: Tensor, bias: Tensor | None, stride: int) -> Tensor:
        images, inputs, height, width = maps.shape
        outputs, _, k, _ = kernels.shape
        high, wide = (height - k) // stride + 1, (width - k) // stride + 1
        reach = (wide - 1) * stride + 1
        shifted = maps.permute(2, 1, 0, 3).unfold(3, reach, 1)[:, :, :, :k, ::stride]  # (H, C, B, k, W')
        shifted = shifted.transpose(2, 3).contiguous().view(height, inputs * k, images * wide)
        table = kernels.permute(0, 2, 1, 3).reshape(outputs, -1)  # (maps, k·C·k)
        ctx.stride, ctx.shapes = stride, (maps.shape, kernels.shape, (high, wide))
        ctx.save_for_backward(shifted, table)
        product = torch.bmm(table.expand(high, -1, -1), _under_the_kernel(shifted, high, k, stride))
        if bias is not None:
            product.add_(bias[:, None])
        return _maps(product.view(high, outputs, images, wide))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        shifted, table = ctx.saved_tensors
        (images, inputs, height, width), (outputs, _, k, _), (high, wide) = ctx.shapes
        by_row = _rows(gradient).view(high, outputs, images * wide)
        patches = _under_the_kernel(shifted, high, k, ctx.stride)
        of_table = torch.bmm(patches, by_row.transpose(1, 2)).sum(0)  # (k·C·k, maps): this way round it is faster
        of_kernels = of_table.view(k, inputs, k, outputs).permute(3, 1, 0, 2)
        of_bias = by_row.sum((0, 2)) if ctx.needs_input_grad[2] else None
        if not ctx.needs_input_grad[0]:
            return None, of_kernels, of_bias, None
        back = torch.zeros_like(shifted)
        for row, part in enumerate(table.view(outputs, k, -1).unbind(1)):  # the kernels' rows, (maps, C·k) each
            reached = back[row : row + (high - 1) * ctx.stride + 1 : ctx.stride]
            reached.baddbmm_(part.t().expand(high, -1, -1), by_row)
        rows = back.new_zeros(height, inputs, images, width)
        for column, part in enumerate(back.view(height, inputs, k, images, wide).unbind(2)):
            rows[..., column : column + (wide - 1) * ctx.stride + 1 : ctx.stride] += part
        return _maps(rows), of_kernels, of_bias, None


def _under_the_kernel(shifted: Tensor, high: int, k: int, stride: int) -> Tensor:
    """(H, C·k, n) → (H', k·C·k, n): a view, in which the blocks of neighbouring rows overlap."""
    _, columns, n = shifted.shape
    return shifted.as_strided((high, k * columns, n), (stride * columns * n, n, 1))


class _BlockSum(Function):
    @staticmethod
    def forward(ctx: Any, maps: Tensor, size: int) -> Tensor:
        rows = maps.permute(2, 1, 0, 3)
        high, wide = rows.shape[0] // size * size, rows.shape[3] // size * size
        ctx.shape, ctx.size = rows.shape, size
        for axis, length in ((0, high), (3, wide)):
            first, *others = (rows.narrow(axis, i, length - i)[_every(size, axis)] for i in range(size))
            rows = sum(others, first)
        return _maps(rows)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        part, size = _rows(gradient), ctx.size
        high, wide = part.shape[0] * size, part.shape[3] * size
        fits = (high, wide) == (ctx.shape[0], ctx.shape[3])
        rows = part.new_empty(ctx.shape) if fits else part.new_zeros(ctx.shape)
        for column in range(size):
            rows[:high:size, :, :, column:wide:size] = part
        for row in range(1, size):
            rows[row:high:size] = rows[:high:size]
        return _maps(rows), None


def _every(step: int, axis: int) -> tuple[slice, ...]:
    """Each step-th along an axis of four."""
    return tuple(slice(None, None, step if here == axis else None) for here in range(4))


class _Pairs(Function):
    """The larger of each two neighbours along rows (axis 2) or columns (axis 3); of equals the first counts."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, axis: int) -> Tensor:
        one, other = _neighbours(maps, axis)
        ctx.axis, ctx.shape = axis, maps.shape
        ctx.save_for_backward(one >= other)
        return torch.maximum(one, other)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (first,) = ctx.saved_tensors
        images, inputs, height, width = ctx.shape
        fits = ctx.shape[ctx.axis] % 2 == 0
        rows = (height, inputs, images, width)
        maps = _maps(gradient.new_empty(rows) if fits else gradient.new_zeros(rows))
        one, other = _neighbours(maps, ctx.axis)
        torch.mul(gradient, first, out=one)
        torch.sub(gradient, one, out=other)
        return maps, None


def _neighbours(maps: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    even = maps.narrow(axis, 0, maps.shape[axis] // 2 * 2)
    return even[_every(2, axis)], even.narrow(axis, 1, even.shape[axis] - 1)[_every(2, axis)]


class _Tanh(Function):
    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        squashed = torch.sigmoid(maps * 2).mul_(2).sub_(1)
        ctx.save_for_backward(squashed)
        return squashed

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return torch.ops.aten.tanh_backward(gradient, ctx.saved_tensors[0])


class _Normalisation(Function):
    @staticmethod
    def forward(ctx: Any, maps: Tensor, scale: Tensor, shift: Tensor, epsilon: float) -> tuple[Tensor, ...]:
        rows = _rows(maps)
        count = rows.numel() // len(scale)
        mean = rows.sum((0, 2, 3)) / count
        centred = rows - mean[:, None, None]
        variance = _products(centred, centred) / count
        per_deviation = (variance + epsilon).rsqrt()
        ctx.save_for_backward(centred, scale, per_deviation)
        ctx.mark_non_differentiable(mean, variance)
        normal = centred * (scale * per_deviation)[:, None, None]
        return _maps(normal.add_(shift[:, None, None])), mean, variance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:
        centred, scale, per_deviation = ctx.saved_tensors
        rows = _rows(gradient)
        count = rows.numel() // len(scale)
        of_shift, of_scale = rows.sum((0, 2, 3)), _products(rows, centred) * per_deviation
        pull = centred * (of_scale * per_deviation / count)[:, None, None]
        back = (rows - pull).sub_((of_shift / count)[:, None, None]).mul_((scale * per_deviation)[:, None, None])
        return _maps(back), of_scale, of_shift, None


def _products(one: Tensor, other: Tensor) -> Tensor:
    """(H, C, B, W) twice → (C,): the sum over all places of one times the other."""
    return torch.linalg.vecdot(one.flatten(2), other.flatten(2)).sum(0)
