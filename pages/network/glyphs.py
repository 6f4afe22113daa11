"""The output of 1998: distances to ten glyphs, and why they are pictures."""

import streamlit as st

from lenet_explain import quotes
from lenet_explain.ui import frame, glyphs, handing, living, sources

st.title("Distances to glyphs")
with frame.row():
    network = glyphs.setup()
    handing.upload()
if living.bring(network):
    glyphs.what_to_look_for()
    paper, targets = st.columns([1, 3.4], gap="medium")
    with paper:
        handing.pasted(living.pad(compact=True))
    with targets:
        glyphs.view()
st.subheader("Why pictures, and why distances", anchor="reasons")
sources.quote(quotes.WHY_SIMILAR_CODES)
sources.quote(quotes.WHY_DISTANCES)
