"""Mistakes: the 82 of 1998, the reader of MNIST's test digits, what is answered and why, and the page that shows it."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest
from visit import Scripted, drawn, opened

from lenet_explain import paper
from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data import mnist_files
from lenet_explain.data.datasets import DataError, load_embedded
from lenet_explain.data.mnist_files import MNIST_FILES, RawFile, raw_folder, read_test_digits, seems_fetched
from lenet_explain.figures import reasons as figure
from lenet_explain.figures.matrix import matrix
from lenet_explain.figures.theme import LIGHT
from lenet_explain.network.named import NETWORKS
from lenet_explain.paper.misread import MISREAD_1998, PROVENANCE, TEST_DIGITS, overlap
from lenet_explain.results.reading import Reading, read, reasons
from lenet_explain.ui.visit import cache

pytestmark = pytest.mark.usefixtures("no_mnist")

PAGE = "pages/training/mistakes.py"
REAL = Path(os.environ.get("LENET_EXPLAIN_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
needs_mnist = pytest.mark.skipif(
    not seems_fetched(REAL), reason="no MNIST here: let LENET_EXPLAIN_DATA name its folder"
)
DIGITS = load_embedded("digits")
TESTED = (DIGITS.test_images, DIGITS.test_labels)


# --- the 82


def test_there_are_82_digits_of_1998_as_many_of_each_as_counted_in_the_figure() -> None:
    assert len(MISREAD_1998) == len({one.index for one in MISREAD_1998}) == 82
    of_each = Counter(one.truth for one in MISREAD_1998)
    assert [of_each[digit] for digit in range(10)] == [3, 2, 8, 9, 11, 5, 13, 5, 10, 16]


def test_the_82_stand_in_the_order_of_the_test_file_and_none_is_right() -> None:
    indices = [one.index for one in MISREAD_1998]
    assert indices == sorted(indices)
    assert indices[0] >= 0
    assert indices[-1] < TEST_DIGITS
    assert all(one.truth != one.answer for one in MISREAD_1998)
    assert all(0 <= value <= 9 for one in MISREAD_1998 for value in (one.truth, one.answer))


def test_the_commonest_pairs_are_those_of_the_figure() -> None:
    pairs = Counter(one.printed for one in MISREAD_1998)
    assert pairs["9>4"] == 8
    assert {pair for pair, count in pairs.items() if count == 4} == {"6>5", "6>0", "4>9", "3>5"}


def test_82_of_the_test_digits_are_figure_6s_error_with_distortions() -> None:
    assert round(100 * len(MISREAD_1998) / TEST_DIGITS, 1) == paper.TEST_ERROR_DISTORTED
    assert round(100 * len(MISREAD_1998) / TEST_DIGITS, 2) == paper.FIGURE_6_DISTORTED


def test_whose_the_82_are_is_told_as_the_caption_and_the_count_have_it() -> None:
    assert "caption of Fig. 8 says that LeNet-5 misread these digits" in PROVENANCE
    assert "82 of 10,000 is 0.82 %, as in Fig. 6 with distortions (0.82 %); the 0.95 % without them would be 95" in (
        PROVENANCE
    )


@needs_mnist
def test_the_labels_of_the_82_are_mnists() -> None:
    _, labels = read_test_digits(REAL)
    assert [int(labels[one.index]) for one in MISREAD_1998] == [one.truth for one in MISREAD_1998]


def test_the_overlap_is_counted_and_chance_gives_the_same_share_as_of_all_digits() -> None:
    half = overlap(range(5000))
    assert (half.errors, half.shared, half.read) == (5000, 55, 27)
    assert half.by_chance == pytest.approx(41)
    assert overlap([]).by_chance == 0
    assert overlap([]).read == 82
    whole = overlap(range(TEST_DIGITS))
    assert whole.shared == whole.by_chance == 82


def test_chance_is_what_random_errors_give_on_average() -> None:
    random = np.random.default_rng(0)
    drawn = [overlap(random.choice(TEST_DIGITS, 500, replace=False).tolist()) for _ in range(400)]
    assert np.mean([found.shared for found in drawn]) == pytest.approx(drawn[0].by_chance, abs=0.3)


# --- MNIST's test files, without torch


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with two test files of three digits, which stand for the published ones."""
    images = struct.pack(">4I", 2051, 3, 28, 28) + bytes(index % 251 for index in range(3 * 784))
    labels = struct.pack(">2I", 2049, 3) + bytes([7, 2, 1])
    files = []
    raw_folder(tmp_path).mkdir(parents=True)
    for known, content in zip(MNIST_FILES[2:], (images, labels), strict=True):
        files.append(RawFile(known.name, len(content), hashlib.md5(content, usedforsecurity=False).hexdigest()))
        files[-1].within(tmp_path).write_bytes(content)
    monkeypatch.setattr(mnist_files, "MNIST_FILES", (*MNIST_FILES[:2], *files))
    return tmp_path


