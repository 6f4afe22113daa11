"""Each choice of LeNet-5 undone, one at a time: what was it worth?"""

import streamlit as st

from lenet_explain.ui import choices, choosing

st.title("Why these choices?")
st.caption(
    "Each row changes one thing of LeNet-5 and learns from the same digits, with the same seed. "
    "Guess first: which change will cost most, and which nothing?"
)
setup = choices.settings()
choosing.collect()
here = choices.going_on()
choices.buttons(setup, here)
choices.notes(setup, here)
choosing.live(setup, here)
