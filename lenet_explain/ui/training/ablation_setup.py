"""An ablation: which questions, on which digits; its start, its stop, and going on with the rows that are missing."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lenet_explain.data.datasets import DATASETS
from lenet_explain.jobs import Policy
from lenet_explain.jobs.durations import in_time
from lenet_explain.network.named import short_name
from lenet_explain.recipes.differences import listed
from lenet_explain.recipes.recipe import BOUNDS, Recipe
from lenet_explain.recipes.variations import QUESTIONS, Variation, rows_of, usual_passes
from lenet_explain.results.ablation import Ablation, Rows, Setting, expected
from lenet_explain.ui.parts import controls, frame, start_stop
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.training import recorded_runs
from lenet_explain.ui.visit import mnist, state
from lenet_explain.ui.visit.cache import jobs, training_digits, visitor

_PASSES = "passes"  # the key of the widget, and its name in the URL


@dataclass(frozen=True, slots=True)
class Setup:
    """What the controls say. problem: why this cannot be trained, or None."""

    variations: tuple[Variation, ...]
    setting: Setting
    problem: str | None

    def missing(self, rows: Rows) -> tuple[Variation, ...]:
        return tuple(one for one in self.variations if one.key not in rows)


def settings() -> Setup:
    """Questions, digits, passes and seed."""
    asked = st.pills(
        "Questions", list(QUESTIONS), selection_mode="multi", default=list(QUESTIONS), key="ask", bind=controls.IN_URL,
        help="; ".join(f"{key}: {one.asks}" for key, one in QUESTIONS.items()),
    )  # fmt: skip
    with frame.row():
        data = controls.digits()
        passes = _passes(usual_passes(data))
        seed = controls.number("seed", Recipe(), controls.Form(), width=130)
    whole = {"passes": passes, "seed": Recipe().seed if seed is None else seed}
    wrong = [f"{name} is {value:g}, and must be a whole number" for name, value in whole.items() if value % 1]
    numbers = {name: int(value) for name, value in whole.items()}
    return Setup(rows_of(tuple(asked)), Setting(data, **numbers), wrong[0] if wrong else None)


def _passes(usual: int) -> float:
    bounds = BOUNDS["epochs"]
    value = st.number_input(
        "Passes", min_value=float(bounds.low), max_value=float(bounds.high), value=None, step=1.0, format="%.0f",
        placeholder=f"{usual}", key=_PASSES, bind=controls.IN_URL, width=130,
        help=sentence(f"over the training digits, {bounds}; where the field is empty, {usual}"),
    )  # fmt: skip
    return float(usual) if value is None else value


def done(setting: Setting) -> Rows:
    """The rows that this visitor's ablations have found with these settings, by the variation's key."""
    return state.all_rows().get(setting, {})


def going_on() -> bool:
    """Whether an ablation of this visitor has not ended."""
    newest = state.ablation()
    return newest is not None and not jobs().state(newest.job).over


def buttons(setup: Setup, here: bool) -> None:
    """Start or Go on, Stop, and Start afresh."""
    visitor()
    jobs().warm()
    rows, newest = done(setup.setting), state.ablation()
    missing, others = setup.missing(rows), recorded_runs.going_on()
    some = len(missing) < len(setup.variations)
    ready = missing and not here and not others and not setup.problem and mnist.ready(setup.setting.data)
    with frame.row():
        st.button(
            "Go on" if some else "Start", type="primary", icon=":material/play_arrow:", key="start-rows",
            shortcut="Ctrl+Enter", disabled=not ready, on_click=_start, args=(setup,),
            help=None if missing else "Every row is trained: ask more, or take another seed.",
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", key="stop-rows", disabled=not here, on_click=_stop, args=(newest,),
            help="Rows that are done stay, and Go on trains the rest.",
        )  # fmt: skip
        st.button(
            "Start afresh", icon=":material/restart_alt:", key="forget-rows", disabled=here or not rows,
            on_click=_forget, args=(setup.setting,), help="Forget the rows of these settings.",
        )  # fmt: skip


def notes(setup: Setup, here: bool) -> None:
    """What stands in the way of a start, where something does."""
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    if setup.problem:
        st.error(sentence(f"This cannot be trained: {setup.problem}"), icon=":material/block:")
    newest = state.ablation()
    if here and newest and newest.setting != setup.setting:
        st.info(f"The rows that are being trained now are of other settings: {in_words(newest.setting)}.")
    elif not here and (others := recorded_runs.going_on()):
        names = listed([short_name(one.network) for one in others])
        st.info(f"{names} is still training elsewhere: stop it there, or wait.")
    mnist.offer(setup.setting.data)


def before_start(setup: Setup) -> str:
    """What there is to do, and about how long it takes."""
    digits, setting, rows = training_digits(setup.setting.data), setup.setting, done(setup.setting)
    missing = setup.missing(rows)
    if not missing:
        return f"All {len(setup.variations)} rows are trained: {in_words(setting)}."
    seconds = expected(missing, digits, setting.passes, rows)
    rest = f"{len(missing)} of {len(setup.variations)} rows to train" if rows else f"{len(missing)} rows to train"
    by = "by the rows that are done" if rows else "on one core that nothing else uses"
    limit = Policy().limit
    longer = f"; after {limit / 60:.0f} minutes it is stopped, and Go on trains the rest" if seconds > limit else ""
    return f"{rest}: {in_words(setting)}. About {in_time(seconds)} {by}{longer}."


def in_words(setting: Setting) -> str:
    """'small digits, 10 passes, seed 0'"""
    unit = "pass" if setting.passes == 1 else "passes"
    return f"{DATASETS[setting.data].title}, {setting.passes} {unit}, seed {setting.seed}"


def _start(setup: Setup) -> None:
    """Also after a stop: rows that are done are not trained again."""
    setting = setup.setting
    keys = tuple(one.key for one in setup.missing(done(setting)))
    task = {"rows": list(keys), "data": setting.data, "seed": setting.seed, "passes": setting.passes}
    if job := start_stop.start({"task": "ablation", **task}):
        state.remember_ablation(Ablation(job, setting, keys))


def _forget(setting: Setting) -> None:
    """The job is forgotten too: what it has told would be collected again."""
    state.remember_ablation(None)
    state.keep_rows(setting, {})


def _stop(newest: Ablation | None) -> None:
    if newest and start_stop.stop(newest.job):
        state.remember_ablation(None)
