"""Looking back on a run: every moment's numbers, in bounded memory, and a page that says what is wrong with a file."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_networks import some_networks
from streamlit.testing.v1 import AppTest
from visit import DENSE, LESSON, Scripted, drawn, event, opened, shown

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.checkpoints import moments, shipped
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.series import Series
from lenet_explain.data.datasets import framed, load_embedded
from lenet_explain.figures import moments as figure
from lenet_explain.figures.maps import Held, framed_maps
from lenet_explain.figures.theme import LIGHT
from lenet_explain.figures.tile_moments import framed_moments
from lenet_explain.figures.tiles import tile_set
from lenet_explain.frontend import frame, text
from lenet_explain.jobs import JobState
from lenet_explain.jobs.event_log import LARGEST, SNAPSHOTS, History
from lenet_explain.jobs.snapshots import series_of_run
from lenet_explain.network.link_code import code_of
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.walk import walk
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.results.accuracy import accuracy
from lenet_explain.ui.visit.custom_network import PARAM, YOURS

SCRUB = "pages/training/scrub.py"
LAYERS = [(key, layer.name) for key, network in NETWORKS.items() for layer in network.layers]


def payload(app: AppTest, name: str) -> dict[str, Any]:
    [proto] = drawn(app, name)
    return json.loads(proto.json)[0]


def unframed(content: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Only halves: what these pages send."""
    (length,) = struct.unpack_from("<I", content)
    meta = json.loads(content[4 : 4 + length])
    assert meta["tensors"] == []
    found, offset = {}, 4 + length
    for name, shape in meta["halves"]:
        found[name] = np.frombuffer(content, "<f2", int(np.prod(shape)), offset).reshape(shape)
        offset += found[name].nbytes
    assert offset == len(content)
    return meta, found


def entry(step: int, right: float, gradient: float | None = 0.1) -> dict[str, Any]:
    scores = {f"{part}_{score}": right for part in ("training", "test") for score in ("loss", "accuracy")}
    layers = [] if gradient is None else ["C1", "C3"]
    own = {"gradient_layers": layers, "gradients": [gradient] * len(layers)}
    return {"step": step, "steps": 40, "epoch": 1, "epochs": 2, **scores, **own}


def small_series(network: str = "lenet5-dense") -> Series:
    """Four moments: the weights of two seeds in turn, halved."""
    each = [starting_weights(network_named(network), "xavier", seed) for seed in (0, 1, 1, 1)]
    stacked: dict[str, dict[str, Any]] = {
        layer: {name: np.stack([one[layer][name] for one in each]).astype(np.float16) for name in each[0][layer]}
        for layer in each[0]
    }
    entries = (entry(0, 0.1, None), entry(10, 0.2), entry(20, 0.7), entry(30, 0.72), entry(40, 0.71))
    confusions = np.stack([np.eye(10, dtype=np.int64) * (moment + 1) for moment in range(4)])
    return Series(network, Recipe(), "digits", entries, (0, 1, 2, 4), confusions, stacked)


def images(network: str) -> np.ndarray:
    described = network_named(network)
    return framed(load_embedded("digits").test_images[:1], described.input.height, described.pixels)


@pytest.mark.parametrize(("network", "layer"), LAYERS)
def test_all_views_have_every_moment_of_the_shipped_run(app: AppTest, jobs: Scripted, network: str, layer: str) -> None:
    shown(app, SCRUB, {"network": network, "layer": layer})
    assert not app.error
    series = shipped.load_shipped_series(network)
    count = len(series.shown)
    slider, matrix, curves = (payload(app, f"lenet_{name}") for name in ("scrubber", "confusion", "curves"))
    assert slider["steps"] == [series.entries[at]["step"] for at in series.shown]
    assert len(slider["words"]) == count
    assert matrix["matrices"] == series.confusions.tolist()
    assert curves["moments"]["steps"] == slider["steps"]
    assert curves["panels"][2]["head"].startswith((f"gradient of {layer},", f"no gradient: {layer}"))
    meta, maps = unframed(drawn(app, "lenet_maps")[0].bytes)
    assert [one["name"] for one in meta["layers"]] == [each.name for each in NETWORKS[network].layers[:-1]]
    assert {len(maps[one["name"]]) for one in meta["layers"]} == {count}
    assert len(meta["verdicts"]) == len(meta["winners"]) == count
    assert len(payload(app, "lenet_gradients")["sizes"]) == count


def test_all_components_move_by_one_name(app: AppTest, jobs: Scripted) -> None:
    shown(app, SCRUB, {})
    assert {payload(app, f"lenet_{name}")["name"] for name in ("scrubber", "confusion", "gradients")} == {figure.NAME}
    assert payload(app, "lenet_curves")["moments"]["name"] == figure.NAME
    assert unframed(drawn(app, "lenet_maps")[0].bytes)[0]["name"] == figure.NAME
    assert unframed(drawn(app, "lenet_tiles")[0].bytes)[0]["moments"]["name"] == figure.NAME


