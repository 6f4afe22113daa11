"""Where LeNet-5 came from, and what it was used for."""

import streamlit as st

from lenet_explain.ui.sources import measuring, use

st.title("History and use")
st.subheader("From one layer to many", anchor="timeline")
st.caption("Look for what each step left for the next: where the weights come from, and which of them are shared.")
use.timeline()

st.subheader("The cheque reader", anchor="cheques")
use.cheque_reader()

st.subheader("What else could have read digits", anchor="methods")
st.markdown(
    "Each mark is a method: the lower, the fewer errors; the farther left, the cheaper. Look for marks below and left "
    "of LeNet-5, then change the axis: what is small in memory need not be quick."
)
use.chart()

st.markdown("**Do it yourself.** The same simple methods, on fewer and easier digits: expect smaller errors.")
measuring.again()
