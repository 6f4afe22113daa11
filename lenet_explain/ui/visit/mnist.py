"""MNIST on request: offer it, show how far it has come, and say what is wrong where it cannot be had."""

from __future__ import annotations

import streamlit as st

from lenet_explain.data.datasets import DATASETS, DataError, data_folder
from lenet_explain.data.mnist_files import seems_fetched
from lenet_explain.ui.parts import start_stop
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.parts.job_status import Reached, standing
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs

MEGABYTE = 1_000_000
TICK = 0.35  # seconds


def ready(data: str) -> bool:
    """Whether the data set's files are here. A folder that cannot be named holds none."""
    try:
        return DATASETS[data].embedded or seems_fetched(data_folder())
    except DataError:
        return False


def offer(data: str) -> None:
    """Nothing where the data set is here; else a button that fetches it, or how far it has come."""
    if ready(data):
        state.remember_fetch(None)
        return
    job = state.fetch_job()
    if job and not jobs().state(job).over:
        st.fragment(_progress, run_every=TICK)(job)
        return
    message = jobs().state(job).message if job else None
    if message:
        st.error(sentence(message), icon=":material/cloud_off:")
    title = DATASETS[data].title
    st.info(f"{title} is not on this machine yet. Until it is, choose digits above: they need no internet.")
    # outside any fragment: its click must draw the whole page anew, so that the progress begins
    st.button(f"Fetch {title}", icon=":material/download:", key="fetch", on_click=_fetch, args=(data,))


def _progress(job: str) -> None:
    events = jobs().events(job).entries
    received, of = (events[-1]["received"], events[-1]["of"]) if events else (0, 0)
    said = f"Fetching: {received / MEGABYTE:.1f} of {of / MEGABYTE:.1f} MB"
    standing(jobs().state(job), Reached(received / of, said) if of else None, Reached(0.0, ""), "download")
    st.button("Cancel", key="cancel-fetch", on_click=_stop, args=(job,))
    if jobs().state(job).over:
        st.rerun()


def _fetch(data: str) -> None:
    if job := start_stop.start({"task": "fetch", "data": data}):
        state.remember_fetch(job)


def _stop(job: str) -> None:
    if start_stop.stop(job):
        state.remember_fetch(None)
