"""How each number of a network is worked out, with formula, letters, sum and words."""

import streamlit as st

from lenet_explain.ui import frame, numbers, tools

st.title("Every number opened")
with frame.row():
    chosen = numbers.choose()
numbers.whole(chosen)
numbers.layer(chosen)
numbers.links_of(chosen)
numbers.fields(chosen)
numbers.sharing(chosen)
tools.others(chosen.network)
