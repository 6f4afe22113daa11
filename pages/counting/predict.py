"""Fill in shapes, parameters and connections before they are shown."""

import streamlit as st

st.title("Predict the ladder")
