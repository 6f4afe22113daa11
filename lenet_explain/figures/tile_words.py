"""What is said about a layer's tiles: what to look for, why there may be none, and the text for who cannot see them."""

from __future__ import annotations

import numpy as np

from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.walk import Step
from lenet_explain.network.worked import number
from lenet_explain.paper import GLYPH_HEIGHT, GLYPH_WIDTH


def caption_for(step: Step, reads: str, joined: bool) -> str:
    """What to look for, in one sentence."""
    name, inputs = step.name, step.before.maps
    match step.layer:
        case Convolution() if inputs == 1:
            return "Look for stripes: a kernel with one colour beside the other answers to an edge in that direction."
        case Convolution(table=table) if table is not None:
            return (
                f"Go down a column: the kernels in it are added into one {name} map; "
                f"a hatched box is an {reads} map that it does not read."
            )
        case Convolution():
            return f"Go down a column: its {inputs} kernels, one for each {reads} map, are added into one {name} map."
        case Dense() if joined:
            return f"A row holds one unit's {inputs} weights: look for rows and columns that stand out from the noise."
        case Dense() if step.before.height * step.before.width > 1:
            return f"Go down a column: one {name} unit reads every position of all {inputs} maps of {reads}."
        case Dense():
            return (
                f"A picture holds one unit's {inputs} weights, laid out like the paper's glyphs, "
                f"{GLYPH_WIDTH} wide and {GLYPH_HEIGHT} high: look whether a digit appears, or only noise."
            )
        case RadialBasis():
            return f"Each picture is what {reads} should answer for a digit, its {inputs} values laid out as a drawing."
        case Subsampling():
            return "The coefficient scales a map and the bias shifts it: look for a coefficient that changes its sign."
        case BatchNormalisation():
            one = "unit" if step.after.height == step.after.width == 1 else "map"
            return f"The scale stretches a {one}, the shift moves it: look for a scale near 0, which silences a {one}."
        case _:
            return ""


def nothing_to_learn(step: Step) -> str:
    """'S2 keeps the largest value of each 2×2 block: there is nothing to learn in it.'"""
    size = step.layer.window(step.before).size
    keeps = "the mean" if isinstance(step.layer, AveragePooling) else "the largest value"
    return f"{step.name} keeps {keeps} of each {size}×{size} block: there is nothing to learn in it."


def alt_text(step: Step, present: int, places: int, titles: tuple[str, ...], values: tuple[np.ndarray, ...]) -> str:
    """'C3: 60 of 96 kernels of 5×5; before training from −0.31 to +0.29, now from …; largest change 0.15.'"""
    parts = [
        f"{step.name}: {_what(step, present, places)}",
        ", ".join(f"{title} {_span(array)}" for title, array in zip(titles, values, strict=True)),
    ]
    if len(values) == 2:
        with np.errstate(invalid="ignore"):
            change = np.abs(values[1] - values[0])
        parts.append(f"largest change {np.max(change, initial=0, where=np.isfinite(change)):.2f}")
    broken = sum(int((~np.isfinite(array)).sum()) for array in values)
    if broken:
        parts.append(f"{number(broken)} {'value is' if broken == 1 else 'values are'} not finite")
    return "; ".join(parts) + "."


def _what(step: Step, present: int, places: int) -> str:
    maps = step.after.maps
    match step.layer:
        case Convolution(kernel=k):
            count = number(present) if present == places else f"{number(present)} of {number(places)}"
            return f"{count} kernels of {k}×{k}"
        case Dense():
            return f"weights of {maps} units with {number(step.before.units)} inputs each"
        case RadialBasis():
            return f"{maps} codes of {GLYPH_HEIGHT}×{GLYPH_WIDTH}"
        case Subsampling():
            return f"a coefficient and a bias for each of {maps} maps"
        case _:
            return f"a scale and a shift for each of {maps} maps"


def _span(array: np.ndarray) -> str:
    finite = array[np.isfinite(array)]
    if not finite.size:
        return "no finite value"
    return f"from {finite.min():+.2f} to {finite.max():+.2f}".replace("-", "−")