def test_a_link_restores_network_layer_digit_and_moment(app: AppTest, jobs: Scripted) -> None:
    steps = moments.steps_shown(shipped.load_shipped_series("lenet-28"))
    shown(app, SCRUB, {"network": "lenet-28", "layer": "C3", "held": "4", "step": str(steps[3])})
    assert payload(app, "lenet_scrubber")["at"] == 3
    assert unframed(drawn(app, "lenet_tiles")[0].bytes)[0]["layer"] == "C3"
    meta, _ = unframed(drawn(app, "lenet_maps")[0].bytes)
    assert (meta["truth"], meta["chosen"]) == (4, 4)
    assert payload(app, "lenet_scrubber")["run"] == "shipped lenet-28"


@pytest.mark.parametrize("step", ["-1", "x", "", "1e9", "²", "9" * 30])
def test_a_link_with_an_impossible_moment_opens_at_the_last(app: AppTest, jobs: Scripted, step: str) -> None:
    shown(app, SCRUB, {"step": step, "held": "11"})
    slider = payload(app, "lenet_scrubber")
    assert slider["at"] == len(slider["steps"]) - 1
    assert unframed(drawn(app, "lenet_maps")[0].bytes)[0]["truth"] == 7


def test_the_page_says_where_most_happens(app: AppTest, jobs: Scripted) -> None:
    shown(app, SCRUB, {"network": "lenet5"})
    series = shipped.load_shipped_series("lenet5")
    leap, half = moments.largest_leap(series), moments.halfway(series, "C1")
    assert leap is not None
    assert half is not None
    said = " ".join(one.value for one in app.markdown)
    titles = figure.titles(moments.entries_shown(series))
    assert f"between {titles[leap - 1]} and {titles[leap]}" in said
    assert f"half of their whole way by {titles[half]}" in said


def damage(folder: Path, how: str) -> None:
    weights, card = folder / "lenet5.series.safetensors", folder / "lenet5.series.json"
    match how:
        case "missing":
            weights.unlink()
        case "no card":
            card.unlink()
        case "cut":
            weights.write_bytes(weights.read_bytes()[:1000])
        case "empty":
            weights.write_bytes(b"")
        case "not JSON":
            card.write_text("{")
        case "another network":
            shutil.copy(folder / "lenet-28.series.safetensors", weights)
        case "no entries":
            values = json.loads(card.read_text())
            card.write_text(json.dumps({**values, "entries": []}))
        case "no moments":
            values = json.loads(card.read_text())
            card.write_text(json.dumps({**values, "shown": []}))
        case "poor entries":
            values = json.loads(card.read_text())
            card.write_text(json.dumps({**values, "entries": [{"step": 1}] * len(values["entries"])}))


DAMAGES = ["missing", "no card", "cut", "empty", "not JSON", "another network", "no entries", "no moments"]


