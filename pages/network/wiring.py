"""The C3 table: which maps are read by which, rewired by hand."""

import streamlit as st

from lenet_explain.paper import quotes
from lenet_explain.ui.network import living, own_picture, wiring
from lenet_explain.ui.parts import frame
from lenet_explain.ui.sources import sources

st.title("The C3 table")
with frame.row():
    network = wiring.setup()
    own_picture.upload()
if living.bring(network):
    picture = st.container()
    wiring.what_to_look_for(network)
    paper, table = st.columns([1, 3.4], gap="medium")
    with paper:
        pasted = living.pad(compact=True)
    with table:
        wiring.table(network)
    own_picture.show(picture, pasted)
st.subheader("The paper's two reasons", anchor="reasons")
sources.quote(quotes.WHY_NOT_DENSE)
