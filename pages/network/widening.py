"""Widen the input: the same network on several digits at once, a reading every few pixels, and where that fails."""

import streamlit as st

from lenet_explain.ui.network import living, own_picture, widening
from lenet_explain.ui.parts import frame

st.title("Widen the input")
with frame.row():
    network = living.setup()
    own_picture.upload()
widening.look_for()
if living.bring(network):
    picture = st.container()
    pasted = widening.wide_paper()
    widening.caution()
    own_picture.show(picture, pasted, wide=True)
