"""How each number of a network is worked out."""

import streamlit as st

st.title("Every number opened")
