"""Every run of this visit: a table, a comparison, and what can be taken home."""

import streamlit as st

from lenet_explain.ui.training import history

st.title("Your runs")
st.caption(
    "Every run of this visit, from Side by side and from races; they are forgotten when you close the tab. "
    "Look for intervals that overlap: there the better figure may be chance."
)
chosen = history.table()
history.forget(chosen)
history.comparison(chosen)
