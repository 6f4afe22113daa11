"""A network put together layer by layer, with its arithmetic at once."""

import streamlit as st

from lenet_explain.ui.counting import building, text_form
from lenet_explain.ui.parts import frame

st.title("Build your own")
st.markdown(
    "Open a layer to change it, and watch the shapes below follow. Look for the layer that takes most of the "
    "parameters, and for what makes it so large."
)
draft = building.draft()
with frame.row():
    building.beginnings()
    building.reading(draft)
found = building.ladder(draft)
building.sums(draft)
building.ways_on(draft, found)
text_form.text_form(draft)
building.in_link(draft)
