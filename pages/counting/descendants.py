"""What came after LeNet-5, counted the same way."""

import streamlit as st

st.title("Descendants")
