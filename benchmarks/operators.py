"""Which of torch's operators stay on one core? torch's own layers, one by one, with one thread and with two.

The layers of lenet-modern, batch 128, forward and backward; below them the stages of this project's engine, with one
thread. LAYOUT is how torch's layers find their maps in memory: contiguous, or channels_last, where batch normalisation
gains nothing from a second thread. Each figure is the best of many turns, in which one thread and two alternate.
Use: .venv/bin/python benchmarks/operators.py [LAYOUT] [NETWORK] [TURNS]
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import Tensor, nn

from lenet_explain.backends.torch_engine import Engine
from lenet_explain.backends.torch_module import build
from lenet_explain.network.activations import RELU, SIGMOID, TANH
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    Layer,
    MaxPooling,
    Shape,
)
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import walk
from lenet_explain.recipes.recipe import Recipe

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


def operators(network: str) -> Iterator[tuple[str, Shape, nn.Module]]:
    """Name, what goes in, torch's layer."""
    for step in walk(NETWORKS[network]):
        layer = step.layer
        yield f"{step.name} {layer.kind}", step.before, plain(layer, step.before)
        if curve := CURVES.get(layer.activation):
            yield f"{step.name} {layer.activation.name}", step.after, curve


def seconds(way: Way, maps: Tensor) -> tuple[float, float]:
    """Forward and backward. maps: as the layer before leaves them in memory"""
    began = time.perf_counter()
    given = way(maps)
    between = time.perf_counter()
    given.backward(torch.ones_like(given))
    return between - began, time.perf_counter() - between


def main(layout: str = "contiguous", network: str = "lenet-modern", turns: str = "60") -> None:
    places = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}[layout]
    print(f"{network}, {layout}, batch {BATCH}, milliseconds, best of {turns} turns; ×: what the second thread gains")
    columns = ("1 thread", "2", "×", "1 thread", "2", "×")
    print(f"{'':32}{'forward':>18}{'':9}{'backward':>18}\n{'':32}" + "".join(f"{word:>9}" for word in columns))
    for name, shape, theirs in operators(network):
        own = torch.randn(BATCH, shape.maps, shape.height, shape.width)
        own = own.contiguous(memory_format=places).requires_grad_()
        taken: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for _ in range(int(turns)):
            for threads in (1, 2):
                torch.set_num_threads(threads)
                taken[threads].append(seconds(theirs, own))
        best = {label: [1000 * min(times) for times in zip(*pairs, strict=True)] for label, pairs in taken.items()}
        line = f"{name:32}"
        for way in (0, 1):
            one, two = best[1][way], best[2][way]
            line += f"{one:9.2f}{two:9.2f}{one / two:9.2f}"
        print(line, flush=True)
    torch.set_num_threads(1)
    stages(network, int(turns))


def stages(network: str, turns: int) -> None:
    """What the engine takes for the same, one thread."""
    net, shape = build(NETWORKS[network]).train(), NETWORKS[network].input
    engine = Engine(net, Recipe(), BATCH)
    images, truth = torch.randn(BATCH, shape.maps, shape.height, shape.width), torch.zeros(BATCH).long()
    taken: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(turns):
        engine.find(images, truth)
        for number, stage in enumerate(engine.stages):
            began = time.perf_counter()
            stage.forward()
            between = time.perf_counter()
            stage.backward()
            taken[number].append((between - began, time.perf_counter() - between))
    for number, stage in enumerate(engine.stages):
        forward, backward = (1000 * min(times) for times in zip(*taken[number], strict=True))
        print(f"{'engine: ' + type(stage).__name__:32}{forward:9.2f}{'':18}{backward:9.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
