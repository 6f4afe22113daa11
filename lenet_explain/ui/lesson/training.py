"""What moves while a network trains: the line that says how far it is, its filters and its curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lenet_explain.figures import curves as figure
from lenet_explain.figures.theme import palette
from lenet_explain.figures.tiles import NOW, SHIPPED, tile_set
from lenet_explain.jobs import JobState
from lenet_explain.jobs.wire import unpacked_weights
from lenet_explain.network.walk import walk
from lenet_explain.ui.lesson import runs
from lenet_explain.ui.parts import weights_file
from lenet_explain.ui.parts.components import curves, scheme, tiles
from lenet_explain.ui.parts.frame import NARROWEST
from lenet_explain.ui.parts.job_status import Reached, standing
from lenet_explain.ui.visit.cache import jobs, weights_at_start
from lenet_explain.ui.visit.trained import at_first
from lenet_explain.ui.visit.values import Run, Setup

TICK = 0.35  # seconds between two looks at a run


def live(setup: Setup, busy: runs.Active, line: DeltaGenerator) -> None:
    """Filters beside curves, and the run's progress in the place `line`; while any own run goes on, they look for
    news a few times a second."""
    st.fragment(_views, run_every=TICK if busy else None)(setup, busy, line)


def _views(setup: Setup, busy: runs.Active, line: DeltaGenerator) -> None:
    run = runs.run_of(setup)
    history = jobs().events(run.job).entries if run else ()
    with line:
        _status(setup, jobs().state(run.job) if run else None, history)
    pair = st.grid(2, min_column_width=NARROWEST, gap="medium")
    with pair.cell():
        st.subheader("3 · Filters", anchor="filters")
        _filters(setup, run)
    with pair.cell():
        st.subheader("4 · Training", anchor="training")
        st.caption("Look for a gap between the lines: there it is memorising the training digits.")
        _curves(setup, run, history)
    if busy and runs.active() != busy:
        st.rerun()


def _filters(setup: Setup, run: Run | None) -> None:
    """The chosen layer's weights before training, beside those of now; before any run, beside those that come with the
    app."""
    network, first = setup.network, at_first(setup.network)
    held = weights_file.now_shown(network) or first
    recipe = run.recipe if run else held.card.recipe if held else setup.recipe
    layer, initial = setup.layer, weights_at_start(network.key, recipe.start, recipe.seed)
    latest = jobs().latest(run.job) if run else None
    now = unpacked_weights({layer: latest["weights"].get(layer, {})}) if latest else held.weights if held else None
    own = now.get(layer, {}) if now else None
    tiles(tile_set(walk(network), layer, initial.get(layer, {}), own, SHIPPED if first else NOW), key="tiles")


def _curves(setup: Setup, run: Run | None, history: Sequence[Mapping[str, Any]]) -> None:
    drawn = figure.curves(history, setup.layer, palette(scheme()))
    of = run.job if run else setup.network.key
    curves({"run": of, **drawn}, figure.curves_alt(history, setup.network.title), key="curves")


def _status(setup: Setup, job: JobState | None, history: Sequence[Mapping[str, Any]]) -> None:
    epochs = setup.recipe.epochs
    unit = "epoch" if epochs == 1 else "epochs"
    before = Reached(0.0, f"Press Train: {setup.network.title} trains for {epochs} {unit}.")
    standing(job, _reached(job.phase, history[-1]) if job and history else None, before)


def _reached(phase: str, newest: Mapping[str, Any]) -> Reached:
    step, steps, seconds = newest["step"], newest["steps"], newest["seconds"]
    where = f"step {step:,} of {steps:,}, epoch {newest['epoch']} of {newest['epochs']}"
    if phase != "running":
        said = f"{phase.capitalize()}: {where} in {seconds:.1f} s"
    elif step:
        left = seconds / step * (steps - step)
        said = f"S{where[1:]} · {newest['images_per_second']:,.0f} images/s · {left:.0f} s left"
    else:
        said = f"S{where[1:]} · measuring"
    return Reached(step / steps, said)
