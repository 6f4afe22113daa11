"""The output of 1998: distances to ten glyphs, and why they are pictures."""

import streamlit as st

from lenet_explain.paper import quotes
from lenet_explain.ui.network import glyphs, living, own_picture
from lenet_explain.ui.parts import frame
from lenet_explain.ui.sources import sources

st.title("Distances to glyphs")
with frame.row():
    network = glyphs.setup()
    own_picture.upload()
if living.bring(network):
    picture = st.container()
    glyphs.what_to_look_for()
    paper, targets = st.columns([1, 3.4], gap="medium")
    with paper:
        pasted = living.pad(compact=True)
    with targets:
        glyphs.view()
    own_picture.show(picture, pasted)
st.subheader("Why pictures, and why distances", anchor="reasons")
sources.quote(quotes.WHY_SIMILAR_CODES)
sources.quote(quotes.WHY_DISTANCES)
