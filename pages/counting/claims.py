"""What is said of LeNet-5, voted on and computed."""

import streamlit as st

from lenet_explain.ui.counting import claims

st.title("Claim check")
st.markdown(
    "Sentences from four articles, from other texts and from the paper itself, in our words. Say first what you think; "
    "then the verdict is computed in front of you, or looked up in the paper. Look for claims that are right: there "
    "are some, and in places the paper speaks against itself."
)
chosen = claims.choose()
claims.listed(chosen)
