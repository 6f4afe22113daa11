"""A trained network in two files side by side: weights as safetensors and a card as JSON. Nothing is ever unpickled.

The card says what was trained, how, on what, and what it reached, so that `evaluate` can repeat it.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import load, save

from lenet_explain.datasets import DATASETS
from lenet_explain.networks import NETWORKS
from lenet_explain.training.recipe import Recipe, RecipeError, recipe_from, short, value_of_json

LARGEST = 50 * 2**20  # bytes of a file that is still read: every network here is far smaller
FORMAT = 1
SUFFIX = ".safetensors"
KINDS = ("F32", "I64")  # weights, and how many batches a normalisation has seen


class CheckpointError(ValueError):
    """A file that is not a checkpoint of this project; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Card:
    """What the weights are. data: key of DATASETS; fingerprint: of its images and labels; seconds: of training;
    right of images: test digits read correctly; versions: of the software that trained."""

    network: str
    recipe: Recipe
    data: str
    fingerprint: str
    seconds: float
    right: int
    images: int
    versions: Mapping[str, str]


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


def save_checkpoint(path: Path, weights: Mapping[str, NDArray[Any]], card: Card) -> None:
    """Write `path` (weights by name) and the card beside it. Raises CheckpointError for a place that cannot hold
    them, and OSError where writing fails after all."""
    check_place(path)
    path.write_bytes(save(dict(weights)))
    card_path(path).write_text(json.dumps({"format": FORMAT, **asdict(card)}, indent=2) + "\n", "utf-8")


def load_checkpoint(path: Path) -> tuple[dict[str, NDArray[Any]], Card]:
    """Raises CheckpointError for a missing, cut, foreign or oversized file, and for a card that cannot be true."""
    content = _bytes(path)
    try:
        for name, array in deserialize(content):
            if array["dtype"] not in KINDS:
                raise CheckpointError(
                    f"{path.name}: the weights {name} are {array['dtype']}, and must be {' or '.join(KINDS)}"
                )
        weights = load(content)
    except SafetensorError as error:
        raise CheckpointError(f"{path.name} is not a whole safetensors file: {error}") from error
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise CheckpointError(f"{path.name}: the weights {name} hold values that are not numbers")
    return weights, _card(card_path(path))


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise CheckpointError(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise CheckpointError(f"{path.name} has {path.stat().st_size:,} bytes, and at most {LARGEST:,} are read")
    return path.read_bytes()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


_MOST = 10**9  # images
_COUNT = f"a whole number from 0 to {_MOST:,}"
_RULES: Mapping[str, tuple[Callable[[object], bool], str]] = MappingProxyType(
    {
        "network": (lambda value: _is_text(value) and value in NETWORKS, f"one of {', '.join(NETWORKS)}"),
        "recipe": (lambda value: isinstance(value, dict), "an object of a recipe's fields"),
        "data": (lambda value: _is_text(value) and value in DATASETS, f"one of {', '.join(DATASETS)}"),
        "fingerprint": (_is_text, "a text"),
        "seconds": (_is_time, "a number from 0"),
        "right": (_is_count, _COUNT),
        "images": (_is_count, _COUNT),
        "versions": (_is_texts, "an object of texts"),
    }
)


def _card(path: Path) -> Card:
    content = _bytes(path)
    try:
        values = value_of_json(content)
    except ValueError as error:
        raise CheckpointError(f"{path.name} is not JSON that can be read: {error}") from error
    form = values.pop("format", None) if isinstance(values, dict) else None
    if isinstance(form, bool) or form != FORMAT:
        raise CheckpointError(f"{path.name} is not a card of format {FORMAT}")
    _check_fields(path.name, values)
    try:
        recipe = recipe_from(values["recipe"], Recipe())
        recipe.check(NETWORKS[values["network"]])
    except RecipeError as error:
        raise CheckpointError(f"{path.name}: recipe: {error}") from error
    return Card(**{**values, "recipe": recipe})


def _check_fields(file: str, values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in _RULES:
            raise CheckpointError(f"{file} has a field {short(name)}, which no card has")
    for name, (holds, rule) in _RULES.items():
        if name not in values:
            raise CheckpointError(f"{file} lacks the field {name} of a card")
        if not holds(values[name]):
            raise CheckpointError(f"{file}: {name} is {short(values[name])}, and must be {rule}")
    if values["right"] > values["images"]:
        raise CheckpointError(f"{file}: right is {values['right']:,}, and must be at most images, {values['images']:,}")
