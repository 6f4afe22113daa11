"""The network as programs, figures and tables."""

import streamlit as st

st.title("Its code")
