"""What moves while an ablation goes on: how far it is, its table, and what may be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lenet_explain.figures.choices import Going, table
from lenet_explain.figures.theme import palette
from lenet_explain.jobs import JobState
from lenet_explain.jobs.durations import in_time
from lenet_explain.recipes.variations import VARIATIONS
from lenet_explain.results.ablation import Ablation, caution, row_of, spreadsheet
from lenet_explain.ui.parts.components import scheme
from lenet_explain.ui.parts.job_status import Reached, standing
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.training.ablation_setup import Setup, before_start, done
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs

TICK = 0.5  # seconds between two looks at an ablation

Entry = Mapping[str, Any]

_TABLE = register("counts/choices")


def collect() -> None:
    """Keep the rows that the newest ablation has told of, so that they outlive its worker and the queue's memory."""
    newest = state.ablation()
    if newest is None:
        return
    rows = done(newest.setting)
    told = [row for entry in jobs().events(newest.job).entries if (row := row_of(entry))]
    new = {row.key: row for row in told if row.key in newest.rows and row.key not in rows}
    if new:
        state.keep_rows(newest.setting, {**rows, **new})
    if jobs().state(newest.job).phase == "finished":
        state.remember_ablation(None)


def live(setup: Setup, here: bool) -> None:
    """Status, table and what may be said; while an ablation goes on, they look for news."""
    st.fragment(_views, run_every=TICK if here else None)(setup, here)


def _views(setup: Setup, here: bool) -> None:
    newest = state.ablation()
    now = jobs().state(newest.job) if newest else None
    history = jobs().events(newest.job).entries if newest else ()
    collect()
    _status(setup, now if here or _cut_short(setup, newest, now) else None, history)
    _table(setup, newest if here else None, history)
    rows = {one.key: row for one in setup.variations if (row := done(setup.setting).get(one.key))}
    st.markdown(caution(rows))
    st.download_button(
        "CSV", spreadsheet(setup.variations, setup.setting, rows), "choices.csv", "text/csv", key="csv-rows",
        on_click="ignore", icon=":material/download:", disabled=not rows,
    )  # fmt: skip
    if here and now and now.over:
        st.rerun()


def _cut_short(setup: Setup, newest: Ablation | None, now: JobState | None) -> bool:
    """Whether the rows on screen are missing because their worker failed, or had no more time."""
    return bool(newest and now and newest.setting == setup.setting and now.over and now.message)


def _status(setup: Setup, job: JobState | None, history: Sequence[Entry]) -> None:
    missing = len(setup.missing(done(setup.setting)))
    before = Reached(1 - missing / len(setup.variations), before_start(setup))
    standing(job, _reached(job.phase, history[-1]) if job and history else None, before)
    if job and job.over and job.message:
        st.caption("Rows that are done stay: Go on trains the rest.")


def _reached(phase: str, newest: Entry) -> Reached:
    where = f"Row {newest['place']} of {newest['of']}: {VARIATIONS[newest['row']].title}"
    if phase == "stopping":
        said = f"Stopping at row {newest['place']} of {newest['of']} …"
    elif phase == "stopped":
        said = f"Stopped at row {newest['place']} of {newest['of']}"
    elif "right" in newest or not newest["step"]:
        said = f"{where} · measuring" if newest["left"] is None else f"{where} · {_left(newest)}"
    else:
        speed = f"{newest['images_per_second']:,.0f} images/s"
        said = f"{where} · step {newest['step']:,} of {newest['steps']:,} · {speed} · {_left(newest)}"
    return Reached(newest["share"], said)


def _left(newest: Entry) -> str:
    return f"about {in_time(newest['left'])} left"


def _table(setup: Setup, newest: Ablation | None, history: Sequence[Entry]) -> None:
    """newest: the ablation, where it goes on."""
    here, entry = setup.setting, history[-1] if history else {}
    going = Going(entry["row"], entry["step"] / entry["steps"]) if "step" in entry else None
    others = {
        one.seed: rows for one, rows in state.all_rows().items() if one != here and replace(one, seed=here.seed) == here
    }
    drawn = table(setup.variations, done(here), going if newest and newest.setting == here else None, others)
    colours = palette(scheme())
    own = {name: getattr(colours, name) for name in ("text", "quiet", "accent", "right", "wrong", "background")}
    caption = "Dashed: LeNet-5 as it is. Look for intervals that stay clear of it: ▼ fewer errors, ▲ more, ≈ chance."
    data = {**drawn, "caption": caption, "colours": {**own, "line": f"{colours.quiet}40"}}
    _TABLE(key="rows", data=[data], height="content")  # a dict would import pandas