def test_test_digits_are_read_with_every_image_at_its_label(small: Path) -> None:
    images, labels = read_test_digits(small)
    assert images.shape == (3, 28, 28)
    assert labels.tolist() == [7, 2, 1]
    assert images.ravel()[:5].tolist() == [0, 1, 2, 3, 4]
    assert images[1, 0, 0] == 784 % 251
    assert not images.flags.writeable
    assert not labels.flags.writeable


@pytest.mark.parametrize("file", [0, 1], ids=["images", "labels"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes() + b"more"),
        lambda path: path.write_bytes(bytes(path.stat().st_size)),
        lambda path: path.write_bytes(b"\x1f\x8b" + path.read_bytes()[2:]),
    ],
    ids=["cut", "empty", "too long", "foreign", "compressed"],
)
def test_a_test_file_that_is_not_mnists_is_refused_by_name(small: Path, file: int, spoil: Any) -> None:
    path = mnist_files.MNIST_FILES[2 + file].within(small)
    spoil(path)
    with pytest.raises(DataError, match=f"{path.name} is not MNIST's file, or is damaged: fetch MNIST again"):
        read_test_digits(small)


def test_a_missing_test_file_and_one_that_cannot_be_read_are_named(small: Path) -> None:
    path = mnist_files.MNIST_FILES[3].within(small)
    path.unlink()
    with pytest.raises(DataError, match=r"t10k-labels.* cannot be read .No such file"):
        read_test_digits(small)
    path.mkdir()
    with pytest.raises(DataError, match=r"t10k-labels.* cannot be read .Is a directory"):
        read_test_digits(small)


