"""Looking back on a run: one slider over its moments, and everything that follows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from lenet_explain.checkpoints import moments
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.series import Series
from lenet_explain.checkpoints.shipped import load_shipped_series
from lenet_explain.data.datasets import DATASETS, framed
from lenet_explain.figures import curves as curve_figure
from lenet_explain.figures import moments as figure
from lenet_explain.figures.maps import Held, framed_maps
from lenet_explain.figures.theme import Scheme, palette
from lenet_explain.figures.tile_moments import framed_moments
from lenet_explain.jobs.snapshots import series_of_run
from lenet_explain.network.named import short_name
from lenet_explain.network.walk import Network, walk
from lenet_explain.ui.lesson import runs
from lenet_explain.ui.parts import components, controls
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.training import scrub_views
from lenet_explain.ui.visit import custom_network, state
from lenet_explain.ui.visit.cache import embedded_test_digits, jobs

_HALF = 430  # px; two views side by side on a projector too
TICK = 1.0  # seconds between two looks at a run that goes on
SHIPPED, OWN = "shipped", "your run"
DIGITS = tuple(map(str, range(10)))
NETWORK = "network"
HELD = "held"  # the key of the widget that chooses the digit, and its name in the URL


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """A run to look back on. identity: a name that no other run has."""

    network: Network
    layer: str
    digit: int
    identity: str
    series: Series


@dataclass(frozen=True, slots=True)
class Choice:
    network: Network
    layer: str
    digit: int
    source: str


def choose() -> Choice:
    """Network, layer, digit and whose run; to be called inside a row."""
    network = controls.one_network(key=NETWORK)
    names = [layer.name for layer in network.layers]
    layer = st.selectbox("Layer of the filters", names, key=state.LAYER, bind=controls.IN_URL, width=160)
    digit = st.selectbox("Held digit", DIGITS, index=7, key=HELD, bind=controls.IN_URL, width=110)
    comes_along, mine = controls.comes_with_the_app(network), list(state.runs())
    source = SHIPPED if comes_along else OWN
    if mine and network.key not in mine:
        st.button(
            f"To your run of {short_name(mine[-1])}", key="to-own", on_click=custom_network.choose,
            args=(mine[-1], {NETWORK: custom_network.option(mine[-1])}),
        )  # fmt: skip
    elif mine and comes_along:
        source = st.segmented_control(
            "Whose run", [SHIPPED, OWN], default=OWN, required=True, key="run", bind=controls.IN_URL,
            help=f"{OWN}: the newest of this network in Side by side, also while it goes on",
        )  # fmt: skip
    return Choice(network, layer, int(digit), source)


def show(choice: Choice) -> None:
    """The slider, the views and what to look for; while an own run goes on, they look for news once a second."""
    going = choice.source == OWN and choice.network.key in runs.active()
    st.fragment(_views, run_every=TICK if going else None)(choice, going)


def _views(choice: Choice, going: bool) -> None:
    if state.value(HELD) != str(choice.digit):  # chosen in its picture: the field above has to follow
        st.rerun()
    past = _own(choice) if choice.source == OWN else _shipped(choice)
    if past is None:
        return
    entries = moments.entries_shown(past.series)
    st.markdown(_look_for(past))
    colours, asked = palette(components.scheme()), state.asked_step()
    steps = [entry["step"] for entry in entries]
    at = len(steps) - 1 if asked is None else int(np.abs(np.array(steps) - asked).argmin())
    with st.container(key="moment"):
        scrub_views.scrubber(
            figure.slider(entries, at, past.identity, colours), key="scrubber", on_step=state.look_at_step
        )
    grid = st.grid(2, min_column_width=_HALF, gap="medium")
    for views in ((_filters, _answers), (_held,), (_measured,), (_gradients,)):
        with grid.cell():
            for view in views:
                view(past)
    if going and choice.network.key not in runs.active():
        st.rerun()


def _shipped(choice: Choice) -> Past | None:
    try:
        series = shipped_series(choice.network.key)
    except CheckpointError as error:
        st.error(sentence(f"The run that comes with this app cannot be read: {plain(str(error))}"))
        return None
    return Past(choice.network, choice.layer, choice.digit, f"shipped {choice.network.key}", series)


def _own(choice: Choice) -> Past | None:
    run = state.runs().get(choice.network.key)
    if run is None:
        st.info(f"{choice.network.title} has no run to look back on yet: train it in Side by side, then come back.")
        return None
    entries, snapshots = jobs().events(run.job).entries, jobs().snapshots(run.job)
    series = series_of_run(run.network, run.recipe, run.data, entries, snapshots)
    if series is None:
        now = jobs().state(run.job)
        ended = f"Your run ended before its first moment. {plain(sentence(now.message)) if now.message else ''}"
        st.info(
            ended if now.over else "Your run has no moment to look back on yet: its first comes when it has started."
        )
        return None
    return Past(choice.network, choice.layer, choice.digit, f"run {run.job}", series)


@st.cache_resource(max_entries=8, show_spinner=False)
def shipped_series(network: str) -> Series:
    """Raises CheckpointError where the files are missing or damaged."""
    return moments.checked(load_shipped_series(network), f"the run of {network}")


def _look_for(past: Past) -> str:
    """What to look for, computed from the run."""
    titles = figure.titles(moments.entries_shown(past.series))
    found = [f"Drag the slider: {past.network.title} on {DATASETS[past.series.data].title}, {len(titles)} moments."]
    leap, half = moments.largest_leap(past.series), moments.halfway(past.series, past.layer)
    if leap is not None:
        before, after = (moments.entries_shown(past.series)[at]["test_accuracy"] for at in (leap - 1, leap))
        found.append(
            f"Look for the leap between {titles[leap - 1]} and {titles[leap]}, where it learns to read "
            f"{after:.0%} of the test digits instead of {before:.0%}."
        )
    if half is not None:
        found.append(f"The weights of {past.layer} have gone half of their whole way by {titles[half]}.")
    return " ".join(found)


def _filters(past: Past) -> None:
    st.subheader(f"Filters of {past.layer}", anchor="filters")
    scrub_views.tiles(
        _framed_tiles(past.identity, past.series.shown, past.layer, components.scheme(), past), key="tiles"
    )


@st.cache_resource(max_entries=24, show_spinner=False)
def _framed_tiles(identity: str, shown: tuple[int, ...], layer: str, scheme: Scheme, _past: Past) -> bytes:
    arrays = _past.series.stacked.get(layer, {})
    each = [{name: array[at].astype(np.float32) for name, array in arrays.items()} for at in range(len(shown))]
    titles = figure.titles(moments.entries_shown(_past.series))
    return framed_moments(walk(_past.network), layer, each, titles, palette(scheme))


def _held(past: Past) -> None:
    st.subheader("A digit on its way through", anchor="maps")
    images, labels = embedded_test_digits("digits")
    places = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    read = [
        _maps_at(past.identity, step, past.digit, past, at) for at, step in enumerate(moments.steps_shown(past.series))
    ]
    stacked = {name: np.stack([one[name] for one in read]) for name in read[0]}
    last = past.network.layers[-1].name
    outputs = stacked.pop(last).reshape(len(read), -1)
    answers, winners = moments.answers_of(past.network.key, outputs)
    far = past.network.answer == "distances"
    held = Held(images[places], list(range(10)), past.digit, stacked, answers, winners, far)
    titles = figure.titles(moments.entries_shown(past.series))
    scrub_views.maps(
        framed_maps(held, walk(past.network), titles, palette(components.scheme())), key="maps", on_digit=_hold
    )


@st.cache_resource(max_entries=1200, show_spinner=False)
def _maps_at(identity: str, step: int, digit: int, _past: Past, _at: int) -> moments.Maps:
    images, labels = embedded_test_digits("digits")
    place = int(np.flatnonzero(labels == digit)[0])
    network = _past.network
    image = framed(images[place : place + 1], network.input.height, network.pixels)
    return moments.maps_of(network.key, _past.series.weights(_at), image)


def _hold(digit: int) -> None:
    state.choose({HELD: str(digit)})


def _measured(past: Past) -> None:
    st.subheader("Loss, accuracy, gradient", anchor="curves")
    entries = past.series.entries
    drawn = curve_figure.curves(entries, past.layer, palette(components.scheme()))
    follows = {"name": figure.NAME, "steps": moments.steps_shown(past.series)}
    alt = curve_figure.curves_alt(entries, past.network.title)
    components.curves({"run": past.identity, "moments": follows, **drawn}, alt, key="curves")


def _gradients(past: Past) -> None:
    st.subheader("How hard each layer is pushed", anchor="gradients")
    st.caption("Root mean square of each layer's gradient; from mark to mark it is ten times as much.")
    scrub_views.gradients(
        figure.gradients(moments.entries_shown(past.series), palette(components.scheme())), key="gradients"
    )


def _answers(past: Past) -> None:
    st.subheader("What it takes for what", anchor="confusion")
    st.caption("Look at the columns early on: which answer does it give to nearly everything?")
    entries = moments.entries_shown(past.series)
    scrub_views.confusion(
        figure.confusions(past.series.confusions, entries, palette(components.scheme())), key="confusion"
    )
