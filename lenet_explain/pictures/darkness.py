"""How dark each place is against the paper around it, whatever the light: 0 is paper, 255 black on white.

The paper is what remains when strokes narrower than a reach are closed by the light around them, in each of the
three colours by itself, so that a shadow, which is wider, belongs to the paper, and red ink shows where green is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[Any]  # of uint8; OpenCV's types say only that it gives an array
Floats = NDArray[Any]  # of float32
Labels = NDArray[Any]  # of int32

_DARKEST = 0.45  # of the lightest ground: what is darker shows little but noise
_BLOCKS = 20  # along the longer side, in which noise is measured
_EVEN = 14  # grey values between the 5th and the 95th percentile of an even border
_HALF, _QUARTER = 0.45, 0.2  # of the darkest, what is fainter is no wide stroke, or no stroke of a drawing
_FLOOR = 7.0  # of 255: what a file's compression alone does


@dataclass(frozen=True)
class Darkness:
    """values: (H, W); least: (H, W), what noise alone does not reach there; faint: the same, but rarely; reach: pixels,
    wider strokes are not seen whole."""

    values: Bytes
    least: Bytes
    faint: Bytes
    reach: int


def against_paper(colours: Bytes, reach: int, *, wide: bool = False) -> Darkness:
    """colours: (H, W, 3), dark strokes on a lighter ground; reach: of strokes to be seen, in pixels, odd or even;
    wide: they take a good part of the picture, and shades beside them are none."""
    mostly = 40 if wide else 70  # percent of the blocks that hold no more than noise: the rest may be all ink
    darkest = np.zeros(colours.shape[:2], np.uint8)
    for channel in cv2.split(cv2.GaussianBlur(colours, (0, 0), 0.7)):
        ground = np.maximum(_closed(channel, reach), channel)
        lack = cv2.subtract(ground, channel)
        least = max(64, round(_DARKEST * float(np.percentile(ground[::8, ::8], 95))))
        share = cv2.divide(lack, np.maximum(ground, np.uint8(least)), scale=255)
        darkest = np.maximum(darkest, share)
    never, rarely = _noise(darkest, mostly)
    if wide:
        never = np.maximum(never, round(_HALF * float(np.percentile(darkest, 99))))
    return Darkness(darkest, never, rarely, reach)


def against_border(colours: Bytes) -> tuple[Darkness, bool] | None:
    """Where the border is even, as in a drawing or a scan: the difference from its grey, and whether strokes are
    lighter than that; None for a photograph."""
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    width = max(1, min(grey.shape) // 25)
    border = np.r_[grey[:width].ravel(), grey[-width:].ravel(), grey[:, :width].ravel(), grey[:, -width:].ravel()]
    low, level, high = np.percentile(border, (5, 50, 95))
    if high - low > _EVEN:
        return None
    colour = np.median(np.r_[colours[:width].reshape(-1, 3), colours[-width:].reshape(-1, 3)], axis=0)
    away = np.arange(256) - level
    light = bool(np.bincount(grey.ravel(), minlength=256) @ away**3 > 0)
    border_colour = np.full_like(colours, np.rint(colour))
    apart = cv2.subtract(colours, border_colour) if light else cv2.subtract(border_colour, colours)
    scale = 255 / max(255 - level if light else level, 64.0)
    values = cv2.convertScaleAbs(apart.max(2), alpha=scale)
    noise = scale * float(high - low)
    least = min(max(_QUARTER * float(np.percentile(values, 99)), noise + 2 * _FLOOR), 200.0)
    never, rarely = (np.full_like(values, round(one)) for one in (least, min(noise + 1, least)))
    return Darkness(values, never, rarely, max(grey.shape)), light


def _closed(channel: Bytes, reach: int) -> Bytes:
    """A morphological closing, on a smaller copy where the reach allows it."""
    step = max(1, reach // 16)
    small = channel
    if step > 1:
        tops = cv2.dilate(channel, np.ones((3, 3), np.uint8))
        small = cv2.resize(tops, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (reach // step // 2) + 1,) * 2)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, element, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(closed, channel.shape[::-1], interpolation=cv2.INTER_LINEAR) if step > 1 else closed


def _noise(values: Bytes, mostly: float) -> tuple[Bytes, Bytes]:
    """What paper alone reaches in each place, never and rarely: the median and some deviations, without seams."""
    height, width = values.shape
    side = min(max(8, -(-max(height, width) // _BLOCKS)), height, width)
    down, across = height // side, width // side
    every = -(-side // 20)  # some hundreds of its pixels tell a block's noise
    blocks = values[: down * side, : across * side].reshape(down, side, across, side)[:, ::every, :, ::every]
    ordered = np.sort(blocks.transpose(0, 2, 1, 3).reshape(down, across, -1), axis=2).astype(np.float32)
    low, middle = (ordered[..., round(share * (ordered.shape[2] - 1))] for share in (0.12, 0.5))
    found = np.stack([middle, (middle - low) / 1.175], 2)  # writing, which is dark, does not count as noise
    found = np.minimum(found, np.percentile(found, mostly, axis=(0, 1)).astype(np.float32))
    middle, deviation = (cv2.medianBlur(one, 3) if min(one.shape) >= 3 else one for one in cv2.split(found))
    levels = (middle + 5 * deviation + _FLOOR, middle + 2.5 * deviation + _FLOOR / 2)
    never, rarely = (cv2.resize(one.clip(0, 255), (width, height), interpolation=cv2.INTER_LINEAR) for one in levels)
    return never.astype(np.uint8), rarely.astype(np.uint8)
