"""A visitor's own picture of a digit: uploaded or pasted, read here, laid on the paper in the browser."""

from __future__ import annotations

import base64
import time

import numpy as np
import streamlit as st

from lenet_explain.frontend import frame
from lenet_explain.pictures import LARGEST_BYTES, PictureError, ink_of
from lenet_explain.ui.frame import plain, sentence
from lenet_explain.ui.living import CONTROLS
from lenet_explain.ui.register import register

KINDS = ("png", "jpg", "jpeg", "webp", "gif", "bmp")
_HANDED = register("handed", CONTROLS)


def upload() -> None:
    """The control, for a row of controls: what is chosen lies on the paper at once."""
    with st.popover("Your picture", icon=":material/add_a_photo:"):
        st.markdown("One digit, dark on light or light on dark; a photo of paper will do. Or paste it into the page.")
        file = st.file_uploader(
            "A picture of a digit", KINDS, key="picture", max_upload_size=LARGEST_BYTES // 1_000_000
        )
    if file is not None:
        lay_down(file.getvalue(), file.file_id)


def pasted(text: str | None) -> None:
    """text: the picture as the browser's clipboard gave it, in base64; None where nothing was pasted."""
    if not text:
        return
    try:
        lay_down(base64.b64decode(text, validate=True), f"pasted {time.time_ns()}")
    except ValueError:  # also letters beyond ASCII
        st.error("What was pasted is not a picture: copy one first, then paste it.")


def lay_down(content: bytes, identity: str) -> None:
    """identity: another for each time that the visitor hands something over; the browser draws each once."""
    try:
        ink = _ink(content)
    except PictureError as error:
        st.error(plain(sentence(str(error))), icon=":material/broken_image:")
        return
    _HANDED(key="handed", data=frame({"identity": identity}, {"ink": ink.astype(np.float16)}))


@st.cache_data(max_entries=8, show_spinner="Looking for the digit in your picture")
def _ink(content: bytes) -> np.ndarray:
    """Raises PictureError; nothing is kept of a failure."""
    return ink_of(content)
