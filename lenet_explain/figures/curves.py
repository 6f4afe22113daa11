"""Loss, accuracy and one layer's gradient over the steps of a run, as one ECharts option with three panels.

Data in, option out: the page draws it under one key, so that zoom and hover survive each new point.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lenet_explain.figures.theme import Palette

POINTS = 400  # drawn at most; more would not show
FONT = 15  # px
PANEL, GAP, TOP = 84, 52, 40  # px
HEIGHT = TOP + 3 * PANEL + 3 * GAP

Entry = Mapping[str, Any]  # the small part of a progress message, see jobs.wire.message_of


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    key: str
    panel: int
    colour: str
    dashed: bool


def curves(history: Sequence[Entry], layer: str, colours: Palette) -> dict[str, Any]:
    """history: oldest first; layer: whose gradient the third panel shows. Values that are no numbers leave a gap."""
    entries = _thinned(history)
    lines = (
        _Line("training loss", "training_loss", 0, colours.training, False),
        _Line("test loss", "test_loss", 0, colours.test, True),
        _Line("training accuracy", "training_accuracy", 1, colours.training, False),
        _Line("test accuracy", "test_accuracy", 1, colours.test, True),
    )
    series = [_series(line, [(entry["step"], entry.get(line.key)) for entry in entries]) for line in lines]
    gradient = _Line(f"gradient of {layer}", "", 2, colours.text, False)
    series.append(_series(gradient, [(entry["step"], _gradient(entry, layer)) for entry in entries]))
    steps = entries[-1]["steps"] if entries else 1
    return {
        "animation": False,
        "textStyle": {"fontSize": FONT, "color": colours.text},
        "title": [_title(panel, text, colours) for panel, text in enumerate(_heads(entries, layer))],
        "grid": [{"left": 58, "right": 18, "top": _top(panel), "height": PANEL} for panel in range(3)],
        "xAxis": [_x_axis(panel, steps, bool(entries), colours) for panel in range(3)],
        "yAxis": [_y_axis(panel, colours) for panel in range(3)],
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "backgroundColor": colours.background,
            "borderColor": colours.quiet,
            "textStyle": {"color": colours.text, "fontSize": FONT},
        },
        "dataZoom": [{"type": "inside", "xAxisIndex": [0, 1, 2]}],
        "series": series,
    }


def curves_alt(history: Sequence[Entry], title: str) -> str:
    """What the curves show, in a sentence for those who do not see them."""
    if not history:
        return f"Empty axes for loss, accuracy and gradient of {title}: no training yet."
    first, last = history[0], history[-1]
    return (
        f"{title}, step {last['step']} of {last['steps']}: test loss from {first['test_loss']:.3g} to "
        f"{last['test_loss']:.3g}, test accuracy from {first['test_accuracy']:.1%} to {last['test_accuracy']:.1%}."
    )


def _thinned(history: Sequence[Entry]) -> Sequence[Entry]:
    """At most about POINTS entries, evenly, with the last."""
    every = math.ceil(len(history) / POINTS) or 1
    kept = list(history[::every])
    return kept if not history or kept[-1] is history[-1] else [*kept, history[-1]]


def _gradient(entry: Entry, layer: str) -> float | None:
    found = dict(zip(entry["gradient_layers"], entry["gradients"], strict=True)).get(layer)
    return found or None  # a logarithmic axis has no 0


def _number(value: float | None) -> float | None:
    return round(value, 6) if value is not None and math.isfinite(value) else None


def _series(line: _Line, points: list[tuple[int, float | None]]) -> dict[str, Any]:
    percent = line.panel == 1
    return {
        "name": line.name,
        "type": "line",
        "xAxisIndex": line.panel,
        "yAxisIndex": line.panel,
        "showSymbol": len(points) < 3,
        "lineStyle": {"width": 2.5, "type": "dashed" if line.dashed else "solid"},
        "color": line.colour,
        "tooltip": {"valueFormatter": "percent" if percent else "%.4f"},
        "data": [[step, _number(value)] for step, value in points],
    }


def _top(panel: int) -> int:
    return TOP + panel * (PANEL + GAP)


def _heads(entries: Sequence[Entry], layer: str) -> tuple[str, str, str]:
    """What each panel shows; the signs of the two lines stand with the first, in their colours."""
    learns = not entries or not entries[-1]["gradients"] or layer in entries[-1]["gradient_layers"]
    gradient = f"gradient of {layer}, root mean square" if learns else f"no gradient: {layer} has nothing to learn"
    return "loss   {training|━ training}   {test|╍ test}", "accuracy", gradient


def _title(panel: int, text: str, colours: Palette) -> dict[str, Any]:
    return {
        "text": text,
        "left": 0,
        "top": _top(panel) - 36,
        "textStyle": {
            "fontSize": FONT,
            "fontWeight": "normal",
            "color": colours.text,
            "rich": {
                "training": {"color": colours.training, "fontSize": FONT, "fontWeight": "bold"},
                "test": {"color": colours.test, "fontSize": FONT, "fontWeight": "bold"},
            },
        },
    }


def _x_axis(panel: int, steps: int, numbered: bool, colours: Palette) -> dict[str, Any]:
    last = panel == 2
    return {
        "type": "value",
        "gridIndex": panel,
        "min": 0,
        "max": steps,
        "name": "step" if last else "",
        "nameLocation": "middle",
        "nameGap": 26,
        "nameTextStyle": {"fontSize": FONT, "color": colours.text},
        "axisLabel": {"show": last and numbered, "fontSize": FONT - 1, "color": colours.quiet, "hideOverlap": True},
        "splitLine": {"show": False},
    }


def _y_axis(panel: int, colours: Palette) -> dict[str, Any]:
    accuracy, gradient = panel == 1, panel == 2
    bounds: dict[str, Any] = {"min": 0, "max": 1, "interval": 0.5} if accuracy else {}
    return {
        "type": "log" if gradient else "value",
        "gridIndex": panel,
        "splitNumber": 2,
        "axisLabel": {"fontSize": FONT - 1, "color": colours.quiet, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": f"{colours.quiet}40"}},
        **bounds,
    }
