"""The checkpoints that come with this project: one of each network, trained on MNIST, and its run to look back on."""

from __future__ import annotations

from pathlib import Path

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.checkpoints import files, series
from lenet_explain.checkpoints.cards import Card, CheckpointError
from lenet_explain.checkpoints.series import Series, load_series
from lenet_explain.network.named import NETWORKS, short_name

FOLDER = Path(__file__).with_name("trained")


def path_of(network: str) -> Path:
    """network: key of NETWORKS. Raises CheckpointError for any other, such as a visitor's text, before it could name a
    file."""
    return _named(network, files.SUFFIX)


def load_shipped(network: str) -> tuple[Weights, Card]:
    """network: key of NETWORKS. Raises CheckpointError for any other, and where the file is missing or damaged."""
    return files.load_checkpoint(path_of(network))


def load_shipped_series(network: str) -> Series:
    """network: key of NETWORKS. Raises CheckpointError for any other, and where the files are missing or damaged."""
    return load_series(_named(network, series.SUFFIX))


def _named(network: str, suffix: str) -> Path:
    """The only place where a network's key becomes part of a path."""
    if network not in NETWORKS:
        raise CheckpointError(f"nothing that was trained of {short_name(network)} comes with this app: train it first")
    return FOLDER / f"{network}{suffix}"
