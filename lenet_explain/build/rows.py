"""Convolution, pooling and the rest as few large matrix products and sums, which is how one processor core likes them.

Every tensor is (B, maps, H, W) as elsewhere, but lies in memory as (H, maps, W, B), here called rows: then the rows
under a kernel are one block, all images at once, and a convolution is a matrix product for each row that comes out.
The images lie next to each other, so that pooling, too, works on long runs, whatever its step.
On other devices than the processor each function is torch's own. Both give the same numbers, up to rounding.
Not covered: second derivatives; the backward passes are not differentiable themselves.
"""

# torch declares `backward` with any number of gradients:
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from functools import reduce
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
    """By 2σ(2a) − 1, within 2e-7: torch's sigmoid is three times as fast as its tanh; a few units do not repay that."""
    return _Tanh.apply(maps) if maps.is_cpu and maps.shape[-1] > 1 else torch.tanh(maps)


def squash_and_sum(sums: Tensor, amplitude: float, slope: float, size: int) -> Tensor:
    """sum_blocks of A·tanh(S·a), without the maps in between: (B, C, H, W) → (B, C, H/size, W/size)"""
    if not sums.is_cpu:
        return sum_blocks(amplitude * torch.tanh(slope * sums), size)
    return _SquashedBlocks.apply(sums, amplitude, slope, size)


def normalise(maps: Tensor, scale: Tensor, shift: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """Batch normalisation of (B, C, H, W) on the processor, with the mean and the variance of each map, (C,)."""
    return _Normalisation.apply(maps, scale, shift, epsilon)


def _rows(maps: Tensor) -> Tensor:
    """(B, C, H, W) → (H, C, W, B), one block in memory; a copy only where it lies otherwise."""
    return maps.permute(2, 1, 3, 0).contiguous()


def _maps(rows: Tensor) -> Tensor:
    """(H, C, W, B) → (B, C, H, W)"""
    return rows.permute(3, 1, 0, 2)


class _Convolution(Function):
    @staticmethod
    def forward(ctx: Any, maps: Tensor, kernels: Tensor, bias: Tensor | None, stride: int) -> Tensor:
        images, inputs, height, width = maps.shape
        outputs, _, k, _ = kernels.shape
        high, wide = (height - k) // stride + 1, (width - k) // stride + 1
        rows = _rows(maps)
        beside = (rows.stride(0), rows.stride(1), images, stride * images, 1)
        shifted = rows.as_strided((height, inputs, k, wide, images), beside).contiguous()
        shifted = shifted.view(height, inputs * k, wide * images)
        table = kernels.permute(0, 2, 1, 3).reshape(outputs, -1)  # (maps, k·C·k)
        ctx.stride, ctx.shapes = stride, (maps.shape, kernels.shape, (high, wide))
        ctx.save_for_backward(shifted, table)
        product = torch.bmm(table.expand(high, -1, -1), _under_the_kernel(shifted, high, k, stride))
        if bias is not None:
            product.add_(bias[:, None])
        return _maps(product.view(high, outputs, wide, images))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        shifted, table = ctx.saved_tensors
        (images, inputs, height, width), (outputs, _, k, _), (high, wide) = ctx.shapes
        by_row = _rows(gradient).view(high, outputs, wide * images)
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
        rows = back.new_zeros(height, inputs, width, images)
        for column, part in enumerate(back.view(height, inputs, k, wide, images).unbind(2)):
            rows[:, :, column : column + (wide - 1) * ctx.stride + 1 : ctx.stride] += part
        return _maps(rows), of_kernels, of_bias, None


def _under_the_kernel(shifted: Tensor, high: int, k: int, stride: int) -> Tensor:
    """(H, C·k, n) → (H', k·C·k, n): a view, in which the blocks of neighbouring rows overlap."""
    _, columns, n = shifted.shape
    return shifted.as_strided((high, k * columns, n), (stride * columns * n, n, 1))


class _BlockSum(Function):
    @staticmethod
    def forward(ctx: Any, maps: Tensor, size: int) -> Tensor:
        rows = _rows(maps)
        ctx.shape, ctx.size = rows.shape, size
        return _maps(_sums(_blocks(rows, size)))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        rows = _empty(gradient, ctx.shape, ctx.size)
        blocks = _blocks(rows, ctx.size)
        blocks.copy_(_spread(gradient, blocks))
        return _maps(rows), None


class _SquashedBlocks(Function):
    """Σ A·tanh(S·a) = 2A·Σσ(2S·a) − n·A over the n = size² values of a block; its slope is 4AS·σ(1 − σ)."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, amplitude: float, slope: float, size: int) -> Tensor:
        shares = (_rows(maps) * (2 * slope)).sigmoid_()
        ctx.size, ctx.steepness = size, 4 * amplitude * slope
        ctx.save_for_backward(shares)
        return _maps(_sums(_blocks(shares, size)).mul_(2 * amplitude).sub_(size**2 * amplitude))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        (shares,) = ctx.saved_tensors
        rows = _empty(gradient, shares.shape, ctx.size)
        blocks = _blocks(rows, ctx.size)
        steep = _spread(gradient * ctx.steepness, blocks)
        torch.ops.aten.sigmoid_backward.grad_input(steep, _blocks(shares, ctx.size), grad_input=blocks)
        return _maps(rows), None, None, None


def _blocks(rows: Tensor, size: int) -> Tensor:
    """(H, C, W, B) → (H/size, size, C, W/size, size, B): a view, without the rest at the edges."""
    height, width = rows.shape[0] // size, rows.shape[2] // size
    whole = rows[: height * size, :, : width * size]
    return whole.unflatten(2, (width, size)).unflatten(0, (height, size))


def _sums(blocks: Tensor) -> Tensor:
    return reduce(torch.add, reduce(torch.add, blocks.unbind(1)).unbind(3))


def _spread(maps: Tensor, blocks: Tensor) -> Tensor:
    """(B, C, H/size, W/size) → as `blocks`, the same for each value of a block; a view."""
    return _rows(maps)[:, None, :, :, None].expand_as(blocks)


def _empty(like: Tensor, shape: torch.Size, size: int) -> Tensor:
    """New rows, 0 where a rest at the edges is outside all blocks."""
    fits = shape[0] % size == shape[2] % size == 0
    return like.new_empty(shape) if fits else like.new_zeros(shape)


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
        rows = (height, inputs, width, images)
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
    """(H, C, W, B) twice → (C,): the sum over all places of one times the other."""
    return torch.linalg.vecdot(one.flatten(2), other.flatten(2)).sum(0)
