"""Widen the input: the same network on several digits at once, a reading every few pixels, and where that fails."""

import streamlit as st

from lenet_explain.ui import frame, living, widening

st.title("Widen the input")
with frame.row():
    network = living.setup()
widening.look_for()
if living.bring(network):
    widening.wide_paper()
    widening.caution()
