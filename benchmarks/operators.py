"""Which of torch's operators stay on one core? torch's own layers, one by one, with one thread and with two.

The layers of lenet-modern, batch 128, forward and backward; beside them this project's layers with one thread. LAYOUT
is how torch's layers find their maps in memory: contiguous, or channels_last, where batch normalisation gains nothing
from a second thread. Each figure is the best of many turns, in which threads and makes alternate.
Use: .venv/bin/python benchmarks/operators.py [LAYOUT] [NETWORK] [TURNS]
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import Tensor, nn

from lenet_explain.activations import RELU, SIGMOID, TANH
from lenet_explain.build import activate, build
from lenet_explain.layers import AveragePooling, BatchNormalisation, Convolution, Dense, Layer, MaxPooling, Shape
from lenet_explain.networks import NETWORKS
from lenet_explain.training.gradients import keep_freed_memory
from lenet_explain.walk import walk

BATCH = 128
CURVES = {TANH: nn.Tanh(), RELU: nn.ReLU(), SIGMOID: nn.Sigmoid()}
Way = Callable[[Tensor], Tensor]


def plain(layer: Layer, before: Shape) -> nn.Module:
    """torch's own layer. Raises SystemExit for a kind that torch does not have."""
    match layer:
        case Convolution(table=None):
            return nn.Conv2d(before.maps, layer.maps, layer.kernel, layer.stride, layer.padding, bias=layer.bias)
        case BatchNormalisation():
            return nn.BatchNorm2d(before.maps)
        case MaxPooling():
            return nn.MaxPool2d(layer.size, layer.stride)
        case AveragePooling():
            return nn.AvgPool2d(layer.size, layer.stride)
        case Dense():
            return nn.Sequential(nn.Flatten(), nn.Linear(before.units, layer.units))
    sys.exit(f"{layer.name}: torch has no {layer.kind} layer")


def operators(network: str) -> Iterator[tuple[str, Shape, nn.Module, Way]]:
    """Name, what goes in, torch's layer, and ours."""
    net = build(NETWORKS[network]).train()
    for step in walk(NETWORKS[network]):
        layer = step.layer
        yield f"{step.name} {layer.kind}", step.before, plain(layer, step.before), net.layers[step.name]
        if curve := CURVES.get(layer.activation):
            yield f"{step.name} {layer.activation.name}", step.after, curve, partial(activate, layer.activation)


def seconds(way: Way, maps: Tensor) -> tuple[float, float]:
    """Forward and backward. maps: as the layer before leaves them in memory"""
    began = time.perf_counter()
    given = way(maps)
    between = time.perf_counter()
    given.backward(torch.ones_like(given))
    return between - began, time.perf_counter() - between


def main(layout: str = "contiguous", network: str = "lenet-modern", turns: str = "60") -> None:
    keep_freed_memory()
    places = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}[layout]
    print(f"{network}, {layout}, batch {BATCH}, milliseconds, best of {turns} turns; ×: what the second thread gains")
    columns = ("1 thread", "2", "×", "ours, 1", "1 thread", "2", "×", "ours, 1")
    print(f"{'':32}{'forward':>18}{'':18}{'backward':>18}\n{'':32}" + "".join(f"{word:>9}" for word in columns))
    for name, shape, theirs, ours in operators(network):
        own = torch.randn(BATCH, shape.maps, shape.height, shape.width)
        own = own.contiguous(memory_format=places).requires_grad_()
        rows = own.detach().permute(2, 1, 3, 0).contiguous().permute(3, 1, 0, 2).requires_grad_()
        taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for _ in range(int(turns)):
            for label, threads, way, maps in (("1", 1, theirs, own), ("2", 2, theirs, own), ("ours", 1, ours, rows)):
                torch.set_num_threads(threads)
                taken[label].append(seconds(way, maps))
        best = {label: [1000 * min(times) for times in zip(*pairs, strict=True)] for label, pairs in taken.items()}
        line = f"{name:32}"
        for way in (0, 1):
            one, two, mine = best["1"][way], best["2"][way], best["ours"][way]
            line += f"{one:9.2f}{two:9.2f}{one / two:9.2f}{mine:9.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
