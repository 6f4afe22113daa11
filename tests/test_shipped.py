"""What comes with the project: a checkpoint and a series of each network, and cards that say exactly what is true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.checkpoints import shipped
from lenet_explain.checkpoints.cards import CheckpointError, card_text
from lenet_explain.checkpoints.files import card_path, load_checkpoint
from lenet_explain.checkpoints.series import MOMENTS, SUFFIX, load_series, moments
from lenet_explain.data.datasets import data_folder, framed, load_embedded
from lenet_explain.data.mnist_files import seems_fetched
from lenet_explain.network.named import NETWORKS, network_named

LARGEST = 15_000_000  # bytes, of all together
EACH = pytest.mark.parametrize("key", NETWORKS)


def test_all_files_together_are_small() -> None:
    assert sum(file.stat().st_size for file in shipped.FOLDER.iterdir()) <= LARGEST


def test_nothing_else_lies_there() -> None:
    names = {f"{key}{suffix}" for key in NETWORKS for suffix in (".safetensors", ".json", SUFFIX, ".series.json")}
    assert {file.name for file in shipped.FOLDER.iterdir()} == names


@EACH
@pytest.mark.skipif(not seems_fetched(data_folder()), reason="needs MNIST: set LENET_EXPLAIN_DATA")
def test_evaluating_again_gives_the_card_exactly(key: str) -> None:
    import torch

    from lenet_explain.backends.torch_module import build
    from lenet_explain.backends.torch_weights import fill
    from lenet_explain.training.digits import load_digits
    from lenet_explain.training.measured_card import measured

    torch.set_num_threads(1)
    weights, card = shipped.load_shipped(key)
    data = load_digits(card.data)
    assert card.fingerprint == data.fingerprint
    net = build(network_named(key))
    fill(net.layers, weights)
    found = measured(net, card.recipe, card.data, data, card.seconds)
    assert found.wrong == card.wrong
    assert found.confusion == card.confusion


@EACH
def test_each_card_is_of_its_network_on_mnist(key: str) -> None:
    _, card = shipped.load_shipped(key)
    assert (card.network, card.data) == (key, "mnist")
    assert card.reached.total == 10_000
    assert len(card.wrong) == card.reached.total - card.reached.right
    assert card_text(card) == card_path(shipped.path_of(key)).read_text("utf-8")


@EACH
def test_each_series_begins_at_the_start_and_ends_at_the_checkpoint(key: str) -> None:
    series, (weights, card) = shipped.load_shipped_series(key), shipped.load_shipped(key)
    assert (series.network, series.data, series.recipe) == (key, card.data, card.recipe)
    start = starting_weights(network_named(key), series.recipe.start, series.recipe.seed)
    for moment, expected in ((0, start), (len(series.shown) - 1, weights)):
        found = series.weights(moment)
        for layer, arrays in expected.items():
            for name, array in arrays.items():
                np.testing.assert_allclose(found[layer][name], array, rtol=1e-3, atol=1e-4)
    assert 15 <= len(series.shown) <= MOMENTS + 2
    assert series.confusions.shape == (len(series.shown), 10, 10)
    assert series.entries[-1]["step"] == series.entries[-1]["steps"]
    assert (series.confusions[-1] == np.array(card.confusion)).all()


@EACH
def test_half_precision_reads_nearly_the_same_digits(key: str) -> None:
    """Scrubbing shows maps and answers from the series: they must be those of the checkpoint."""
    series, (weights, _) = shipped.load_shipped_series(key), shipped.load_shipped(key)
    network, digits = network_named(key), load_embedded("digits")
    images = framed(digits.test_images, network.input.height, network.pixels)
    whole, halved = Chain(network, weights), Chain(network, series.weights(len(series.shown) - 1))
    same = whole.choice(whole.forward(images)) == halved.choice(halved.forward(images))
    assert same.mean() > 0.99


def test_moments_lie_ever_wider_apart() -> None:
    steps = sorted(moments(1_200_000))
    assert steps[:2] == [0, 10]
    assert steps[-1] == 1_200_000
    gaps = np.diff(steps[1:])
    assert (gaps[1:] > gaps[:-1]).all()
    assert sorted(moments(5)) == [0, 5]


def test_a_damaged_series_is_named(tmp_path: Path) -> None:
    source = shipped.FOLDER / f"lenet5{SUFFIX}"
    path = tmp_path / f"cut{SUFFIX}"
    path.write_bytes(source.read_bytes()[:-5])
    card_path(path).write_bytes(card_path(source).read_bytes())
    with pytest.raises(CheckpointError, match=r"cut.series.safetensors is not a whole safetensors file"):
        load_series(path)
    path.write_bytes(source.read_bytes())
    for text, message in {
        "{": "cut.series.json is not a series that can be read",
        "[]": "cut.series.json is not a series that can be read",
        "{}": "cut.series.json is not a series of format",
        '{"format": 1, "network": "lenet6"}': "cut.series.json is not a series of format",
        '{"format": 1, "network": "lenet5"}': "cut.series.json is not a series that can be read",
        '{"format": 1, "network": "lenet5", "shown": [0]}': "cut.series.safetensors does not hold the weights of",
        '{"format": 1, "network": []}': "cut.series.json is not a series that can be read",
    }.items():
        card_path(path).write_text(text, "utf-8")
        with pytest.raises(CheckpointError, match=message):
            load_series(path)
    with pytest.raises(CheckpointError, match=r"there is no file"):
        load_series(tmp_path / f"none{SUFFIX}")


def test_a_missing_checkpoint_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    with pytest.raises(CheckpointError, match=r"there is no file .*lenet5.safetensors"):
        shipped.load_shipped("lenet5")
    with pytest.raises(CheckpointError, match=r"there is no file .*lenet5.series.safetensors"):
        shipped.load_shipped_series("lenet5")


def test_the_card_of_a_shipped_file_cannot_be_swapped(tmp_path: Path) -> None:
    path = tmp_path / "lenet5.safetensors"
    path.write_bytes(shipped.path_of("lenet5").read_bytes())
    card_path(path).write_bytes(card_path(shipped.path_of("lenet5-dense")).read_bytes())
    with pytest.raises(CheckpointError, match=r"lenet5.safetensors does not hold the weights of lenet5-dense"):
        load_checkpoint(path)


HOSTILE = [
    "../../etc/passwd",
    "a" * 10_000,
    "lenet5\0",
    "/abs",
    "",
    ".",
    "..\\lenet5",
    "LENET5",
    "lenet5/",
    '{"side":28}',
]


@pytest.mark.parametrize("key", HOSTILE, ids=range(len(HOSTILE)))
def test_a_key_that_no_network_has_never_reaches_the_disk(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    def touched(*_: object) -> Path:
        raise AssertionError("a path was made of it")

    monkeypatch.setattr(Path, "__truediv__", touched)
    for door in (shipped.path_of, shipped.load_shipped, shipped.load_shipped_series):
        with pytest.raises(CheckpointError, match="comes with this app: train it first"):
            door(key)
