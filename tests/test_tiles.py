"""Tiles: every weight in its place, absent ones absent, and words that agree with the numbers."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import numpy as np
import pytest

from lenet_explain import paper
from lenet_explain.figures.theme import DARK, LIGHT
from lenet_explain.figures.tiles import framed, tile_set
from lenet_explain.frontend import frame
from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, Subsampling
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Step, walk

LENET5 = walk(NETWORKS["lenet5"])
MODERN = walk(NETWORKS["lenet-modern"])
EVERY_LAYER = [(key, step.name) for key, network in NETWORKS.items() for step in walk(network)]
LINKS = sum(map(len, paper.TABLE_I))


def weights_of(step: Step, seed: int = 0) -> dict[str, np.ndarray]:
    """Arrays in the shapes that a network of this description has."""
    random = np.random.default_rng(seed)
    maps, layer = step.after.maps, step.layer
    shapes: dict[str, tuple[int, ...]] = {}
    match layer:
        case Convolution(table=None, kernel=k):
            shapes = {"kernels": (maps, step.before.maps, k, k)}
        case Convolution(kernel=k):
            shapes = {"kernels": (sum(map(len, layer.links(step.before))), k, k)}
        case Dense():
            shapes = {"weights": (maps, step.before.units)}
        case Subsampling():
            shapes = {"coefficient": (maps,), "bias": (maps,)}
        case BatchNormalisation():
            shapes = {"scale": (maps,), "shift": (maps,)}
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def step_of(steps: tuple[Step, ...], name: str) -> Step:
    return next(step for step in steps if step.name == name)


def unframed(payload: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    (length,) = struct.unpack_from("<I", payload)
    meta = json.loads(payload[4 : 4 + length])
    tensors, offset = {}, 4 + length
    for name, shape in meta["tensors"]:
        tensors[name] = np.frombuffer(payload, "<f4", int(np.prod(shape)), offset).reshape(shape)
        offset += 4 * int(np.prod(shape))
    assert offset == len(payload)
    return meta, tensors


@pytest.mark.parametrize(("key", "name"), EVERY_LAYER)
def test_every_layer_shows_each_of_its_weights_once(key: str, name: str) -> None:
    steps = walk(NETWORKS[key])
    step = step_of(steps, name)
    initial, now = weights_of(step), weights_of(step, seed=1)
    tiles = tile_set(steps, name, initial, now)
    grid = tiles.grid
    assert len(grid.row_labels) == grid.rows
    assert len(grid.column_labels) == grid.columns
    if not initial:
        assert len(tiles.titles) <= 1
        return
    for values, arrays in zip(tiles.values, (initial, now), strict=True):
        assert values.shape == (grid.rows, grid.columns, grid.height, grid.width)
        shown = np.sort(values[grid.present].ravel())
        assert np.array_equal(shown, np.sort(np.concatenate([array.ravel() for array in arrays.values()])))
        assert not values[~grid.present].any()


def test_c3_leaves_out_what_table_i_leaves_out() -> None:
    grid = tile_set(LENET5, "C3", weights_of(step_of(LENET5, "C3"))).grid
    assert (grid.rows, grid.columns, grid.height, grid.width) == (6, 16, 5, 5)
    columns = tuple(tuple(np.flatnonzero(column).tolist()) for column in grid.present.T)
    assert columns == paper.TABLE_I
    assert grid.present.sum() == LINKS


def test_c3_puts_each_link_where_its_table_row_says() -> None:
    kernels = np.repeat(np.arange(LINKS, dtype=np.float32), 25).reshape(LINKS, 5, 5)
    values = tile_set(LENET5, "C3", {"kernels": kernels}).values[0]
    link = 0
    for column, inputs in enumerate(paper.TABLE_I):
        for row in inputs:
            assert (values[row, column] == link).all()
            link += 1


def test_a_dense_convolution_has_a_column_for_each_map_and_a_row_for_each_input() -> None:
    kernels = weights_of(step_of(MODERN, "C3"))["kernels"]
    tiles = tile_set(MODERN, "C3", {"kernels": kernels})
    assert tiles.grid.present.all()
    assert np.array_equal(tiles.values[0][4, 11], kernels[11, 4])
    assert tiles.grid.row_axis == "S2 maps"


def test_f6_is_one_matrix_of_units_by_inputs() -> None:
    weights = weights_of(step_of(LENET5, "F6"))["weights"]
    tiles = tile_set(LENET5, "F6", {"weights": weights})
    assert tiles.grid.joined
    assert np.array_equal(tiles.values[0][:, :, 0, 0], weights)


def test_a_dense_output_of_84_inputs_is_ten_pictures_of_7_by_12() -> None:
    weights = weights_of(step_of(MODERN, "OUTPUT"))["weights"]
    tiles = tile_set(MODERN, "OUTPUT", {"weights": weights})
    assert tiles.values[0].shape == (1, 10, paper.GLYPH_HEIGHT, paper.GLYPH_WIDTH)
    assert np.array_equal(tiles.values[0][0, 3].ravel(), weights[3])


def test_a_dense_layer_after_maps_keeps_them_apart() -> None:
    steps = walk(NETWORKS["lenet-28"])
    weights = weights_of(step_of(steps, "C5"))["weights"]
    tiles = tile_set(steps, "C5", {"weights": weights})
    assert tiles.values[0].shape == (16, 120, 4, 4)
    assert np.array_equal(tiles.values[0][2, 7].ravel(), weights[7, 32:48])


def test_the_glyph_codes_come_from_the_description_and_are_fixed() -> None:
    tiles = tile_set(LENET5, "OUTPUT", {}, {})
    assert np.array_equal(tiles.values[0][0].reshape(10, -1), paper.GLYPH_CODES)
    assert tiles.titles == ("fixed codes",)
    assert "training leaves" in tiles.note


def test_a_pooling_layer_says_that_it_learns_nothing() -> None:
    tiles = tile_set(MODERN, "S2", {}, {})
    assert tiles.titles == ()
    assert tiles.note == "S2 keeps the largest value of each 2×2 block: there is nothing to learn in it."


def test_before_training_there_is_one_picture_and_a_word_on_what_will_come() -> None:
    alone = tile_set(LENET5, "C1", weights_of(LENET5[0]))
    both = tile_set(LENET5, "C1", weights_of(LENET5[0]), weights_of(LENET5[0], 1))
    assert (alone.titles, both.titles) == (("before training",), ("before training", "now"))
    assert "will change" in alone.note
    assert both.note == ""


def test_one_scale_covers_both_pictures_and_ignores_what_is_not_finite() -> None:
    small, large = np.full((6, 1, 5, 5), 0.25), np.full((6, 1, 5, 5), -0.5)
    large[0, 0, 0, :3] = np.nan, np.inf, -np.inf
    tiles = tile_set(LENET5, "C1", {"kernels": small}, {"kernels": large})
    assert tiles.limit == 0.5
    assert tiles.alt.endswith("largest change 0.75; 3 values are not finite.")


def test_the_alt_text_counts_kernels_and_names_the_spans() -> None:
    kernels = np.linspace(-0.25, 0.5, LINKS * 25).reshape(LINKS, 5, 5)
    tiles = tile_set(LENET5, "C3", {"kernels": kernels}, {"kernels": 2 * kernels})
    assert tiles.alt == (
        "C3: 60 of 96 kernels of 5×5; "
        "before training from −0.25 to +0.50, now from −0.50 to +1.00; largest change 0.50."
    )
    every = tile_set(MODERN, "C3", weights_of(step_of(MODERN, "C3")))
    assert every.alt.startswith("C3: 96 kernels of 5×5; before training from ")


def test_no_finite_value_at_all_is_told_and_not_a_crash() -> None:
    broken = {"kernels": np.full((6, 1, 5, 5), np.nan)}
    tiles = tile_set(LENET5, "C1", broken, broken)
    assert tiles.limit == 0
    assert "now no finite value; largest change 0.00; 300 values are not finite" in tiles.alt


@pytest.mark.parametrize(("key", "name"), EVERY_LAYER)
def test_every_picture_says_what_to_look_for_in_one_sentence(key: str, name: str) -> None:
    steps = walk(NETWORKS[key])
    tiles = tile_set(steps, name, weights_of(step_of(steps, name)))
    sentence = tiles.caption or tiles.note
    assert sentence.endswith(".")
    assert ". " not in sentence


def test_arrays_of_the_wrong_shape_or_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"C3: kernels has shape \(16, 6, 5, 5\), and must have \(60, 5, 5\)"):
        tile_set(LENET5, "C3", {"kernels": np.zeros((16, 6, 5, 5))})
    with pytest.raises(ValueError, match=r"C1: there is no array 'kernels' among \['weight'\]"):
        tile_set(LENET5, "C1", {"weight": np.zeros((6, 1, 5, 5))})
    with pytest.raises(ValueError, match="there is no layer named 'C9': choose one of C1, S2"):
        tile_set(LENET5, "C9", {})


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_payload_holds_the_numbers_the_mask_and_the_colours(palette) -> None:
    step = step_of(LENET5, "C3")
    tiles = tile_set(LENET5, "C3", weights_of(step), weights_of(step, 1))
    meta, tensors = unframed(framed(tiles, palette))
    assert np.array_equal(tensors["now"], tiles.values[1])
    assert np.array_equal(np.array(meta["present"]).reshape(6, 16), tiles.grid.present)
    assert meta["palette"]["negative"] == palette.negative
    assert meta["tensors"] == [["before training", [6, 16, 5, 5]], ["now", [6, 16, 5, 5]]]


@pytest.mark.parametrize(("key", "name"), EVERY_LAYER)
def test_every_layer_can_be_framed(key: str, name: str) -> None:
    steps = walk(NETWORKS[key])
    meta, tensors = unframed(framed(tile_set(steps, name, weights_of(step_of(steps, name))), LIGHT))
    assert list(tensors) == meta["titles"]


def test_a_frame_keeps_what_is_not_finite_in_tensors_and_refuses_it_in_json() -> None:
    _, tensors = unframed(frame({"ä": "−"}, {"a": np.array([[np.nan, -np.inf]])}))
    assert np.isnan(tensors["a"][0, 0])
    assert tensors["a"][0, 1] == -np.inf
    with pytest.raises(ValueError, match="not JSON compliant"):
        frame({"limit": float("nan")}, {})


def test_the_browser_side_types_no_colour_and_writes_no_markup() -> None:
    for path in (Path(__file__).parents[1] / "lenet_explain" / "frontend").rglob("*.*"):
        if path.stem.startswith(("tile", "frame", "ladder")):
            source = path.read_text("utf-8")
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|addEventListener", source), path.name
            assert not re.search(r"[:\"'\s](#[0-9a-fA-F]{3,8}\b(?!'))|rgba?\(", source), path.name
