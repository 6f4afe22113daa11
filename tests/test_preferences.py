"""What a unit likes: the strongest places, the input made for it, which pixels bear on an answer, and the page."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from visit import Scripted, drawn, in_place, shown, status, wait

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.torch_module import activate
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import DataError, framed, load_embedded
from lenet_explain.figures import patches as figure
from lenet_explain.jobs import JobState, Queue
from lenet_explain.jobs.tasks import attribution as attributing
from lenet_explain.jobs.tasks.preferences import STEPS, trained_net
from lenet_explain.jobs.tasks.table import KNOWN_ERRORS, TASKS
from lenet_explain.jobs.wire import packed, unpacked
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.walk import walk
from lenet_explain.results.strongest import SHOWN, Unit, bordered, extremes, field_of, layers_of, patch, unit_of
from lenet_explain.ui.network import preferences as page

PAGE = "pages/network/preferences.py"
LAYERS = [(key, step.name) for key, network in NETWORKS.items() for step in layers_of(network)]
SMALL = 220  # digits: more than two chunks


def done(name: str, task: dict[str, Any], stop_after: int | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What a task yields and what it ends with; asked to stop after so many events."""
    told: list[dict[str, Any]] = []
    work = TASKS[name](task, lambda: stop_after is not None and len(told) >= stop_after)
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            json.dumps([told, end.value])
            return told, end.value


