"""What moves while a race goes on: a line for both sides, their curves on one pair of axes; then the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lenet_explain.data.datasets import DATASETS
from lenet_explain.figures.lanes import By, Lane, lane_curves, lane_curves_alt
from lenet_explain.figures.theme import palette
from lenet_explain.jobs import JobState
from lenet_explain.results.paired import paired, picked, verdict
from lenet_explain.results.record import lane_entries
from lenet_explain.ui.parts.components import curves, scheme
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.parts.job_status import Reached, standing
from lenet_explain.ui.training import recorded_runs
from lenet_explain.ui.training.race_values import Race, RaceSetup
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs

TICK = 0.35  # seconds between two looks at a race
_ABOUT = (
    "The interval is about test digits drawn anew; another seed draws other weights, and may decide otherwise: try one."
)

Entry = Mapping[str, Any]


def live(setup: RaceSetup, by: By, here: bool) -> None:
    """Status and curves of the newest race; while it goes on, they look for news a few times a second."""
    st.fragment(_views, run_every=TICK if here else None)(setup, by, here)


def _views(setup: RaceSetup, by: By, here: bool) -> None:
    race = state.race()
    history = jobs().events(race.job).entries if race else ()
    now = jobs().state(race.job) if race else None
    _status(now, history)
    shown = race.setup if race else setup
    lanes = [
        Lane(f"{letter}", lane_entries(history, letter.lower()), _steps(history, letter.lower())) for letter in "AB"
    ]
    for letter in "ab":
        if fault := _fault(history, letter):
            st.warning(sentence(f"{letter.upper()} {fault}"), icon=":material/trending_up:")
    if race and race.setup != setup:
        st.caption(f"These are the curves of the race that you started: {_title(shown)}. Start again for those above.")
    run = f"{race.job if race else 'none'} {by}"
    curves({"run": run, **lane_curves(lanes, by, palette(scheme()))}, lane_curves_alt(lanes), key="race-curves")
    if here and now and now.over:
        recorded_runs.going_on()
        st.rerun()


def result(setup: RaceSetup) -> None:
    """Who won, once the race is over."""
    race = state.race()
    if race is None or not jobs().state(race.job).over:
        return
    phase = jobs().state(race.job).phase
    history, counts = jobs().events(race.job).entries, jobs().result(race.job)
    faults = [letter.upper() for letter in "ab" if _fault(history, letter)]
    if phase == "stopped":
        again = "Start a shorter race" if jobs().state(race.job).message else "Start again"
        st.info(f"Stopped before the end: nobody has won. {again} to see who does.")
    elif phase == "finished" and len(faults) == 2:
        st.info("Both diverged: nobody has won.")
    elif phase == "finished" and faults:
        winner = "B" if faults == ["A"] else "A"
        _verdict(f"**{winner} won**, since {faults[0]} diverged. {picked(race.pick, winner)}", race, "")
    elif phase == "finished" and counts and "both" in counts:
        found = paired(counts)
        _verdict(f"{verdict(found)} {picked(race.pick, found.winner)}", race, _ABOUT)


def _verdict(words: str, race: Race, about: str) -> None:
    st.subheader("Who won", anchor="verdict")
    st.markdown(words)
    st.caption(f"{_title(race.setup)}, on {DATASETS[race.setup.data].title}. {about}")


def _title(setup: RaceSetup) -> str:
    one, other = setup.lanes
    return f"A: {one.network.title}, B: {other.network.title}"


def _steps(history: Sequence[Entry], lane: str) -> int:
    return (history[-1].get(f"{lane}_steps") or 0) if history else 0


def _fault(history: Sequence[Entry], lane: str) -> str | None:
    return history[-1].get(f"{lane}_fault") if history else None


def _status(job: JobState | None, history: Sequence[Entry]) -> None:
    before = Reached(0.0, "Pick a winner, then press Start: both sides train in turns.")
    standing(job, _reached(job.phase, history[-1]) if job and history else None, before)


def _reached(phase: str, newest: Entry) -> Reached:
    shares = [_share(newest, lane) for lane in "ab"]
    said = " · ".join(_standing(newest, lane) for lane in "ab")
    return Reached(sum(shares) / len(shares), said if phase == "running" else f"{phase.capitalize()}: {said}")


def _share(newest: Entry, lane: str) -> float:
    if newest.get(f"{lane}_fault") or newest.get(f"{lane}_last"):
        return 1.0
    steps = newest.get(f"{lane}_steps")
    return newest[f"{lane}_step"] / steps if steps else 0.0


def _standing(newest: Entry, lane: str) -> str:
    if newest.get(f"{lane}_step") is None:
        return f"{lane.upper()}: waits for its turn"
    words = f"{lane.upper()}: step {newest[f'{lane}_step']:,} of {newest[f'{lane}_steps']:,}"
    ended = " (diverged)" if newest.get(f"{lane}_fault") else ""
    return f"{words}, {newest[f'{lane}_seconds']:.1f} s{ended}"
