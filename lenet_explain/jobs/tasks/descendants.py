"""The later networks read out of torchvision's own modules, without weights. Imported in a worker or a command only.

Each is built on torch's meta device, where tensors have a shape and no numbers, traced, and run once on one image.
"""

from __future__ import annotations

import argparse
import json
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from lenet_explain.data.vision import models, torchvision
from lenet_explain.descendants.descendant import Descendant
from lenet_explain.descendants.file import KEYS, DescentError, Reading, network_values, text_of, values_of
from lenet_explain.descendants.part import INPUT, WINDOWED, Kind, Part, Place
from lenet_explain.network.layers import Shape

INPUTS: Mapping[str, Shape] = {key: Shape(3, 224, 224) for key in KEYS} | {"inception_v3": Shape(3, 299, 299)}
_OPTIONS: Mapping[str, Mapping[str, Any]] = {"inception_v3": {"aux_logits": True, "init_weights": False}}
_KINDS: Mapping[Any, Kind] = {
    nn.Conv2d: "convolution", nn.Linear: "dense", nn.BatchNorm2d: "batch normalisation", nn.ReLU: "ReLU",
    nn.Dropout: "dropout", nn.MaxPool2d: "max pooling", nn.AvgPool2d: "average pooling",
    nn.AdaptiveAvgPool2d: "adaptive pooling",
    F.relu: "ReLU", F.max_pool2d: "max pooling", F.avg_pool2d: "average pooling",
    F.adaptive_avg_pool2d: "adaptive pooling", torch.flatten: "flatten", torch.cat: "concatenation",
    operator.add: "addition", operator.iadd: "addition",
}  # fmt: skip


def built(key: str) -> nn.Module:
    """On the meta device; in use, but for the branch that serves training only, which is there too."""
    with torch.device("meta"):
        net = getattr(models, key)(weights=None, **_OPTIONS.get(key, {})).eval()
    net.training = key in _OPTIONS  # of the outermost module alone: it decides whether the branch is run
    return net


def read_out(key: str) -> Descendant:
    """key: of KEYS. Raises DescentError where the module holds something that no part is made for."""
    reader = _Reader(built(key), key)
    shape = INPUTS[key]
    reader.run(torch.empty(1, shape.maps, shape.height, shape.width, device="meta"))
    return Descendant(key, shape, tuple(reader.parts), reader.answer)


def software() -> str:
    versions = (torch.__version__, torchvision.__version__)
    return "torch {}, torchvision {}".format(*(one.partition("+")[0] for one in versions))


class _Reader(fx.Interpreter):
    """Runs a traced network and keeps a Part of each step."""

    def __init__(self, net: nn.Module, key: str) -> None:
        self.graph_module = fx.symbolic_trace(net)
        super().__init__(self.graph_module)
        self.key, self.answer = key, -1
        self.parts: list[Part] = []
        self.numbers: dict[fx.Node, int] = {}

    def run_node(self, n: fx.Node) -> Any:
        given = super().run_node(n)
        if n.op == "placeholder":
            self.numbers[n] = INPUT
        elif n.op == "output":
            self.answer = self.numbers[n.all_input_nodes[0]]
        elif isinstance(given, Tensor):
            self.parts.append(self._part(n, given))
            self.numbers[n] = len(self.parts) - 1
        else:  # the answer, and that of the branch for training
            self.numbers[n] = self.numbers[n.all_input_nodes[0]]
        return given

    def _part(self, node: fx.Node, given: Tensor) -> Part:
        module = self.graph_module.get_submodule(str(node.target)) if node.op == "call_module" else None
        kind = _KINDS.get(node.target if module is None else type(module))
        name = str(node.target) if module is not None else _called(node)
        if kind is None:
            raise DescentError(f"{self.key}, {name}: there is no kind of part for {node.target}")
        parameters = sum(one.numel() for one in module.parameters()) if module is not None else 0
        reads = tuple(self.numbers[one] for one in node.all_input_nodes)
        window = _window(node, module) if kind in WINDOWED else None
        groups = module.groups if isinstance(module, nn.Conv2d) else 1
        return Part(name, kind, reads, _shape(given), parameters, window, groups)


def _called(node: fx.Node) -> str:
    """A function's name within the module that calls it: Mixed_5b.cat."""
    inside = [path for path, _ in (node.meta.get("nn_module_stack") or {}).values()]
    name = node.name.rstrip("0123456789").rstrip("_")
    return f"{inside[-1]}.{name}" if inside and inside[-1] else name


def _shape(given: Tensor) -> Shape:
    """(1, C, H, W), or (1, N) as N@1×1"""
    return Shape(*given.shape[1:]) if given.dim() == 4 else Shape(given.shape[1], 1, 1)


def _window(node: fx.Node, module: nn.Module | None) -> Place:
    if module is None:
        names = ("input", "kernel_size", "stride", "padding")
        said = dict(zip(names, node.args, strict=False)) | dict(node.kwargs)
    else:
        said = {name: getattr(module, name, None) for name in ("kernel_size", "stride", "padding", "dilation")}
    kernel = _pair(said["kernel_size"])
    if _pair(said.get("dilation") or 1) != (1, 1):
        raise DescentError(f"{node.target}: its dilation is {said['dilation']}, and must be 1")
    return Place(kernel, _pair(said.get("stride") or kernel), _pair(said.get("padding") or 0))


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


Steps = Iterator[dict[str, Any]]


def descendants(task: Mapping[str, Any], stop: Callable[[], bool]) -> Any:
    """Yields {"done", "of", "reading": key of the next, "share"}; ends with the networks as `values_of` gives them."""
    found: dict[str, Descendant] = {}
    for key in KEYS:
        yield {"done": len(found), "of": len(KEYS), "reading": key, "share": len(found) / len(KEYS)}
        if stop():
            return None
        found[key] = read_out(key)
    return values_of(Reading(software(), found))


def descendants_and_print(options: argparse.Namespace) -> None:
    """One line a network (a JSON object with --json); with --out all of them are written there."""
    found = {}
    for key in KEYS:
        found[key] = one = read_out(key)
        line = f"{key:14}{one.parameters:>12,} parameters {one.total_macs:>15,} multiply-accumulates  depth {one.depth}"
        print(json.dumps({"network": key, **network_values(one)}) if options.json else line, flush=True)
    if options.out:
        options.out.write_text(text_of(Reading(software(), found)), "utf-8")
