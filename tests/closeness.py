"""Two arrays that should hold the same numbers, and where they differ most if they do not."""

from __future__ import annotations

from typing import Any

import numpy as np


def assert_close(found: Any, wanted: Any, share: float = 1e-5, least: float = 1.0, what: str = "") -> None:
    """Of the same shape, and no two values further apart than `share` of what is wanted, or of `least` where that is
    smaller. share, least: see the message of a failure; what: whose numbers they are."""
    found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    assert found.shape == wanted.shape, f"{what or 'the array'} has the shape {found.shape} and not {wanted.shape}"
    if not found.size:
        return
    off = np.abs(found - wanted) / np.maximum(least, np.abs(wanted))
    off = np.where(np.isnan(off), np.inf, off)  # what is no number is furthest off
    worst = np.unravel_index(int(off.argmax()), off.shape)
    place = "[" + ", ".join(str(int(index)) for index in worst) + "]"
    assert off[worst] <= share, (
        f"{what or 'the array'} is furthest off at {place}: {found[worst]:.9g} and not {wanted[worst]:.9g}, "
        f"{off[worst]:.2g} apart where {share:.2g} is allowed; {int((off > share).sum())} of {off.size} values are"
    )