def digits(count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    data = load_embedded("digits")
    images = np.concatenate([data.train_images, data.test_images])[:count]
    return images, np.concatenate([data.train_labels, data.test_labels])[:count]


def maps_of(network: str, layer: str, pictures: np.ndarray) -> np.ndarray:
    """By NumPy's chain, after squashing; pictures: (B, side, side) of ink, 0 to 1."""
    described = network_named(network)
    pixels = described.pixels
    chain = Chain(described, load_shipped(network)[0])
    chain.forward((pixels.background + (pixels.ink - pixels.background) * pictures[:, None]).astype(np.float32))
    return chain.maps[layer].copy()


def test_layers_end_where_lone_units_are_weighed() -> None:
    named = {key: [step.name for step in layers_of(network)] for key, network in NETWORKS.items()}
    assert named["lenet5"] == ["C1", "S2", "C3", "S4", "C5"]
    assert named["lenet-28"] == ["C1", "S2", "C3", "S4", "C5"]
    assert named["lenet-modern"] == ["C1", "B1", "S2", "C3", "B3", "S4", "C5", "B5"]


@pytest.mark.parametrize(("network", "layer"), LAYERS)
def test_no_digit_goes_farther_than_those_shown(network: str, layer: str) -> None:
    images, _ = digits(SMALL)
    described = network_named(network)
    found = extremes(described, layer, load_shipped(network)[0], images)
    side = described.input.height
    maps = maps_of(network, layer, np.stack([bordered(image, side) for image in images]) / 255)
    for end, best in ((found.strongest, maps.max((2, 3))), (found.weakest, -(-maps).max((2, 3)))):
        sign = 1 if end is found.strongest else -1
        for index in range(0, maps.shape[1], 7):
            places = end.places(index)
            assert len({place.image for place in places}) == SHOWN
            values = [maps[place.image, index, place.row, place.column] for place in places]
            assert np.allclose([place.value for place in places], values, atol=1e-4)
            assert np.allclose(sorted(sign * best[:, index])[: -SHOWN - 1 : -1], [sign * v for v in values], atol=1e-4)
            sums = [sign * place.sum for place in places]
            assert sums == sorted(sums, reverse=True)
            assert np.isclose(end.medians[index], np.median(best[:, index]), atol=1e-4)
            assert SHOWN <= len(images) >= end.alike[index] >= 1


def test_saturated_units_are_told_apart_by_their_sums() -> None:
    images, _ = digits()
    found = extremes(NETWORKS["lenet5"], "C3", load_shipped("lenet5")[0], images).strongest
    places = found.places(2)
    assert len({f"{place.value:.3f}" for place in places}) == 1
    assert len({place.sum for place in places}) > 1
    assert found.alike[2] > SHOWN


@pytest.mark.parametrize(("network", "layer"), LAYERS)
def test_a_unit_sees_its_field_and_nothing_else(network: str, layer: str) -> None:
    step = next(step for step in layers_of(network_named(network)) if step.name == layer)
    side, random = network_named(network).input.height, np.random.default_rng(5)
    last = step.after.height - 1
    for row, column in {(0, 0), (0, last), (last // 2, last // 3), (last, last)}:
        box = field_of(step, row, column)
        inside = np.zeros((side, side), bool)
        inside[box.within(side)] = True
        picture = random.random((side, side))
        elsewhere = np.where(inside, picture, random.random((side, side)))
        within = np.where(inside, random.random((side, side)), picture)
        seen = maps_of(network, layer, np.stack([picture, elsewhere, within]))[:, :, row, column]
        assert np.allclose(seen[0], seen[1], atol=1e-4 * np.abs(seen).max())
        assert not np.allclose(seen[0], seen[2], atol=1e-4 * np.abs(seen).max()) or not seen.any()


@pytest.mark.parametrize("network", NETWORKS)
def test_the_field_has_no_row_that_the_unit_does_not_see(network: str) -> None:
    """Each edge of a C1 field counts: its kernel has no row of zeros."""
    step = layers_of(network_named(network))[0]
    row, column = Unit(network, step.name, 0).middle
    box, side = field_of(step, row, column), network_named(network).input.height
    corners = [(box.top, box.left), (box.top + box.side - 1, box.left + box.side - 1)]
    pictures = np.zeros((3, side, side))
    for number, corner in enumerate(corners, start=1):
        pictures[(number, *corner)] = 0.5
    seen = maps_of(network, step.name, pictures)[:, :, row, column]
    assert (seen[0] != seen[1]).any()
    assert (seen[0] != seen[2]).any()


def test_paper_fills_what_hangs_over_the_edge() -> None:
    step = layers_of(NETWORKS["lenet-sigmoid"])[0]
    box = field_of(step, 0, 1)
    assert (box.top, box.left, box.side) == (-2, -1, 5)
    picture = np.arange(1, 28 * 28 + 1).reshape(28, 28)
    cut = patch(picture, box)
    assert not cut[:2].any()
    assert not cut[:, 0].any()
    assert np.array_equal(cut[2:, 1:], picture[:3, :4])
    assert np.array_equal(patch(picture, field_of(step, 10, 12)), picture[8:13, 10:15])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"network": "lenet9", "layer": "C1", "map": 0}, "there is no network named 'lenet9'"),
        ({"network": "lenet5", "layer": "F6", "map": 0}, "lenet5: there is no layer 'F6' here: choose one of C1, S2"),
        ({"network": "lenet5", "layer": ["C1"], "map": 0}, r"there is no layer .*C1.* here"),
        ({"network": "lenet5", "layer": "C1", "map": 6}, "C1: there is no map 6: choose one of 0 to 5"),
        ({"network": "lenet5", "layer": "C1", "map": -1}, "C1: there is no map -1"),
        ({"network": "lenet5", "layer": "C1", "map": True}, "C1: there is no map True"),
        ({"network": "lenet5", "layer": "C1", "map": "2"}, "C1: there is no map '2'"),
        ({"network": "lenet5", "layer": "C1"}, "C1: there is no map None"),
    ],
)
def test_a_unit_that_there_is_not_is_named(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(DescriptionError, match=message) as told:
        unit_of(asked)
    assert isinstance(told.value, KNOWN_ERRORS)
    with pytest.raises(DescriptionError, match=message):
        done("preferences", asked)


@pytest.mark.parametrize(
    ("network", "layer", "index"),
    [
        ("lenet5", "C1", 1),
        ("lenet5", "C3", 2),
        ("lenet5-dense", "S4", 3),
        ("lenet-28", "C5", 5),
        ("lenet-sigmoid", "C5", 2),
        ("lenet-modern", "S4", 2),
    ],
)
def test_the_made_input_gives_what_is_said_and_lies_in_the_field(network: str, layer: str, index: int) -> None:
    unit = Unit(network, layer, index)
    told, result = done("preferences", {"network": network, "layer": layer, "map": index})
    assert [one["step"] for one in told] == list(range(0, STEPS + 1, 10))
    side, picture = network_named(network).input.height, unpacked(result["picture"])
    box = field_of(unit.step, *unit.middle)
    assert picture.shape == (box.side, box.side)
    rows, columns = box.within(side)
    whole = np.zeros((side, side))
    whole[rows, columns] = picture[
        rows.start - box.top : rows.stop - box.top, columns.start - box.left : columns.stop - box.left
    ]
    seen = float(maps_of(network, layer, whole[None] / 255)[(0, index, *unit.middle)])
    assert np.isclose(seen, result["value"], rtol=0.02, atol=0.02)  # the picture is rounded to bytes
    sums = [one["sum"] for one in told]
    assert result["sum"] == sums[-1] > sums[0]
    assert sums[-1] >= 0.95 * max(sums)
    best = extremes(network_named(network), layer, load_shipped(network)[0], digits()[0]).strongest
    assert np.isclose(result["digit_sum"], best.sums[index, 0], rtol=1e-4)
    assert np.isclose(result["digit_value"], best.values[index, 0], rtol=1e-4)
    assert result["digits"] == len(digits()[0])
    assert result["sum"] > 0.9 * result["digit_sum"]


def test_the_seed_decides_the_made_input() -> None:
    task = {"network": "lenet-28", "layer": "C3", "map": 4}
    (_, one), (_, same), (_, other) = (done("preferences", {**task, "seed": seed}) for seed in (0, 0, 1))
    assert one == same
    assert one["picture"] != other["picture"]


def test_a_search_stops_when_it_is_asked_to() -> None:
    told, result = done("preferences", {"network": "lenet-28", "layer": "C3", "map": 4}, stop_after=3)
    assert len(told) == 3
    assert result["step"] == told[-1]["step"] == 20


def test_nothing_but_the_attribution_imports_captum(root: Path) -> None:
    program = "import sys, lenet_explain.jobs.tasks.table; print({'captum', 'matplotlib'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def image_of(network: str, index: int) -> tuple[np.ndarray, torch.Tensor, torch.Tensor]:
    """A digit as bytes, as the network reads it, and paper."""
    described = network_named(network)
    image = load_embedded("digits").test_images[index]
    side, pixels = described.input.height, described.pixels
    return (
        bordered(image, side),
        torch.from_numpy(framed(image[None], side, pixels)),
        torch.full((1, 1, side, side), pixels.background),
    )


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("index", [3, 40, 111])
def test_attributions_add_up_to_the_difference_of_scores(network: str, index: int) -> None:
    image, read, paper = image_of(network, index)
    net = trained_net(network_named(network))
    _, result = done("attribution", {"network": network, "image": packed(image), "digit": None})
    scores, blank = net.scores(net(read))[0], net.scores(net(paper))[0]
    assert result["answer"] == result["digit"] == int(scores.argmax())
    assert np.allclose(result["scores"], scores.tolist(), rtol=1e-4, atol=1e-4)
    target = result["answer"]
    assert np.isclose(result["difference"], float(scores[target] - blank[target]), rtol=1e-4, atol=1e-4)
    assert np.isclose(result["sum"], unpacked(result["pixels"]).sum(), rtol=1e-3, atol=1e-3)
    assert np.isclose(result["sum"], result["difference"], rtol=0.02, atol=0.05)


@pytest.mark.parametrize("network", NETWORKS)
def test_integrated_gradients_agree_with_a_sum_written_out(network: str) -> None:
    image, read, paper = image_of(network, 12)
    net, points = trained_net(network_named(network)), 2000
    _, result = done("attribution", {"network": network, "image": packed(image), "digit": 6})
    total = torch.zeros_like(read)
    for first in range(0, points, 200):
        shares = (torch.arange(first, first + 200) + 0.5) / points
        way = (paper + shares[:, None, None, None] * (read - paper)).requires_grad_()
        net.scores(net(way))[:, 6].sum().backward()
        assert way.grad is not None
        total += way.grad.sum(0)
    byhand = ((read - paper) * total / points)[0, 0].numpy()
    assert result["digit"] == 6
    assert np.abs(byhand).max() > 0.01
    assert np.allclose(unpacked(result["pixels"]), byhand, atol=0.02 * np.abs(byhand).max())


@pytest.mark.parametrize("network", NETWORKS)
def test_grad_cam_agrees_with_its_two_equations(network: str) -> None:
    image, read, _ = image_of(network, 20)
    described = network_named(network)
    net, target = trained_net(described), 3
    _, result = done("attribution", {"network": network, "image": packed(image), "digit": target})
    assert result["layer"] == {"lenet-modern": "B3"}.get(network, "C3")
    maps, kept = read, None
    for layer in described.layers[:-1]:
        maps = activate(layer.activation, net.layers[layer.name](maps))
        if layer.name == result["layer"]:
            kept = maps = maps.detach().requires_grad_()
    assert kept is not None
    answer = net.layers[described.layers[-1].name](maps).flatten(1)
    net.scores(answer)[0, target].backward()
    assert kept.grad is not None
    weights = kept.grad.mean(dim=(2, 3), keepdim=True)
    byhand = torch.relu((weights * kept).sum(1))[0].detach().numpy()
    assert byhand.any()
    assert np.allclose(unpacked(result["maps"]), byhand, rtol=1e-3, atol=1e-5 * byhand.max())


@pytest.mark.parametrize("network", NETWORKS)
def test_grad_cam_lies_over_the_pixels_that_it_comes_from(network: str) -> None:
    described = network_named(network)
    step, side = attributing.seen_layer(described), described.input.height
    maps = np.zeros((step.after.height, step.after.width), np.float32)
    maps[3, 6] = 1
    spread = attributing.spread(maps, step, side)
    box = field_of(step, 3, 6)
    rows, columns = np.nonzero(spread > 0.4)
    assert np.isclose(rows.mean(), box.top + (box.side - 1) / 2)
    assert np.isclose(columns.mean(), box.left + (box.side - 1) / 2)
    flat = attributing.spread(np.ones_like(maps), step, side)
    assert flat.shape == (side, side)
    assert np.allclose(flat, 1)


BLANK = packed(np.zeros((32, 32), np.uint8))


@pytest.mark.parametrize(
    ("changed", "kind", "message"),
    [
        ({"network": "lenet9"}, DescriptionError, "there is no network named 'lenet9'"),
        ({"image": None}, DataError, "The picture cannot be read"),
        ({"image": {**BLANK, "data": "?"}}, DataError, "The picture cannot be read"),
        ({"image": {**BLANK, "type": "float64"}}, DataError, "The picture cannot be read"),
        ({"image": {"type": "uint8"}}, DataError, "The picture cannot be read"),
        ({"image": "iVBOR"}, DataError, "The picture cannot be read"),
        ({"image": packed(np.zeros((28, 28), np.uint8))}, DataError, "The picture is 28×28: this network reads 32×32."),
        ({"image": packed(np.full((32, 32), 2, np.float32))}, DataError, "numbers beyond paper"),
        ({"image": packed(np.full((32, 32), np.nan, np.float32))}, DataError, "numbers beyond paper"),
        ({"digit": 10}, DescriptionError, "there is no digit 10: choose one of 0 to 9"),
        ({"digit": "3"}, DescriptionError, "there is no digit '3'"),
        ({"digit": True}, DescriptionError, "there is no digit True"),
    ],
)
def test_what_cannot_be_attributed_is_said_in_one_sentence(
    changed: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message) as told:
        done("attribution", {"network": "lenet5", "image": BLANK, "digit": None, **changed})
    assert isinstance(told.value, KNOWN_ERRORS)


def test_a_picture_of_floats_is_read_as_that_of_bytes() -> None:
    image, _, _ = image_of("lenet-28", 8)
    _, one = done("attribution", {"network": "lenet-28", "image": packed(image), "digit": 4})
    floats = packed(image.astype(np.float32) / 255)
    _, other = done("attribution", {"network": "lenet-28", "image": floats, "digit": 4})
    assert one == other


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (Unit("lenet5", "C1", 0), "the picture"),
        (Unit("lenet5", "S2", 4), "map 4 of C1"),
        (Unit("lenet5", "C3", 2), "maps 2, 3 and 4 of S2"),
        (Unit("lenet5", "C3", 15), "all 6 maps of S2"),
        (Unit("lenet-28", "C5", 7), "all 16 maps of S4"),
        (Unit("lenet-modern", "B3", 1), "map 1 of C3"),
    ],
)
def test_a_unit_says_what_it_reads(unit: Unit, words: str) -> None:
    assert figure.reads(unit) == words
    assert figure.about(unit).startswith(f"**{unit.layer} map {unit.map}** of ")


