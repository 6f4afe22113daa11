"""A visitor's own picture of digits: uploaded or pasted, read, its digits offered in the browser."""

from __future__ import annotations

import base64
import io
import math
import time
from dataclasses import asdict, replace

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from lenet_explain import pictures
from lenet_explain.frontend import frame
from lenet_explain.pictures import KINDS, LARGEST_BYTES, SIDE, Box, PictureError
from lenet_explain.ui.network import living
from lenet_explain.ui.parts import components
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.values import Pictured

_REFUSED_KINDS = ("heic", "heif")  # the reader says what to do with them
_KEY = "own_picture"
_FINEST = 75  # JPEG's quality, of the preview
_WIDE_PAGE = "pages/network/widening.py"
_OWN_PICTURE = register("draw/own_picture", living.CONTROLS)


def upload() -> None:
    """The control, for a row of controls. It is another one after each picture: closed, and ready for the same file."""
    turn = state.picture().turn
    with st.popover("Your picture", icon=":material/add_a_photo:", key=f"{_KEY} upload {turn}"):
        st.markdown(
            "Digits on paper or on a board, photographed, or a drawing's file. Or paste a picture into the page."
        )
        st.file_uploader(
            "A picture of digits", [*KINDS, *_REFUSED_KINDS], key=_uploader(turn), on_change=_uploaded, args=(turn,),
            max_upload_size=LARGEST_BYTES // 1_000_000,
        )  # fmt: skip


def show(place: DeltaGenerator, pasted: str | None, *, wide: bool = False) -> None:
    """In `place`: what was found in the newest picture, or why nothing was, with the part to read for choice.

    pasted: a picture as the browser's clipboard gave it, in base64; wide: whether the page is that of the wide input,
    where all digits are laid in a row.
    """
    with place:
        if pasted:
            _take_pasted(pasted)
        picture = _read(state.picture())
        if picture.refusal:
            st.error(plain(sentence(picture.refusal)), icon=":material/broken_image:")
        if picture.found or picture.preview is not None:
            _offer(picture, wide)


def _uploader(turn: int) -> str:
    return f"{_KEY} file {turn}"


def _uploaded(turn: int) -> None:
    file = state.value(_uploader(turn))
    if file is not None:
        _take(file.getvalue())


def _take_pasted(text: str) -> None:
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:  # also letters beyond ASCII
        st.error("What was pasted is not a picture: copy one first, then paste it.")
    else:
        _take(content)


def _take(content: bytes) -> None:
    state.remember_picture(Pictured(_turn(), content, asked=True))


def _turn() -> int:
    """µs: another number each time, also for a tab that comes back to another server."""
    return time.time_ns() // 1000


def _read(picture: Pictured) -> Pictured:
    """The picture with what is in it, read where that was asked for and not done yet."""
    if not picture.asked:
        return picture
    try:
        with st.spinner("Looking for the digits in your picture"):
            found = pictures.read(picture.content, picture.part)
    except PictureError as error:
        done = replace(picture, asked=False, refusal=str(error), preview=error.preview)
    else:
        done = replace(picture, asked=False, found=found, whole=picture.whole if picture.part else found)
    state.remember_picture(done)
    return done


def _offer(picture: Pictured, wide: bool) -> None:
    result = _OWN_PICTURE(
        key=_KEY, data=_data(picture, wide), height="content", on_part_change=_read_part, on_whole_change=_read_whole,
        on_away_change=_put_away, on_all_change=lambda: None,
    )  # fmt: skip
    if result["all"]:
        st.switch_page(_WIDE_PAGE)


def _data(picture: Pictured, wide: bool) -> bytes:
    found, preview = picture.found, picture.preview if picture.found is None else picture.found.preview
    assert preview is not None
    digits, (height, width) = found.digits if found else (), preview.shape
    meta = {
        "palette": living.colours(components.scheme()),
        "identity": picture.turn,
        "preview": f"data:image/jpeg;base64,{base64.b64encode(_jpeg(preview)).decode()}",
        "width": width,
        "height": height,
        "boxes": [asdict(digit.box) for digit in digits],
        "measures": [asdict(digit.measures) for digit in digits],
        "notes": found.notes if found else (),
        "part": asdict(picture.part) if picture.part else None,
        "wide": wide,
    }
    inks = np.reshape([digit.ink for digit in digits], (-1, SIDE, SIDE)).astype(np.float16)
    return frame(meta, {"inks": inks, "samples": living.samples()[0].astype(np.float16)})


def _jpeg(grey: np.ndarray) -> bytes:
    """grey: (H, W) uint8"""
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "JPEG", quality=_FINEST)
    return file.getvalue()


def _read_part() -> None:
    """Look again, only where the visitor drew the box."""
    picture, box = state.picture(), box_from(state.component_value(_KEY, "part"))
    if box:
        again = Pictured(_turn(), picture.content, box, picture.whole, picture.found, asked=True)
        state.remember_picture(again)


def box_from(said: object) -> Box | None:
    """A box as the browser says it, within the picture; None for whatever is none."""
    if not isinstance(said, list) or len(said) != 4:
        return None
    if not all(isinstance(side, int | float) and math.isfinite(side) for side in said):
        return None
    left, top = (min(max(float(side), 0.0), 1.0) for side in said[:2])
    width, height = min(float(said[2]), 1 - left), min(float(said[3]), 1 - top)
    return Box(left, top, width, height) if width > 0 and height > 0 else None


def _read_whole() -> None:
    """Back to what was found in the whole picture; read anew where that was nothing."""
    picture = state.picture()
    state.remember_picture(
        Pictured(_turn(), picture.content, None, picture.whole, picture.whole, asked=not picture.whole)
    )


def _put_away() -> None:
    """The drawing stays."""
    state.remember_picture(Pictured(_turn()))
