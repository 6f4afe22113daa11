"""After training: how many unseen digits are read, which are not, and some of both to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from lenet_explain.data.datasets import DATASETS
from lenet_explain.figures.results import right_and_wrong
from lenet_explain.figures.theme import palette
from lenet_explain.figures.thumbs import address
from lenet_explain.jobs.wire import unpacked
from lenet_explain.recipes.differences import recipe_in_words
from lenet_explain.results.accuracy import accuracy
from lenet_explain.results.reading import read
from lenet_explain.ui.lesson.runs import Active, run_of
from lenet_explain.ui.parts import frame, weights_file
from lenet_explain.ui.parts.bars import bars
from lenet_explain.ui.parts.components import scheme
from lenet_explain.ui.parts.frame import plain
from lenet_explain.ui.visit.cache import embedded_test_digits, jobs
from lenet_explain.ui.visit.custom_network import params
from lenet_explain.ui.visit.trained import FILE, at_first, own
from lenet_explain.ui.visit.values import Setup

EMBEDDED = "digits"  # the data set whose test digits are here at once
SCALE = 3  # a pixel of a digit is drawn as 3×3


def results(setup: Setup, busy: Active) -> None:
    """What the network reads: as it comes with the app, until a run of it has ended or a file of it is loaded."""
    _of_run(setup, busy)
    _of_file(setup)
    _at_first(setup)
    weights_file.upload()


def _at_first(setup: Setup) -> None:
    """Predictions before anything is trained: the shipped weights, on one small digit of each kind."""
    kept = at_first(setup.network)
    if kept is None:
        return
    reached, (images, labels) = kept.card.reached, embedded_test_digits(EMBEDDED)
    st.subheader(f"Trained beforehand, it reads {reached.right:,} of {reached.total:,} digits", anchor="beforehand")
    low, high = reached.interval
    st.markdown(
        f"Weights that come with this app: {reached.share:.2%} of the test digits of {DATASETS[kept.card.data].title} "
        f"(95% interval {low:.2%} to {high:.2%}), after {_long(kept.card.seconds)} of training by recipe "
        f"{recipe_in_words(kept.card.recipe, kept.network)}. Press Train to begin anew on "
        f"{DATASETS[setup.data].title}."
    )
    _to_mistakes(setup, kept.source)
    left, right = st.columns(2, gap="large")
    with left:
        _bars(kept.card.confusion)
    with right:
        first = [int(np.flatnonzero(labels == digit)[0]) for digit in np.unique(labels)]
        answers = read(kept.network, kept.weights, (images[first], labels[first])).answers
        st.caption(f"What it answers to digits of another kind, {DATASETS[EMBEDDED].title}: it has learnt from none.")
        _row(images[first], [_told(int(labels[at]), int(own)) for at, own in zip(first, answers, strict=True)])


def _long(seconds: float) -> str:
    """'45 s' or '12 min'"""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _told(truth: int, answer: int) -> str:
    """'✓ 3' or '✗ 3 read as 8'"""
    return f"✓ {truth}" if truth == answer else f"✗ {truth} read as {answer}"


def _of_file(setup: Setup) -> None:
    """What the card says of the weights that stand for `now`."""
    file = weights_file.now_shown(setup.network)
    if file is None:
        return
    reached = file.card.reached
    st.subheader(f"Loaded: by its card it reads {reached.right:,} of {reached.total:,} digits", anchor="results")
    st.markdown(f"{weights_file.about(file.card)}. From {plain(file.name)}; Reset puts it away.")
    _to_mistakes(setup, FILE)
    _bars(file.card.confusion)


def _to_mistakes(setup: Setup, source: str) -> None:
    st.page_link(
        "pages/training/mistakes.py", label="What it misreads, and why", icon=":material/rule:",
        query_params={**params(setup.network.key), "weights": source},
    )  # fmt: skip


def _of_run(setup: Setup, busy: Active) -> None:
    run = run_of(setup)
    latest = jobs().latest(run.job) if run else None
    if run is None or latest is None or setup.network.key in busy:
        return
    kept = own(setup.network)
    # a stopped run has told of a sample; its card tells of all test digits
    confusion = kept.card.confusion if kept else latest["confusion"]
    reached = accuracy(confusion)
    st.subheader(f"It reads {reached.right:,} of {reached.total:,} digits that it has not seen", anchor="results")
    low, high = reached.interval
    st.markdown(
        f"Test accuracy **{reached.share:.1%}**, 95% interval {low:.1%} to {high:.1%}: {setup.network.title} on "
        f"{DATASETS[run.data].title}, {latest['seconds']:.1f} s of training."
    )
    if jobs().state(run.job).phase == "finished" and low <= 1 / len(confusion):
        st.warning(
            f"That is no better than guessing: it has not learnt. A learning rate of {run.recipe.rate:g} may be too "
            f"high or too low for {run.recipe.optimiser}, or {run.recipe.epochs} epochs too few."
        )
    if kept:
        with frame.row():
            weights_file.download(kept)
            _to_mistakes(setup, kept.source)
    left, right = st.columns(2, gap="large")
    with left:
        _bars(confusion)
    with right:
        _gallery((jobs().result(run.job) or {}).get("gallery"))


def _bars(confusion: Sequence[Sequence[int]]) -> None:
    bars(right_and_wrong(confusion, palette(scheme())), key="right-wrong")


def _gallery(found: Mapping[str, Any] | None) -> None:
    if not found:
        st.caption("The run was stopped before its digits were collected: train to the end to see them.")
        return
    images, truth, answers = unpacked(found["images"]), found["truth"], found["answers"]
    wrong = sum(t != a for t, a in zip(truth, answers, strict=True))
    among = f"Among the first {found['looked_at']:,} test digits"
    st.caption(f"{among}, the surest mistakes first: would you have read them?" if wrong else f"{among}, all are read.")
    words = [_told(*pair) for pair in zip(truth, answers, strict=True)]
    _row(images[:wrong], words[:wrong])
    _row(images[wrong:], words[wrong:])


def _row(images: np.ndarray, captions: Sequence[str]) -> None:
    """images: (n, 28, 28) uint8, 255 is ink; shown dark on light as on paper."""
    if len(images):
        st.image([address(image, SCALE) for image in images], caption=list(captions), width=28 * SCALE)
