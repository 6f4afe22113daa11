"""The parts of digits that a unit answers to most, and an input made to please it: what they tell, and what not."""

import streamlit as st

from lenet_explain.ui.network import preferences
from lenet_explain.ui.parts import frame

st.title("What does a unit like?")
with frame.row():
    unit = preferences.choose()
preferences.about(unit)
found = preferences.extremes_of(unit)
if found is None:
    st.stop()
strongest, weakest = frame.halves()
with strongest:
    preferences.highest(unit, found)
with weakest:
    preferences.lowest(unit, found)

st.subheader("The input it likes most", anchor="made")
going = preferences.search(unit)
preferences.live(unit, found, going)

st.subheader("What to conclude, and what not", anchor="conclude")
preferences.conclusions(unit, found)
