"""A network put together layer by layer."""

import streamlit as st

st.title("Build your own")