@pytest.mark.parametrize(("network", "layer"), LAYERS)
def test_every_layer_has_its_conclusions(network: str, layer: str) -> None:
    images, labels = digits(SMALL)
    found = extremes(network_named(network), layer, load_shipped(network)[0], images)
    unit = Unit(network, layer, 1)
    lines = figure.conclusions(unit, found, labels)
    counted = [int(word.split("×")[0]) for word in lines[0].split("(")[1:]]
    assert sum(counted) == SHOWN
    following = [step.name for step in walk(network_named(network))]
    assert any(name in lines[1] for name in following[following.index(layer) + 1 :])
    for end in (found.strongest, found.weakest):
        assert f"{SMALL:,} digits" in figure.end_words(unit, end, SMALL)


def wall(app: AppTest) -> list[dict[str, Any]]:
    """What is drawn: the highest, the lowest, the made input."""
    return [json.loads(proto.json)[0] for proto in drawn(app, "lenet_patches")]


def message(step: int, total: float = 4.0) -> dict[str, Any]:
    picture = packed(np.full((14, 14), 100, np.uint8))
    return {"type": "progress", "step": step, "steps": 200, "value": 1.5, "sum": total, "picture": picture}


def test_the_page_opens_with_nine_places_at_each_end(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    assert [title.value for title in app.title] == ["What does a unit like?"]
    highest, lowest, made = wall(app)
    assert len(highest["items"]) == len(lowest["items"]) == SHOWN
    assert len(made["items"]) == 1
    assert all(item["words"] and item["whole"].startswith("data:image/png") for item in highest["items"])
    assert "C1 map 0" in highest["alt"]
    assert not app.button(key="search").disabled
    assert app.button(key="stop-search").disabled


@pytest.mark.parametrize("network", NETWORKS)
def test_a_link_restores_the_unit(app: AppTest, jobs: Scripted, network: str) -> None:
    shown(app, PAGE, {"network": network, "layer": "C5", "map": "77"})
    assert app.markdown[0].value.startswith("**C5 map 77** of ")
    app.button(key="search").click().run()
    assert jobs.tasks == [{"task": "preferences", "network": network, "layer": "C5", "map": 77}]
    assert wall(app)[0]["items"][0]["part"] is None


@pytest.mark.parametrize("query", [{"layer": "F6"}, {"layer": "nine"}, {"map": "6"}, {"map": "-1"}, {"map": "x"}])
def test_a_link_with_an_impossible_choice_opens_as_if_it_had_none(
    app: AppTest, jobs: Scripted, query: dict[str, str]
) -> None:
    shown(app, PAGE, query)
    assert app.markdown[0].value.startswith("**C1 map 0** of ")


def test_a_map_that_the_next_layer_does_not_have_falls_back(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"layer": "C5", "map": "100"})
    app.selectbox(key="layer").set_value("C1").run()
    assert not app.exception
    assert app.markdown[0].value.startswith("**C1 map 0** of ")


