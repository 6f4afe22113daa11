"""Fill in shapes, parameters and connections before they are shown."""

import streamlit as st

from lenet_explain.ui.counting import predicting
from lenet_explain.ui.parts import controls, frame

st.title("Predict the ladder")
with frame.row():
    network = controls.one_network(counted=True)
predicting.what_to_do(network)
predicting.ladder(network)
