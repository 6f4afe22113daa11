"""The glyphs of the output of 1998, beside what the network makes of the drawn digit."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lenet_explain.figures.theme import Scheme
from lenet_explain.frontend import frame as framed
from lenet_explain.glyphs import CHARACTERS, CODES, CONFUSABLE
from lenet_explain.networks import NETWORKS
from lenet_explain.ui import living
from lenet_explain.ui.frame import scheme
from lenet_explain.walk import Network

_HTML = """
<div class="root">
  <div class="verdict"></div>
  <div class="switches"></div>
  <div class="targets" role="group" aria-label="the ten glyphs"></div>
  <div class="rule" aria-live="polite"></div>
  <div class="difference"></div>
  <h3>All printable characters</h3>
  <div class="readwords"></div>
  <div class="read" role="group" aria-label="characters nearest to the drawn digit"></div>
  <div class="all" role="group" aria-label="all printable characters"></div>
  <div class="browse">
    <div class="one"></div>
    <div>
      <h3>Codes most like it</h3>
      <div class="like" role="group" aria-label="characters with the most similar codes"></div>
      <h3>Units in which the paper's examples differ</h3>
      <div class="family"></div>
    </div>
  </div>
</div>
"""
_VIEW = living.view("glyphs", _HTML)


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
