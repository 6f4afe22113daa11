"""LeNet-5 explained: the table of contents, the frame that every page shares, and the server."""

import streamlit as st

from lenet_explain.ui import routes, serving
from lenet_explain.ui.lost_runs import notice
from lenet_explain.ui.parts import frame
from lenet_explain.ui.visit import custom_network

CONTENTS = {
    "Lessons": [("pages/lesson/side_by_side.py", "Side by side", "view_column_2", None)],
    "Look inside": [
        ("pages/network/living.py", "Draw a digit", "draw", "draw"),
        ("pages/network/bending.py", "Bend the digit", "tune", "bend"),
        ("pages/network/widening.py", "Widen the input", "width", "wide"),
        ("pages/network/wiring.py", "The C3 table", "grid_on", "table"),
        ("pages/network/glyphs.py", "Glyphs", "font_download", "codes"),
        ("pages/network/evidence.py", "What decides the answer?", "troubleshoot", "evidence"),
        ("pages/network/preferences.py", "What does a unit like?", "favorite", "likes"),
    ],
    "Counting": [
        ("pages/counting/predict.py", "Predict the ladder", "quiz", "predict"),
        ("pages/counting/numbers.py", "Every number opened", "calculate", "numbers"),
        ("pages/counting/compare.py", "Compare networks", "compare", "compare"),
        ("pages/counting/descendants.py", "Descendants", "account_tree", "descendants"),
        ("pages/counting/yours.py", "Build your own", "construction", "yours"),
        ("pages/counting/code.py", "Its code", "code", "code"),
        ("pages/counting/claims.py", "Claim check", "fact_check", "claims"),
    ],
    "Training lab": [
        ("pages/training/race.py", "Race two settings", "flag", "race"),
        ("pages/training/scrub.py", "Scrub training", "timeline", "scrubbing"),
        ("pages/training/learning.py", "How filters learn", "school", "filters"),
        ("pages/training/choices.py", "Why these choices?", "help", "why"),
        ("pages/training/history.py", "Your runs", "history", "runs"),
        ("pages/training/mistakes.py", "Mistakes", "rule", "errors"),
    ],
    "Sources": [
        ("pages/sources/paper.py", "The paper", "article", "paper"),
        ("pages/sources/use.py", "History and use", "history_edu", "history"),
    ],
}
if __name__ == "__main__":  # Streamlit runs this file for each visitor
    page = frame.page_of(CONTENTS)
    custom_network.adopt()
    notice.follow()
    page.run()
else:  # the server imports it once
    app = st.App(__file__, routes=routes.routes(), lifespan=serving.lifespan)
