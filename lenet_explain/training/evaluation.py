"""How a torch network does on images that it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet_explain.backends.threads import one_thread
from lenet_explain.backends.torch_loss import loss_of
from lenet_explain.backends.torch_module import LeNet
from lenet_explain.data.datasets import framed
from lenet_explain.network.walk import Network, walk
from lenet_explain.recipes.recipe import Recipe

CHUNK = 100  # images at once: as many as stay in a processor's cache


@dataclass(frozen=True, slots=True)
class Evaluation:
    """confusion: (classes, classes), row = true digit, column = answer; answers: (N,);
    margins: (N,), score of the answer minus that of the runner-up: how sure the network was."""

    loss: float
    accuracy: float
    confusion: NDArray[np.int64]
    answers: NDArray[np.int64]
    margins: NDArray[np.float32]


def tensor_of(images: NDArray[np.uint8], network: Network, device: str) -> Tensor:
    """(N, 28, 28) bytes → (N, 1, H, W) float32 as the network wants it."""
    return torch.from_numpy(framed(images, network.input.height, network.pixels)).to(device)


def evaluate(net: LeNet, images: NDArray[np.uint8], labels: NDArray[np.uint8], recipe: Recipe) -> Evaluation:
    """images: (N, 28, 28), labels: (N,). The network is left in the mode it was in."""
    training, device = net.training, str(next(net.parameters()).device)
    net.eval()
    loss, answers, margins = 0.0, [], []
    with one_thread(), torch.no_grad():
        for first in range(0, len(images), CHUNK):
            truth = torch.from_numpy(labels[first : first + CHUNK].astype(np.int64)).to(device)
            given = net(tensor_of(images[first : first + CHUNK], net.network, device))
            loss += float(loss_of(given, truth, net.network, recipe)) * len(truth)
            best = net.scores(given).topk(2, dim=1)
            answers.append(best.indices[:, 0].cpu().numpy())
            margins.append((best.values[:, 0] - best.values[:, 1]).cpu().numpy())
    net.train(training)
    answer = np.concatenate(answers)
    classes = walk(net.network)[-1].after.maps
    confusion = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(confusion, (labels, answer), 1)
    right = float((answer == labels).mean())
    return Evaluation(loss / len(images), right, confusion, answer, np.concatenate(margins))
