"""Where LeNet-5 came from, and what it was used for."""

import streamlit as st

st.title("History and use")