@needs_mnist
def test_the_published_test_digits_are_read_whole() -> None:
    images, labels = read_test_digits(REAL)
    assert images.shape == (10_000, 28, 28)
    assert np.bincount(labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


# --- what is answered, and why


def random_weights(key: str) -> Weights:
    return starting_weights(NETWORKS[key], "root", 3)


@pytest.mark.parametrize("key", NETWORKS)
def test_looking_only_at_what_is_wrong_finds_the_same_answers(key: str) -> None:
    weights = random_weights(key)
    whole = read(NETWORKS[key], weights, TESTED)
    wrong = np.flatnonzero(whole.answers != whole.truth).tolist()
    quick = read(NETWORKS[key], weights, TESTED, wrong)
    assert quick.confusion == whole.confusion
    assert np.array_equal(quick.answers, whole.answers)
    assert np.isfinite(whole.margins).all()
    assert (whole.margins >= 0).all()
    assert np.flatnonzero(np.isnan(quick.margins)).tolist() == sorted(set(range(len(whole.truth))) - set(wrong))


@pytest.mark.parametrize("key", NETWORKS)
def test_reasons_are_of_the_answer_that_was_given(key: str) -> None:
    network, weights = NETWORKS[key], random_weights(key)
    whole = read(network, weights, TESTED)
    for index in range(0, 355, 50):
        found = reasons(network, weights, DIGITS.test_images[index])
        assert found.answer == whole.answers[index]
        assert sorted(found.order) == list(range(10))
        ranked = found.values[list(found.order)]
        assert ranked.tolist() == sorted(ranked, reverse=not found.distances)
        gap = abs(ranked[0] - ranked[1]) if found.distances else np.log(ranked[0] / ranked[1])
        assert gap == pytest.approx(whole.margins[index], rel=1e-3, abs=1e-4)


def test_distances_are_the_squares_between_f6_and_the_glyphs() -> None:
    found = reasons(NETWORKS["lenet5"], random_weights("lenet5"), DIGITS.test_images[0])
    assert found.vector is not None
    squares = [((found.vector - np.array(code)) ** 2).sum() for code in paper.GLYPH_CODES]
    assert found.values == pytest.approx(squares, rel=1e-5)


def test_shares_add_up_and_have_no_vector() -> None:
    found = reasons(NETWORKS["lenet-28"], random_weights("lenet-28"), DIGITS.test_images[0])
    assert found.values.sum() == pytest.approx(1)
    assert found.vector is None


@given(some.integers(0, 2**32 - 1), some.integers(0, 9), some.integers(0, 9))
def test_every_digit_lies_in_exactly_its_own_cell(seed: int, truth: int, answer: int) -> None:
    random = np.random.default_rng(seed)
    truths, answers = random.integers(0, 10, (2, 60))
    found = Reading(truths, answers, random.random(60).astype(np.float32), 10)
    cell = found.digits(truth, answer)
    assert all((truths[index], answers[index]) == (truth, answer) for index in cell)
    assert len(cell) == found.confusion[truth][answer]
    assert (np.diff(found.margins[cell]) <= 0).all()
    wrong = [found.digits(truth, other) for other in range(10) if other != truth]
    assert sorted(np.concatenate(wrong)) == sorted(found.digits(truth, None))
    taken = [found.digits(other, answer) for other in range(10) if other != answer]
    assert sorted(np.concatenate(taken)) == sorted(found.digits(None, answer))
    assert sorted(found.digits(None, None)) == np.flatnonzero(truths != answers).tolist()


@pytest.mark.parametrize("key", ["lenet5", "lenet-modern"])
def test_absurd_weights_are_told_and_still_drawn(key: str) -> None:
    absurd = {
        layer: {name: np.full_like(array, -3e38) for name, array in arrays.items()}
        for layer, arrays in random_weights(key).items()
    }
    read(NETWORKS[key], absurd, (DIGITS.test_images[:3], DIGITS.test_labels[:3]))
    found = reasons(NETWORKS[key], absurd, DIGITS.test_images[0])
    assert all(0 <= row["parts"][0]["share"] <= 1 for row in figure.scores(found, 1, LIGHT)["rows"])
    if not np.isfinite(found.values).all():
        assert figure.words(found, 1) == "Its ten answers are not all numbers: these weights are broken."
    if found.vector is not None:
        assert np.isfinite(figure.glyph_tiles(found, 1).values[0]).all()


def test_the_words_name_the_answer_the_runner_up_and_a_true_digit_that_is_farther() -> None:
    values = np.array([50.0, 9.5, 12.25, 80, 81, 82, 83, 84, 85, 1086.5])
    order = tuple(int(digit) for digit in np.argsort(values))
    found = figure.Reasons(True, values, order, np.zeros(84, np.float32), "F6")
    assert "glyph of **1**, at a squared distance of 9.5. Next comes **2** at 12.2, 2.8 farther." in figure.words(
        found, 2
    )
    assert figure.words(found, 9).endswith("The true 9 is number 10 of ten, at 1,086.5.")
    drawn = figure.scores(found, 9, LIGHT)
    bars = [(row["counts"], row["words"], *row["parts"][0].values()) for row in drawn["rows"]]
    assert bars[1] == ("9.5", "✗ answer", pytest.approx(9.5 / 1086.5), "wrong", True)
    assert bars[2] == ("12.2", "", pytest.approx(12.25 / 1086.5), "quiet", False)
    assert bars[9] == ("1,086.5", "true digit", 1, "right", False)
    assert "the shortest wins" in drawn["caption"]


def test_the_matrix_counts_the_mistakes_of_rows_columns_and_all() -> None:
    confusion = np.arange(100).reshape(10, 10)
    found = matrix(confusion.tolist())
    wrong = confusion - np.diag(np.diag(confusion))
    counts = [[cell["count"] for cell in row] for row in found["rows"]]
    assert [row[:-1] for row in counts[:-1]] == confusion.tolist()
    assert [row[-1] for row in counts] == [*wrong.sum(axis=1), wrong.sum()]
    assert counts[-1][:-1] == wrong.sum(axis=0).tolist()
    assert found["rows"][4][9]["words"] == "49 of true digit 4 read as 9"
    assert found["rows"][10][9]["words"] == f"{wrong[:, 9].sum()} of other digits read as 9"
    assert "most often misread: 98 times 9 as 8, 97 times 9 as 7, 96 times 9 as 6" in found["alt"]


# --- the page


@pytest.fixture
def app(root: Path, jobs: Scripted) -> AppTest:
    """The page without its frame: AppTest would come to it by way of the first page and, unlike a browser, keep that
    one's choices where both have the same name."""
    return AppTest.from_file(str(root / PAGE), default_timeout=60)


def test_the_page_opens_in_the_frame(root: Path, jobs: Scripted) -> None:
    app = AppTest.from_file(str(root / "app.py"), default_timeout=60).run().switch_page(PAGE).run()
    assert not app.exception
    assert [heading.value for heading in app.title] == ["Mistakes"]
    assert not app.error


def sent(app: AppTest, name: str) -> list[dict[str, Any]]:
    return [json.loads(proto.json)[0] for proto in drawn(app, name)]


def counts(app: AppTest) -> np.ndarray:
    [found] = sent(app, "lenet_matrix")
    return np.array([[cell["count"] for cell in row[:-1]] for row in found["rows"][:-1]])


def said(app: AppTest) -> str:
    return " ".join(words.value for words in (*app.markdown, *app.caption))


def test_without_mnist_the_page_opens_with_real_mistakes_on_the_embedded_digits(app: AppTest) -> None:
    opened(app, {})
    assert app.selectbox(key="data").value == "digits"
    weights, card = load_shipped("lenet5")
    whole = read(NETWORKS["lenet5"], weights, TESTED)
    assert counts(app).tolist() == [list(row) for row in whole.confusion]
    right = int((whole.answers == whole.truth).sum())
    assert f"Of the 355 test digits of Small digits it reads **{right}**" in said(app)
    better = "worse" if right / 355 < card.reached.share else "no worse"
    assert f"That is {better} than the {card.reached.share:.1%} of MNIST's 10,000" in said(app)
    wall = sent(app, "lenet_digits")[0]
    assert [item["name"] for item in wall["items"]] == [str(i) for i in whole.digits(None, None)[:48]]
    assert all(item["picture"].startswith("data:image/png;base64,") for item in wall["items"])


def test_a_link_restores_network_pair_and_digit(app: AppTest) -> None:
    opened(app, {"network": "lenet-28", "data": "digits-by-writer", "true": "1", "read": "1", "digit": "5"})
    [found] = sent(app, "lenet_matrix")
    assert found["chosen"] == "1 1"
    wall = sent(app, "lenet_digits")[0]
    assert wall["chosen"] == "5"
    assert {item["title"] for item in wall["items"]} == {"1 ✓"}
    truth = load_embedded("digits-by-writer").test_labels[5]
    assert any(words.value.startswith(f"Test digit 5: a {truth}, read") for words in app.subheader)
    assert counts(app).sum() == 382


def test_another_pair_forgets_the_digit(app: AppTest) -> None:
    opened(app, {"digit": "5"})
    assert app.number_input(key="digit").value == 5
    app.selectbox(key="true").set_value("3").run()
    assert not app.exception
    assert app.number_input(key="digit").value is None


def test_a_digit_that_is_not_there_is_said(app: AppTest) -> None:
    opened(app, {"digit": "5000"})
    assert app.warning[0].value == "There is no test digit 5,000 here: choose one of 0 to 354."


@pytest.mark.parametrize("value", ["nan", "-1", "1e9", "x", "inf"])
def test_an_impossible_digit_in_a_link_is_as_none(app: AppTest, value: str) -> None:
    opened(app, {"digit": value, "true": "12", "read": "?", "weights": "loaded", "show": "x", "of82": "3"})
    assert app.number_input(key="digit").value is None
    assert app.selectbox(key="weights").value == "shipped"


def test_mnist_that_is_not_here_leaves_the_cards_counts_and_is_offered_once(app: AppTest) -> None:
    opened(app, {"data": "mnist", "true": "4"})
    _, card = load_shipped("lenet5")
    assert counts(app).tolist() == [list(row) for row in card.confusion]
    assert "can be shown when MNIST is on this machine" in said(app)
    assert [note.value for note in app.info if "MNIST is not on this machine yet" in note.value]
    assert not app.button(key="fetch").disabled
    assert len(sent(app, "lenet_digits")) == 1  # the 82, without pictures
    assert {item["picture"] for item in sent(app, "lenet_digits")[0]["items"]} == {None}


def test_the_82_are_told_by_the_cards_without_mnist(app: AppTest) -> None:
    opened(app, {})
    cards = {key: load_shipped(key)[1] for key in NETWORKS}
    missed = {key: sum(one.index in card.wrong for one in MISREAD_1998) for key, card in cards.items()}
    assert f"`lenet5` here reads **{82 - missed['lenet5']} of the 82**" in said(app)
    assert (
        f"misreads {len(cards['lenet5'].wrong):,} of the 10,000 test digits, and {missed['lenet5']} of those"
        in said(app)
    )
    for key in NETWORKS:
        assert f"`{key}` reads {82 - missed[key]}" in said(app)
    none = sum(all(one.index in card.wrong for card in cards.values()) for one in MISREAD_1998)
    assert f"by all of them, {none} by none" in said(app)
    table = next(words.value for words in app.markdown if words.value.startswith("| test digit"))
    assert len(table.splitlines()) == 2 + 82
    first = MISREAD_1998[0]
    marks = " | ".join("✗" if first.index in card.wrong else "✓" for card in cards.values())
    assert f"| {first.index} | {first.truth} | {first.answer} | {marks} |" in table


@pytest.mark.parametrize("show", ["read by all", "missed by all", "missed by lenet-28"])
@pytest.mark.parametrize("order", ["test file", "true digit", "answer of 1998", "most missed"])
def test_the_82_can_be_filtered_and_ordered(app: AppTest, show: str, order: str) -> None:
    opened(app, {"show": show, "order": order})
    wrong = {key: set(load_shipped(key)[1].wrong) for key in NETWORKS}
    missed = {one.index: sum(one.index in by for by in wrong.values()) for one in MISREAD_1998}
    keep = {
        "read by all": lambda one: missed[one.index] == 0,
        "missed by all": lambda one: missed[one.index] == len(wrong),
        "missed by lenet-28": lambda one: one.index in wrong["lenet-28"],
    }[show]
    wanted = [one for one in MISREAD_1998 if keep(one)]
    items = [item for item in sent(app, "lenet_digits")[-1]["items"] if item["picture"] is None]
    assert sorted(int(item["name"]) for item in items) == [one.index for one in wanted]
    by_index = {str(one.index): one for one in MISREAD_1998}
    shown = [by_index[item["name"]] for item in items]
    value = {
        "test file": lambda one: one.index,
        "true digit": lambda one: one.truth,
        "answer of 1998": lambda one: one.answer,
        "most missed": lambda one: -missed[one.index],
    }[order]
    assert [value(one) for one in shown] == sorted(map(value, shown))


def test_a_damaged_mnist_is_said_and_the_counts_stay(app: AppTest, tmp_path: Path) -> None:
    raw_folder(tmp_path).mkdir(parents=True)
    for file in MNIST_FILES:
        with file.within(tmp_path).open("wb") as content:
            content.truncate(file.size)
    opened(app, {"data": "mnist"})
    assert any("t10k-images-idx3-ubyte is not MNIST's file, or is damaged" in error.value for error in app.error)
    assert counts(app).sum() == 10_000


def test_a_damaged_file_of_the_app_is_said(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(network: str) -> None:
        raise CheckpointError(f"{network}.safetensors is cut")

    st.cache_resource.clear()
    monkeypatch.setattr(cache, "load_shipped", broken)
    monkeypatch.setattr(cache, "Queue", Scripted)
    opened(app, {})
    assert "The weights that come with this app cannot be read" in app.error[0].value


@needs_mnist
def test_with_mnist_the_cell_shows_its_digits_and_the_82_have_pictures(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LENET_EXPLAIN_DATA", str(REAL))
    _, card = load_shipped("lenet5")
    opened(app, {"true": "4", "read": "9"})
    assert app.selectbox(key="data").value == "mnist"
    assert np.abs(counts(app) - np.array(card.confusion)).sum() <= 4  # torch and NumPy may differ on a tie
    mine, those = sent(app, "lenet_digits")
    assert {item["title"] for item in mine["items"]} == {"4 > 9"}
    assert {int(item["name"]) for item in mine["items"]} <= set(card.wrong)
    assert all(item["picture"] for item in those["items"])
