"""Two settings on one axis: pick a winner, then watch both train in turns."""

import streamlit as st

from lenet_explain.ui import race, racing

st.title("Race two settings")
st.caption("Change one thing, say who will read more test digits at the end, and see whether it was that one thing.")
setup = race.settings()
race.differences(setup)

here, over = race.start(setup)
race.notes(setup, here)

st.caption(
    "Look at the thick dashed lines, the test digits: who is ahead after as many steps, who after as many seconds?"
)
racing.live(setup, over, here)
racing.result(setup)
