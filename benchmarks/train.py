"""Training images a second: this project's loop, a plain PyTorch tensor loop, and DataLoader with ToTensor.

Same network, batch size, optimiser, one thread, MNIST (or the embedded digits where it is absent); turns are taken in
a circle so that a noisy machine is noisy for all three. Prints medians and ratios.
Use: LENET_EXPLAIN_DATA=... python benchmarks/train.py [SECONDS_A_TURN]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F
from torch.optim import Adam
from torch.utils.data import DataLoader, Dataset

from lenet_explain.build import build
from lenet_explain.datasets import DataError, Digits
from lenet_explain.networks import NETWORKS
from lenet_explain.training.data import load
from lenet_explain.training.loop import Conditions, train
from lenet_explain.training.recipe import Recipe
from lenet_explain.vision import torchvision
from lenet_explain.walk import Network

transforms = torchvision.transforms

ROUNDS, BATCH = 5, 64
RECIPE = Recipe(optimiser="adam", rate=0.001, schedule="constant", batch=BATCH, epochs=50)


def ours(network: Network, data: Digits, seconds: float) -> float:
    """Images a second of `train`, its own events included."""
    began, stop_at = time.perf_counter(), time.perf_counter() + seconds
    conditions = Conditions(every_seconds=1e9, stop=lambda: time.perf_counter() > stop_at)
    events = list(
        train(
            network,
            RECIPE,
            replace(data, test_images=data.test_images[:1], test_labels=data.test_labels[:1]),
            conditions,
        )
    )
    return events[-1].step * BATCH / (time.perf_counter() - began)


def plain(network: Network, data: Digits, seconds: float) -> float:
    """The loop that a tutorial writes: all images as one float tensor, indexed by a permutation."""
    pad = (network.input.height - data.train_images.shape[1]) // 2
    images = F.pad(torch.from_numpy(data.train_images.copy()).float()[:, None] / 255, (pad,) * 4)
    labels = torch.from_numpy(data.train_labels.astype(np.int64))

    def batches() -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        while True:
            order = torch.randperm(len(images))
            for first in range(0, len(order) - BATCH, BATCH):
                chosen = order[first : first + BATCH]
                yield images[chosen], labels[chosen]

    return _timed(network, batches(), seconds)


class _Pictures(Dataset):
    """What torchvision's MNIST with Pad and ToTensor gives."""

    def __init__(self, data: Digits, pad: int) -> None:
        self.data = data
        self.transform = transforms.Compose([transforms.Pad(pad), transforms.ToTensor()])

    def __len__(self) -> int:
        return len(self.data.train_images)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        picture = Image.fromarray(self.data.train_images[index])
        return torch.as_tensor(self.transform(picture)), int(self.data.train_labels[index])


def loader(network: Network, data: Digits, seconds: float) -> float:
    """DataLoader without workers, one picture at a time."""
    pad = (network.input.height - data.train_images.shape[1]) // 2
    source = DataLoader(_Pictures(data, pad), batch_size=BATCH, shuffle=True)

    def batches() -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        while True:
            yield from source

    return _timed(network, batches(), seconds)


def _timed(network: Network, batches: Iterator[tuple[torch.Tensor, torch.Tensor]], seconds: float) -> float:
    net = build(network, RECIPE.start).train()
    optimiser = Adam(net.parameters(), lr=RECIPE.rate)
    began, seen = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        images, labels = next(batches)
        optimiser.zero_grad()
        answer = net(images)
        F.cross_entropy(-answer if network.answer == "distances" else answer, labels).backward()
        optimiser.step()
        seen += len(labels)
    return seen / (time.perf_counter() - began)


def main(seconds: float) -> None:
    torch.set_num_threads(1)
    try:
        name, data = "mnist", load("mnist")
    except DataError as missing:
        name, data = "digits", load("digits")
        print(missing)
    loops: dict[str, Callable[[Network, Digits, float], float]] = {"ours": ours, "plain": plain, "DataLoader": loader}
    print(f"images/s on {name}, batch {BATCH}, one thread, medians of {ROUNDS} turns of {seconds:g} s")
    print(f"{'network':15}" + "".join(f"{key:>12}" for key in loops) + f"{'ours/plain':>12}{'ours/loader':>13}")
    for key, network in NETWORKS.items():
        turns = [{loop: run(network, data, seconds) for loop, run in loops.items()} for _ in range(ROUNDS)]
        rates = {loop: statistics.median(turn[loop] for turn in turns) for loop in loops}
        ratios = f"{rates['ours'] / rates['plain']:12.2f}{rates['ours'] / rates['DataLoader']:13.2f}"
        print(f"{key:15}" + "".join(f"{rate:12,.0f}" for rate in rates.values()) + ratios, flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
