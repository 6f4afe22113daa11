"""LeNet-5 explained: the table of contents, and the frame that every page shares."""

import streamlit as st

from lenet_explain.ui import frame

st.set_page_config(page_title="LeNet-5 explained", page_icon=frame.icon(), layout="wide")

page = st.navigation(
    {
        "Lessons": [
            st.Page(
                "pages/lesson/side_by_side.py", title="Side by side", icon=":material/view_column_2:", default=True
            ),
        ],
        "Training lab": [
            st.Page("pages/training/race.py", title="Race two settings", icon=":material/flag:", url_path="race"),
            st.Page(
                "pages/training/scrub.py", title="Scrub training", icon=":material/timeline:", url_path="scrubbing"
            ),
            st.Page(
                "pages/training/learning.py", title="How filters learn", icon=":material/school:", url_path="filters"
            ),
            st.Page("pages/training/choices.py", title="Why these choices?", icon=":material/help:", url_path="why"),
            st.Page("pages/training/history.py", title="Your runs", icon=":material/history:", url_path="runs"),
            st.Page("pages/training/mistakes.py", title="Mistakes", icon=":material/rule:", url_path="errors"),
        ],
        "Sources": [
            st.Page("pages/sources/paper.py", title="The paper", icon=":material/article:", url_path="paper"),
        ],
    },
    position="top",
)
frame.margins()
page.run()
