"""A trained network: weights as safetensors and a card as JSON, in two files side by side or in one. Nothing is ever
unpickled, and NumPy is enough.

Arrays are named layer.array, such as C1.kernels, and laid out as `starting_weights` says.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import load, save

from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints.cards import Card, CheckpointError, card_of, card_text
from lenet_explain.network.named import network_named, short_name

LARGEST = 4 * 2**20  # bytes of a file that is still read: every network here is far smaller
SUFFIX = ".safetensors"
KIND = "F32"
_CARD = "card"  # its name in the header of a file that holds both


def card_path(path: Path) -> Path:
    return path.with_suffix(".json")


def check_place(path: Path) -> None:
    """Make the folder and try it, so that a long run need not end in vain. Raises CheckpointError."""
    if path.suffix != SUFFIX:
        raise CheckpointError(f"{path} must end in {SUFFIX}, since its card gets the same name with .json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
        for file in (path, card_path(path)):
            if file.is_file():
                file.open("r+b").close()
            elif file.exists():
                raise CheckpointError(f"{file} cannot be written: something that is not a file has this name")
    except OSError as error:
        raise CheckpointError(f"{path} cannot be written: {error.strerror or error}") from error


def save_checkpoint(path: Path, weights: Weights, card: Card) -> None:
    """Write `path` and the card beside it. Raises CheckpointError for a place that cannot hold them, and OSError where
    writing fails after all."""
    check_place(path)
    path.write_bytes(save(named(weights)))
    card_path(path).write_text(card_text(card), "utf-8")


def load_checkpoint(path: Path) -> tuple[Weights, Card]:
    """Raises CheckpointError for a missing, cut, foreign or oversized file, for a card that cannot be true, and for
    weights that are not those of the card's network."""
    content = bytes_of(path, LARGEST)
    weights = _weights(content, path.name)
    card = card_of(bytes_of(card_path(path), LARGEST), card_path(path).name)
    check_fit(weights, card.network, path.name)
    return nested(weights), card


def save_weights(path: Path, weights: Weights) -> None:
    """Weights alone, at one stroke: an interruption leaves the old file or the new one."""
    whole = path.with_suffix(".new")
    whole.write_bytes(save(named(weights)))
    whole.replace(path)


def load_weights(path: Path, network: str) -> Weights:
    """What save_weights wrote; network: whose they must be. Raises CheckpointError as load_checkpoint does."""
    weights = _weights(bytes_of(path, LARGEST), path.name)
    check_fit(weights, network, path.name)
    return nested(weights)


def packed(weights: Weights, card: Card) -> bytes:
    """Weights and card in one file, to hand to a visitor."""
    return save(named(weights), metadata={_CARD: card_text(card)})


def unpacked(content: bytes, name: str) -> tuple[Weights, Card]:
    """What `packed` made; name: of the file, for messages. Raises CheckpointError as load_checkpoint does."""
    if len(content) > LARGEST:
        raise CheckpointError(f"{name} has {len(content):,} bytes, and at most {LARGEST:,} are read")
    weights = _weights(content, name)
    length = int.from_bytes(content[:8], "little")  # of the header, which safetensors has just found whole
    text = _metadata(content[8 : 8 + length]).get(_CARD)
    if text is None:
        raise CheckpointError(f"{name} holds weights without a card: load one that was downloaded here")
    card = card_of(text, f"the card in {name}")
    check_fit(weights, card.network, name)
    return nested(weights), card


def _metadata(header: bytes) -> Mapping[str, str]:
    return json.loads(header).get("__metadata__") or {}


def named(weights: Weights) -> dict[str, NDArray[Any]]:
    """{"C1": {"bias": …}} → {"C1.bias": …}"""
    return {
        f"{layer}.{name}": np.ascontiguousarray(array) for layer, own in weights.items() for name, array in own.items()
    }


def nested(arrays: Mapping[str, NDArray[Any]]) -> Weights:
    """The way back. Names without a dot are an array of a layer without a name."""
    weights: dict[str, dict[str, NDArray[Any]]] = {}
    for full, array in arrays.items():
        layer, _, name = full.rpartition(".")
        weights.setdefault(layer, {})[name] = array
    return weights


def bytes_of(path: Path, largest: int) -> bytes:
    if not path.is_file():
        raise CheckpointError(f"there is no file {path}")
    if path.stat().st_size > largest:
        raise CheckpointError(f"{path.name} has {path.stat().st_size:,} bytes, and at most {largest:,} are read")
    return path.read_bytes()


def _weights(content: bytes, file: str) -> dict[str, NDArray[Any]]:
    try:
        for name, array in deserialize(content):
            if array["dtype"] != KIND:
                raise CheckpointError(f"{file}: the weights {name} are {array['dtype']}, and must be {KIND}")
        weights = load(content)
    except SafetensorError as error:
        raise CheckpointError(f"{file} is not a whole safetensors file: {error}") from error
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise CheckpointError(f"{file}: the weights {name} hold values that are not numbers")
    return weights


def check_fit(weights: Mapping[str, NDArray[Any]], network: str, file: str, moments: tuple[int, ...] = ()) -> None:
    """moments: the length of a first axis that every array of a series has. Raises CheckpointError."""
    start = named(starting_weights(network_named(network), "root", 0))
    wanted = {name: (*moments, *array.shape) for name, array in start.items()}
    found = {name: array.shape for name, array in weights.items()}
    for name in sorted(wanted.keys() | found.keys()):
        have, need = found.get(name, "missing"), wanted.get(name, "left out")
        if have != need:
            raise CheckpointError(
                f"{file} does not hold the weights of {short_name(network)}: {name} is {have}, and must be {need}"
            )
