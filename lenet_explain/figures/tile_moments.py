"""One layer's weights at every moment of a run: the first beside the one that the page looks at.

Data in, a payload for frontend/tiles/tiles.js out, which goes from moment to moment by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lenet_explain.figures.moments import NAME
from lenet_explain.figures.theme import Palette
from lenet_explain.figures.tile_words import alt_text
from lenet_explain.figures.tiles import TileSet, Weights, meta_of, tile_set
from lenet_explain.frontend import frame
from lenet_explain.network.walk import Step


def framed_moments(
    steps: tuple[Step, ...], layer: str, moments: Sequence[Weights], titles: Sequence[str], palette: Palette
) -> bytes:
    """moments: the layer's own arrays, oldest first; titles: one for each. One colour scale for all moments.

    A layer that does not learn is drawn as tile_set has it.
    """
    still = tile_set(steps, layer, moments[0])
    if not moments[0]:
        return frame(meta_of(still, palette), dict(zip(still.titles, still.values, strict=True)))
    sets = [tile_set(steps, layer, own) for own in moments]
    values = np.stack([each.values[0] for each in sets])
    limit = max(each.limit for each in sets)
    drawn = replace(still, titles=(titles[0], titles[0]), limit=limit, note="")
    step = next(step for step in steps if step.name == layer)
    meta = meta_of(drawn, palette) | {
        "moments": {"name": NAME, "titles": list(titles), "alts": _alts(step, sets, titles)},
    }
    return frame(meta, {"moments": values.astype(np.float16)})


def _alts(step: Step, sets: Sequence[TileSet], titles: Sequence[str]) -> list[str]:
    first, grid = sets[0].values[0], sets[0].grid
    present, places = int(grid.present.sum()), grid.present.size
    return [
        alt_text(step, present, places, (titles[0], title), (first, each.values[0]))
        for title, each in zip(titles, sets, strict=True)
    ]
