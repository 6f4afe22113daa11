"""Bend the digit: how far it may be moved, turned, squeezed and soiled before the network reads another one."""

import streamlit as st

from lenet_explain.ui.network import bending, living, own_picture
from lenet_explain.ui.parts import frame

st.title("Bend the digit")
with frame.row():
    network = living.setup()
    other = bending.compared_with(network)
    own_picture.upload()
bending.look_for()
if bending.bring(network, other):
    picture = st.container()
    paper, bends = bending.beside()
    with paper:
        pasted = living.pad(compact=True)
    with bends:
        bending.sliders()
        bending.caution()
    own_picture.show(picture, pasted)
