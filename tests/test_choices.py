"""An ablation: what each variation changes, what its rows say, the job that trains them, and the page around it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import comb
from typing import Any

import numpy as np
import pytest
import torch
import visit as pages
from hypothesis import given as for_all
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lenet_explain.backends.torch_module import build
from lenet_explain.data.datasets import Digits, load_embedded
from lenet_explain.figures.choices import Going, alt, table
from lenet_explain.jobs import JobState, Policy, Queue
from lenet_explain.jobs.event_log import ENTRIES, History
from lenet_explain.jobs.tasks import ablation as task
from lenet_explain.network.activations import RELU
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.variations import BASE, QUESTIONS, VARIATIONS, changed, changes, rows_of, usual_passes
from lenet_explain.results.ablation import (
    QUIET,
    Row,
    Setting,
    caution,
    chance,
    compared,
    expected,
    message_of,
    printed,
    row_of,
    spreadsheet,
    verdict,
    work,
)
from lenet_explain.results.event import TrainingError
from lenet_explain.results.paired import Paired

pytestmark = pytest.mark.usefixtures("no_mnist")

PAGE = "pages/training/choices.py"
ALL = tuple(VARIATIONS.values())
OTHERS = [one for one in ALL if one.key != BASE]
RESPECTS = {"loss": {"loss", "output"}}  # by question, where they are not the question itself
DIFFERENT = {"average": 60_000 - 12 - 32, "max": 60_000 - 12 - 32, "dense-c3": 60_900, "softmax": 60_000 + 84 * 10 + 10}


def a_row(key: str, wrong: int = 10, total: int = 355, **changed: Any) -> Row:
    """A row that misreads the first so many test digits."""
    right = (1 << total) - 1 - ((1 << wrong) - 1)
    return replace(Row(key, right, total, commonest=37, digits=1442, seconds=3.5), **changed)


def by_key(*rows: Row) -> dict[str, Row]:
    return {row.key: row for row in rows}


# -- what is changed


@pytest.mark.parametrize("one", OTHERS, ids=lambda one: one.key)
def test_a_variation_changes_exactly_one_thing_and_it_is_what_its_question_asks_about(one: Any) -> None:
    found = changes(one, VARIATIONS[one.against])
    assert len(found) == 1
    assert set(found) <= RESPECTS.get(one.question, {one.question})


def test_every_question_has_variations_and_only_softmax_is_compared_with_another_than_the_base() -> None:
    assert {one.question for one in OTHERS} == set(QUESTIONS)
    assert {one.key: one.against for one in OTHERS if one.against != BASE} == {"softmax": "cross-entropy"}
    assert VARIATIONS[BASE].network == NETWORKS["lenet5"]
    assert changes(VARIATIONS[BASE], VARIATIONS[BASE]) == {}


def test_two_changes_are_told_as_two() -> None:
    dense = VARIATIONS["dense-c3"]
    layers = tuple(replace(layer, activation=RELU) if layer.name == "C1" else layer for layer in dense.network.layers)
    both = replace(dense, network=replace(dense.network, layers=layers), recipe=replace(dense.recipe, decay=0.1))
    assert list(changes(both, VARIATIONS[BASE])) == ["activation", "connections", "decay"]
    assert changes(both, VARIATIONS[BASE])["activation"] == "ReLU instead of scaled tanh in C1"


def test_a_kernel_and_an_input_that_nobody_foresaw_are_told_too() -> None:
    base = VARIATIONS[BASE]
    layers = tuple(replace(layer, maps=7) if layer.name == "C1" else layer for layer in base.network.layers)
    wider = replace(base.network, layers=layers, pixels=NETWORKS["lenet-28"].pixels)
    assert set(changes(replace(base, network=wider), base)) == {"maps", "pixels"}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sigmoid", "sigmoid instead of scaled tanh in C1, S2, C3, S4, C5 and F6"),
        ("max", "max pooling, unsquashed, instead of subsampling in S2 and S4"),
        ("eq-9", "loss map (Eq. 9) instead of mse (Eq. 8)"),
        ("half", "50 % of the training digits instead of 100 %, in as many passes"),
    ],
)
def test_what_is_changed_is_said_in_words(key: str, words: str) -> None:
    assert changed(VARIATIONS[key]) == words


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_variation_is_counted_built_and_answers_and_its_recipe_fits(one: Any) -> None:
    assert one.parameters == DIFFERENT.get(one.key, 60_000)
    one.recipe.check(one.network)
    net = build(one.network, one.recipe.start, 0)
    assert sum(p.numel() for p in net.parameters()) == one.parameters
    assert net(torch.zeros(2, 1, 32, 32)).shape == (2, 10)


def test_connections_change_with_the_table_of_c3() -> None:
    assert VARIATIONS["dense-c3"].connections - VARIATIONS[BASE].connections == (96 - 60) * 25 * 100


def test_the_rows_of_questions_begin_with_the_base() -> None:
    assert [one.key for one in rows_of(("size", "pooling"))] == [BASE, "average", "max", "half", "quarter"]
    assert [one.key for one in rows_of(())] == [BASE]


def test_the_usual_set_takes_less_than_a_minute_and_a_half_on_a_quiet_core() -> None:
    digits = len(load_embedded("digits").train_labels)
    assert expected(ALL, digits, usual_passes("digits"), {}) < 90


# -- what rows say


@for_all(st.integers(0, 2**355 - 1), st.one_of(st.none(), st.just("it diverged")))
def test_a_row_survives_its_message(right: int, fault: str | None) -> None:
    row = Row("tanh", right, 355, 37, 1442, 2.5, fault)
    assert row_of(json.loads(json.dumps(message_of(row)))) == row


def test_ten_thousand_test_digits_are_small_enough_to_be_kept_of_a_message() -> None:
    history, row = History(), a_row("tanh", total=10_000)
    history.add({"type": "progress", **message_of(row)})
    assert row_of(history.since(0).entries[0]) == row


def test_a_job_of_the_longest_kind_tells_no_more_than_is_kept() -> None:
    assert Policy().limit / task.EVERY + 10 * len(ALL) < ENTRIES


@for_all(st.integers(0, 2**40 - 1), st.integers(0, 2**40 - 1))
def test_pairs_are_counted_digit_by_digit(one: int, other: int) -> None:
    row, base = (a_row(key, right=right, total=40) for key, right in (("tanh", one), (BASE, other)))
    found = compared(row, by_key(row, base))
    assert found is not None
    pairs = [(one >> i & 1, other >> i & 1) for i in range(40)]
    assert found == Paired(*(pairs.count(pair) for pair in ((1, 1), (1, 0), (0, 1), (0, 0))))


def test_softmax_is_compared_with_cross_entropy_and_the_base_with_nobody() -> None:
    rows = by_key(a_row(BASE, 5), a_row("cross-entropy", 20), a_row("softmax", 20))
    found = compared(rows["softmax"], rows)
    assert found is not None
    assert found.only_a == found.only_b == 0
    assert compared(rows[BASE], rows) is None
    assert compared(rows["softmax"], by_key(rows["softmax"], rows[BASE])) is None


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"), [(0, 0, 1), (1, 8, 20 / 512), (8, 1, 20 / 512), (3, 3, 1), (0, 6, 2 / 64), (1, 2, 1)]
)
def test_chance_is_that_of_coins(only_a: int, only_b: int, p: float) -> None:
    assert chance(Paired(300, only_a, only_b, 5)) == pytest.approx(p)


@for_all(st.integers(0, 60), st.integers(0, 60))
def test_chance_adds_up_all_splits_as_uneven(a: int, b: int) -> None:
    splits = sum(comb(a + b, k) for k in range(a + b + 1) if abs(2 * k - a - b) >= abs(a - b))
    assert chance(Paired(0, a, b, 0)) == pytest.approx(splits / 2 ** (a + b))


def test_thousands_of_uneven_digits_leave_no_room_for_chance() -> None:
    found = Paired(1000, 0, 9000, 0)
    assert chance(found) < 1e-300
    assert verdict(found) == "more errors"


@pytest.mark.parametrize(
    ("wrong", "word"), [(4, "fewer errors"), (5, "chance"), (10, "chance"), (15, "chance"), (16, "more errors")]
)
def test_only_what_chance_would_rarely_do_is_called_more_than_chance(wrong: int, word: str) -> None:
    found = compared(a_row("tanh", wrong), by_key(a_row(BASE, 10)))
    assert found is not None
    assert verdict(found) == word


@pytest.mark.parametrize(("wrong", "learned"), [(0, True), (200, True), (318, False), (355, False)])
def test_a_row_that_reads_no_more_than_the_commonest_digit_did_not_learn(wrong: int, learned: bool) -> None:
    assert a_row("sigmoid", wrong).learned is learned


def test_the_papers_figure_stands_beside_the_share_of_digits_that_it_is_for() -> None:
    found = {one.key: printed(one) for one in ALL if printed(one)}
    assert found == {BASE: (60_000, 0.94), "half": (30_000, 1.14), "quarter": (15_000, 1.68)}


def test_the_expected_time_follows_the_rows_that_are_done() -> None:
    missing = [VARIATIONS["tanh"]]
    assert expected(missing, 1000, 4, {}) == pytest.approx(4000 / QUIET)
    assert expected(missing, 1000, 4, by_key(a_row(BASE, seconds=7.0))) == pytest.approx(7.0)
    assert work(VARIATIONS["quarter"], 1000, 4) == 1000


def test_the_caution_computes_how_wide_the_interval_is_and_would_be() -> None:
    words = caution(by_key(a_row(BASE, 7), a_row("tanh", 9), a_row("max", 9)))
    low, high = a_row(BASE, 7).interval
    assert f"{100 * (high - low):.1f} points wide" in words
    assert "MNIST's 10,000 test digits" in words
    assert "MNIST's" not in caution(by_key(a_row(BASE, 95, 10_000)))
    assert "Of 2 comparisons about 0.1 are called more than chance" in words
    assert "comparisons" not in caution(by_key(a_row(BASE, 7), a_row("tanh", 9)))
    assert caution({}) == ""


def test_the_spreadsheet_has_a_line_for_each_row_that_is_done() -> None:
    rows = by_key(a_row(BASE, 10), a_row("half", 30), a_row("sgd", fault="diverged at step 3"))
    text = spreadsheet(ALL, Setting("digits", 3, 10), rows).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["variation"] for line in lines] == ["LeNet-5 as it is", "Gradient descent", "Half the digits"]
    base, failed, half = lines
    assert (base["errors"], base["of"], base["seed"]) == ("10", "355", "3")
    assert (half["read by this only"], half["read by the other only"]) == ("0", "20")
    assert float(half["p (McNemar, exact)"]) == pytest.approx(2 / 2**20)
    assert (failed["test error"], failed["fault"]) == ("", "diverged at step 3")
    assert spreadsheet(ALL, Setting("digits", 3, 10), {}) == b"\xef\xbb\xbf"


# -- the table


def lines_of(drawn: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["key"]: line for group in drawn["groups"] for line in group["rows"]}


def test_the_table_says_of_each_row_what_it_came_to() -> None:
    rows = by_key(
        a_row(BASE, 10), a_row("tanh", 12), a_row("sigmoid", 320), a_row("max", 40), a_row("relu", fault="diverged")
    )
    drawn = table(ALL, rows, Going("average", 0.5))
    lines = lines_of(drawn)
    kinds = {key: lines[key]["kind"] for key in (BASE, "tanh", "sigmoid", "max", "relu", "average")}
    assert list(kinds.values()) == ["base", "chance", "more errors", "more errors", "fault", "waiting"]
    assert "hardly learned" in lines["sigmoid"]["why"]
    assert lines["sigmoid"]["beyond"]
    assert not lines["max"]["beyond"]
    assert lines["average"]["share"] == 0.5
    assert lines["max"]["against"] == "▲ +8.5 points"
    assert lines["max"]["why"].startswith("More than chance (p < 0.001): 0 read by it alone, 30 by the base alone")
    assert [group["title"] for group in drawn["groups"]] == ["The base", *(one.title for one in QUESTIONS.values())]
    json.dumps(drawn, allow_nan=False)


@for_all(st.lists(st.integers(0, 355), min_size=1, max_size=15))
def test_every_interval_lies_on_the_axis_with_its_error_inside(wrong: list[int]) -> None:
    rows = by_key(*(a_row(one.key, count) for one, count in zip(ALL, wrong, strict=False)))
    drawn = table(ALL, rows)
    assert drawn["marks"][0] == {"at": 0, "words": "0"}
    assert drawn["marks"][-1]["at"] == pytest.approx(1)
    assert 2 <= len(drawn["marks"]) <= 7
    for line in lines_of(drawn).values():
        if line["span"]:
            low, at, high = line["span"]
            assert 0 <= low <= at <= high <= 1


def test_other_seeds_are_told_beside_their_row() -> None:
    other = {1: by_key(a_row(BASE, 10), a_row("tanh", 40)), 2: by_key(a_row(BASE, 10))}
    lines = lines_of(table(ALL, by_key(a_row(BASE, 10)), None, other))
    assert lines["tanh"]["seeds"] == "seed 1: ▲ +8.5"
    assert lines[BASE]["seeds"] == ""


def test_the_words_for_who_sees_no_table_name_what_stands_out() -> None:
    words = alt(ALL, by_key(a_row(BASE, 10), a_row("max", 40), a_row("tanh", 11)))
    assert "3 of 15 rows trained" in words
    assert "More errors than chance gives: max pooling." in words
    assert "tanh" not in words


# -- the job


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Digits:
    whole = load_embedded("digits")
    few = Digits(whole.train_images[:96], whole.train_labels[:96], whole.test_images[:40], whole.test_labels[:40])
    monkeypatch.setattr(task, "load_digits", lambda key: few)
    return few


def told(rows: list[str], stop: Any = bool) -> tuple[list[dict[str, Any]], Any]:
    """All messages of the job, and what it ends with."""
    work, messages = task.ablation({"rows": rows, "data": "digits", "seed": 3, "passes": 2}, stop), []
    while True:
        try:
            messages.append(next(work))
        except StopIteration as end:
            return messages, end.value


def test_rows_arrive_one_after_the_other_and_the_share_that_is_done_grows(few: Digits) -> None:
    messages, result = told([BASE, "max", "half", "sdlm"])
    rows = [row for message in messages if (row := row_of(message))]
    assert [row.key for row in rows] == [BASE, "max", "half", "sdlm"]
    assert [row.digits for row in rows] == [96, 96, 48, 96]
    assert {row.total for row in rows} == {40}
    assert {row.commonest for row in rows} == {int(np.bincount(few.test_labels).max())}
    shares = [message["share"] for message in messages]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert result == {"rows": 4}


def test_a_row_is_the_same_whether_others_were_trained_before_it_or_not(few: Digits) -> None:
    together = {row.key: row.right for message in told([BASE, "half"])[0] if (row := row_of(message))}
    alone = {row.key: row.right for message in told(["half"])[0] if (row := row_of(message))}
    assert together["half"] == alone["half"]
    assert together[BASE].bit_count() > 0


def test_a_stop_is_obeyed_at_the_next_batch_and_the_broken_off_row_is_not_told(few: Digits) -> None:
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 8  # six steps a row: in the middle of the second

    messages, result = told([BASE, "tanh", "max"], stop)
    assert [row.key for message in messages if (row := row_of(message))] == [BASE]
    assert messages[-1]["row"] == "tanh"
    assert 0 < messages[-1]["step"] < messages[-1]["steps"]
    assert result is None


def test_a_row_that_diverges_says_so_and_the_next_one_follows(few: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    train = task.train_network

    def diverging(network: Any, *others: Any) -> Iterator[Any]:
        if network == VARIATIONS["relu"].network:
            raise TrainingError("diverged at step 2")
        return train(network, *others)

    monkeypatch.setattr(task, "train_network", diverging)
    rows = [row for message in told(["relu", "max"])[0] if (row := row_of(message))]
    assert [(row.key, row.fault) for row in rows] == [("relu", "diverged at step 2"), ("max", None)]
    assert rows[0].reached is None


def test_a_smaller_share_of_the_digits_lies_within_a_larger_one(few: Digits) -> None:
    half, quarter = (
        {image.tobytes() for image in task._part(few, VARIATIONS[key], 3).train_images} for key in ("half", "quarter")
    )
    assert len(quarter) == 24
    assert quarter < half < {image.tobytes() for image in few.train_images}


def test_a_variation_that_nobody_knows_is_refused(few: Digits) -> None:
    with pytest.raises(DescriptionError, match="no variation named 'swish': choose from base, tanh"):
        told(["swish"])


# -- the page


LINK = {"ask": ["size", "pooling"], "passes": "4", "seed": "7"}


def opened(app: AppTest, query: Mapping[str, Any]) -> AppTest:
    """By way of a page whose widgets have no names in common with this one's, as a link would open it."""
    app.run().switch_page(pages.PAPER).run()
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def pressed(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def shown(app: AppTest) -> dict[str, dict[str, Any]]:
    [proto] = pages.drawn(app, "lenet_choices")
    return lines_of(json.loads(proto.json)[0])


def tell(jobs: pages.Scripted, row: Row, place: int, of: int) -> None:
    going = {"place": place, "of": of, "share": place / of, "left": 5.0}
    jobs.history.add({"type": "progress", **message_of(row), **going})


def labels(app: AppTest) -> list[tuple[str, bool]]:
    """What stands on the buttons, and whether they can be pressed."""
    found = [app.button(key=key) for key in ("start-rows", "stop-rows", "forget-rows")]
    return [(button.label, not button.disabled) for button in found]


def test_a_link_restores_questions_passes_and_seed(app: AppTest, jobs: pages.Scripted) -> None:
    pressed(opened(app, LINK | {"data": "digits-by-writer"}), "start-rows")
    rows = [BASE, "average", "max", "half", "quarter"]
    assert jobs.tasks == [{"task": "ablation", "rows": rows, "data": "digits-by-writer", "seed": 7, "passes": 4}]
    assert list(shown(app)) == rows


def test_a_link_without_a_word_asks_every_question(app: AppTest, jobs: pages.Scripted) -> None:
    opened(app, {"ask": "everything", "passes": "1e400", "seed": "nan"})
    assert list(shown(app)) == list(VARIATIONS)
    assert "15 rows to train: Small digits, 10 passes, seed 0. About " in pages.status(app)
    assert labels(app) == [("Start", True), ("Stop", False), ("Start afresh", False)]


def test_half_a_pass_is_explained_and_cannot_be_started(app: AppTest, jobs: pages.Scripted) -> None:
    opened(app, {"passes": "1.5"})
    assert [error.value for error in app.error] == [
        "This cannot be trained: passes is 1.5, and must be a whole number."
    ]
    assert app.button(key="start-rows").disabled


def test_rows_come_one_by_one_and_going_on_trains_only_those_that_are_missing(
    app: AppTest, jobs: pages.Scripted
) -> None:
    pressed(opened(app, LINK), "start-rows")
    jobs.now = JobState("running")
    tell(jobs, a_row(BASE, 10), 1, 5)
    jobs.history.add(
        {"type": "progress", "row": "average", "step": 9, "steps": 90, "images_per_second": 4000.0, "place": 2, "of": 5,
         "share": 0.3, "left": 8.0}
    )  # fmt: skip
    app.run()
    lines = shown(app)
    assert lines[BASE]["error"] == "2.8 %"
    assert (lines["average"]["share"], lines["max"]["share"]) == (0.1, None)
    assert pages.status(app) == "Row 2 of 5: Average pooling · step 9 of 90 · 4,000 images/s · about 8 s left"
    assert labels(app) == [("Go on", False), ("Stop", True), ("Start afresh", False)]
    tell(jobs, a_row("average", 30), 2, 5)
    pressed(app, "stop-rows")
    assert jobs.cancelled == ["job 1"]
    jobs.now = JobState("stopped")
    app.run()
    assert labels(app) == [("Go on", True), ("Stop", False), ("Start afresh", True)]
    assert pages.status(app).startswith("3 of 5 rows to train")
    jobs.history.__init__()  # what the queue has forgotten is still there
    pressed(app, "start-rows")
    assert jobs.tasks[-1]["rows"] == ["max", "half", "quarter"]
    assert shown(app)["average"]["against"] == "▲ +5.6 points"


GO_ON = "Rows that are done stay: Go on trains the rest."


def test_a_killed_worker_is_told_and_its_rows_stay(app: AppTest, jobs: pages.Scripted) -> None:
    pressed(opened(app, LINK), "start-rows")
    tell(jobs, a_row(BASE, 10), 1, 5)
    jobs.now = JobState("lost", message="the training process was ended by the system (signal 9): start again")
    app.run()
    assert pages.status(app) == "The training process was ended by the system (signal 9): start again."
    assert GO_ON in [caption.value for caption in app.caption]
    assert shown(app)[BASE]["error"] == "2.8 %"
    jobs.now = JobState("running")
    pressed(app, "start-rows")
    assert BASE not in jobs.tasks[-1]["rows"]


def test_an_ablation_without_more_time_says_so_and_goes_on(app: AppTest, jobs: pages.Scripted) -> None:
    pressed(opened(app, LINK), "start-rows")
    tell(jobs, a_row(BASE, 10), 1, 5)
    jobs.now = JobState("stopped", message="a run may take 20 minutes here")
    app.run()
    assert pages.status(app) == "Stopped at row 1 of 5"
    assert "20 minutes" in app.warning[0].value
    assert GO_ON in [caption.value for caption in app.caption]
    assert labels(app) == [("Go on", True), ("Stop", False), ("Start afresh", True)]


def test_rows_are_there_after_another_page_and_a_question_more_asks_only_for_its_own(
    app: AppTest, jobs: pages.Scripted
) -> None:
    pressed(opened(app, {"ask": "size"}), "start-rows")
    for place, key in enumerate((BASE, "half", "quarter"), start=1):
        tell(jobs, a_row(key, 10 * place), place, 3)
    jobs.now = JobState("finished")
    app.run()
    assert pages.status(app) == "All 3 rows are trained: Small digits, 10 passes, seed 0."
    assert app.button(key="start-rows").disabled
    app.switch_page(pages.PAPER).run()
    opened(app, {"ask": ["size", "connections"]})
    assert shown(app)["quarter"]["error"] == "8.5 %"
    pressed(app, "start-rows")
    assert jobs.tasks[-1]["rows"] == ["dense-c3"]


def test_other_settings_have_rows_of_their_own_and_starting_afresh_forgets_one_set(
    app: AppTest, jobs: pages.Scripted
) -> None:
    pressed(opened(app, {"ask": "connections"}), "start-rows")
    tell(jobs, a_row(BASE, 10), 1, 2)
    tell(jobs, a_row("dense-c3", 40), 2, 2)
    jobs.now = JobState("finished")
    app.run()
    app.number_input(key="seed").set_value(1.0).run()
    assert shown(app)["dense-c3"]["error"] == ""
    assert shown(app)["dense-c3"]["seeds"] == "seed 0: ▲ +8.5"
    app.number_input(key="seed").set_value(0.0).run()
    assert shown(app)["dense-c3"]["error"] == "11.3 %"
    pressed(app, "forget-rows")
    assert shown(app)["dense-c3"]["error"] == ""


def test_rows_of_a_stopped_ablation_do_not_come_back_once_they_are_forgotten(
    app: AppTest, jobs: pages.Scripted
) -> None:
    pressed(opened(app, LINK), "start-rows")
    tell(jobs, a_row(BASE, 10), 1, 5)
    jobs.now = JobState("stopped")
    app.run()
    assert shown(app)[BASE]["error"] == "2.8 %"
    pressed(app, "forget-rows").run()
    assert shown(app)[BASE]["error"] == ""
    assert labels(app) == [("Start", True), ("Stop", False), ("Start afresh", False)]


def test_mnist_that_is_not_here_is_offered_and_nothing_can_be_started(app: AppTest, jobs: pages.Scripted) -> None:
    opened(app, {"data": "mnist"})
    assert app.button(key="start-rows").disabled
    assert "MNIST is not on this machine yet" in app.info[0].value
    assert "2 passes" in pages.status(app)


def test_a_full_queue_is_said_and_nothing_seems_to_run(app: AppTest, jobs: pages.Scripted) -> None:
    jobs.refusal = "100 runs are waiting already: try again in a few minutes"
    pressed(opened(app, {}), "start-rows")
    assert [note.value for note in app.warning] == ["100 runs are waiting already: try again in a few minutes."]
    assert labels(app)[0] == ("Start", True)


def test_a_real_worker_trains_a_row(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with pages.in_place(Queue(), monkeypatch):
        pressed(opened(app, {"ask": "connections", "passes": "1"}), "start-rows")
        pages.wait(app, lambda: pages.status(app).startswith("All 2 rows"))
        lines = shown(app)
        assert lines["dense-c3"]["kind"] in ("chance", "more errors", "fewer errors")
        assert lines["dense-c3"]["parameters"] == "60,900"
