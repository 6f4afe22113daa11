"""The glyphs of the output of 1998, beside what the network makes of the drawn digit."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lenet_explain.figures.theme import Scheme
from lenet_explain.frontend import frame as framed
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.paper.glyphs import CHARACTERS, CODES, CONFUSABLE
from lenet_explain.ui.network import living
from lenet_explain.ui.parts.frame import scheme
from lenet_explain.ui.parts.register import register

_VIEW = register("glyphs/glyphs", living.CONTROLS)


def setup() -> Network:
    """The control that chooses among the networks that answer with distances to glyphs."""
    return living.setup(fits=lambda network: network.answer == "distances")


def what_to_look_for() -> None:
    without = [network.title for network in NETWORKS.values() if network.answer != "distances"]
    st.markdown(
        "The output compares F6's values, as a picture, with one fixed glyph for each digit. Draw, and look for the "
        "glyph in F6; then choose another target and see which units disagree."
    )
    st.caption(f"No glyphs in {', '.join(without)}: they end in softmax.")


def view() -> None:
    """F6, the ten targets, what each unit adds, and all other codes."""
    _VIEW(key="glyphs", data=_data(scheme()), height="content")


@st.cache_resource(max_entries=2, show_spinner=False)
def _data(shade: Scheme) -> bytes:
    meta = {"palette": living.colours(shade), "characters": "".join(CHARACTERS), "confusable": CONFUSABLE}
    return framed(meta, {"codes": np.array(CODES, np.float16)})
