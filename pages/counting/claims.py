"""What is said of LeNet-5, voted on and computed."""

import streamlit as st

st.title("Claim check")
