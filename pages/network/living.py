"""Draw a digit, and every number of the network answers."""

import streamlit as st

from lenet_explain.ui import frame, living

st.title("Draw a digit, look inside")
with frame.row():
    network = living.setup()
if living.bring(network):
    living.pad()
    living.flow()
    living.opened()
