"""Two settings on one axis: pick a winner, then watch both train in turns."""

import streamlit as st

from lenet_explain.ui.training import race_live, race_setup

st.title("Race two settings")
st.caption("Change one thing, say who will read more test digits at the end, and see whether it was that one thing.")
setup = race_setup.settings()
race_setup.differences(setup)

here, over = race_setup.start(setup)
race_setup.notes(setup, here)

st.caption(
    "Look at the thick dashed lines, the test digits: who is ahead after as many steps, who after as many seconds?"
)
race_live.live(setup, over, here)
race_live.result(setup)
