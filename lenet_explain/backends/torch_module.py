"""From a description to a torch module. The only place that matches layer kinds to torch.

Every tensor between layers is (B, maps, height, width), as in the description; a vector of n is (B, n, 1, 1).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.backends.torch_weights import fill
from lenet_explain.network.activations import IDENTITY, RELU, SIGMOID, SOFTMAX, TANH, Activation, ScaledTanh
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    Layer,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.walk import Network, walk


class SparseConvolution(nn.Module):
    """A convolution whose maps read only the input maps in their row of the table.

    kernels: (links, k, k), in the order of the table's rows; bias: (maps,)
    (B, inputs, H, W) → (B, maps, H', W')
    """

    target: Tensor
    source: Tensor

    def __init__(self, layer: Convolution, before: Shape) -> None:
        super().__init__()
        pairs = [(row, index) for row, inputs in enumerate(layer.links(before)) for index in inputs]
        self.register_buffer("target", torch.tensor([row for row, _ in pairs]), persistent=False)
        self.register_buffer("source", torch.tensor([index for _, index in pairs]), persistent=False)
        self.kernels = nn.Parameter(torch.empty(len(pairs), layer.kernel, layer.kernel))
        self.bias = nn.Parameter(torch.empty(layer.maps)) if layer.bias else None
        self.inputs, self.stride, self.padding = before.maps, layer.stride, layer.padding
        self.maps = layer.maps

    def dense_kernels(self) -> Tensor:
        """(maps, inputs, k, k), zero where the table has no link."""
        k = self.kernels.shape[-1]
        empty = self.kernels.new_zeros(self.maps, self.inputs, k, k)
        return empty.index_put((self.target, self.source), self.kernels)

    def forward(self, maps: Tensor) -> Tensor:
        return F.conv2d(maps, self.dense_kernels(), self.bias, self.stride, self.padding)


class TrainableSubsampling(nn.Module):
    """Sum each block, scale it, shift it; squashing comes after.

    coefficient, bias: (C,). Source: LeCun et al. 1998, II.B, "S2"; II.A says average: see paper.CONTRADICTIONS.
    """

    def __init__(self, layer: Subsampling, before: Shape) -> None:
        super().__init__()
        self.size = layer.size
        self.coefficient = nn.Parameter(torch.empty(before.maps))
        self.bias = nn.Parameter(torch.empty(before.maps))

    def forward(self, maps: Tensor) -> Tensor:
        sums = F.avg_pool2d(maps, self.size, divisor_override=1)
        return sums * self.coefficient[:, None, None] + self.bias[:, None, None]


class DenseLayer(nn.Linear):
    """(B, C, H, W) → (B, units, 1, 1)"""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.flatten(1))[:, :, None, None]


class GlyphDistances(nn.Module):
    """Squared distance to each fixed code. (B, n, 1, 1) → (B, classes, 1, 1). Source: LeCun et al. 1998, Eq. 7."""

    codes: Tensor

    def __init__(self, layer: RadialBasis) -> None:
        super().__init__()
        self.register_buffer("codes", torch.tensor(layer.codes, dtype=torch.float32), persistent=False)

    def forward(self, vector: Tensor) -> Tensor:
        difference = vector.flatten(1)[:, None, :] - self.codes  # (B, 1, n) − (classes, n)
        return difference.square().sum(-1)[:, :, None, None]


class LeNet(nn.Module):
    """The module of a description. `layers` holds one module for each layer, under its name."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.layers = nn.ModuleDict({step.name: _module(step.layer, step.before) for step in walk(network)})

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, H, W) → (B, classes): distances (smallest wins), or logits (largest wins; softmax is the loss's)."""
        maps = images
        for layer in self.network.layers:
            maps = self.layers[layer.name](maps)
            if layer.activation != SOFTMAX:
                maps = activate(layer.activation, maps)
        return maps.flatten(1)

    def maps(self, images: Tensor) -> dict[str, Tensor]:
        """Every layer's output after its activation, by layer name: (B, maps, height, width)."""
        outputs, maps = {}, images
        for layer in self.network.layers:
            maps = activate(layer.activation, self.layers[layer.name](maps))
            outputs[layer.name] = maps
        return outputs

    def scores(self, answer: Tensor) -> Tensor:
        """What `forward` gave, turned so that the largest wins: (B, classes) logits, or distances with their sign
        turned."""
        return -answer if self.network.answer == "distances" else answer

    def choice(self, answer: Tensor) -> Tensor:
        """The digit that each answer means: (B, classes) → (B,)"""
        return self.scores(answer).argmax(1)


def build(network: Network, start: str = "paper", seed: int = 0) -> LeNet:
    """The module with its starting weights. Raises DescriptionError where the description does not fit together."""
    net = LeNet(network)
    fill(net.layers, starting_weights(network, start, seed))
    return net


def _module(layer: Layer, before: Shape) -> nn.Module:
    layer.size_after(before)  # raises where the layer does not fit
    match layer:
        case Convolution(table=None):
            return nn.Conv2d(before.maps, layer.maps, layer.kernel, layer.stride, layer.padding, bias=layer.bias)
        case Convolution():
            return SparseConvolution(layer, before)
        case Subsampling():
            return TrainableSubsampling(layer, before)
        case AveragePooling():
            return nn.AvgPool2d(layer.size, layer.stride, ceil_mode=layer.ceil)
        case MaxPooling():
            return nn.MaxPool2d(layer.size, layer.stride, ceil_mode=layer.ceil)
        case BatchNormalisation():
            return nn.BatchNorm2d(before.maps)
        case Dense():
            return DenseLayer(before.units, layer.units, bias=layer.bias)
        case RadialBasis():
            return GlyphDistances(layer)
    raise DescriptionError(f"{layer.name}: torch_module.py has no torch module for a {layer.kind} layer")


def activate(activation: Activation, maps: Tensor) -> Tensor:
    """The activation of every value; softmax runs over the maps, axis 1."""
    match activation:
        case ScaledTanh(amplitude=amplitude, slope=slope):
            return amplitude * torch.tanh(slope * maps)
        case _ if activation == IDENTITY:
            return maps
        case _ if activation == TANH:
            return torch.tanh(maps)
        case _ if activation == SIGMOID:
            return torch.sigmoid(maps)
        case _ if activation == RELU:
            return torch.relu(maps)
        case _ if activation == SOFTMAX:
            return torch.softmax(maps, dim=1)
    raise DescriptionError(f"torch_module.py has no torch function for the activation {activation.name!r}")