def test_the_next_map_comes_after_the_last(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"layer": "C3", "map": "15"})
    app.button(key="map-1").click().run()
    assert app.markdown[0].value.startswith("**C3 map 0** of ")
    app.button(key="map--1").click().run()
    assert app.markdown[0].value.startswith("**C3 map 15** of ")


def test_a_search_shows_its_picture_and_then_its_verdict(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"layer": "C3", "map": "2"})
    app.button(key="search").click().run()
    assert status(app) == "Starting the worker …"
    assert app.button(key="search").disabled
    jobs.now = JobState("running")
    jobs.history.add(message(60))
    app.run()
    assert status(app) == "Step 60 of 200."
    made, real = wall(app)[2]["items"]
    assert made["title"] == "made: +1.50"
    assert real["title"].startswith("strongest, a ")
    jobs.ended_with = {**message(200, 9.0), "type": "done", "digit_sum": 6.0, "digit_value": 1.4, "digits": 1797}
    jobs.now = JobState("finished")
    app.run()
    assert not app.exception
    assert status(app) == "Finished: step 200 of 200."
    said = [one.value for one in app.markdown if "After 200 steps" in one.value]
    assert said == [
        "After 200 steps it gives a sum of +9.00, squashed to +1.50. **None of the 1,797 digits comes that far**: the "
        "farthest gives a sum of +6.00, squashed to +1.40."
    ]
    assert not app.button(key="search").disabled


