"""A picture within a picture: an even rectangle of another grey in a margin, as a plotting program saves it."""

from __future__ import annotations

import cv2
import numpy as np

from lenet_explain.pictures.darkness import Bytes

_SMALL = 240  # pixels, the longer side at which it is looked for
_FULL = 0.985  # of its box, what a rectangle fills
_SHARE = (0.08, 0.92)  # of the picture, at least and at most


def panel_of(colours: Bytes) -> tuple[slice, slice] | None:
    """Rows and columns inside the largest upright rectangle whose grey differs from the margin around it; None where
    there is none. colours: (H, W, 3)."""
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    by = min(1.0, _SMALL / max(grey.shape))
    small = cv2.resize(grey, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    margin = np.r_[small[0], small[-1], small[:, 0], small[:, -1]]
    low, level, high = np.percentile(margin, (4, 50, 96))
    if high - low > 12:
        return None  # no even margin
    other = cv2.inRange(cv2.absdiff(small, np.full_like(small, round(level))), (21,), (255,))
    best: tuple[int, int, int, int] | None = None
    for outline in cv2.findContours(other, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        left, top, width, height = cv2.boundingRect(outline)
        filled = np.zeros((height, width), np.uint8)
        cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED, offset=(-left, -top))
        area, share = width * height, width * height / small.size
        rectangle = filled.mean() >= _FULL and 0.25 <= width / height <= 4
        if rectangle and _SHARE[0] <= share <= _SHARE[1] and (best is None or area > best[2] * best[3]):
            best = left, top, width, height
    if best is None:
        return None
    left, top, width, height = best
    edge = 1.6 / by  # what belongs to both, and a frame drawn around
    rows = slice(int(np.ceil(top / by + edge)), int((top + height) / by - edge))
    columns = slice(int(np.ceil(left / by + edge)), int((left + width) / by - edge))
    return (rows, columns) if min(rows.stop - rows.start, columns.stop - columns.start) >= 16 else None
