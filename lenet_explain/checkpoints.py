"""A trained network in two files side by side: weights as safetensors and a card as JSON. Nothing is ever unpickled.

The card says what was trained, how, on what, and what it reached, so that `evaluate` can repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lenet_explain.training.recipe import Recipe, RecipeError, recipe_from

LARGEST = 50 * 2**20  # bytes of a file that is still read: every network here is far smaller
FORMAT = 1


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


def save_checkpoint(path: Path, weights: Mapping[str, NDArray[Any]], card: Card) -> None:
    """Write `path` (weights by name) and the card beside it. Raises OSError where that is not possible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(dict(weights)))
    card_path(path).write_text(json.dumps({"format": FORMAT, **asdict(card)}, indent=2) + "\n", "utf-8")


def load_checkpoint(path: Path) -> tuple[dict[str, NDArray[Any]], Card]:
    """Raises CheckpointError for a missing, cut, foreign or oversized file."""
    try:
        weights = load(_bytes(path))
    except SafetensorError as error:
        raise CheckpointError(f"{path.name} is not a whole safetensors file: {error}") from error
    for name, array in weights.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise CheckpointError(f"{path.name}: the weights {name} hold values that are not numbers")
    return weights, _card(card_path(path))


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise CheckpointError(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise CheckpointError(f"{path.name} has {path.stat().st_size:,} bytes, and at most {LARGEST:,} are read")
    return path.read_bytes()


def _card(path: Path) -> Card:
    try:
        values = json.loads(_bytes(path).decode("utf-8"))
        if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
            raise CheckpointError(f"{path.name} is not a card of format {FORMAT}")
        return Card(**{**values, "recipe": recipe_from(values["recipe"], Recipe())})
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path.name} is not JSON: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{path.name} lacks a field of a card, or has one too many: {error}") from error
    except RecipeError as error:
        raise CheckpointError(f"{path.name}: {error}") from error
