"""How backpropagation turns random numbers into a filter: one kernel, step by step, with the sum behind each number."""

import streamlit as st

from lenet_explain.ui.parts import frame
from lenet_explain.ui.training import learning

st.title("How filters learn")
learning.question()
with frame.row():
    setup = learning.setup()
    learning.buttons(setup)
st.markdown(
    "Take a step, then ten, then a hundred. Look for neighbouring cells that take the same colour, and whether the "
    "loss falls."
)
look = learning.lesson(setup)
st.subheader("Where the gradient comes from", anchor="gradient")
learning.where_from(setup, look)
