"""What one digit meets in every layer at every moment of a run: signed maps, one scale a layer, and the ten answers.

Data in, a payload for frontend/moments/maps.js out, which goes from moment to moment by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lenet_explain.figures.moments import NAME
from lenet_explain.figures.theme import Palette
from lenet_explain.frontend import frame
from lenet_explain.network.layers import Shape
from lenet_explain.network.walk import Step
from lenet_explain.paper import GLYPH_HEIGHT, GLYPH_WIDTH

MAP = 84  # CSS pixels of a map at most; small maps get half of it, so that they do not outgrow the large ones
UNIT, GLYPH_CELL = 12, 8


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A digit through a run. digits: (n, 28, 28) uint8, those that can be held, and labels what they are; chosen: which
    one is; maps: layer → (moments, maps, height, width), without the last layer;
    answers: (moments, classes), distances if `far`, else shares; winners: the digit that each moment reads."""

    digits: np.ndarray
    labels: Sequence[int]
    chosen: int
    maps: Mapping[str, np.ndarray]
    answers: np.ndarray
    winners: Sequence[int]
    far: bool

    @property
    def truth(self) -> int:
        return self.labels[self.chosen]


def framed_maps(held: Held, steps: tuple[Step, ...], titles: Sequence[str], palette: Palette) -> bytes:
    """titles: one for each moment, such as 'step 40'."""
    shown = {step.name: step for step in steps if step.name in held.maps}
    layers = [_layer(step, held.maps[name]) for name, step in shown.items()]
    meta = {
        "name": NAME,
        "layers": layers,
        "answers": [[float(f"{value:.4g}") for value in row] for row in held.answers.tolist()],
        "winners": list(held.winners),
        "truth": held.truth,
        "digits": list(held.labels),
        "chosen": held.chosen,
        "far": held.far,
        "rule": "Distance to each digit's code: the shortest bar wins." if held.far else "Share: the longest bar wins.",
        "verdicts": [_verdict(held, moment, title) for moment, title in enumerate(titles)],
        "palette": asdict(palette),
    }
    maps = {name: held.maps[name].astype(np.float16) for name in shown}
    return frame(meta, {"ink": held.digits.astype(np.float16), **maps})


def _layer(step: Step, maps: np.ndarray) -> dict[str, Any]:
    """How a layer is laid out: 84 lone units as the paper's bitmaps, 7 wide and 12 high; limit: of its colours."""
    limit = float(np.max(np.abs(maps.astype(np.float32)), initial=0, where=np.isfinite(maps)))
    glyph = step.after == Shape(GLYPH_HEIGHT * GLYPH_WIDTH, 1, 1)
    after = step.after
    sides = (1, GLYPH_HEIGHT, GLYPH_WIDTH) if glyph else (after.maps, after.height, after.width)
    cell = MAP // sides[1] if sides[1] > 12 else MAP // 2 // sides[1]
    return {
        "name": step.name,
        "shape": str(step.after),
        **dict(zip(("maps", "height", "width"), sides, strict=True)),
        "largest": GLYPH_CELL if glyph else UNIT if sides[1] * sides[2] == 1 else cell,
        "glyph": glyph,
        "limit": limit,
        "span": f"{limit:.3g}",
    }


def _verdict(held: Held, moment: int, title: str) -> str:
    """'Step 40: this 7 is read as 9, at distance 31.2 (7 at 40.1).'"""
    answer, values = held.winners[moment], held.answers[moment]

    def of(digit: int) -> str:
        return f"distance {values[digit]:.1f}" if held.far else f"{values[digit]:.1%}"

    what = f"{title[:1].upper()}{title[1:]}: this {held.truth} is read as {answer}"
    if answer == held.truth:
        return f"{what} ✓, {of(answer)}."
    return f"{what} ✗, {of(answer)}; the {held.truth} has {of(held.truth)}."
