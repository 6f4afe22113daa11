"""A picture that a visitor brings, a photograph of paper or a file, as the digits it holds.

`read` asks a process of its own, started on demand, so that no picture can take the memory or the time of the web
process. Not covered: writing that touches other writing, and HEIC files.
"""

from __future__ import annotations

from lenet_explain.pictures.client import read
from lenet_explain.pictures.interface import (
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
    "KINDS",
    "LARGEST_BYTES",
    "LEVELS",
    "MOST_DIGITS",
    "PREVIEW",
    "SIDE",
    "Box",
    "FoundDigit",
    "Measures",
    "PictureError",
    "PictureReading",
    "read",
]
