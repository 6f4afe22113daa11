"""What the 1998 paper prints, what follows from the description, and where the paper contradicts itself."""

import streamlit as st

from lenet_explain import paper
from lenet_explain.ui.sources import sources

st.title("What the paper says")
st.markdown(f"{paper.CITATION}. Pages are those of the authors' preprint.")

st.subheader("Its numbers, counted again", anchor="numbers")
st.caption("Look for a row in which the two counts differ: there is none. The output's two are implied by the totals.")
sources.printed_against_counted()

st.subheader("Where it is contradicted", anchor="contradictions")
st.caption("Statements that cannot both hold, and what this project does about each.")
sources.contradictions()

st.subheader("Which network is which", anchor="networks")
st.caption("Look for what is missing: only the first of these is the network that was published in 1998.")
sources.networks()
