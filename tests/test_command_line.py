"""The command line and the files it writes and reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from lenet_explain.__main__ import main
from lenet_explain.checkpoints import CheckpointError, card_path, load_checkpoint
from lenet_explain.networks import NETWORKS

ROOT = Path(__file__).resolve().parents[1]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    out, err = capsys.readouterr()
    return status, out, err


def test_count_gives_the_papers_rows_and_totals_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "count", "lenet5", "--json")
    found = json.loads(out)
    assert status == 0
    assert found["total"]["parameters"] == 60_000
    assert found["total"]["connections"] == 340_908
    c3 = next(row for row in found["layers"] if row["layer"] == "C3")
    assert c3["shape"] == [16, 10, 10]
    assert (c3["parameters"], c3["connections"], c3["macs"]) == (1_516, 151_600, 150_000)
    assert c3["receptive_field"] == {"size": 14, "jump": 2, "centre": 6.5}
    assert c3["arithmetic"]["parameters"] == "60·5·5 + 16 = 1,516"


@pytest.mark.parametrize("key", NETWORKS)
def test_the_columns_of_every_count_add_up(capsys: pytest.CaptureFixture[str], key: str) -> None:
    found = json.loads(run(capsys, "count", key, "--json")[1])
    for column in ("parameters", "connections", "macs", "memory"):
        assert sum(row[column] for row in found["layers"]) == found["total"][column]


def test_count_prints_a_table_that_ends_in_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "count", "lenet5")[1]
    assert out.splitlines()[-1].split() == ["total", "60,000", "340,908", "328,096"]


def test_networks_lists_every_network_with_its_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[0] for line in run(capsys, "networks")[1].splitlines()] == list(NETWORKS)
    rows = json.loads(run(capsys, "networks", "--json")[1])
    assert {row["network"]: row["parameters"] for row in rows}["lenet5-dense"] == 61_706


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("count", "lenet6"), "there is no network named 'lenet6'"),
        (("train", "lenet5", "--data", "cats"), "there is no data set named 'cats'"),
        (("train", "lenet5", "--recipe", "magic"), "there is no recipe named 'magic'"),
        (("train", "lenet5", "--recipe", '{"rate": 99}'), "rate is 99, and must be from"),
        (("train", "lenet5", "--recipe", '{"speed": 1}'), "a recipe has no field 'speed'"),
        (("train", "lenet5", "--recipe", "{"), "--recipe is not JSON"),
        (("train", "lenet-28", "--recipe", '{"loss": "map"}'), "loss 'map' needs distances"),
        (("train", "lenet5", "--epochs", "0"), "epochs is 0, and must be from 1"),
        (("evaluate", "nowhere.safetensors"), "there is no file nowhere.safetensors"),
    ],
)
def test_a_wrong_order_is_answered_by_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    status, _, err = run(capsys, *arguments)
    assert status == 2
    assert err.startswith("lenet_explain: ")
    assert sentence in err
    assert len(err.splitlines()) == 1


def test_counting_does_not_load_torch() -> None:
    program = (
        "import sys; from lenet_explain.__main__ import main; main(['count', 'lenet5']); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoint") / "small.safetensors"
    assert main(["train", "lenet-28", "--epochs", "1", "--out", str(path), "--json"]) == 0
    return path


def copied(saved: Path, to: Path) -> Path:
    path = to / "copy.safetensors"
    path.write_bytes(saved.read_bytes())
    card_path(path).write_text(card_path(saved).read_text("utf-8"), "utf-8")
    return path


def test_evaluate_finds_the_number_on_the_card(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "evaluate", str(saved), "--json")
    found = json.loads(out)
    assert status == 0
    assert found["right"] == found["card_right"]
    assert found["images"] == sum(map(sum, found["confusion"]))
    assert "the same as its card" in run(capsys, "evaluate", str(saved))[1]


def test_training_prints_one_json_object_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "train", "lenet-28", "--epochs", "1", "--seed", "3", "--json")[1].splitlines()
    events = [json.loads(line) for line in lines]
    assert events[0]["step"] == 0
    assert events[-1]["last"]
    assert events[-1]["step"] == events[-1]["steps"]


def test_a_cut_file_is_named(saved: Path, tmp_path: Path) -> None:
    path = copied(saved, tmp_path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(CheckpointError, match=r"copy.safetensors is not a whole safetensors file"):
        load_checkpoint(path)


def test_a_foreign_file_is_named(saved: Path, tmp_path: Path) -> None:
    path = copied(saved, tmp_path)
    path.write_bytes(b"PK\x03\x04 something else entirely")
    with pytest.raises(CheckpointError, match=r"copy.safetensors is not a whole safetensors file"):
        load_checkpoint(path)


def test_weights_that_are_no_numbers_are_named(saved: Path, tmp_path: Path) -> None:
    path = copied(saved, tmp_path)
    weights = load_file(path)
    weights["layers.F6.weight"][0, 0] = np.nan
    save_file(weights, path)
    with pytest.raises(CheckpointError, match=r"the weights layers.F6.weight hold values that are not numbers"):
        load_checkpoint(path)


def test_the_weights_of_another_network_are_named(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied(saved, tmp_path)
    card = json.loads(card_path(path).read_text("utf-8"))
    card_path(path).write_text(json.dumps(card | {"network": "lenet5"}), "utf-8")
    status, _, err = run(capsys, "evaluate", str(path))
    assert status == 2
    assert "copy.safetensors does not hold the weights of lenet5" in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "copy.json is not JSON"),
        ("[]", "copy.json is not a card of format 1"),
        ('{"format": 9}', "copy.json is not a card of format 1"),
        ('{"format": 1}', "copy.json lacks a field of a card"),
        ('{"format": 1, "recipe": {"rate": 99}}', "copy.json: rate is 99"),
    ],
)
def test_a_wrong_card_is_named(saved: Path, tmp_path: Path, text: str, message: str) -> None:
    path = copied(saved, tmp_path)
    card_path(path).write_text(text, "utf-8")
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(60 * 2**20)
    with pytest.raises(
        CheckpointError, match=r"huge.safetensors has 62,914,560 bytes, and at most 52,428,800 are read"
    ):
        load_checkpoint(path)
