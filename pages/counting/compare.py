"""Two networks side by side, and all of them in one table."""

import streamlit as st

st.title("Compare networks")
