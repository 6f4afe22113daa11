"""What is kept of a training run after its job is forgotten: its settings, its final figures and a thin curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_explain.recipes.recipe import Recipe
from lenet_explain.results.accuracy import Accuracy, accuracy

POINTS = 120  # of a curve that is kept
COLUMNS = ("step", "seconds", "training_loss", "test_loss", "training_accuracy", "test_accuracy")
NAME = 60  # characters of a visitor's own name for a run

Entry = Mapping[str, Any]  # a point of a curve: COLUMNS and steps


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a run ended. phase: finished, stopped, failed, lost or diverged; accuracy: over `accuracy.total` test digits,
    None where there is no answer; columns: by COLUMNS, float32 of equal length, NaN where there is no number."""

    phase: str
    message: str | None
    step: int
    steps: int
    seconds: float
    accuracy: Accuracy | None
    columns: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Record:
    """A run in a visitor's history. number: from 1, as started; lane: a or b of a race, else empty; began: seconds
    since 1970; name: the visitor's own; outcome: None while it goes on."""

    number: int
    job: str
    lane: str
    network: str
    data: str
    recipe: Recipe
    began: float
    name: str = ""
    outcome: Outcome | None = None

    @property
    def key(self) -> str:
        return f"{self.job} {self.lane}".strip()

    @property
    def title(self) -> str:
        """The visitor's name for it, else its number and its lane."""
        return self.name or self.place

    @property
    def place(self) -> str:
        """'Run 3', or 'Run 3 (A)' of a race."""
        return f"Run {self.number} ({self.lane.upper()})" if self.lane else f"Run {self.number}"


def lane_entries(history: Sequence[Entry], lane: str) -> list[Entry]:
    """One lane's points out of a race's messages, which repeat a lane's newest while the other moves; see jobs.race."""
    if not lane:
        return list(history)
    found: list[Entry] = []
    for message in history:
        step = message.get(f"{lane}_step")
        if step is not None and (not found or found[-1]["step"] != step):
            found.append({name: message.get(f"{lane}_{name}") for name in (*COLUMNS, "steps")})
        elif step is not None:
            found[-1] = {name: message.get(f"{lane}_{name}") for name in (*COLUMNS, "steps")}
    return found


def outcome(
    phase: str, message: str | None, entries: Sequence[Entry], confusion: Sequence[Sequence[int]] | None
) -> Outcome:
    """entries: as of lane_entries, oldest first."""
    chosen = np.unique(np.linspace(0, len(entries) - 1, min(POINTS, len(entries))).round().astype(int))
    kept = [entries[index] for index in chosen]
    columns = {name: np.array([_number(entry.get(name)) for entry in kept], dtype=np.float32) for name in COLUMNS}
    last = entries[-1] if entries else {"step": 0, "steps": 0, "seconds": 0.0}
    reached = accuracy(confusion) if confusion and last["step"] else None
    return Outcome(phase, message, last["step"], last["steps"], last["seconds"], reached, columns)


def entries_of(found: Outcome) -> list[Entry]:
    """The points that were kept, as a curve is drawn from."""
    columns = {name: column.tolist() for name, column in found.columns.items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [{**row, "step": int(row["step"]), "steps": found.steps} for row in rows]


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
