"""LeNet-5 explained: the table of contents, and the frame that every page shares."""

import streamlit as st

from lenet_explain.ui import frame

st.set_page_config(page_title="LeNet-5 explained", page_icon=frame.icon(), layout="wide")

CONTENTS = {
    "Lessons": [("pages/lesson/side_by_side.py", "Side by side", "view_column_2", None)],
    "Look inside": [
        ("pages/network/living.py", "Draw a digit", "draw", "draw"),
        ("pages/network/preferences.py", "What does a unit like?", "favorite", "likes"),
    ],
    "Training lab": [
        ("pages/training/race.py", "Race two settings", "flag", "race"),
        ("pages/training/scrub.py", "Scrub training", "timeline", "scrubbing"),
        ("pages/training/learning.py", "How filters learn", "school", "filters"),
        ("pages/training/choices.py", "Why these choices?", "help", "why"),
        ("pages/training/history.py", "Your runs", "history", "runs"),
        ("pages/training/mistakes.py", "Mistakes", "rule", "errors"),
    ],
    "Sources": [("pages/sources/paper.py", "The paper", "article", "paper")],
}
page = st.navigation(
    {
        section: [
            st.Page(path, title=title, icon=f":material/{icon}:", url_path=url, default=url is None)
            for path, title, icon, url in pages
        ]
        for section, pages in CONTENTS.items()
    },
    position="top",
)
frame.margins()
page.run()
