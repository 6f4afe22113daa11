"""What came after LeNet-5, counted the same way."""

import streamlit as st

from lenet_explain.ui.counting import descendants, reading_out

st.title("Descendants")
st.markdown(
    "Networks that came after LeNet-5, read out of their programs and counted as LeNet-5 is. Look first at how far "
    "right each mark lies, then change what they are compared by: more parameters need not mean more work or depth."
)
reading = descendants.reading()
if reading:
    chosen = descendants.choose(reading)
    descendants.beside(chosen)
    descendants.heritage(chosen)
    descendants.layers(chosen)
    descendants.growth(chosen)
    st.subheader("Read out of the modules", anchor="again")
    reading_out.again(reading)
