"""Which stages a network is made of."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lenet_explain.backends.torch_engine.pooling import FOUR, Adding, Choosing, SquashedAdding
from lenet_explain.backends.torch_engine.stage import Images, Stage
from lenet_explain.backends.torch_engine.units import Curve, Normalising, Rectifying, Scaling, Squashing
from lenet_explain.backends.torch_engine.weighted import Convolving, Product
from lenet_explain.backends.torch_module import LeNet
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation, ScaledTanh
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    MaxPooling,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.walk import Step, walk

POOLING = (Subsampling, AveragePooling, MaxPooling)


class UnsupportedError(Exception):
    """There is no stage for this layer in this place."""


def stages_of(net: LeNet, count: int) -> tuple[list[Stage], nn.Module | None]:
    """The stages for `count` images, from the images to logits or to what is compared with codes, and the module that
    compares. Raises UnsupportedError."""
    assembly = _Assembly(net, count)
    steps = walk(net.network)
    compares = isinstance(steps[-1].layer, RadialBasis) and steps[-1].layer.activation == IDENTITY
    if steps[-1].after.height * steps[-1].after.width != 1:
        raise UnsupportedError(f"{steps[-1].name}: gives maps instead of classes")
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        if following or not compares:
            assembly.add(step, following)
    return assembly.stages, net.layers[steps[-1].name] if compares else None


class _Assembly:
    """late: the activation that is applied in or after the pooling that follows."""

    def __init__(self, net: LeNet, count: int) -> None:
        shape = net.network.input
        self.net, self.in_fours = net, _in_fours(walk(net.network))
        self.stages: list[Stage] = [Images(count, shape.maps, shape.height, shape.width)]
        self.late = IDENTITY

    @property
    def last(self) -> Stage:
        return self.stages[-1]

    def add(self, step: Step, following: Step | None) -> None:
        layer, module = step.layer, self.net.layers[step.name]
        next_in_fours = following.layer if following and following.name in self.in_fours else None
        pooled = next_in_fours if isinstance(next_in_fours, POOLING) else None
        activation = layer.activation
        match layer:
            case Convolution(table=None, padding=0) if step.before.height == step.before.width == layer.kernel:
                self.stages.append(Product(self.last, module.get_parameter("weight"), _bias(module)))
            case Convolution():
                curve = _curve(activation) if isinstance(pooled, Subsampling | AveragePooling) else None
                self.stages.append(self._convolving(layer, step, module, curve.steepness if curve else 1.0))
            case BatchNormalisation():
                assert isinstance(module, nn.BatchNorm2d)
                self.stages.append(Normalising(self.last, module))
            case Subsampling() | AveragePooling() | MaxPooling() if step.name in self.in_fours:
                self._pool(layer, module)
            case Dense():
                self.stages.append(Product(self.last, module.get_parameter("weight"), _bias(module)))
            case _:
                raise UnsupportedError(f"{step.name}: {layer.kind}")
        may_wait = isinstance(pooled, MaxPooling) or (pooled and isinstance(layer, Convolution))
        self.late = activation if may_wait else IDENTITY
        if not may_wait and (following or activation != SOFTMAX):  # the loss applies the last softmax
            self._activate(activation)

    def _convolving(self, layer: Convolution, step: Step, module: nn.Module, factor: float) -> Convolving:
        kernels, fours = module.get_parameter("kernels" if layer.table else "weight"), step.name in self.in_fours
        numbers = _numbers(layer, step, kernels)
        how = {"stride": layer.stride, "padding": layer.padding, "fours": fours, "factor": factor}
        return Convolving(self.last, kernels, _bias(module), numbers, **how)

    def _pool(self, layer: Subsampling | AveragePooling | MaxPooling, module: nn.Module) -> None:
        late, curve = self.late, _curve(self.late)
        share = 1 / FOUR if isinstance(layer, AveragePooling) else 1.0
        if isinstance(layer, MaxPooling):
            self.stages.append(Choosing(self.last))
            self._activate(late)  # no curve falls: the largest stays the largest
        elif curve:
            self.stages.append(SquashedAdding(self.last, curve, share))
        else:
            self._activate(late)
            self.stages.append(Adding(self.last, share))
        if isinstance(layer, Subsampling):
            parameters = module.get_parameter("coefficient"), module.get_parameter("bias")
            self.stages.append(Scaling(self.last, *parameters))

    def _activate(self, activation: Activation) -> None:
        if curve := _curve(activation):
            self.stages.append(Squashing(self.last, curve))
        elif activation == RELU:
            self.stages.append(Rectifying(self.last))
        elif activation != IDENTITY:
            raise UnsupportedError(activation.name)


def _in_fours(steps: Sequence[Step]) -> frozenset[str]:
    """Layers from a convolution to the 2×2 pooling of what it gives, whose maps come in fours."""
    found: set[str] = set()
    since: list[str] = []  # the names from the last convolution on, while its maps keep their size
    for step in steps:
        match step.layer:
            case Convolution():
                even = step.after.height % 2 == step.after.width % 2 == 0
                since = [step.name] if even else []
            case BatchNormalisation() if since:
                since.append(step.name)
            case Subsampling(size=2) | AveragePooling(size=2, stride=2) | MaxPooling(size=2, stride=2) if since:
                found |= {*since, step.name}
                since = []
            case _:
                since = []
    return frozenset(found)


def _numbers(layer: Convolution, step: Step, kernels: Tensor) -> Tensor:
    """(maps, C, k, k): which weight stands there, counted through; their count where the table has no link."""
    links, k = layer.links(step.before), layer.kernel
    numbers = torch.full((layer.maps, step.before.maps, k, k), kernels.numel())
    pairs = [(row, index) for row, inputs in enumerate(links) for index in inputs]
    numbers[tuple(zip(*pairs, strict=True))] = torch.arange(kernels.numel()).view(-1, k, k)
    return numbers


def _bias(module: nn.Module) -> nn.Parameter | None:
    bias = getattr(module, "bias", None)
    return bias if isinstance(bias, nn.Parameter) else None


def _curve(activation: Activation) -> Curve | None:
    """Of what is a logistic function, moved and stretched."""
    if isinstance(activation, ScaledTanh):
        return Curve(activation.amplitude, activation.slope)
    return {TANH: Curve(1.0, 1.0), SIGMOID: Curve(0.5, 0.5, 0.5)}.get(activation)
