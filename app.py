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
        "Sources": [
            st.Page("pages/sources/paper.py", title="The paper", icon=":material/article:", url_path="paper"),
        ],
    },
    position="top",
)
frame.margins()
page.run()
