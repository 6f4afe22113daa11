"""Which digits a network misreads, why, and how it fares on those that were misread in 1998."""

import streamlit as st

from lenet_explain.ui.parts import frame, weights_file
from lenet_explain.ui.training import misread_1998, mistakes, reasons

st.title("Mistakes")
st.caption("Look for the pairs that are mixed up most. Then open one: would you have read it?")
chosen = mistakes.choose()
if chosen is None:
    st.stop()
mistakes.summary(chosen)

counts, pictures = frame.halves()
with pictures:
    want = mistakes.wanted(chosen)
    digit = mistakes.wall_of(chosen, want)
with counts:
    mistakes.table(chosen, want)
reasons.of_chosen(chosen, digit)

st.subheader("The 82 of 1998", anchor="the-82")
st.caption("The paper shows every test digit that its LeNet-5 misread. Look for those that all here read, or none.")
misread_1998.totals(chosen.trained)
misread_1998.shown(misread_1998.choose(chosen.trained), chosen)
misread_1998.provenance()
weights_file.upload()
