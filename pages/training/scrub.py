"""One slider through a training: filters, maps of a held digit, curves, confusion and gradients move together."""

import streamlit as st

from lenet_explain.ui.parts import frame
from lenet_explain.ui.training import scrub

st.title("Scrub through training")
with frame.row():
    choice = scrub.choose()
scrub.show(choice)
