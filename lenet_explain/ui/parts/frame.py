"""What every page shares: its width, its margins and its halves."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from lenet_explain import paper
from lenet_explain.figures.theme import Scheme
from lenet_explain.frontend import text
from lenet_explain.ui.parts.register import register

NARROWEST = 250  # px of one view; two such views side by side make a half
_LONGEST = 400  # characters of words from elsewhere
_HALF = 560  # px; below two of these the halves go one below the other

_SCHEME = register("page/scheme")


def scheme() -> Scheme:
    """Whether this visitor sees the app in light or in dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def icon() -> Image.Image:
    """The paper's own bitmap of a 5, for the browser's tab: black on white, fetched from nowhere."""
    code = np.array(paper.GLYPH_CODES[5]).reshape(paper.GLYPH_HEIGHT, paper.GLYPH_WIDTH)
    dots = np.pad(np.where(code > 0, 0, 255).astype(np.uint8), ((2, 2), (4, 5)), constant_values=255)
    return Image.fromarray(dots).resize((64, 64), Image.Resampling.NEAREST)


def page_of(contents: Mapping[str, Sequence[tuple[str, str, str, str | None]]]) -> StreamlitPage:
    """The page that is asked for, in the frame that all share. contents: by section, path, title, icon and address of
    each page; the first page has no address of its own."""
    st.set_page_config(page_title="LeNet-5 explained", page_icon=icon(), layout="wide")
    page = st.navigation(
        {
            section: [
                st.Page(path, title=title, icon=f":material/{icon}:", url_path=url, default=url is None)
                for path, title, icon, url in pages
            ]
            for section, pages in contents.items()
        },
        position="top",
    )
    _margins()
    return page


def _margins() -> None:
    """Less empty space above and beside the page than Streamlit leaves, so that a lesson fits on one screen; and a
    listener for theme changes, which would otherwise leave the pictures as they are."""
    st.html(f"<style>{text('page/page.css')}</style>")
    _SCHEME(key="scheme", data=[{"scheme": scheme()}], on_changed_change=lambda: None)


def sentence(words: str) -> str:
    """A capital at its start and one full stop at its end."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def plain(words: str) -> str:
    """Words from elsewhere as Markdown that shows them letter by letter: no link, picture or colour comes of them."""
    shown = "".join(letter if letter.isprintable() else " " for letter in words)[:_LONGEST]
    return re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", " ".join(shown.split()))


def row() -> DeltaGenerator:
    """A line of controls, which wraps where it does not fit."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall")


def halves() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Two places side by side on a laptop, one below the other on a projector or a phone."""
    grid = st.grid(2, min_column_width=_HALF, gap="medium")
    return grid.cell(), grid.cell()
