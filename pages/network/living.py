"""Draw a digit, and every number of the network answers."""

import streamlit as st

from lenet_explain.ui import frame, handing, living

st.title("Draw a digit, look inside")
with frame.row():
    network = living.setup()
    handing.upload()
if living.bring(network):
    handing.pasted(living.pad())
    living.flow()
    living.opened()
