"""The first lesson: one network in four views side by side."""

import streamlit as st

from lenet_explain.ui import controls, frame, lesson, results, training

st.title("LeNet-5, side by side")
with frame.row():
    setup = controls.setup()
    training.buttons(setup)
lesson.in_words(setup)
training.notes(setup)

counted, moving = frame.halves()
with counted:
    lesson.counted(setup)
with moving:
    training.live(setup)

lesson.worked(setup)
results.results(setup)
