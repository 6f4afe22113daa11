"""Each choice of LeNet-5 undone, one at a time: what was it worth?"""

import streamlit as st

from lenet_explain.ui.training import ablation_live, ablation_setup

st.title("Why these choices?")
st.caption(
    "Each row changes one thing of LeNet-5 and learns from the same digits, with the same seed. "
    "Guess first: which change will cost most, and which nothing?"
)
setup = ablation_setup.settings()
ablation_live.collect()
here = ablation_setup.going_on()
ablation_setup.buttons(setup, here)
ablation_setup.notes(setup, here)
ablation_live.live(setup, here)
