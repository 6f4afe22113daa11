"""Trained weights as a file: downloaded with a card that is true, loaded again, and refused where they are not ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest
from visit import DENSE, Scripted, drawn, event, opened, tiles, trained

from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints.cards import Card, CheckpointError, card_of, card_text
from lenet_explain.checkpoints.files import LARGEST, named, packed, unpacked
from lenet_explain.data.datasets import load_embedded
from lenet_explain.jobs import JobState
from lenet_explain.jobs.wire import unpacked_weights
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.results.reading import read
from lenet_explain.ui.parts.frame import plain
from lenet_explain.ui.parts.weights_file import about, file_name, opened_file
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit import trained as source
from lenet_explain.ui.visit.values import Run

pytestmark = pytest.mark.usefixtures("no_mnist")

MISTAKES = "pages/training/mistakes.py"
BINARY = "application/octet-stream"


def card(network: str = "lenet5-dense", right: int = 30) -> Card:
    """right: of each digit's 35 test images; the others are read as the next digit."""
    confusion = [[0] * 10 for _ in range(10)]
    for row in range(10):
        confusion[row][row], confusion[row][(row + 1) % 10] = right, 35 - right
    wrong = tuple(range(10 * (35 - right)))
    return Card(network, Recipe(seed=4), "digits", "f" * 64, 12.0, tuple(map(tuple, confusion)), wrong, {"numpy": "2"})


def weights(network: str = "lenet5-dense", seed: int = 9) -> Weights:
    return starting_weights(network_named(network), "xavier", seed)


def upload(app: AppTest, content: bytes, name: str = "mine.safetensors") -> AppTest:
    app.file_uploader(key="weights-file").set_value((name, content, BINARY)).run()
    assert not app.exception
    return app


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.subheader]


def finished(app: AppTest, jobs: Scripted) -> AppTest:
    trained(opened(app, DENSE))
    jobs.history.add(event(200, seed=9))
    jobs.now, jobs.ended_with = JobState("finished"), {"card": card_text(card())}
    app.run()
    assert not app.exception
    return app


# --- the card of a run is true


def ended(task: Mapping[str, Any], stop: Callable[[], bool]) -> tuple[list[Any], dict[str, Any]]:
    """The events of a training, and what it ends with."""
    from lenet_explain.jobs.tasks.table import train

    work, events = train(task, stop), []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            return events, end.value


def test_a_run_ends_with_a_card_of_its_last_weights() -> None:
    events, end = ended({"network": "lenet5", "recipe": {"epochs": 1}, "data": "digits"}, lambda: False)
    found, data = card_of(end["card"], "the card"), load_embedded("digits")
    last = unpacked_weights(events[-1]["weights"])
    again = read(NETWORKS["lenet5"], last, (data.test_images, data.test_labels))  # by another way: without torch
    assert found.confusion == again.confusion
    assert found.wrong == tuple(np.flatnonzero(again.answers != again.truth).tolist())
    assert (found.network, found.data, found.recipe) == ("lenet5", "digits", Recipe(epochs=1))
    assert found.fingerprint == data.fingerprint
    assert found.seconds == pytest.approx(events[-1]["seconds"], abs=0.1)
    assert found.stopped is None
    content = packed(last, found)
    assert len(content) < LARGEST
    assert unpacked(content, "x")[1] == found


def test_the_card_of_a_stopped_run_tells_after_how_many_steps() -> None:
    asked = iter((False, False, True, True))
    events, end = ended({"network": "lenet5-dense", "recipe": {"epochs": 3}, "data": "digits"}, lambda: next(asked))
    found, data = card_of(end["card"], "the card"), load_embedded("digits")
    assert found.stopped == events[-1]["step"] == 3
    last = unpacked_weights(events[-1]["weights"])
    assert found.confusion == read(NETWORKS["lenet5-dense"], last, (data.test_images, data.test_labels)).confusion
    assert "stopped after 3 steps" in about(found)
    assert unpacked(packed(last, found), "x")[1] == found
    assert "gallery" in end


