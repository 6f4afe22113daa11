"""Loss, accuracy and one layer's gradient over the steps of a run: three panels above one another.

Data in, columns and words out; frontend/curves/curves.js draws them and keeps zoom and readout through each new point.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lenet_explain.figures.theme import Palette

POINTS = 400  # drawn at most; more would not show
DIGITS = 4  # significant ones: gradients go from 1e-15 to 10

Entry = Mapping[str, Any]  # the small part of a progress message, see jobs.wire.message_of

HEIGHT = 84  # px of one plot
SCORES = ("training_loss", "test_loss", "training_accuracy", "test_accuracy")


_READOUT = [
    {
        "name": "",
        "parts": [
            {"name": "step", "values": [["step", "count", ""]]},
            {"name": "loss", "values": [["training_loss", "number", " training, "], ["test_loss", "number", " test"]]},
            {
                "name": "accuracy",
                "values": [["training_accuracy", "percent", " training, "], ["test_accuracy", "percent", " test"]],
            },
            {"name": "gradient", "values": [["gradient", "number", ""]]},
        ],
    }
]


def curves(history: Sequence[Entry], layer: str, colours: Palette) -> dict[str, Any]:
    """history: oldest first; layer: whose gradient the third panel shows.

    columns: steps, then a list of the same length for each line. None, where a value is no number, leaves a gap.
    """
    entries = thinned(history)
    columns: dict[str, list[float | None]] = {"step": [entry["step"] for entry in entries]}
    columns |= {key: [number(entry.get(key)) for entry in entries] for key in SCORES}
    columns["gradient"] = [_gradient(entry, layer) for entry in entries]
    gradient = [{"name": "", "column": "gradient", "colour": colours.text}]
    return {
        "x": {"column": "step", "word": "step", "end": entries[-1]["steps"] if entries else 1, "whole": True},
        "height": HEIGHT,
        "columns": columns,
        "panels": [
            {"head": "loss", "legend": True, "scale": "loss", "lines": _pair("loss", colours)},
            {"head": "accuracy", "legend": False, "scale": "share", "lines": _pair("accuracy", colours)},
            {"head": _gradient_head(entries, layer), "legend": False, "scale": "power", "lines": gradient},
        ],
        "readout": _READOUT,
        "colours": drawing_colours(colours),
    }


def drawing_colours(colours: Palette) -> dict[str, Any]:
    """What the browser's curves are drawn in: the palette, with fainter shades of its quiet colour."""
    return {**asdict(colours), "line": f"{colours.quiet}40", "hover": f"{colours.quiet}2b"}


def curves_alt(history: Sequence[Entry], title: str) -> str:
    """What the curves show, in a sentence for those who do not see them."""
    if not history:
        return f"Empty axes for loss, accuracy and gradient of {title}: no training yet."
    first, last = history[0], history[-1]
    return (
        f"{title}, step {last['step']} of {last['steps']}: test loss from {first['test_loss']:.3g} to "
        f"{last['test_loss']:.3g}, test accuracy from {first['test_accuracy']:.1%} to {last['test_accuracy']:.1%}."
    )


def thinned(history: Sequence[Entry], points: int = POINTS) -> Sequence[Entry]:
    """At most about so many entries, evenly, with the last."""
    every = math.ceil(len(history) / points) or 1
    kept = list(history[::every])
    return kept if not history or kept[-1] is history[-1] else [*kept, history[-1]]


def number(value: float | None) -> float | None:
    return float(f"{value:.{DIGITS}g}") if value is not None and math.isfinite(value) else None


def _gradient(entry: Entry, layer: str) -> float | None:
    found = dict(zip(entry["gradient_layers"], entry["gradients"], strict=True)).get(layer)
    return number(found) or None  # a logarithmic axis has no 0


def _gradient_head(entries: Sequence[Entry], layer: str) -> str:
    learns = not entries or not entries[-1]["gradients"] or layer in entries[-1]["gradient_layers"]
    return f"gradient of {layer}, root mean square" if learns else f"no gradient: {layer} has nothing to learn"


def _pair(score: str, colours: Palette) -> list[dict[str, Any]]:
    return [
        {"name": "training", "column": f"training_{score}", "colour": colours.training, "dashed": False},
        {"name": "test", "column": f"test_{score}", "colour": colours.test, "dashed": True},
    ]
