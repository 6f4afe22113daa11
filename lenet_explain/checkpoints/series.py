"""A training run kept for looking back: its curves, and its weights at a few dozen moments, in two files side by side.

The weights are halved to float16 for the sake of size: good for pictures and maps, while every number beside them was
measured with the whole ones. NumPy is enough.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.files import bytes_of, card_path, check_fit, named, nested
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.strict_json import value_of_json
from lenet_explain.recipes.recipe import Recipe, RecipeError, recipe_from
from lenet_explain.results.event import Event, entry_of

FORMAT = 1
SUFFIX = ".series.safetensors"
LARGEST = 8 * 2**20  # bytes
MOMENTS = 20  # snapshots of a run
POINTS = 200  # of its curves, besides those


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """entries: the small parts of the run's events, oldest first, see training.event.entry_of; shown: which of them,
    counted from 0, have weights and a confusion matrix kept; confusions: (shown, classes, classes);
    stacked: layer → array → (shown, …) float16."""

    network: str
    recipe: Recipe
    data: str
    entries: tuple[Mapping[str, Any], ...]
    shown: tuple[int, ...]
    confusions: NDArray[np.int64]
    stacked: Weights

    def weights(self, moment: int) -> Weights:
        """The weights at a moment, 0 to len(shown) − 1, float32."""
        return {
            layer: {name: array[moment].astype(np.float32) for name, array in arrays.items()}
            for layer, arrays in self.stacked.items()
        }


def moments(steps: int) -> frozenset[int]:
    """The steps worth keeping of a run of `steps`: close together at first, when most changes, then ever wider."""
    first = min(10, steps)
    return frozenset(int(step) for step in np.geomspace(first, steps, MOMENTS - 1).round()) | {0}


def series_of(network: str, recipe: Recipe, data: str, events: Sequence[Event]) -> Series:
    """From all events of a run, of which those nearest to `moments` are shown, and others thinned evenly."""
    steps = np.array([event.step for event in events])
    shown = {int(np.abs(steps - moment).argmin()) for moment in moments(events[-1].steps)} | {len(events) - 1}
    kept = sorted(shown | set(range(0, len(events), math.ceil(len(events) / POINTS))))
    weights = [named(events[index].weights) for index in sorted(shown)]
    stacked = {name: np.stack([own[name] for own in weights]).astype(np.float16) for name in weights[0]}
    return Series(
        network=network,
        recipe=recipe,
        data=data,
        entries=tuple(entry_of(events[index]) for index in kept),
        shown=tuple(kept.index(index) for index in sorted(shown)),
        confusions=np.stack([events[index].confusion for index in sorted(shown)]),
        stacked=nested(stacked),
    )


def save_series(path: Path, series: Series) -> None:
    path.write_bytes(save(named(series.stacked)))
    values = {
        "format": FORMAT,
        "network": series.network,
        "recipe": asdict(series.recipe),
        "data": series.data,
        "shown": list(series.shown),
        "confusions": series.confusions.tolist(),
        "entries": [_rounded(entry) for entry in series.entries],
    }
    card_path(path).write_text(json.dumps(values, separators=(",", ":")) + "\n", "utf-8")


def load_series(path: Path) -> Series:
    """Raises CheckpointError, naming the file, for one that is missing, cut or not a series of this project."""
    try:
        stacked = load(bytes_of(path, LARGEST))
    except SafetensorError as error:
        raise CheckpointError(f"{path.name} is not a whole safetensors file: {error}") from error
    beside = card_path(path)
    try:
        values = value_of_json(bytes_of(beside, LARGEST))
        if values.get("format") != FORMAT or values["network"] not in NETWORKS:
            raise CheckpointError(f"{beside.name} is not a series of format {FORMAT}")
        check_fit(stacked, values["network"], path.name, (len(values["shown"]),))
        return Series(
            network=values["network"],
            recipe=recipe_from(values["recipe"], Recipe()),
            data=values["data"],
            entries=tuple(values["entries"]),
            shown=tuple(values["shown"]),
            confusions=np.array(values["confusions"], np.int64),
            stacked=nested(stacked),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecipeError) as error:
        raise (
            error
            if isinstance(error, CheckpointError)
            else CheckpointError(f"{beside.name} is not a series that can be read: {error}")
        ) from error


def _rounded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Five significant digits: more would not show."""
    return {name: _short(value) for name, value in entry.items()}


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(item) for item in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
