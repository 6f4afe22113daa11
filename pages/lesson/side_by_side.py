"""The first lesson: one network in four views side by side."""

import streamlit as st

from lenet_explain.ui.lesson import lesson, results, runs, training
from lenet_explain.ui.parts import controls, frame

st.title("LeNet-5, side by side")
with frame.row():
    setup = controls.setup()
    busy = runs.active()
    runs.buttons(setup, busy)
words, progress = frame.halves()
with words:
    lesson.in_words(setup)
runs.notes(setup, busy)

counted, moving = frame.halves()
with counted:
    lesson.counted(setup)
with moving:
    training.live(setup, busy, progress)

lesson.worked(setup)
results.results(setup, busy)
runs.credit(setup)
