"""The runs of this visit: a table of them, the chosen ones on one chart, and what can be taken home."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lenet_explain.data.datasets import DATASETS
from lenet_explain.figures import drawing
from lenet_explain.figures.lanes import MARKS, Lane, lane_curves, lane_curves_alt
from lenet_explain.figures.theme import palette
from lenet_explain.network.named import network_named
from lenet_explain.recipes.differences import between
from lenet_explain.results.handout import page, spreadsheet
from lenet_explain.results.record import Entry, Record, entries_of, lane_entries
from lenet_explain.ui.parts import controls, frame
from lenet_explain.ui.parts.components import curves, scheme
from lenet_explain.ui.training import recorded_runs, run_table
from lenet_explain.ui.visit import links, state
from lenet_explain.ui.visit.cache import jobs, visitor

TICK = 1.0  # seconds between two looks at runs that go on
LESSON, RACE = "pages/lesson/side_by_side.py", "pages/training/race.py"


def table() -> list[Record]:
    """All runs; returns those to compare: the chosen ones. Where there is none, it says how to get one."""
    visitor()
    going = recorded_runs.going_on()
    records = state.records()
    if not records:
        st.info("No run yet in this visit. Train a network, or race two: both will be listed here.")
        with frame.row():
            st.page_link(LESSON, label="Side by side", icon=":material/view_column_2:")
            st.page_link(RACE, label="Race two settings", icon=":material/flag:")
        return []
    if going:
        st.fragment(_wait, run_every=TICK)(len(going))
    chosen = run_table.table(records)
    return [record for record in records if record.key in chosen]


def forget(chosen: Sequence[Record]) -> None:
    """Buttons that forget the chosen runs, or all that have ended. Runs that go on stay."""
    if not state.records():
        return
    keys = frozenset(record.key for record in chosen)
    with frame.row():
        st.button(
            "Forget the chosen", key="forget", icon=":material/delete:", disabled=not chosen, on_click=_forget,
            args=(keys,),
        )  # fmt: skip
        st.button(
            "Forget all", key="forget-all", icon=":material/delete_sweep:", on_click=_forget,
            args=(frozenset(record.key for record in state.records()),),
        )  # fmt: skip
        st.download_button(
            "All as CSV", spreadsheet(state.records()), "runs.csv", "text/csv", key="csv-all", on_click="ignore",
            icon=":material/table:",
        )  # fmt: skip


def comparison(chosen: Sequence[Record]) -> None:
    """The chosen runs' curves on one chart, what two of them differ in, and files of all that."""
    if not chosen:
        if state.records():
            st.caption("Choose one run or several in the table: their curves are drawn here, to compare and to keep.")
        return
    st.subheader("Compared", anchor="compared")
    shown = chosen[: len(MARKS)]
    if len(chosen) > len(shown):
        st.caption(f"The first {len(shown)} of {len(chosen)} chosen runs are drawn: more could not be told apart.")
    if len(shown) == 2:
        st.markdown(f"**What differs:** {_differences(*shown)}.")
    over = controls.axis("over")
    lanes = [Lane(record.title, _entries(record), _steps(record)) for record in shown]
    run = " ".join([over, *(record.key for record in shown)])
    curves({"run": run, **lane_curves(lanes, over, palette(scheme()))}, lane_curves_alt(lanes), key="history-curves")
    _files(shown, drawing.svg(lanes, over), drawing.size(lanes))
    _share(shown)


def _files(shown: Sequence[Record], picture: str, size: tuple[int, int]) -> None:
    files = (
        ("CSV", spreadsheet(shown), "runs.csv", "text/csv"),
        ("SVG", picture, "curves.svg", "image/svg+xml"),
        ("Handout (HTML)", page(shown, picture), "runs.html", "text/html"),
    )
    st.caption("Take these runs home: figures, curves, or one page with all of it.")
    with frame.row():
        for label, data, name, kind in files:
            st.download_button(
                label, data, name, kind, key=f"save-{name}", on_click="ignore", icon=":material/download:"
            )
        run_table.png(picture, size, "curves.png")


def _share(shown: Sequence[Record]) -> None:
    """Links that open these settings again."""
    st.caption("Share settings: each link opens them, ready to train.")
    if len(shown) == 2 and shown[0].data == shown[1].data:
        params = links.race_params(shown[0], shown[1], controls.LANES)
        st.page_link(RACE, label="These two as a race", icon=":material/flag:", query_params=params)
        st.code(links.address("race", params), language=None, wrap_lines=True)
    for record in shown:
        params = links.lesson_params(record)
        title = network_named(record.network).title
        label = f"{record.place} in Side by side: {title} on {DATASETS[record.data].title}"
        st.page_link(LESSON, label=label, icon=":material/view_column_2:", query_params=params)
        st.code(links.address("", params), language=None, wrap_lines=True)


def _differences(one: Record, other: Record) -> str:
    names = one.place, other.place
    networks = network_named(one.network), network_named(other.network)
    found = between(networks, (one.recipe, other.recipe), names)
    if one.data != other.data:
        found = [f"{DATASETS[one.data].title} against {DATASETS[other.data].title}", *found]
    return "; ".join(found) or "nothing, so that both curves lie on one another"


def _entries(record: Record) -> Sequence[Entry]:
    if record.outcome:
        return entries_of(record.outcome)
    return lane_entries(jobs().events(record.job).entries, record.lane)


def _steps(record: Record) -> int:
    entries = _entries(record)
    return entries[-1]["steps"] if entries else 0


def _wait(going: int) -> None:
    """How many runs go on; the page is drawn anew when one of them ends."""
    st.caption(f"{going} {'run goes' if going == 1 else 'runs go'} on: their figures follow when they end.")
    if len(recorded_runs.going_on()) != going:
        st.rerun()


def _forget(keys: frozenset[str]) -> None:
    """A run that goes on cannot be forgotten: it would go on unseen."""
    state.change_records(lambda one: None if one.key in keys and one.outcome else one)
