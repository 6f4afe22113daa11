"""The checkpoints that come with this project: one of each network, trained on MNIST, and its run to look back on."""

from __future__ import annotations

from pathlib import Path

from lenet_explain import checkpoints, series
from lenet_explain.cards import Card, CheckpointError
from lenet_explain.networks import NETWORKS
from lenet_explain.series import Series, load_series
from lenet_explain.start import Weights

FOLDER = Path(__file__).with_name("trained")


def path_of(network: str) -> Path:
    return FOLDER / f"{network}{checkpoints.SUFFIX}"


def load_shipped(network: str) -> tuple[Weights, Card]:
    """network: key of NETWORKS. Raises CheckpointError where the file is missing or damaged."""
    if network not in NETWORKS:
        raise CheckpointError("no weights of your own network come with this app: train it first")
    return checkpoints.load_checkpoint(path_of(network))


def load_shipped_series(network: str) -> Series:
    """network: key of NETWORKS. Raises CheckpointError where the files are missing or damaged."""
    return load_series(FOLDER / f"{network}{series.SUFFIX}")
