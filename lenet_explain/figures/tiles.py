"""One layer's weights as rows and columns of small pictures, before training and now.

Data in, `TileSet` out, and `framed` packs it for frontend/tiles/tiles.js. Maps, units, rows and columns count from 0,
as Table I does. Not covered: the biases of convolutions and of dense layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from lenet_explain.figures.theme import Palette
from lenet_explain.figures.tile_words import alt_text, caption_for, nothing_to_learn
from lenet_explain.frontend import frame
from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, RadialBasis, Subsampling
from lenet_explain.network.walk import Step
from lenet_explain.paper import GLYPH_HEIGHT, GLYPH_WIDTH

Weights = Mapping[str, np.ndarray]
BEFORE, NOW, SHIPPED, FIXED = "before training", "now", "trained on MNIST", "fixed codes"


@dataclass(frozen=True, slots=True)
class Grid:
    """rows × columns tiles of height × width cells; sentences name a cell by {row}, {column}, {y}, {x}, {index}.

    present: (rows, columns), False where the layer has no weights. joined: tiles touch and are never wrapped.
    tall: px of a tile's longer side, at most, where its cells are not single ones.
    """

    rows: int
    columns: int
    height: int
    width: int
    present: np.ndarray
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    row_axis: str
    column_axis: str
    place: str
    absent: str = ""
    joined: bool = False
    tall: int = 96


@dataclass(frozen=True, slots=True, eq=False)
class TileSet:
    """What one layer shows: a grid, and one array of values (rows, columns, height, width), float32, for each title.

    No titles: nothing to learn, `note` says why. limit: the largest finite size in all arrays, one scale for both.
    """

    layer: str
    grid: Grid
    titles: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    limit: float
    caption: str
    note: str
    alt: str


def tile_set(
    steps: tuple[Step, ...], name: str, initial: Weights, now: Weights | None = None, called: str = NOW
) -> TileSet:
    """The tiles of the layer `name`; initial and now are that layer's own arrays by name; called: the title of `now`.

    kernels: (links, k, k) where sparse, in order of the table, else (maps, inputs, k, k); weights: (units, inputs);
    coefficient, bias, scale, shift: (maps,). Raises ValueError naming the layer, the array and the shapes.
    """
    names = [step.name for step in steps]
    if name not in names:
        raise ValueError(f"there is no layer named {name!r}: choose one of {', '.join(names)}")
    at = names.index(name)
    step, reads = steps[at], names[at - 1] if at else "input"
    grid = _grid(step, reads)
    if grid is None:
        empty = _matrix(0, 0, "", "", "")
        return TileSet(name, empty, (), (), 0.0, "", nothing_to_learn(step), nothing_to_learn(step))
    if isinstance(step.layer, RadialBasis):
        titles, states = (FIXED,), ({"codes": np.array(step.layer.codes)},)
        note = "Fixed by hand: training leaves these codes as they are."
    elif now is None:
        titles, states, note = (BEFORE,), (initial,), "Training will change this picture."
    else:
        titles, states, note = (BEFORE, called), (initial, now), ""
    values = tuple(_values(step, grid, state) for state in states)
    alt = alt_text(step, int(grid.present.sum()), grid.present.size, titles, values)
    return TileSet(name, grid, titles, values, _limit(values), caption_for(step, reads, grid.joined), note, alt)


def framed(tiles: TileSet, palette: Palette) -> bytes:
    """The payload of frontend/tiles/tiles.js."""
    return frame(meta_of(tiles, palette), dict(zip(tiles.titles, tiles.values, strict=True)))


def meta_of(tiles: TileSet, palette: Palette) -> dict[str, Any]:
    """All of the payload but the numbers."""
    grid = tiles.grid
    return {
        "layer": tiles.layer,
        **{key: getattr(grid, key) for key in ("rows", "columns", "height", "width", "joined", "tall")},
        **{key: getattr(grid, key) for key in ("place", "absent")},
        "present": None if grid.present.all() else grid.present.ravel().astype(int).tolist(),
        "rowLabels": grid.row_labels,
        "columnLabels": grid.column_labels,
        "rowAxis": grid.row_axis,
        "columnAxis": grid.column_axis,
        **{key: getattr(tiles, key) for key in ("titles", "limit", "caption", "note", "alt")},
        "palette": asdict(palette),
    }


def _limit(values: tuple[np.ndarray, ...]) -> float:
    return max((float(np.max(np.abs(array), initial=0, where=np.isfinite(array))) for array in values), default=0.0)


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


def _grid(step: Step, reads: str) -> Grid | None:
    """Where each weight goes; None for a layer without any."""
    name, before, maps = step.name, step.before, step.after.maps
    match step.layer:
        case Convolution(kernel=k) as layer:
            return _windows(step, reads, k, k, layer.links(before))
        case Dense() if before.height * before.width > 1:
            return _windows(step, reads, before.height, before.width, (tuple(range(before.maps)),) * maps)
        case Dense() if before.maps == GLYPH_HEIGHT * GLYPH_WIDTH:
            return _glyphs(maps, f"{name} unit {{column}}, {reads} unit {{index}}", f"{name} units")
        case Dense():
            joined = _matrix(maps, before.maps, f"{name} units", f"{reads} units", "")
            return replace(joined, place=f"{name} unit {{row}}, {reads} unit {{column}}", joined=True)
        case RadialBasis(codes=codes):
            return _glyphs(len(codes), "code of {column}, row {y}, column {x}", "digits")
        case Subsampling():
            return _pairs(step, "coefficient", "bias")
        case BatchNormalisation():
            return _pairs(step, "scale", "shift")
        case _:
            return None


def _windows(step: Step, reads: str, height: int, width: int, links: tuple[tuple[int, ...], ...]) -> Grid:
    """A column for each map of the layer, a row for each map that it may read, as in Table I."""
    present = np.array([[row in inputs for inputs in links] for row in range(step.before.maps)])
    one = step.before.maps == 1
    owner = "unit" if isinstance(step.layer, Dense) else "map"
    read = reads if one else f"{reads} map {{row}}"
    return Grid(
        rows=step.before.maps,
        columns=step.after.maps,
        height=height,
        width=width,
        present=present,
        row_labels=("",) if one else _numbers(step.before.maps),
        column_labels=_numbers(step.after.maps),
        row_axis="" if one else f"{reads} maps",
        column_axis=f"{step.name} {owner}s",
        place=f"{step.name} {owner} {{column}}, {read}, row {{y}}, column {{x}}",
        absent=f"{step.name} {owner} {{column}} does not read {read}",
    )


def _matrix(rows: int, columns: int, row_axis: str, column_axis: str, place: str) -> Grid:
    present = np.ones((rows, columns), dtype=bool)
    return Grid(rows, columns, 1, 1, present, _numbers(rows), _numbers(columns), row_axis, column_axis, place)


def _glyphs(count: int, place: str, axis: str) -> Grid:
    """Vectors of 84 as pictures 12 high and 7 wide, the shape of the paper's target bitmaps."""
    return replace(_matrix(1, count, "", axis, place), height=GLYPH_HEIGHT, width=GLYPH_WIDTH, row_labels=("",))


