"""Draw a digit, and every number of the network answers."""

import streamlit as st

from lenet_explain.ui.network import living, own_picture
from lenet_explain.ui.parts import frame

st.title("Draw a digit, look inside")
with frame.row():
    network = living.setup()
    own_picture.upload()
if living.bring(network):
    picture = st.container()
    pasted = living.pad()
    living.flow()
    living.opened()
    own_picture.show(picture, pasted)
