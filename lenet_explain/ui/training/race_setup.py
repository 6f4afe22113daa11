"""A race: two settings, a pick, the start, and both lanes on one pair of axes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lenet_explain.figures.lanes import By
from lenet_explain.network.named import short_name
from lenet_explain.recipes.differences import batches_in_words, between, listed, recipe_in_words
from lenet_explain.recipes.races import FIRST, RACES, NamedRace
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_named
from lenet_explain.results.paired import Pick
from lenet_explain.ui.parts import controls, frame, start_stop
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.training import recorded_runs
from lenet_explain.ui.training.race_values import Lane, Race, RaceSetup
from lenet_explain.ui.visit import links, mnist, state
from lenet_explain.ui.visit.cache import jobs, visitor

_SIDE = 430  # px; below two of these the sides go one below the other
_PICKS: dict[Pick, str] = {"A": "A wins", "B": "B wins", "draw": "a draw"}


def settings() -> RaceSetup:
    """What both sides share, races by name, which fill in both sides, and the sides. Both have the shared seed."""
    with frame.row():
        data = controls.digits()
        seed = controls.number("seed", Recipe(), controls.Form(), width=130)
        for key, named in RACES.items():
            st.button(named.title, key=f"race-{key}", help=named.question, on_click=_choose, args=(key,))
    state.suggest(_values(FIRST))
    lanes = []
    sides = st.grid(2, min_column_width=_SIDE, gap="medium")
    for letter, form in zip("AB", controls.LANES, strict=True):
        with sides.cell(), st.container(border=True):
            lanes.append(_lane(letter, form, seed))
    return RaceSetup((lanes[0], lanes[1]), data)


def _lane(letter: str, form: controls.Form, seed: float | None) -> Lane:
    with frame.row():
        st.markdown(f"### {letter}", width=36)
        described = controls.one_network(key=f"{form.prefix}network")
        recipe = st.selectbox("Recipe", list(RECIPES), key=f"{form.prefix}recipe", bind=controls.IN_URL, width=130)
        named = recipe_named(recipe, described)
        changed = {**controls.asked(named, form, "Change"), **({} if seed is None else {"seed": seed})}
    fitted, problem = controls.fitted(changed, named, described)
    st.caption(f"**{described.title}**, trained by recipe {recipe_in_words(fitted, described)}.")
    if problem:
        st.error(sentence(f"{letter} cannot be trained: {problem}"), icon=":material/block:")
    return Lane(described, fitted, problem)


def differences(setup: RaceSetup) -> None:
    """What the two sides differ in, and whether they see the same batches; computed from both descriptions."""
    one, other = setup.lanes
    found = between((one.network, other.network), (one.recipe, other.recipe))
    words = "; ".join(found) if found else "nothing: both curves should lie on one another"
    st.markdown(f"**What differs, A against B:** {words}. {batches_in_words(one.recipe, other.recipe)}")


def start(setup: RaceSetup) -> tuple[bool, By]:
    """The pick, Start, Stop and the axis in a row; returns whether a race is going on, and the axis."""
    visitor()
    jobs().warm()
    race, going = state.race(), recorded_runs.going_on()
    here = race is not None and not jobs().state(race.job).over
    with frame.row():
        pick: Pick | None = st.segmented_control(
            "Who reads more test digits at the end?", list(_PICKS), format_func=_PICKS.__getitem__, key="pick",
            disabled=here, help="A draw: the 95 % interval of the difference holds 0, so that chance could make it.",
        )  # fmt: skip
        ready = not going and pick and mnist.ready(setup.data) and not any(lane.problem for lane in setup.lanes)
        st.button(
            "Start", type="primary", icon=":material/play_arrow:", key="start", shortcut="Ctrl+Enter",
            disabled=not ready, on_click=_start, args=(setup, pick), help=_why_not(here, bool(going), pick),
        )  # fmt: skip
        st.button("Stop", icon=":material/stop:", key="stop-race", disabled=not here, on_click=_stop, args=(race,))
        over = controls.axis("over")
    return here, over


def notes(setup: RaceSetup, here: bool) -> None:
    """What stands in the way of a start, where something does."""
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    if not here and (others := recorded_runs.going_on()):
        names = listed([short_name(one.network) for one in others])
        st.info(f"{names} is still training in Side by side: stop it there, or wait.")
    mnist.offer(setup.data)


def _why_not(here: bool, going: bool, pick: Any) -> str | None:
    if here:
        return None
    if going:
        return "One run at a time: stop the other one first, or wait until it ends."
    return None if pick else "Pick a winner first."


def _choose(key: str) -> None:
    state.choose(_values(RACES[key]))


def _values(named: NamedRace) -> dict[str, Any]:
    sides = [
        links.widget_values(side.network, side.recipe, side.changed, form)
        for form, side in zip(controls.LANES, named.sides, strict=True)
    ]
    return {**sides[0], **sides[1]}


def _start(setup: RaceSetup, pick: Pick) -> None:
    lanes = {
        name: {"network": lane.network.key, "recipe": lane.recipe.as_dict()}
        for name, lane in zip("ab", setup.lanes, strict=True)
    }
    if job := start_stop.start({"task": "race", "data": setup.data, **lanes}):
        state.remember_race(Race(job, setup, pick))


def _stop(race: Race | None) -> None:
    if race:
        start_stop.stop(race.job)
