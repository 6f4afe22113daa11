"""What a unit likes: the choice of a unit, its strongest and weakest places, and the search for an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.data.datasets import Bytes, load_embedded
from lenet_explain.figures import patches as figure
from lenet_explain.figures.theme import LIGHT, palette
from lenet_explain.jobs import JobState
from lenet_explain.jobs.wire import unpacked
from lenet_explain.network.named import network_named
from lenet_explain.results import strongest
from lenet_explain.results.strongest import End, Extremes, Unit, layers_of
from lenet_explain.ui.parts import controls, frame, start_stop
from lenet_explain.ui.parts.components import scheme
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.parts.job_status import Reached, standing
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs, shipped, visitor

TICK = 0.25  # seconds between two looks at a search
MAP = "map"  # the key of the widget that chooses a map, and its name in the URL
_DIGITS = "digits"
_ALONE, _PAIR, _LARGE = 96, 180, 200  # px that an item takes at least: one picture, two, or a large one
_MOST = 112  # px of a picture, where it is not a large one

_PATCHES = register("evidence/patches")


def choose() -> Unit:
    """Network, layer and map; to be called inside a row."""
    network = controls.one_network(fits=controls.comes_with_the_app)
    steps = {step.name: step for step in layers_of(network)}
    layer = st.selectbox("Layer", list(steps), key=state.LAYER, bind=controls.IN_URL, width=110)
    maps = steps[layer].after.maps
    chosen = int(st.selectbox("Map", [str(at) for at in range(maps)], key=MAP, bind=controls.IN_URL, width=100))
    for words, step in (("Map before", -1), ("Next map", 1)):
        st.button(words, key=f"map-{step}", on_click=state.choose, args=({MAP: str((chosen + step) % maps)},))
    return Unit(network.key, layer, chosen)


def about(unit: Unit) -> None:
    st.markdown(
        f"{figure.about(unit)} Look for what the strongest patches have in common, and whether the weakest lack it."
    )


def extremes_of(unit: Unit) -> Extremes | None:
    """None, and the reason on screen, where the files of the app are damaged."""
    try:
        return _extremes(unit.network, unit.layer)
    except CheckpointError as error:
        st.error(sentence(f"The weights that come with this app cannot be read: {plain(str(error))}"))
        return None


@st.cache_resource(max_entries=64, show_spinner="Reading the digits …")
def _extremes(network: str, layer: str) -> Extremes:
    """Raises CheckpointError where the files are missing or damaged."""
    return strongest.extremes(network_named(network), layer, shipped(network)[0], _digits()[0])


@st.cache_resource(max_entries=1, show_spinner=False)
def _digits() -> tuple[Bytes, Bytes]:
    """All that come with the app, those for training first."""
    data = load_embedded(_DIGITS)
    return (
        np.concatenate([data.train_images, data.test_images]),
        np.concatenate([data.train_labels, data.test_labels]),
    )


def highest(unit: Unit, found: Extremes) -> None:
    st.subheader("Where it is highest", anchor="highest")
    _end(unit, found.strongest, "highest")


def lowest(unit: Unit, found: Extremes) -> None:
    st.subheader("Where it is lowest", anchor="lowest")
    _end(unit, found.weakest, "lowest")


def _end(unit: Unit, end: End, name: str) -> None:
    images, labels = _digits()
    words = figure.end_words(unit, end, len(images))
    st.caption(words)
    items = figure.items(unit, end, images, labels)
    width = _PAIR if items[0]["part"] else _ALONE
    _draw(items, (width, _MOST), f"Where {unit.layer} map {unit.map} is {name}", key=name)


def _draw(items: Sequence[Mapping[str, Any]], widths: tuple[int, int], alt: str, *, key: str) -> None:
    """widths: of an item at least, and of a picture at most."""
    colours = palette(scheme())
    own = {"text": colours.text, "quiet": colours.quiet, "line": f"{colours.quiet}80", "mark": LIGHT.accent}
    least, most = widths
    data = {"items": list(items), "least": least, "most": most, "alt": alt, "colours": own}
    _PATCHES(key=key, data=[data], height="content")  # a dict would import pandas


def search(unit: Unit) -> str | None:
    """The buttons that start and stop the search for an input; returns the job that goes on, of whatever unit."""
    visitor()
    jobs().warm()
    going = next((job for job in state.searches().values() if not jobs().state(job).over), None)
    with frame.row():
        st.button(
            "Find the input it likes most", type="primary", icon=":material/play_arrow:", key="search",
            shortcut="Ctrl+Enter", disabled=bool(going), on_click=_start, args=(unit,),
            help="Gradient ascent on the pixels that the middle unit of this map sees, from paper with a little noise.",
        )  # fmt: skip
        st.button("Stop", icon=":material/stop:", key="stop-search", disabled=not going, on_click=_stop, args=(going,))
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    return going


def live(unit: Unit, found: Extremes, going: str | None) -> None:
    """How far the search for this unit's input is, and what it has found; while one goes on, they look for news."""
    st.fragment(_views, run_every=TICK if going else None)(unit, found, going)


def _views(unit: Unit, found: Extremes, going: str | None) -> None:
    job = state.searches().get(unit)
    result, latest = (jobs().result(job), jobs().latest(job)) if job else (None, None)
    event = result if result and "picture" in result else latest
    _status(jobs().state(job) if job else None, event)
    images, labels = _digits()
    best = found.strongest.places(unit.map)[0]
    shown = [figure.strongest_item(unit, best, images[best.image], int(labels[best.image]))]
    if event:
        shown.insert(0, figure.made_item(unit, event, unpacked(event["picture"])))
    _draw(
        shown, (_LARGE, _LARGE), f"The input made for {unit.layer} map {unit.map}, and the strongest digit", key="made"
    )
    if result and "digits" in result:
        st.markdown(figure.verdict(unit, result))
    if going and jobs().state(going).over:
        st.rerun()


def _status(job: JobState | None, event: Mapping[str, Any] | None) -> None:
    before = Reached(0.0, "Press the button, and watch a picture form that no digit has shown it.")
    standing(job, _reached(job.phase, event) if job and event else None, before, "worker")


def _reached(phase: str, event: Mapping[str, Any]) -> Reached:
    said = f"step {event['step']} of {event['steps']}"
    return Reached(event["step"] / event["steps"], sentence(said if phase == "running" else f"{phase}: {said}"))


def _start(unit: Unit) -> None:
    task = {"network": unit.network, "layer": unit.layer, "map": unit.map}
    if job := start_stop.start({"task": "preferences", **task}):
        state.remember_search(unit, job)


def _stop(job: str | None) -> None:
    if job and start_stop.stop(job):
        state.forget_search(job)


def conclusions(unit: Unit, found: Extremes) -> None:
    st.markdown("\n".join(f"- {line}" for line in figure.conclusions(unit, found, _digits()[1])))
