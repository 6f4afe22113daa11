"""How fast is training on one digit a step? The same step of LeNet-5 (1998) three ways, in one run, in turns:

autograd    torch's own layers, loss.backward() and an optimiser with a rate for each weight
modules     the same with this project's torch modules
chain       the paper's training as this project does it, in NumPy: lenet_explain.backends.numpy_chain

    .venv/bin/python benchmarks/one_digit.py [SECONDS_EACH]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_explain import paper
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.backends.torch_loss import loss_of
from lenet_explain.backends.torch_module import build
from lenet_explain.data.datasets import framed, load_embedded
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.recipe import recipe_named

NETWORK = NETWORKS["lenet5"]
RECIPE = recipe_named("paper", NETWORK)
TURNS = 5


def main() -> None:
    torch.set_num_threads(1)
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    data = load_embedded("digits")
    images = framed(data.train_images, NETWORK.input.height, NETWORK.pixels)
    labels = data.train_labels.astype(np.int64)
    ways = {"autograd": autograd_step(), "modules": modules_step(), "chain": chain_step()}
    best = dict.fromkeys(ways, 0.0)
    for _ in range(TURNS):
        for name, step in ways.items():
            best[name] = max(best[name], rate_of(step, images, labels, seconds / TURNS))
    print(f"LeNet-5 (1998), one digit a step, one thread, best of {TURNS} turns")
    print(f"{'way':10}{'digits/s':>10}{'of autograd':>13}{'20 passes of MNIST':>20}")
    for name, rate in best.items():
        minutes = paper.PASSES * 60_000 / rate / 60
        print(f"{name:10}{rate:10,.0f}{rate / best['autograd']:12.1f}×{minutes:16.1f} min")


Learner = Callable[[np.ndarray, np.ndarray], None]


def rate_of(step: Learner, images: np.ndarray, labels: np.ndarray, seconds: float) -> float:
    """Digits a second of this process's own processor time: a neighbour on the machine does not count."""
    done, began = 0, time.process_time()
    while time.process_time() - began < seconds:
        at = done % len(images)
        step(images[at : at + 1], labels[at : at + 1])
        done += 1
    return done / (time.process_time() - began)


def autograd_step() -> Learner:
    weights = starting_weights(NETWORK, RECIPE.start, 0)
    leaves = {
        (layer, name): torch.tensor(array, requires_grad=True)
        for layer, own in weights.items()
        for name, array in own.items()
    }
    rates = {key: torch.full_like(leaf, 1e-5) for key, leaf in leaves.items()}
    rows, inputs = torch.tensor([(row, index) for row, own in enumerate(paper.TABLE_I) for index in own]).T
    codes = torch.tensor(paper.GLYPH_CODES, dtype=torch.float32)

    def squashed(sums: Tensor) -> Tensor:
        return paper.AMPLITUDE * torch.tanh(paper.SLOPE[0] / paper.SLOPE[1] * sums)

    def subsampled(maps: Tensor, name: str) -> Tensor:
        blocks = 4 * F.avg_pool2d(maps, 2)
        return squashed(blocks * leaves[name, "coefficient"][:, None, None] + leaves[name, "bias"][:, None, None])

    def step(image: np.ndarray, label: np.ndarray) -> None:
        maps = squashed(F.conv2d(torch.from_numpy(image), leaves["C1", "kernels"], leaves["C1", "bias"]))
        maps = subsampled(maps, "S2")
        dense = torch.zeros(16, 6, 5, 5).index_put((rows, inputs), leaves["C3", "kernels"])
        maps = subsampled(squashed(F.conv2d(maps, dense, leaves["C3", "bias"])), "S4")
        maps = squashed(F.conv2d(maps, leaves["C5", "kernels"], leaves["C5", "bias"])).flatten(1)
        vector = squashed(F.linear(maps, leaves["F6", "weights"], leaves["F6", "bias"]))
        distances = (vector[:, None] - codes).square().sum(2)
        loss = loss_of(distances, torch.from_numpy(label), NETWORK, RECIPE)
        gradients = torch.autograd.grad(loss, list(leaves.values()))
        with torch.no_grad():
            for leaf, rate, gradient in zip(leaves.values(), rates.values(), gradients, strict=True):
                leaf.sub_(rate * gradient)

    return step


def modules_step() -> Learner:
    net = build(NETWORK, RECIPE.start, 0)
    rates = [torch.full_like(parameter, 1e-5) for parameter in net.parameters()]

    def step(image: np.ndarray, label: np.ndarray) -> None:
        loss = loss_of(net(torch.from_numpy(image)), torch.from_numpy(label), NETWORK, RECIPE)
        gradients = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for parameter, rate, gradient in zip(net.parameters(), rates, gradients, strict=True):
                parameter.sub_(rate * gradient)

    return step


def chain_step() -> Learner:
    chain = Chain(NETWORK, starting_weights(NETWORK, RECIPE.start, 0))
    rates = np.full_like(chain.weights_in_a_row, 1e-5)

    def step(image: np.ndarray, label: np.ndarray) -> None:
        chain.backward(asked(chain.forward(image), label, NETWORK, RECIPE).errors)
        chain.step(rates)

    return step


if __name__ == "__main__":
    os.nice(0)
    main()
