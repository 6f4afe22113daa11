"""An input made to please one unit: gradient ascent on the pixels that it sees. Imported in the worker only."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_explain.backends.torch_module import LeNet, activate, build
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import framed, load_embedded
from lenet_explain.jobs.wire import packed
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network
from lenet_explain.results.strongest import CHUNK, Unit, field_of, patch, unit_of

STEPS, TOLD_EVERY = 200, 10
RATE = 0.03  # of full ink, Adam's first step
NOISE = 0.05  # of full ink, at the start
SMOOTH, PALE = 0.2, 0.1  # what the mean step between neighbours, and the mean square of ink, weigh
DIGITS = "digits"  # those that it is compared with

Steps = Generator[dict[str, Any], None, dict[str, Any] | None]


def preferences(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Of {"network", "layer", "map", "seed": 0 if it is left out}, with the weights that come with the app.

    What grows is a/s − SMOOTH·roughness − PALE·ink²: a the weighted sum of the map's middle unit, s its standard
    deviation over real digits. Only the pixels of its field move, between paper and full ink. Yields and ends with
    {"step", "steps", "value", "sum", "picture": (field, field) uint8 packed, 255 is ink}; at the end besides
    "digit_value", "digit_sum": the most that any real digit gives at any place, and "digits": how many those are.
    """
    torch.set_num_threads(1)
    unit = unit_of(task)
    net = trained_net(network_named(unit.network))
    found = _Ascent(net, unit, int(task.get("seed") or 0))
    yield found.message()
    while found.step < STEPS and not stop():
        found.go()
        if found.step % TOLD_EVERY == 0:
            yield found.message()
    return {**found.message(), **found.digits}


def trained_net(network: Network) -> LeNet:
    """With the weights that come with the app, for use only. Raises CheckpointError."""
    net = build(network)
    fill(net.layers, load_shipped(network.key)[0])
    return net.eval().requires_grad_(False)


def sums(net: LeNet, layer: str, images: Tensor) -> Tensor:
    """What the layer's units weigh up, before squashing: (B, 1, H, W) → (B, maps, height, width)"""
    maps = images
    for one in net.network.layers:
        maps = net.layers[one.name](maps)
        if one.name == layer:
            break
        maps = activate(one.activation, maps)
    return maps


class _Ascent:
    def __init__(self, net: LeNet, unit: Unit, seed: int) -> None:
        self.net, self.unit, self.step = net, unit, 0
        self.box = field_of(unit.step, *unit.middle)
        self.place = self.box.within(net.network.input.height)
        self.spread, self.digits = self._real()
        self.ink = self._start(np.random.default_rng(seed))
        self.mover = torch.optim.Adam([self.ink], lr=RATE, maximize=True)

    def _start(self, random: np.random.Generator) -> Tensor:
        """Paper with a little noise; with more where rectified units are silent at first and pass no gradient."""
        shape, noise = [one.stop - one.start for one in self.place], NOISE
        while True:
            self.ink = torch.tensor(random.uniform(0, noise, shape), dtype=torch.float32, requires_grad=True)
            self._sum().backward()
            if noise >= 1 or (self.ink.grad is not None and self.ink.grad.any()):
                return self.ink
            noise = min(1.0, 2 * noise)

    def go(self) -> None:
        self.mover.zero_grad()
        self._wanted().backward()
        self.mover.step()
        with torch.no_grad():
            self.ink.clamp_(0, 1)
        self.step += 1

    def message(self) -> dict[str, Any]:
        with torch.no_grad():
            total = self._sum()
        whole = (self._whole() * 255).round().byte().numpy()
        scores = {
            "step": self.step,
            "steps": STEPS,
            "share": self.step / STEPS,
            "value": self._value(total),
            "sum": float(total),
        }
        return {**scores, "picture": packed(patch(whole, self.box))}

    def _wanted(self) -> Tensor:
        ink = self.ink
        rough = (ink.diff(dim=0).abs().sum() + ink.diff(dim=1).abs().sum()) / ink.numel()
        return self._sum() / self.spread - SMOOTH * rough - PALE * ink.square().mean()

    def _sum(self) -> Tensor:
        """The middle unit's, of the picture as it is."""
        pixels = self.net.network.pixels
        image = pixels.background + (pixels.ink - pixels.background) * self._whole()
        return sums(self.net, self.unit.layer, image[None, None])[(0, self.unit.map, *self.unit.middle)]

    def _whole(self) -> Tensor:
        """(side, side) of ink, 0 to 1: the field's pixels on paper."""
        rows, columns = self.place
        side = self.net.network.input.height
        around = (columns.start, side - columns.stop, rows.start, side - rows.stop)
        return F.pad(self.ink, around)

    def _value(self, total: Tensor) -> float:
        return float(activate(self.unit.step.layer.activation, total.reshape(1, 1, 1, 1).clone()))

    def _real(self) -> tuple[float, dict[str, Any]]:
        """The spread of the middle unit's sums over real digits, and the most that any place gives."""
        data, network = load_embedded(DIGITS), self.net.network
        images = np.concatenate([data.train_images, data.test_images])
        middle, most = [], -np.inf
        with torch.no_grad():
            for first in range(0, len(images), CHUNK):
                read = torch.from_numpy(framed(images[first : first + CHUNK], network.input.height, network.pixels))
                given = sums(self.net, self.unit.layer, read)[:, self.unit.map]
                middle.append(given[(slice(None), *self.unit.middle)])
                most = max(most, float(given.max()))
        spread = float(torch.cat(middle).std())
        best = self._value(torch.tensor(most))
        return spread or 1.0, {"digit_sum": most, "digit_value": best, "digits": len(images)}
