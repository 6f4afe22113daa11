"""Several runs on one pair of axes: loss and accuracy, over steps or over seconds of training.

Data in, columns and words out; frontend/curves/curves.js draws them. A run has a colour and a mark of its own;
training is thin and solid, test is thick and dashed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lenet_explain.figures.curves import SCORES, Entry, drawing_colours, number, thinned
from lenet_explain.figures.theme import Palette

By = Literal["steps", "seconds"]

AXES: Mapping[By, str] = {"steps": "step", "seconds": "seconds"}
MARKS = ("circle", "square", "triangle", "diamond", "wedge", "bar")  # as many as theme.Palette.lanes
HEIGHT = 200  # px of one plot
TOP = 3  # times the first loss, where the axis of losses ends at the latest
POINTS = 150  # of one run: their steps stand side by side


@dataclass(frozen=True, slots=True)
class Lane:
    """A run by its short name. entries: oldest first; steps: how many it will take."""

    name: str
    entries: Sequence[Entry]
    steps: int = 0


def lane_curves(lanes: Sequence[Lane], by: By, colours: Palette) -> dict[str, Any]:
    """At most as many lanes as there are marks. columns: the points of all lanes in one order, None where a point is
    another lane's; a lane's columns begin with its place, from 0."""
    return {
        "x": {
            "column": "x",
            "word": "step" if by == "steps" else "seconds of training",
            "end": _end(lanes, by),
            "whole": by == "steps",
        },
        "height": HEIGHT,
        "pair": True,
        "joined": True,
        "columns": _columns(lanes, AXES[by]),
        "panels": [
            {
                "head": "loss",
                "legend": True,
                "scale": "loss",
                "top": loss_top(lanes),
                "lines": _lines(lanes, "loss", colours),
            },
            {"head": "accuracy", "legend": False, "scale": "share", "lines": _lines(lanes, "accuracy", colours)},
        ],
        "readout": [_row(place, lane.name, colours) for place, lane in enumerate(lanes)],
        "colours": drawing_colours(colours),
    }


def _columns(lanes: Sequence[Lane], axis: str) -> dict[str, list[Any]]:
    points = [thinned(lane.entries, POINTS) for lane in lanes]
    xs = sorted({entry[axis] for entries in points for entry in entries})
    columns: dict[str, list[Any]] = {"x": [round(x, 4) for x in xs]}
    for place, entries in enumerate(points):
        found = {entry[axis]: entry for entry in entries}
        columns[f"{place}_step"] = [found[x]["step"] if x in found else None for x in xs]
        for name in ("seconds", *SCORES):
            columns[f"{place}_{name}"] = [number(found[x].get(name)) if x in found else None for x in xs]
    return columns


def loss_top(lanes: Sequence[Lane]) -> float | None:
    """Where the axis of losses ends at the latest: a run that diverges leaves it, and the others can still be read."""
    starts = [entry["test_loss"] for lane in lanes for entry in lane.entries[:1]]
    known = [start for start in starts if start is not None and math.isfinite(start)]
    return number(TOP * max(known)) if known else None


def lane_curves_alt(lanes: Sequence[Lane]) -> str:
    """Where each run stands, in a sentence each."""
    said = []
    for lane in lanes:
        if not lane.entries:
            said.append(f"{lane.name}: no training yet.")
            continue
        first, last = lane.entries[0], lane.entries[-1]
        said.append(
            f"{lane.name}, step {last['step']} after {last['seconds']:.1f} s of training: test loss from "
            f"{first['test_loss']:.3g} to {last['test_loss']:.3g}, test accuracy from {first['test_accuracy']:.1%} to "
            f"{last['test_accuracy']:.1%}."
        )
    return " ".join(said)


def _lines(lanes: Sequence[Lane], score: str, colours: Palette) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{lane.name} {part}",
            "column": f"{place}_{part}_{score}",
            "colour": colours.lanes[place],
            "mark": MARKS[place],
            "dashed": part == "test",
            "thin": part == "training",
        }
        for place, lane in enumerate(lanes)
        for part in ("training", "test")
    ]


def _row(place: int, name: str, colours: Palette) -> dict[str, Any]:
    def both(score: str, how: str) -> list[list[str]]:
        return [[f"{place}_training_{score}", how, " training, "], [f"{place}_test_{score}", how, " test"]]

    return {
        "name": name,
        "colour": colours.lanes[place],
        "present": f"{place}_step",
        "parts": [
            {"name": "step", "values": [[f"{place}_step", "count", ""]]},
            {"name": "", "values": [[f"{place}_seconds", "seconds", ""]]},
            {"name": "loss", "values": both("loss", "number")},
            {"name": "accuracy", "values": both("accuracy", "percent")},
        ],
    }


def _end(lanes: Sequence[Lane], by: By) -> float:
    """Where the axis ends: at the last step to come; of seconds, a round number past the last one so far."""
    if by == "steps":
        return max([1, *(lane.steps for lane in lanes), *(e["steps"] for lane in lanes for e in lane.entries[-1:])])
    latest = max([0.0, *(entry["seconds"] for lane in lanes for entry in lane.entries[-1:])])
    size = 10 ** math.floor(math.log10(max(latest, 1.0)))
    return next(size * nice for nice in (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15) if size * nice >= latest)