# --- down


def test_the_file_is_named_after_network_and_accuracy() -> None:
    assert file_name(card(right=30)) == "lenet5-dense-85.71.safetensors"


@pytest.mark.parametrize("phase", ["finished", "stopped"])
def test_a_run_that_is_over_offers_its_weights_with_its_card(app: AppTest, jobs: Scripted, phase: Any) -> None:
    finished(app, jobs)
    jobs.now = JobState(phase)
    app.run()
    [button] = app.get("download_button")
    assert button.proto.label == "Download these weights"  # pyright: ignore[reportAttributeAccessIssue]
    assert not button.proto.disabled  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("phase", "ended_with"),
    [
        ("finished", None),
        ("finished", {"gallery": None}),
        ("stopped", None),
        ("lost", {"card": card_text(card())}),
    ],
)
def test_a_run_without_a_card_offers_nothing(app: AppTest, jobs: Scripted, phase: Any, ended_with: Any) -> None:
    finished(app, jobs)
    jobs.now, jobs.ended_with = JobState(phase), ended_with
    app.run()
    assert not app.exception
    assert not app.get("download_button")


def test_what_is_offered_are_the_weights_of_the_last_event(jobs: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run("job 1", "lenet5-dense", "digits", Recipe())
    monkeypatch.setattr(state, "runs", lambda: {"lenet5-dense": run})
    jobs.history.add(event(0, seed=1))
    jobs.history.add(event(200, seed=9))
    jobs.now, jobs.ended_with = JobState("finished"), {"card": card_text(card())}
    found = source.own(network_named("lenet5-dense"))
    assert found is not None
    back, its_card = unpacked(packed(found.weights, found.card), "x")
    assert its_card == card()
    assert {name: array.tolist() for name, array in named(back).items()} == {
        name: array.tolist() for name, array in named(weights()).items()
    }


# --- up


def test_loaded_weights_are_now_with_their_card_until_reset(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE)
    head, before = tiles(app)
    assert head["titles"] == ["before training", "trained on MNIST"]
    assert app.button(key="reset").disabled
    upload(app, packed(weights(), card()))
    head, numbers = tiles(app)
    assert head["titles"] == ["before training", "now"]
    now = numbers[len(numbers) // 2 :]
    assert np.array_equal(now, weights()["C1"]["kernels"].ravel())
    first = starting_weights(network_named("lenet5-dense"), Recipe().start, 4)["C1"]["kernels"].ravel()
    assert np.array_equal(numbers[: len(numbers) // 2], first)  # before the training that its card tells of
    assert not np.array_equal(first, before)
    assert "Loaded: by its card it reads 300 of 350 digits" in headings(app)
    assert any("with seed 4" in words.value and "mine\\.safetensors" in words.value for words in app.markdown)
    app.button(key="reset").click().run()
    assert not app.exception
    assert tiles(app)[0]["titles"] == ["before training", "trained on MNIST"]
    assert not any(words.startswith("Loaded") for words in headings(app))
    assert app.button(key="reset").disabled


def test_a_file_of_another_network_leads_to_that_network(app: AppTest, jobs: Scripted) -> None:
    opened(app, {"network": "lenet5", "layer": "S2"})
    upload(app, packed(weights("lenet-modern"), card("lenet-modern")))
    assert app.selectbox(key="network").value == "lenet-modern"
    assert "Loaded: by its card it reads 300 of 350 digits" in headings(app)


def test_a_run_stays_on_screen_and_reset_uncovers_the_loaded_file(app: AppTest, jobs: Scripted) -> None:
    finished(app, jobs)
    upload(app, packed(weights(seed=2), card(right=20)))
    assert "It reads 300 of 350 digits that it has not seen" in headings(app)
    app.button(key="reset").click().run()
    assert "Loaded: by its card it reads 200 of 350 digits" in headings(app)
    app.button(key="reset").click().run()
    assert not any("300" in words or "200" in words for words in headings(app))
    assert any(words.startswith("Trained beforehand") for words in headings(app))


def test_one_file_a_network_is_kept(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE)
    upload(app, packed(weights(), card()))
    upload(app, packed(weights(seed=2), card(right=20)), "other.safetensors")
    assert "Loaded: by its card it reads 200 of 350 digits" in headings(app)
    assert not any("mine" in caption.value for caption in app.caption)


def test_own_runs_and_loaded_files_are_sources_of_mistakes(app: AppTest, jobs: Scripted) -> None:
    finished(app, jobs)
    upload(app, packed(weights(seed=2), card(right=20)))
    app.switch_page(MISTAKES).run()
    assert not app.exception
    app.button(key="own lenet5-dense own run").click().run()
    assert not app.exception
    assert app.selectbox(key="weights").value == "own run"
    assert app.selectbox(key="weights").options == ["shipped", "own run", "loaded"]
    data = load_embedded("digits")
    for name, seed in (("own run", 9), ("loaded", 2)):
        app.selectbox(key="weights").set_value(name).run()
        assert not app.exception
        [proto] = drawn(app, "lenet_matrix")
        rows = json.loads(proto.json)[0]["rows"]
        found = read(network_named("lenet5-dense"), weights(seed=seed), (data.test_images, data.test_labels))
        assert [[cell["count"] for cell in row[:-1]] for row in rows[:-1]] == [list(row) for row in found.confusion]


def test_a_file_can_be_loaded_on_the_page_of_mistakes(app: AppTest, jobs: Scripted) -> None:
    app.run().switch_page(MISTAKES).run()
    upload(app, packed(weights(), card()))
    assert app.selectbox(key="network").value == "lenet5-dense"
    assert app.selectbox(key="weights").value == "loaded"
    assert any("from your file mine\\.safetensors" in words.value for words in app.markdown)


def test_mistakes_of_a_file_whose_card_says_nothing_of_mnist_says_so(app: AppTest, jobs: Scripted) -> None:
    app.run().switch_page(MISTAKES).run()
    upload(app, packed(weights(), card()))
    app.selectbox(key="data").set_value("mnist").run()
    assert not app.exception
    assert any("Its card says nothing of MNIST" in note.value for note in app.info)
    assert not drawn(app, "lenet_matrix")


# --- what is refused


def with_card(text: str) -> bytes:
    return save(named(weights()), metadata={"card": text})


def changed(**fields: Any) -> str:
    return json.dumps(json.loads(card_text(card())) | fields)


def _endless() -> Card:
    rows = tuple(tuple(row) for row in (np.eye(10, dtype=int) * 2000).tolist())
    return replace(card(), confusion=rows, wrong=())


GOOD = packed(weights(), card())
NAN = {layer: {name: np.full_like(array, np.nan) for name, array in own.items()} for layer, own in weights().items()}
BAD = {
    "empty": (b"", "not a whole safetensors file"),
    "text": (b"hello " * 100, "not a whole safetensors file"),
    "cut": (GOOD[:-1], "not a whole safetensors file"),
    "cut in its head": (GOOD[:40], "not a whole safetensors file"),
    "longer": (GOOD + b"\0", "not a whole safetensors file"),
    "a head without end": (b"\xff" * 8 + GOOD[8:], "not a whole safetensors file"),
    "oversized": (bytes(LARGEST + 1), f"at most {LARGEST:,} are read"),
    "without a card": (save(named(weights())), "holds weights without a card"),
    "nine rows": (with_card(changed(confusion=[[35] * 9] * 9)), "confusion has another shape than 10 rows of 10"),
    "short rows": (with_card(changed(confusion=[[35] * 9] * 10)), "confusion has another shape than 10 rows of 10"),
    "not a number": (packed(NAN, card()), "hold values that are not numbers"),
    "of another network": (
        packed(weights("lenet5"), card("lenet5-dense")),
        "does not hold the weights of lenet5-dense",
    ),
    "half precision": (save({"C1.bias": np.zeros(6, np.float16)}), "must be F32"),
    "card of nothing": (with_card(""), "is not JSON that can be read"),
    "card too deep": (with_card("[" * 50_000), "is not JSON that can be read"),
    "card of a list": (with_card("[]"), "is not a card of format"),
    "unknown network": (with_card(changed(network="<img src=x>")), "network is"),
    "false test": (with_card(changed(test={"right": 350})), "test is"),
    "a list without end": (packed(weights(), _endless()), "no data set here has more than 10,000"),
    "hostile words": (with_card(changed(data="![x](http://evil.example/x.png) :red[y] <script>")), "data is"),
    "stopped backwards": (with_card(changed(stopped=-1)), "stopped is -1, and must be a whole number from 1"),
    "stopped before it began": (with_card(changed(stopped=0)), "stopped is 0, and must be a whole number from 1"),
    "endless number": (with_card(changed(seconds=1).replace('"seconds": 1', '"seconds": 1e999')), "seconds is"),
}


def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_lost(app: AppTest, jobs: Scripted) -> None:
    """One after the other, each taken away again; all that is wrong is told at once."""
    upload(opened(app, DENSE), GOOD)
    wrong = []
    for kind, (content, words) in BAD.items():
        upload(app, content, "bad.safetensors")
        told = [error.value.replace("\\", "") for error in app.error]
        ends = all(one.endswith("Nothing was changed.") and "bad.safetensors" in one for one in told)
        if len(told) != 1 or words not in told[0] or not ends or "Traceback" in told[0]:
            wrong.append(f"{kind}: {told}")
        if tiles(app)[0]["titles"] != ["before training", "now"]:
            wrong.append(f"{kind}: {tiles(app)[0]['titles']}")
        app.file_uploader(key="weights-file").set_value(None).run()
        if app.error or "Loaded: by its card it reads 300 of 350 digits" not in headings(app):
            wrong.append(f"{kind}: taken away, {[error.value for error in app.error]}, {headings(app)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "name",
    [
        "![x](http://evil.example/x.png).safetensors",
        "<img src=x onerror=alert(1)>.safetensors",
        ":material/close: :red[x] $x^2$ `code` **bold** www.evil.example.safetensors",
        "a\nb\u202ec.safetensors",
        "x" * 5000 + ".safetensors",
    ],
)
def test_a_file_name_is_shown_letter_by_letter(app: AppTest, jobs: Scripted, name: str) -> None:
    opened(app, DENSE)
    upload(app, GOOD, name)
    told = [
        words.value for words in (*app.markdown, *app.caption) if "safetensors" in words.value or "xxxx" in words.value
    ]
    assert told
    for words in told:
        if "From " in words:
            after = words.partition("From ")[2]
            assert len(after) < 1000
            for sign in "[]<>`$*_:":
                assert f"\\{sign}" in after or sign not in after


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    class Huge:
        name, size = "huge.safetensors", LARGEST + 1

        def getvalue(self) -> bytes:
            raise AssertionError("it was read")

    with pytest.raises(CheckpointError, match=r"huge\.safetensors has 4,194,305 bytes"):
        opened_file(Huge())


def test_plain_escapes_every_sign_that_markdown_reads() -> None:
    assert plain("a_b*[c](d) <e> :f: $g$") == r"a\_b\*\[c\]\(d\) \<e\> \:f\: \$g\$"
    assert plain("a\n\n# b\u202e") == r"a \# b"
    assert len(plain("!" * 9999)) == 800


def test_a_card_may_not_claim_more_than_its_weights_can_be_asked_for() -> None:
    """A card is believed where it tells which digits are wrong, so that only those are looked at: one that names none
    shows none, and one that names others changes nothing for those that are read."""
    data = load_embedded("digits")
    tested = (data.test_images, data.test_labels)
    whole = read(network_named("lenet5-dense"), weights(), tested)
    named_all = read(network_named("lenet5-dense"), weights(), tested, range(len(whole.truth)))
    assert np.array_equal(named_all.answers, whole.answers)
    assert replace(card(), wrong=()).wrong == ()
