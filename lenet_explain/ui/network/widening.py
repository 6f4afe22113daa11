"""The wide input: paper that grows, the readings under it, and what they cost; the browser works all of it out."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lenet_explain.figures.theme import Scheme
from lenet_explain.frontend import frame
from lenet_explain.pictures import LARGEST_BYTES
from lenet_explain.ui.network import living
from lenet_explain.ui.parts import components
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit.cache import embedded_test_digits

_LATER = {1: 5, 9: 2}  # which of a digit's test pictures is taken, where not all networks read the first
_WIDENER = register("widen/widener", living.CONTROLS)


def look_for() -> None:
    st.markdown(
        "Make the input wider, by its right edge, and write several digits between the two lines. Nothing is trained "
        "anew: every layer runs at more places, C5 too, which is why the paper calls C5 a convolution. Look at the "
        "places between two digits: the network learned from single, centred digits, and it names something there as "
        "well. A distance to the glyphs can tell that nothing fits; a softmax must share 100% among ten digits, and is "
        "often sure of a digit that nobody wrote."
    )


def wide_paper() -> str | None:
    """Returns a picture just pasted, in base64."""
    data = _data(components.scheme())
    result = _WIDENER(key="widener", data=data, on_picture_change=lambda: None, height="content")
    return result["picture"]


def caution() -> None:
    st.caption(
        "The string comes from a rule of this page: at each place the path is at a digit or at none; a digit gains "
        "by how far it lies within the limit, beginning one costs a fixed amount, and a run of one digit counts once. "
        "The paper's space-displacement network (VII, pp. 27-30) was trained on characters with neighbours on both "
        "sides, had a class for no character, and a grammar chose its string; even so, the paper says, it did not do "
        "better than cutting the string into characters first."
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _data(scheme: Scheme) -> bytes:
    images, labels = embedded_test_digits("digits")
    chosen = [int(np.flatnonzero(labels == digit)[_LATER.get(digit, 0)]) for digit in range(10)]
    meta = {"palette": living.colours(scheme), "labels": labels[chosen].tolist(), "largest": LARGEST_BYTES}
    return frame(meta, {"samples": images[chosen].astype(np.float16)})
