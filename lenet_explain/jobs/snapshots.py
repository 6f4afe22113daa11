"""From what the web process keeps of a run to a series, which a page looks back on while the run goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lenet_explain.checkpoints.series import Series
from lenet_explain.jobs.interface import Snapshot
from lenet_explain.recipes.recipe import Recipe


def series_of_run(
    network: str, recipe: Recipe, data: str, entries: Sequence[Mapping[str, Any]], snapshots: Sequence[Snapshot]
) -> Series | None:
    """A run that may still be going on, from what the web process keeps of it; None before its first snapshot."""
    if not snapshots or not entries:
        return None
    steps = np.array([entry["step"] for entry in entries])
    shown = tuple(int(np.abs(steps - one.step).argmin()) for one in snapshots)
    stacked: dict[str, dict[str, Any]] = {
        layer: {name: np.stack([one.weights[layer][name] for one in snapshots]) for name in arrays}
        for layer, arrays in snapshots[0].weights.items()
    }
    confusions = np.stack([one.confusion for one in snapshots])
    return Series(network, recipe, data, tuple(entries), shown, confusions, stacked)
