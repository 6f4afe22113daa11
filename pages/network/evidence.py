"""Which pixels decide an answer, by three methods that need not agree."""

import streamlit as st

from lenet_explain.ui.network import evidence, living, own_picture
from lenet_explain.ui.parts import controls, frame

st.title("What decides the answer?")
with frame.row():
    network = living.setup(fits=controls.comes_with_the_app)
    own_picture.upload()
if living.bring(network):
    picture = st.container()
    st.markdown(
        "Draw a digit. Orange pixels speak for the chosen digit, blue ones against it. Look for strokes that all three "
        "methods name, then erase them and see whether the answer falls."
    )
    drawing, deciding = frame.halves()
    with drawing:
        pasted = living.pad(compact=True)
    with deciding:
        evidence.show(network)
    own_picture.show(picture, pasted)
    st.markdown(
        "- **Occlusion** covers a small square with paper and measures: a true experiment, on inputs that the network "
        "never learned.\n"
        "- **Integrated gradients** add the gradient up on the way from blank paper to the digit; their sum must be "
        "the change of the score, and is shown beside it.\n"
        "- **Grad-CAM** weighs whole maps, and is as coarse as they are.\n"
        "- None of them says *why*: a pixel that counts here counts for this digit, this network and this baseline."
    )