def test_a_digit_that_comes_as_far_is_said() -> None:
    result = {**message(200, 5.0), "digit_sum": 6.0, "digit_value": 1.4, "digits": 1797}
    assert "A real digit comes as far" in figure.verdict(Unit("lenet5", "C3", 2), result)


def test_each_unit_keeps_its_own_search(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"layer": "C3", "map": "2"})
    app.button(key="search").click().run()
    jobs.now, jobs.ended_with = JobState("finished"), {**message(200), "digit_sum": 6.0, "digit_value": 1, "digits": 9}
    app.selectbox(key="map").set_value("3").run()
    assert len(wall(app)[2]["items"]) == 1
    app.selectbox(key="map").set_value("2").run()
    assert len(wall(app)[2]["items"]) == 2
    assert not app.exception


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState("waiting", place=2, waiting=5), "Number 2 of 5 in the queue."),
        (JobState("stopped"), "Stopped before the first step."),
        (JobState("failed", message="no [layer](x) here"), "No [layer](x) here."),
    ],
)
def test_each_phase_of_a_search_has_its_words(app: AppTest, jobs: Scripted, state: JobState, words: str) -> None:
    shown(app, PAGE, {})
    app.button(key="search").click().run()
    jobs.now = state
    app.run()
    assert not app.exception
    assert status(app) == words


