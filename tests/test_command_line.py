"""The command line and the files it writes and reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from lenet_explain.__main__ import main
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.files import card_path, check_place, load_checkpoint, load_weights, packed, unpacked
from lenet_explain.network.named import COUNTED, NETWORKS
from lenet_explain.training import console

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
    assert [line.split()[0] for line in run(capsys, "networks")[1].splitlines()] == list(COUNTED)
    rows = json.loads(run(capsys, "networks", "--json")[1])
    assert {row["network"]: row["parameters"] for row in rows}["lenet5-dense"] == 61_706


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("count", "lenet6"), "there is no network named 'lenet6'"),
        (("train", "lenet5", "--data", "cats"), "There is no data set named 'cats'"),
        (("train", "lenet5", "--recipe", "magic"), "there is no recipe named 'magic'"),
        (("train", "lenet5", "--recipe", '{"rate": 99}'), "rate is 99, and must be from"),
        (("train", "lenet5", "--recipe", '{"speed": 1}'), "a recipe has no field 'speed'"),
        (("train", "lenet5", "--recipe", "{"), "--recipe is not JSON"),
        (("train", "lenet5", "--recipe", '{"optimiser": []}'), "optimiser is [], and must be one of sgd"),
        (("train", "lenet5", "--recipe", '{"loss": {}}'), "loss is {}, and must be one of cross-entropy"),
        (
            ("train", "lenet5", "--recipe", f'{{"rate": 1{"0" * 400}}}'),
            "rate is a whole number of more than 300 digits",
        ),
        (("train", "lenet5", "--recipe", f'{{"epochs": 1{"0" * 100}}}'), "0000, and must be from 1 to 100"),
        (("train", "lenet5", "--epochs", f"1{'0' * 400}"), "epochs is a whole number of more than 300 digits"),
        (("train", "lenet5", "--seed", f"1{'0' * 400}"), "must be from 0 to 2,147,483,647: it is kept in 31 bits"),
        (("train", "lenet5", "--recipe", f'{{"rate": {"1" * 5000}}}'), "a number has 5,000 digits, and at most 1,000"),
        (("train", "lenet5", "--recipe", f'{{"rate": {"[" * 30_000}'), "its brackets are nested too deeply"),
        (("train", "lenet5", "--recipe", '{"rate": NaN}'), "NaN is no number of JSON"),
        (("train", "lenet5", "--recipe", '{"rate": 1e999}'), "rate is inf, and must be from 0.000001 to 10"),
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
    assert len(err) < 300


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused_before_the_first_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    told = f"lenet_explain: device is '{device}', and must be one that torch sees on this machine: cpu\n"
    assert run(capsys, "train", "lenet-28", "--device", device) == (2, "", told)


def test_a_data_folder_in_nobodys_home_is_answered_by_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LENET_EXPLAIN_DATA", "~nosuchuser/x")
    status, _, err = run(capsys, "train", "lenet-28", "--data", "mnist")
    assert status == 2
    assert "'~nosuchuser/x' names a home folder that is not known here" in err


def test_an_unfit_place_for_the_weights_is_refused_before_the_first_step(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "carded.json").mkdir()
    for name, rule in {
        "c.json": "must end in .safetensors",
        "": "must end in .safetensors",
        "folder.safetensors": "something that is not a file has this name",
        "carded.safetensors": "something that is not a file has this name",
        "file/c.safetensors": "cannot be written: ",
        f"{'x' * 300}.safetensors": "cannot be written: ",
    }.items():
        status, out, err = run(capsys, "train", "lenet-28", "--epochs", "1", "--out", str(tmp_path / name))
        assert (status, out) == (2, ""), name
        assert rule in err
        assert len(err.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(CheckpointError, match=r"c.safetensors cannot be written: Permission denied"):
        check_place(tmp_path / "closed" / "c.safetensors")


def test_a_place_is_tried_without_leaving_anything(tmp_path: Path) -> None:
    check_place(tmp_path / "new" / "c.safetensors")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise there")
@pytest.mark.parametrize("command", ["train lenet-28 --epochs 1 --json", "networks", "count lenet5 --json"])
def test_a_reader_that_leaves_ends_the_program_without_a_word(command: str) -> None:
    words = [sys.executable, "-m", "lenet_explain", *command.split()]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(words, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


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
    assert found["same_as_card"] is True
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
    weights["F6.weights"][0, 0] = np.nan
    save_file(weights, path)
    with pytest.raises(CheckpointError, match=r"the weights F6.weights hold values that are not numbers"):
        load_checkpoint(path)


def test_the_weights_of_another_network_are_named(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied(saved, tmp_path)
    card = json.loads(card_path(path).read_text("utf-8"))
    card_path(path).write_text(json.dumps(card | {"network": "lenet5"}), "utf-8")
    status, _, err = run(capsys, "evaluate", str(path))
    assert status == 2
    assert "copy.safetensors does not hold the weights of lenet5: C3.kernels is (16, 6, 5, 5), and must be" in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "copy.json is not JSON"),
        ("[]", "copy.json is not a card of format 2"),
        ('{"format": 9}', "copy.json is not a card of format 2"),
        ('{"format": true}', "copy.json is not a card of format 2"),
        ('{"format": 2}', "copy.json lacks the field network of a card"),
        ('{"format": 2, "colour": 2}', "copy.json has a field 'colour', which no card has"),
        ('{"format": NaN}', "copy.json is not JSON that can be read: NaN is no number of JSON"),
        ('{"format": 2, "seconds": -Infinity}', "copy.json is not JSON that can be read: -Infinity is no number"),
        ("[" * 30_000, "copy.json is not JSON that can be read: its brackets are nested too deeply"),
        ("9" * 5000, "copy.json is not JSON that can be read: a number has 5,000 digits"),
    ],
)
def test_a_wrong_card_is_named(saved: Path, tmp_path: Path, text: str, message: str) -> None:
    path = copied(saved, tmp_path)
    card_path(path).write_text(text, "utf-8")
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network": []}, r"network is \[\], and must be one of lenet5"),
        ({"network": "lenet6"}, "network is 'lenet6', and must be one of lenet5"),
        ({"network": "lenet5-dense", "recipe": {"loss": "map"}}, "recipe: loss 'map' needs distances"),
        ({"network": "lenet-modern", "recipe": {"batch": 1}}, "recipe: batch is 1, and must be at least 2"),
        ({"recipe": []}, r"recipe is \[\], and must be an object"),
        ({"recipe": {"rate": 99}}, "recipe: rate is 99"),
        ({"recipe": {"optimiser": []}}, r"recipe: optimiser is \[\]"),
        ({"data": {}}, r"data is \{\}, and must be one of digits"),
        ({"fingerprint": 3}, "fingerprint is 3, and must be a text"),
        ({"seconds": "abc"}, "seconds is 'abc', and must be a number from 0"),
        ({"seconds": -1}, "seconds is -1, and must be a number from 0"),
        ({"seconds": True}, "seconds is True, and must be a number from 0"),
        ({"confusion": "x"}, "confusion is 'x', and must be rows of whole numbers"),
        ({"confusion": [[-1]]}, r"confusion is \[\[-1\]\], and must be rows of whole numbers"),
        ({"confusion": [[10**400]]}, "confusion is "),
        ({"confusion": [[1, 2], [3]]}, "confusion has another shape than 10 rows of 10"),
        ({"wrong": [0.5]}, r"wrong is \[0.5\], and must be whole numbers"),
        ({"wrong": []}, "wrong names 0 digits, and by confusion "),
        ({"test": {"right": 355}}, "test is {'right': 355}, and by confusion must be "),
        ({"test": 1}, "test is 1, and must be an object"),
        ({"versions": 5}, "versions is 5, and must be an object of texts"),
        ({"versions": {"torch": 2}}, "versions is {'torch': 2}, and must be an object of texts"),
    ],
)
def test_a_card_that_cannot_be_true_is_named_with_its_field(
    saved: Path, tmp_path: Path, changes: dict, message: str
) -> None:
    path = copied(saved, tmp_path)
    card = json.loads(card_path(path).read_text("utf-8"))
    card_path(path).write_text(json.dumps(card | changes), "utf-8")
    with pytest.raises(CheckpointError, match=rf"^copy.json: {message}"):
        load_checkpoint(path)


def test_a_card_whose_test_is_off_in_any_one_number_is_refused(saved: Path, tmp_path: Path) -> None:
    path = copied(saved, tmp_path)
    card = json.loads(card_path(path).read_text("utf-8"))
    true, (low, high) = card["test"], card["test"]["interval"]
    changes = [
        *({name: true[name] + by} for name, by in (("right", 1), ("right", -1), ("images", 1), ("error", 1e-5))),
        {"error": 0.0},
        {"interval": [low - 1e-5, high]},
        {"interval": [low, high + 1e-5]},
        {"interval": [high, low]},
        {"score": 1},
    ]
    for false in [*(true | one for one in changes), {name: true[name] for name in ("right", "images", "error")}]:
        card_path(path).write_text(json.dumps(card | {"test": false}), "utf-8")
        with pytest.raises(CheckpointError, match=r"^copy.json: test is .*, and by confusion must be "):
            load_checkpoint(path)
    card_path(path).write_text(json.dumps(card), "utf-8")
    assert load_checkpoint(path)[1].reached.right == true["right"]


def test_evaluate_says_where_the_weights_do_not_give_the_cards_number(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied(saved, tmp_path)
    weights = load_file(path)
    weights["OUTPUT.weights"] = weights["OUTPUT.weights"][::-1].copy()  # a 0 is read as a 9
    save_file(weights, path)
    status, out, _ = run(capsys, "evaluate", str(path), "--json")
    found = json.loads(out)
    assert status == 0
    assert found["same_as_card"] is False
    assert found["right"] < found["card_right"]
    assert "That is not the same as its card" in run(capsys, "evaluate", str(path))[1]


@pytest.mark.parametrize("of", ["train_images", "train_labels", "test_images", "test_labels"])
def test_evaluate_refuses_other_digits_than_those_that_the_card_was_measured_on(
    saved: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    """One value of them all is another."""
    digits = console.load_digits("digits")
    changed = getattr(digits, of).copy()
    changed.flat[0] ^= 1
    monkeypatch.setattr(console, "load_digits", lambda key: replace(digits, **{of: changed}))
    status, out, err = run(capsys, "evaluate", str(saved))
    assert (status, out) == (2, "")
    assert "small.safetensors was measured on other images than the digits found here" in err


@pytest.mark.parametrize(("kind", "size"), [("I32", 4), ("BF16", 2), ("F8_E4M3", 1), ("F64", 8)])
def test_weights_of_another_kind_of_number_are_named(saved: Path, tmp_path: Path, kind: str, size: int) -> None:
    path = copied(saved, tmp_path)
    header = json.dumps({"C1.bias": {"dtype": kind, "shape": [6], "data_offsets": [0, 6 * size]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(6 * size))
    with pytest.raises(CheckpointError, match=rf"^copy.safetensors: the weights C1.bias are {kind}, and must"):
        load_checkpoint(path)


def test_whole_numbers_where_a_weight_belongs_are_named(saved: Path, tmp_path: Path) -> None:
    path = copied(saved, tmp_path)
    weights = load_file(path)
    weights["C1.bias"] = weights["C1.bias"].astype(np.int64)
    save_file(weights, path)
    with pytest.raises(CheckpointError, match=r"^copy.safetensors: the weights C1.bias are I64, and must be F32"):
        load_checkpoint(path)


def test_a_missing_and_a_strange_array_are_named(saved: Path, tmp_path: Path) -> None:
    path = copied(saved, tmp_path)
    weights = load_file(path)
    save_file({name: array for name, array in weights.items() if name != "C1.bias"}, path)
    with pytest.raises(CheckpointError, match=r"weights of lenet-28: C1.bias is missing, and must be \(6,\)"):
        load_checkpoint(path)
    save_file(weights | {"C9.bias": weights["C1.bias"]}, path)
    with pytest.raises(CheckpointError, match=r"weights of lenet-28: C9.bias is \(6,\), and must be left out"):
        load_checkpoint(path)


def test_a_file_for_a_visitor_holds_weights_and_card(saved: Path) -> None:
    weights, card = load_checkpoint(saved)
    again, its_card = unpacked(packed(weights, card), "mine.safetensors")
    assert its_card == card
    for layer, arrays in weights.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(again[layer][name], array)


def test_a_visitors_file_without_a_card_and_with_a_lying_one_is_named(saved: Path) -> None:
    weights, card = load_checkpoint(saved)
    with pytest.raises(CheckpointError, match=r"mine.safetensors holds weights without a card"):
        unpacked(saved.read_bytes(), "mine.safetensors")
    with pytest.raises(CheckpointError, match=r"the card in mine.safetensors: wrong names 0 digits"):
        unpacked(packed(weights, replace(card, wrong=())), "mine.safetensors")
    with pytest.raises(CheckpointError, match=r"mine.safetensors does not hold the weights of lenet5-dense"):
        unpacked(packed(weights, replace(card, network="lenet5-dense")), "mine.safetensors")
    with pytest.raises(CheckpointError, match=r"mine.safetensors is not a whole safetensors file"):
        unpacked(packed(weights, card)[:-3], "mine.safetensors")
    with pytest.raises(CheckpointError, match=r"mine.safetensors has 5,000,000 bytes, and at most 4,194,304 are read"):
        unpacked(bytes(5_000_000), "mine.safetensors")


def test_weights_alone_are_checked_too(saved: Path) -> None:
    assert load_weights(saved, "lenet-28").keys() == load_checkpoint(saved)[0].keys()
    with pytest.raises(CheckpointError, match=r"small.safetensors does not hold the weights of lenet5"):
        load_weights(saved, "lenet5")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(60 * 2**20)
    with pytest.raises(CheckpointError, match=r"huge.safetensors has 62,914,560 bytes, and at most 4,194,304 are read"):
        load_checkpoint(path)
