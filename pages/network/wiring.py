"""The C3 table: which maps are read by which, rewired by hand."""

import streamlit as st

from lenet_explain import quotes
from lenet_explain.ui import frame, handing, living, sources, wiring

st.title("The C3 table")
with frame.row():
    network = wiring.setup()
    handing.upload()
if living.bring(network):
    wiring.what_to_look_for(network)
    paper, table = st.columns([1, 3.4], gap="medium")
    with paper:
        handing.pasted(living.pad(compact=True))
    with table:
        wiring.table(network)
st.subheader("The paper's two reasons", anchor="reasons")
sources.quote(quotes.WHY_NOT_DENSE)
