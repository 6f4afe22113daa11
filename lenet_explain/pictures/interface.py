"""What a visitor's picture is read as: the digits found in it, where they lie, and what was measured of each.

NumPy and the standard library only: this is what the web process knows of the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 112  # of a digit's ink: four of its pixels are one of MNIST's 28; RAW of picture.js
LEVELS = 15  # full ink
PREVIEW = 480  # pixels, the longer side of the preview at most
MOST_DIGITS = 12  # that are offered of one picture
LARGEST_BYTES = 20_000_000  # a phone's JPEG of 50 megapixels
KINDS = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "avif", "tif", "tiff")  # endings of files that are taken


class PictureError(Exception):
    """A picture that holds no digit we can read: one sentence for the visitor, with what to do.

    preview: as a reading's, of a picture that opened; None of what is no picture.
    """

    def __init__(self, sentence: str, preview: NDArray[np.uint8] | None = None) -> None:
        super().__init__(sentence)
        self.preview = preview


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the upright picture: 0 ≤ left, top; left + width, top + height ≤ 1.

    Upright means as the picture is to be shown, turned as its EXIF data ask; `PictureReading.preview` is that picture.
    """

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Measures:
    """What decides how well a digit can be read."""

    stroke: float  # the mean width of its strokes as a share of its height; MNIST's are 0.1 and more
    share: float  # its height as a share of the picture's
    pixels: float  # its height in pixels of the picture as it was handed over
    parts: int  # connected parts of its ink
    contrast: float  # of its ink against the paper beside it: 0 none, 1 black on white


@dataclass(frozen=True, slots=True)
class FoundDigit:
    """ink: (SIDE, SIDE) uint8, 0 (paper) to LEVELS (full ink), strokes as wide as they are, put straight where
    the paper lies aslant; box: where it lies in the upright picture, with nothing around it."""

    ink: NDArray[np.uint8]
    box: Box
    measures: Measures


@dataclass(frozen=True, slots=True)
class PictureReading:
    """digits: at least one, row by row, each row from left to right; preview: (h, w) uint8, 0 black to 255 white, the
    longer side at most PREVIEW; notes: short sentences on what was done or left out, for the visitor."""

    digits: tuple[FoundDigit, ...]
    preview: NDArray[np.uint8]
    notes: tuple[str, ...]