@pytest.mark.parametrize("how", [*DAMAGES, "poor entries"])
def test_a_damaged_run_is_one_clear_sentence(
    app: AppTest, jobs: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    for file in shipped.FOLDER.glob("lenet*.series.*"):
        shutil.copy(file, tmp_path)
    damage(tmp_path, how)
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    shown(app, SCRUB, {"network": "lenet5"})
    [error] = app.error
    assert error.value.startswith("The run that comes with this app cannot be read:")
    assert error.value.endswith(".")
    assert not drawn(app, "lenet_scrubber")
    app.selectbox(key="network").select("lenet-28").run()
    assert not app.error
    assert drawn(app, "lenet_scrubber")


def test_an_own_run_fills_the_slider_while_it_goes_on(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE)
    app.switch_page(LESSON).run()
    app.button(key="train").click().run()
    app.switch_page(SCRUB).run()
    assert payload(app, "lenet_scrubber")["run"] == "shipped lenet5"
    app.button(key="to-own").click().run()
    assert not app.exception
    assert [one.value for one in app.info] == [
        "Your run has no moment to look back on yet: its first comes when it has started."
    ]
    jobs.now = JobState("lost", message="the process is gone: start again")
    app.run()
    assert app.info[0].value.startswith("Your run ended before its first moment. The process is gone")
    jobs.now = JobState("running")
    for step in (0, 50, 100):
        jobs.history.add(event(step, seed=step))
        app.run()
        assert not app.exception
        assert payload(app, "lenet_scrubber")["steps"][-1] == step
    slider = payload(app, "lenet_scrubber")
    assert slider["steps"] == [0, 50, 100]
    assert slider["run"] == "run job 1"
    _, tiles = unframed(drawn(app, "lenet_tiles")[0].bytes)
    for moment, seed in enumerate((0, 50, 100)):
        kernels = starting_weights(network_named("lenet5-dense"), "xavier", seed)["C1"]["kernels"]
        assert np.allclose(np.sort(tiles["moments"][moment].ravel()), np.sort(kernels.ravel()), atol=1e-3)
    app.button_group(key="run").set_value("shipped").run()
    assert payload(app, "lenet_scrubber")["run"] == "shipped lenet5-dense"


def test_without_an_own_run_only_the_shipped_one_is_offered(app: AppTest, jobs: Scripted) -> None:
    shown(app, SCRUB, DENSE | {"run": "your run"})
    assert not app.get("button_group")
    assert payload(app, "lenet_scrubber")["run"] == "shipped lenet5-dense"


@pytest.mark.parametrize("count", [1, 2, SNAPSHOTS, SNAPSHOTS + 1, 100, 1000])
def test_snapshots_are_few_even_and_keep_both_ends(count: int) -> None:
    history, plain = History(), event(0)
    for step in range(count):
        history.add({**plain, "step": step})
    steps = [one.step for one in history.snapshots()]
    assert len(steps) <= SNAPSHOTS
    assert (steps[0], steps[-1]) == (0, count - 1)
    apart = set(np.diff(steps[:-1]).tolist())
    assert len(apart) <= 1
    assert count < SNAPSHOTS or len(steps) > SNAPSHOTS // 2


def test_snapshots_take_bounded_memory_however_much_a_worker_sends() -> None:
    history = History()
    for step in range(3 * SNAPSHOTS):
        history.add(event(step))
    arrays = [array for one in history.snapshots() for own in one.weights.values() for array in own.values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float16)}
    assert sum(array.nbytes for array in arrays) <= SNAPSHOTS * LARGEST
    large = {"C1": {"kernels": np.zeros(LARGEST, np.float32)}}
    from lenet_explain.jobs.wire import packed_weights

    before = len(history.snapshots())
    history.add({**event(999), "weights": packed_weights(large)})
    assert len(history.snapshots()) == before
    assert history.snapshots()[-1].step != 999


def test_progress_without_weights_leaves_no_snapshot() -> None:
    history = History()
    history.add({"type": "progress", "received": 1, "of": 2})
    assert history.snapshots() == ()
    assert series_of_run("lenet5-dense", Recipe(), "digits", ({"step": 0},), ()) is None


def test_a_snapshot_finds_its_measurements_by_its_step() -> None:
    history = History()
    for step in (0, 50, 100):
        history.add(event(step))
    series = series_of_run("lenet5-dense", Recipe(), "digits", history.since(0).entries, history.snapshots()[1:])
    assert series is not None
    assert moments.steps_shown(series) == [50, 100]
    assert moments.checked(series, "a run") is series


@pytest.mark.parametrize("network", NETWORKS)
def test_maps_are_those_of_the_chain(network: str) -> None:
    weights = starting_weights(network_named(network), "xavier", 3)
    found = moments.maps_of(network, weights, images(network))
    chain = Chain(network_named(network), weights)
    answer = chain.forward(images(network))
    assert list(found) == [step.name for step in walk(network_named(network))]
    for name, maps in chain.maps.items():
        assert np.allclose(found[name].astype(np.float32), maps[0], rtol=2e-3, atol=1e-3)
    values, [winner] = moments.answers_of(network, answer)
    assert winner == chain.choice(answer)[0]
    if network_named(network).answer == "logits":
        assert np.isclose(values.sum(), 1)
        assert values.argmax() == winner
    else:
        assert np.allclose(values, answer)


def test_half_of_the_way_and_the_leap_are_found() -> None:
    series = small_series()
    assert moments.halfway(series, "C1") == 1  # it moves only between the first two
    assert moments.halfway(series, "S2") is None
    assert moments.largest_leap(series) == 2
    still = replace(series, entries=tuple(entry(step, 0.5) for step in range(5)))
    assert moments.largest_leap(still) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"shown": (0, 1, 2, 9)},
        {"shown": (0, 1, 2, -1)},
        {"confusions": np.zeros((4, 3, 3), np.int64)},
        {"stacked": {"C1": {"kernels": np.zeros((4, 6, 1, 5, 5), np.float16)}}},
        {"network": "lenet5"},
    ],
    ids=str,
)
def test_a_series_whose_parts_do_not_fit_is_refused(changed: dict[str, Any]) -> None:
    assert moments.checked(small_series(), "x")
    with pytest.raises(CheckpointError, match=r"^the file "):
        moments.checked(replace(small_series(), **changed), "the file")