def test_what_a_worker_says_is_shown_letter_by_letter(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    app.button(key="search").click().run()
    jobs.now = JobState("failed", message="no [layer](x) here")
    app.run()
    assert app.error[0].value == r"No \[layer\]\(x\) here\."


def test_stop_ends_the_search_of_another_unit_too(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    app.button(key="search").click().run()
    app.selectbox(key="map").set_value("3").run()
    app.button(key="stop-search").click().run()
    assert jobs.cancelled == ["job 1"]


def test_a_full_queue_is_said_once(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    jobs.refusal = "one run of yours has not ended yet"
    app.button(key="search").click().run()
    assert [one.value for one in app.warning] == ["One run of yours has not ended yet."]
    assert not app.run().warning


def test_missing_weights_are_said(app: AppTest, jobs: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(network: str) -> None:
        raise CheckpointError(f"there is no file {network}.safetensors")

    monkeypatch.setattr(page, "shipped", missing)
    shown(app, PAGE, {})
    said = r"The weights that come with this app cannot be read: there is no file lenet5\.safetensors."
    assert [one.value for one in app.error] == [said]
    assert not wall(app)


def test_a_real_worker_finds_an_input_from_the_page(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_place(Queue(), monkeypatch):
        shown(app, PAGE, {"network": "lenet-28", "layer": "C3", "map": "4"})
        app.button(key="search").click().run()
        wait(app, lambda: status(app).startswith("Finished"))
        assert status(app) == "Finished: step 200 of 200."
        assert len(wall(app)[2]["items"]) == 2
        assert any("After 200 steps" in one.value for one in app.markdown)
