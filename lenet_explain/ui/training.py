"""Train, Stop and Reset, and the two views that move while a network trains: filters and curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lenet_explain.figures.curves import HEIGHT, curves, curves_alt
from lenet_explain.figures.theme import palette
from lenet_explain.figures.tiles import tile_set
from lenet_explain.jobs import JobState, QueueFull
from lenet_explain.jobs.wire import unpacked_weights
from lenet_explain.ui import mnist, state
from lenet_explain.ui.cache import jobs, visitor, weights_at_start
from lenet_explain.ui.components import scheme, tiles
from lenet_explain.ui.frame import NARROWEST
from lenet_explain.ui.state import Run, Setup
from lenet_explain.walk import walk

TICK = 0.35  # seconds between two looks at a run


def run_of(setup: Setup) -> Run | None:
    """This visitor's newest run of the network on screen."""
    return state.runs().get(setup.network.key)


def buttons(setup: Setup) -> None:
    """Train, Stop and Reset. To be called inside a row."""
    jobs().warm()
    visitor()
    run = run_of(setup)
    active, ready = _active(run), mnist.ready(setup.data) and not setup.problem
    st.button(
        "Train", type="primary", icon=":material/play_arrow:", key="train", shortcut="Ctrl+Enter",
        disabled=active or not ready, on_click=_start, args=(setup,),
    )  # fmt: skip
    st.button("Stop", icon=":material/stop:", key="stop", disabled=not active, on_click=_stop, args=(run,))
    st.button(
        "Reset", icon=":material/restart_alt:", key="reset", disabled=active or run is None,
        on_click=state.forget_run, args=(setup.network.key,), help="Back to the weights before training",
    )  # fmt: skip


def notes(setup: Setup) -> None:
    """What stands in the way of training, where something does: a refusal, a misfit, another run, missing files."""
    notice = state.told()
    others = [run for run in state.runs().values() if run.network != setup.network.key and _active(run)]
    if notice:
        st.warning(f"{notice[:1].upper()}{notice[1:]}.", icon=":material/info:")
    if setup.problem:
        st.error(f"This recipe cannot train {setup.network.key}: {setup.problem}.", icon=":material/block:")
    if others:
        st.info(f"{others[0].network} is still training: choose it above to watch or to stop it.")
    mnist.offer(setup.data)


def _start(setup: Setup) -> None:
    task = {"task": "train", "network": setup.network.key, "recipe": setup.recipe.as_dict(), "data": setup.data}
    try:
        job = jobs().submit(visitor(), task)
    except QueueFull as refusal:
        state.tell(str(refusal))
        return
    state.remember_run(Run(job, setup.network.key, setup.data, setup.recipe))


def _stop(run: Run | None) -> None:
    if run:
        jobs().cancel(run.job)


def _active(run: Run | None) -> bool:
    return run is not None and not jobs().state(run.job).over


def live(setup: Setup) -> None:
    """Filters beside curves; while a run goes on they look for news a few times a second."""
    active = _active(run_of(setup))
    st.fragment(_views, run_every=TICK if active else None)(setup, active)


def _views(setup: Setup, was_active: bool) -> None:
    run = run_of(setup)
    pair = st.grid(2, min_column_width=NARROWEST, gap="medium")
    with pair.cell():
        st.subheader("3 · Filters", anchor="filters")
        _filters(setup, run)
    with pair.cell():
        st.subheader("4 · Training", anchor="training")
        _curves(setup, run)
    if was_active and not _active(run):
        st.rerun()


def _filters(setup: Setup, run: Run | None) -> None:
    """The chosen layer's weights before training, beside those of now."""
    layer, recipe = setup.layer, run.recipe if run else setup.recipe
    initial = weights_at_start(setup.network.key, recipe.start, recipe.seed)
    latest = jobs().latest(run.job) if run else None
    now = unpacked_weights({layer: latest["weights"].get(layer, {})}) if latest else None
    shown = tile_set(walk(setup.network), layer, initial.get(layer, {}), now[layer] if now else None)
    tiles(shown, key="tiles")


def _curves(setup: Setup, run: Run | None) -> None:
    history = jobs().events(run.job).entries if run else ()
    _status(setup, jobs().state(run.job) if run else None, history)
    st.echarts_chart(
        curves(history, setup.layer, palette(scheme())),
        height=HEIGHT,
        key=f"curves-{setup.network.key}",
        alt=curves_alt(history, setup.network.title),
    )


def _status(setup: Setup, job: JobState | None, history: tuple[Mapping[str, Any], ...]) -> None:
    """One line of fixed height above the curves: where the run stands."""
    newest = history[-1] if history else None
    match job.phase if job else None:
        case None:
            st.progress(0.0, text=f"Press Train: {setup.network.title} learns {setup.recipe.epochs} epochs.")
        case "waiting" if job:
            st.progress(0.0, text=f"Number {job.place} of {job.waiting} in the queue.")
        case "failed" | "lost" if job:
            st.error(f"{(job.message or 'The run ended')[:1].upper()}{(job.message or 'The run ended')[1:]}.")
        case "starting" | "running" if newest is None:
            st.progress(0.0, text="Starting the training process …")
        case phase if newest:
            st.progress(newest["step"] / newest["steps"], text=_progress(str(phase), newest))
        case _:
            st.progress(0.0, text="Stopped before the first step.")


def _progress(phase: str, newest: Mapping[str, Any]) -> str:
    step, steps, seconds = newest["step"], newest["steps"], newest["seconds"]
    where = f"Step {step:,} of {steps:,}, epoch {newest['epoch']} of {newest['epochs']}"
    if phase == "running" and step:
        left = seconds / step * (steps - step)
        return f"{where} · {newest['images_per_second']:,.0f} images/s · {left:.0f} s left"
    if phase == "running":
        return f"{where} · measuring"
    return f"{phase.capitalize()}: {where[0].lower()}{where[1:]} in {seconds:.1f} s"
