"""The network as programs, figures and tables to take elsewhere, each written from the description."""

import streamlit as st

from lenet_explain.ui.counting import code
from lenet_explain.ui.parts import controls, frame

st.title("Its code")
with frame.row():
    network = controls.one_network(counted=True)
    weights = code.weights(network)
    form = code.form()
code.look_for(network, form)
code.shown(network, form, weights)
