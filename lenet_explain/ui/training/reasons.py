"""One digit, enlarged, and what a network had to say of it."""

from __future__ import annotations

import streamlit as st

from lenet_explain.data.datasets import Bytes
from lenet_explain.figures import reasons as figure
from lenet_explain.figures.theme import palette
from lenet_explain.figures.thumbs import address
from lenet_explain.results.reading import Reasons, reasons
from lenet_explain.ui.parts import frame
from lenet_explain.ui.parts.bars import bars
from lenet_explain.ui.parts.components import scheme, tiles
from lenet_explain.ui.training.mistakes import Chosen
from lenet_explain.ui.visit.trained import Trained

SCALE = 7  # a pixel of the digit is drawn as 7×7
_WORDS = 290  # px beside it


def of_chosen(chosen: Chosen, index: int | None) -> None:
    """index: of a test digit; None where there is nothing to explain."""
    if index is None or chosen.digits is None or chosen.reading is None:
        return
    images, labels = chosen.digits
    truth, answer = int(labels[index]), int(chosen.reading.answers[index])
    words = "read" if truth == answer else f"read as {answer}"
    st.subheader(f"Test digit {index:,}: a {truth}, {words}", anchor="reasons")
    left, right = frame.halves()
    found = answered(chosen.trained, images[index])
    with left:
        in_words(chosen.trained, found, images[index], truth)
        glyphs(found, truth, key="reasons-glyphs")
    with right:
        scores(found, truth, key="reasons-bars")


def answered(trained: Trained, image: Bytes) -> Reasons:
    """image: (28, 28)"""
    return reasons(trained.network, trained.weights, image)


def in_words(trained: Trained, found: Reasons, image: Bytes, truth: int) -> None:
    """The digit, enlarged, beside what decided."""
    with st.container(horizontal=True, gap="medium"):
        st.image(address(image, SCALE), width=28 * SCALE, alt=f"a handwritten {truth}, 28×28 pixels")
        with st.container(width=_WORDS):
            st.markdown(f"**{trained.network.title}** {trained.words}: {figure.words(found, truth)}")


def glyphs(found: Reasons, truth: int, *, key: str) -> None:
    """F6 beside the glyphs, where there are distances."""
    if found.vector is not None:
        tiles(figure.glyph_tiles(found, truth), key=key)


def scores(found: Reasons, truth: int, *, key: str) -> None:
    """The ten answers."""
    bars(figure.scores(found, truth, palette(scheme())), key=key)
