"""What was measured at each moment of a run, for the slider, the confusion matrix and the bars of the gradients.

Data in; plain lists for frontend/moments/scrubber.js, confusion.js and gradients.js out, ready for JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from lenet_explain.figures.matrix import matrix_alt
from lenet_explain.figures.theme import Palette
from lenet_explain.results.accuracy import accuracy

Entry = Mapping[str, Any]  # the small part of a progress message, see training.event.entry_of
NAME = "scrub"  # of the moments that slider and drawings share, see frontend/page/moment.js


def titles(entries: Sequence[Entry]) -> list[str]:
    """'step 40' for each moment; the first is named too."""
    return [f"step {entry['step']:,}" if entry["step"] else "before training" for entry in entries]


def slider(entries: Sequence[Entry], at: int, run: str, colours: Palette) -> dict[str, Any]:
    """at: the moment to begin with; run: a name that no other run has."""
    return {
        "name": NAME,
        "run": run,
        "at": at,
        "label": "moment of the training",
        "steps": [entry["step"] for entry in entries],
        "words": [_words(entry) for entry in entries],
        "colours": _colours(colours),
    }


def _words(entry: Entry) -> str:
    where = f"Step {entry['step']:,} of {entry['steps']:,}" if entry["step"] else "Before training"
    epoch = f" · epoch {entry['epoch']} of {entry['epochs']}" if entry["step"] else ""
    return f"{where}{epoch} · {entry['test_accuracy']:.1%} of test digits read"


def confusions(matrices: np.ndarray, entries: Sequence[Entry], colours: Palette) -> dict[str, Any]:
    """matrices: (moments, classes, classes), row = true digit, column = answer."""
    counts = matrices.tolist()
    return {
        "name": NAME,
        "matrices": counts,
        "titles": [
            f"{_rights(rows)} test digits read, {title}" for rows, title in zip(counts, titles(entries), strict=True)
        ],
        "alts": [matrix_alt(rows) for rows in counts],
        "colours": _colours(colours),
    }


def _rights(rows: Sequence[Sequence[int]]) -> str:
    reached = accuracy(rows)
    return f"{reached.right:,} of {reached.total:,}"


def gradients(entries: Sequence[Entry], colours: Palette) -> dict[str, Any]:
    """sizes: for each moment one number a layer, None before the first step; low, high: exponents of the axis."""
    layers = next((entry["gradient_layers"] for entry in reversed(entries) if entry["gradient_layers"]), [])
    sizes = [_sizes(entry, layers) for entry in entries]
    exponents = [math.log10(size) for row in sizes for size in row if size]
    low, high = (math.floor(min(exponents)), math.ceil(max(exponents))) if exponents else (-3, 0)
    return {
        "name": NAME,
        "layers": layers,
        "sizes": sizes,
        "low": low,
        "high": max(high, low + 1),
        "alts": [_gradients_alt(title, layers, row) for title, row in zip(titles(entries), sizes, strict=True)],
        "colours": _colours(colours),
    }


def _sizes(entry: Entry, layers: Sequence[str]) -> list[float | None]:
    found = dict(zip(entry["gradient_layers"], entry["gradients"], strict=True))
    sizes = [found.get(layer) for layer in layers]
    return [float(f"{size:.4g}") if size is not None and math.isfinite(size) else None for size in sizes]


def _gradients_alt(title: str, layers: Sequence[str], sizes: Sequence[float | None]) -> str:
    said = [f"{layer} {size:.2g}" for layer, size in zip(layers, sizes, strict=True) if size is not None]
    return f"Gradient sizes, {title}: {', '.join(said) if said else 'none yet'}."


def _colours(colours: Palette) -> dict[str, Any]:
    return {name: value for name, value in asdict(colours).items() if isinstance(value, str)}
