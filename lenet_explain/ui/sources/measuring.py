"""The simple methods measured again, by the visitor, on the digits that come with the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lenet_explain.lore.baselines import BASELINES, row_of
from lenet_explain.ui.parts import background_task
from lenet_explain.ui.visit.cache import jobs

REQUEST = background_task.Request(
    key="measure",
    label="Measure them on the small digits",
    help="All of them learn and are tested in a worker process, in a few seconds.",
    task={"task": "baselines", "data": "digits"},
)


def again() -> None:
    """Start, stop and follow the measurement."""
    background_task.run(REQUEST, _views)


def _views(job: str) -> None:
    event = jobs().result(job) or jobs().latest(job)
    rows: Sequence[Mapping[str, Any]] = event.get("rows", []) if event else []
    said = f"{len(rows)} of {len(BASELINES)} methods measured"
    background_task.progress(jobs().state(job), len(rows) / len(BASELINES), said)
    if rows:
        lines = [
            "| method | misread | error (95 % interval) | numbers kept | multiply-accumulates |",
            "|---|---|---|---|---|",
        ]
        st.markdown("\n".join([*lines, *map(_line, rows)]))


def _line(values: Mapping[str, Any]) -> str:
    found = row_of(values)
    low, high = found.reached.interval
    cells = (
        found.baseline.title,
        f"{found.total - found.right} of {found.total:,}",
        f"{found.error:.1f} % ({100 * (1 - high):.1f} to {100 * (1 - low):.1f})",
        found.cost.kept.line,
        found.cost.macs.line,
    )
    return f"| {' | '.join(cells)} |"