def test_a_series_with_a_weight_that_is_no_number_is_refused() -> None:
    series = small_series()
    series.stacked["C3"]["bias"][1, 2] = np.nan
    with pytest.raises(CheckpointError, match=r"C3\.bias"):
        moments.checked(series, "the file")


def test_tiles_have_one_scale_and_the_values_of_every_moment() -> None:
    series, steps = small_series(), walk(network_named("lenet5-dense"))
    each = [series.weights(moment)["C3"] for moment in range(4)]
    titles = ["before training", "step 10", "step 20", "step 40"]
    meta, tensors = unframed(framed_moments(steps, "C3", each, titles, LIGHT))
    assert meta["moments"]["titles"] == titles
    assert len(set(meta["moments"]["alts"])) == 4
    assert "step 10 from" in meta["moments"]["alts"][1]
    for moment, own in enumerate(each):
        assert np.array_equal(tensors["moments"][moment], tile_set(steps, "C3", own).values[0].astype(np.float16))
    assert meta["limit"] == max(np.abs(own["kernels"]).max() for own in each)


def test_maps_share_a_scale_and_say_who_wins() -> None:
    steps = walk(network_named("lenet5"))
    maps = {"C1": np.zeros((2, 6, 28, 28)), "F6": np.zeros((2, 84, 1, 1))}
    maps["C1"][1, 2, 3, 4] = -1.5
    digits = np.zeros((10, 28, 28), np.uint8)
    answers = np.array([[3.0] * 9 + [1.0], [0.5] + [3.0] * 9])
    held = Held(digits, range(10), 9, maps, answers, [9, 0], far=True)
    meta, tensors = unframed(framed_maps(held, steps, ["before training", "step 5"], LIGHT))
    assert meta["layers"][0]["limit"] == 1.5
    assert (meta["layers"][1]["maps"], meta["layers"][1]["height"], meta["layers"][1]["width"]) == (1, 12, 7)
    assert tensors["C1"][1, 2, 3, 4] == -1.5
    assert meta["verdicts"] == [
        "Before training: this 9 is read as 9 ✓, distance 1.0.",
        "Step 5: this 9 is read as 0 ✗, distance 0.5; the 9 has distance 3.0.",
    ]


def test_words_of_each_moment_agree_with_its_numbers() -> None:
    series = small_series()
    entries = moments.entries_shown(series)
    matrix = figure.confusions(series.confusions, entries, LIGHT)
    for moment, rows in enumerate(series.confusions.tolist()):
        reached = accuracy(rows)
        assert matrix["titles"][moment].startswith(f"{reached.right} of {reached.total} test digits read")
    bars = figure.gradients(entries, LIGHT)
    assert bars["layers"] == ["C1", "C3"]
    assert bars["sizes"] == [[None, None], [0.1, 0.1], [0.1, 0.1], [0.1, 0.1]]
    assert bars["low"] <= -1 < bars["high"]
    assert bars["alts"][0].endswith("none yet.")
    assert (
        figure.slider(entries, 2, "x", LIGHT)["words"][2] == "Step 20 of 40 · epoch 1 of 2 · 70.0% of test digits read"
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_the_browser_reads_halves_as_python_wrote_them(tmp_path: Path) -> None:
    values = np.array([0, -0.0, 1, -2.5, 65504, 6e-8, 1e-5, np.inf, -np.inf, np.nan, 0.1, 3], np.float16)
    (tmp_path / "frame.mjs").write_text(text("page/frame.js"))
    (tmp_path / "payload").write_bytes(frame({}, {"halves": values, "whole": np.array([1.5, -7], np.float32)}))
    program = (
        "import { readFileSync } from 'fs'; import { unframe } from './frame.mjs';"
        "const { tensors } = unframe(new Uint8Array(readFileSync('payload')));"
        "console.log(JSON.stringify([[...tensors.halves].map(String), [...tensors.whole]]))"
    )
    (tmp_path / "read.mjs").write_text(program)
    done = subprocess.run(["node", "read.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    halves, whole = json.loads(done.stdout)
    assert whole == [1.5, -7]
    read = np.array([float(word.replace("Infinity", "inf")) for word in halves])
    assert np.array_equal(read, values.astype(np.float64), equal_nan=True)


def test_an_own_network_has_no_run_until_it_is_trained_though_another_has(app: AppTest, jobs: Scripted) -> None:
    shown(app, LESSON, DENSE)
    app.button(key="train").click().run()
    mine = some_networks(1)[0].key
    shown(app, SCRUB, {"network": YOURS, PARAM: code_of(mine)})
    assert not app.error
    assert [one.value for one in app.info] == [
        "Your own network has no run to look back on yet: train it in Side by side, then come back."
    ]
    assert app.button(key="to-own").label == "To your run of lenet5-dense"