def _pairs(step: Step, first: str, second: str) -> Grid:
    one = "unit" if step.after.height == step.after.width == 1 else "map"
    pairs = _matrix(2, step.after.maps, "", f"{step.name} {one}s", f"{step.name} {one} {{column}}, {{row}}")
    return replace(pairs, row_labels=(first, second))


def _values(step: Step, grid: Grid, weights: Weights) -> np.ndarray:
    """(rows, columns, height, width) in float32, zero where there is no weight."""
    shape = (grid.rows, grid.columns, grid.height, grid.width)
    match step.layer:
        case Convolution(table=None):
            return _array(step, weights, "kernels", (grid.columns, grid.rows, *shape[2:])).swapaxes(0, 1)
        case Convolution():
            kernels = _array(step, weights, "kernels", (int(grid.present.sum()), *shape[2:]))
            values = np.zeros((grid.columns, grid.rows, *shape[2:]), dtype=np.float32)
            columns = np.repeat(np.arange(grid.columns), grid.present.sum(axis=0))
            values[columns, [row for inputs in step.layer.links(step.before) for row in inputs]] = kernels
            return values.swapaxes(0, 1)
        case Dense():
            dense = _array(step, weights, "weights", (step.after.maps, step.before.units))
            if grid.joined:
                return dense.reshape(shape)
            return dense.reshape(grid.columns, grid.rows, grid.height, grid.width).swapaxes(0, 1)
        case RadialBasis():
            return weights["codes"].astype(np.float32).reshape(shape)
        case _:
            rows = [_array(step, weights, label, (grid.columns,)) for label in grid.row_labels]
            return np.stack(rows).reshape(shape)


def _array(step: Step, weights: Weights, name: str, shape: tuple[int, ...]) -> np.ndarray:
    if name not in weights:
        raise ValueError(f"{step.name}: there is no array {name!r} among {sorted(weights)}")
    array = np.asarray(weights[name], dtype=np.float32)
    if array.shape != shape:
        raise ValueError(f"{step.name}: {name} has shape {array.shape}, and must have {shape}")
    return array
