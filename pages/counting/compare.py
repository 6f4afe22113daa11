"""Two networks side by side, and all of them in one table."""

import streamlit as st

from lenet_explain.ui.counting import comparing, overview
from lenet_explain.ui.parts import frame

st.title("Compare networks")
with frame.row():
    chosen = comparing.choose()
comparing.bridge(chosen)
comparing.reasons(chosen)
comparing.beside(chosen)
overview.all_networks(chosen.both)
