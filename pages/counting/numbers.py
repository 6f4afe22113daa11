"""How each number of a network is worked out, with formula, letters, sum and words."""

import streamlit as st

from lenet_explain.ui.counting import numbers, other_tools
from lenet_explain.ui.parts import frame

st.title("Every number opened")
with frame.row():
    chosen = numbers.choose()
numbers.whole(chosen)
numbers.layer(chosen)
numbers.links_of(chosen)
numbers.fields(chosen)
numbers.sharing(chosen)
other_tools.others(chosen.network)
