"""What a colour means, in light and in dark; safe for colour-blind eyes and never the only sign.

The hues are those of Okabe and Ito, darkened or lightened until they stand out from the background.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme, as CSS hex codes."""

    background: str
    text: str
    quiet: str  # axes, captions, borders
    accent: str  # what is chosen
    training: str
    test: str
    right: str
    wrong: str
    negative: str  # weights and values below zero
    zero: str
    positive: str


LIGHT = Palette(
    background="#ffffff",
    text="#1c2330",
    quiet="#5c6675",
    accent="#0b5cad",
    training="#0b6bb8",
    test="#b85a00",
    right="#00795a",
    wrong="#b83f00",
    negative="#0b5cad",
    zero="#f4f4f2",
    positive="#c24a00",
)
DARK = Palette(
    background="#12161d",
    text="#e8ebf0",
    quiet="#9aa5b4",
    accent="#6db3f2",
    training="#6db3f2",
    test="#f2a54a",
    right="#3cc79c",
    wrong="#ff8a52",
    negative="#58a6f0",
    zero="#1e242e",
    positive="#ff9a4d",
)


def palette(scheme: Scheme) -> Palette:
    return DARK if scheme == "dark" else LIGHT
