"""A race: what differs in words, two trainings in turns, one chart, and who won."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
import visit as pages
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lenet_explain.data.datasets import Digits, load_embedded
from lenet_explain.figures.lanes import MARKS, Lane, lane_curves, lane_curves_alt
from lenet_explain.figures.theme import DARK, LIGHT
from lenet_explain.jobs import JobState, Queue
from lenet_explain.jobs.tasks import race as task
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.differences import FIELDS, batches_in_words, between, listed, nearest_recipe
from lenet_explain.recipes.races import RACES
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_from, recipe_named
from lenet_explain.results.event import TrainingError
from lenet_explain.results.paired import Paired, picked, verdict
from lenet_explain.results.record import lane_entries
from lenet_explain.ui.parts.controls import LANES, LINES

pytestmark = pytest.mark.usefixtures("no_mnist")

RACE = "pages/training/race.py"
COUNTS = st.integers(0, 5000)


# -- what differs


def test_differences_are_read_off_both_descriptions_and_grouped_by_layer() -> None:
    networks, recipe = (NETWORKS["lenet5-dense"], NETWORKS["lenet-modern"]), Recipe()
    found = between(networks, (recipe, replace(recipe, rate=0.1)))
    assert "tanh against ReLU in C1, C3, C5 and F6" in found
    assert "average pooling against max pooling in S2 and S4" in found
    assert "batch normalisation only in B (B1, B3, B5 and B6)" in found
    assert "61,706 against 61,932 parameters" in found
    assert found[-1] == "learning rate 0.002 against 0.1"


@pytest.mark.parametrize("key", NETWORKS)
def test_a_network_does_not_differ_from_itself(key: str) -> None:
    assert between((NETWORKS[key], NETWORKS[key]), (Recipe(), Recipe())) == []


@pytest.mark.parametrize("one", NETWORKS)
@pytest.mark.parametrize("other", NETWORKS)
def test_two_networks_differ_in_something_and_the_other_way_round_it_is_said_reversed(one: str, other: str) -> None:
    if one == other:
        return
    there = between((NETWORKS[one], NETWORKS[other]), (Recipe(), Recipe()))
    back = between((NETWORKS[other], NETWORKS[one]), (Recipe(), Recipe()), ("B", "A"))
    assert there
    assert {_reversed(part) for part in there} == set(back)


def _reversed(difference: str) -> str:
    found = re.fullmatch(
        r"(an input of |paper and ink fed as |)(.+) against (.+?)( in [A-Z].*| parameters|)", difference
    )
    return f"{found[1]}{found[3]} against {found[2]}{found[4]}" if found else difference


def test_every_field_of_a_recipe_has_words_and_a_line_in_the_form() -> None:
    names = {field.name for field in fields(Recipe)}
    assert set(FIELDS) == names
    assert set(LINES) == names


def test_every_changed_field_of_a_recipe_is_named() -> None:
    other = Recipe("sgd", 0.1, "constant", 64, 3, "mse", "he", 7, 2.0, "mild", 0.1, 0.2)
    network = NETWORKS["lenet5"]
    found = between((network, network), (Recipe(), other))
    assert len(found) == len(FIELDS)
    for words, difference in zip(FIELDS.values(), found, strict=True):
        assert difference.startswith(words)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_named_recipe_is_its_own_nearest(network: str, recipe: str) -> None:
    named = recipe_named(recipe, NETWORKS[network])
    assert nearest_recipe(named, NETWORKS[network]) == (recipe, {})


@settings(deadline=None)  # a busy machine is no fault
@for_all(st.sampled_from(sorted(NETWORKS)), st.floats(1e-6, 10), st.integers(1, 100), st.integers(0, 9))
def test_the_nearest_recipe_with_its_changes_is_the_recipe(network: str, rate: float, epochs: int, seed: int) -> None:
    recipe = replace(recipe_named("article-c", NETWORKS[network]), rate=rate, epochs=epochs, seed=seed)
    key, changed = nearest_recipe(recipe, NETWORKS[network])
    assert recipe_from(changed, recipe_named(key, NETWORKS[network])) == recipe


def test_batches_are_called_the_same_only_where_seed_and_size_are() -> None:
    assert "very same batches of 32 digits" in batches_in_words(Recipe(), replace(Recipe(), rate=1.0))
    assert "not in the same batches: 32 at a time in A, 64 in B" in batches_in_words(
        Recipe(), replace(Recipe(), batch=64)
    )
    assert "seeds differ: 0 in A, 1 in B" in batches_in_words(Recipe(), replace(Recipe(), seed=1))


def test_words_are_listed() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


# -- two trainings in turns


class _Watched(np.ndarray):
    """Training images that remember which of them were asked for together."""

    asked: ClassVar[list[list[int]]] = []

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, np.ndarray):
            self.asked.append(key.tolist())
        return super().__getitem__(key)


@pytest.fixture(scope="module")
def few() -> Digits:
    whole = load_embedded("digits")
    return Digits(whole.train_images[:96], whole.train_labels[:96], whole.test_images[:50], whole.test_labels[:50])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, few: Digits) -> Digits:
    monkeypatch.setattr(task, "load_digits", lambda key: few)
    return few


def side(network: str, **changed: Any) -> dict[str, Any]:
    return {"network": network, "recipe": replace(Recipe(epochs=2), **changed).as_dict()}


def run(one: dict[str, Any], other: dict[str, Any], stop: Any = bool) -> tuple[list[dict[str, Any]], Any]:
    """All messages, and what the race ends with."""
    messages, going = [], task.race({"a": one, "b": other, "data": "digits"}, stop)
    while True:
        try:
            messages.append(next(going))
        except StopIteration as end:
            return messages, end.value


def test_both_lanes_come_to_their_end_in_one_race_and_every_test_digit_is_counted(small: Digits) -> None:
    messages, counts = run(side("lenet-28"), side("lenet5-dense", batch=16))
    json.dumps(messages, allow_nan=False)
    last = messages[-1]
    assert (last["a_step"], last["a_steps"], last["a_last"]) == (6, 6, True)
    assert (last["b_step"], last["b_steps"], last["b_last"]) == (12, 12, True)
    assert sum(counts.values()) == len(small.test_images)
    right = {lane: sum(last[f"{lane}_confusion"][digit][digit] for digit in range(10)) for lane in "ab"}
    assert counts["both"] + counts["only_a"] == right["a"]
    assert counts["both"] + counts["only_b"] == right["b"]


def test_a_lanes_clock_counts_its_own_training_only(small: Digits) -> None:
    began = time.perf_counter()
    messages, _ = run(side("lenet-28"), side("lenet5-dense"))
    wall = time.perf_counter() - began
    for lane in "ab":
        clock = [message[f"{lane}_seconds"] for message in messages if f"{lane}_seconds" in message]
        assert clock == sorted(clock)
    assert 0 < messages[-1]["a_seconds"] + messages[-1]["b_seconds"] < wall


def test_the_lane_that_has_trained_for_less_time_goes_on(small: Digits) -> None:
    messages, _ = run(side("lenet-28", epochs=4), side("lenet5-dense", epochs=4))
    for before, after in pairwise(messages[2:]):
        if before["a_last"] or before["b_last"]:
            break
        moved = "a" if before["a_step"] != after["a_step"] else "b"
        other = "b" if moved == "a" else "a"
        assert before[f"{moved}_seconds"] <= before[f"{other}_seconds"]


def test_a_message_repeats_the_lane_that_waits_so_that_any_thinning_keeps_its_end(small: Digits) -> None:
    messages, _ = run(side("lenet-28", epochs=1), side("lenet5-dense", epochs=4))
    whole = {lane: lane_entries(messages, lane)[-1] for lane in "ab"}
    thinned = [*messages[:-1:7], messages[-1]]
    assert {lane: lane_entries(thinned, lane)[-1] for lane in "ab"} == whole


@pytest.mark.parametrize("batches", [(32, 32), (32, 16)])
def test_both_lanes_see_the_same_digits_in_the_same_order(
    few: Digits, monkeypatch: pytest.MonkeyPatch, batches: tuple[int, int]
) -> None:
    seen = []
    for network, batch in zip(("lenet-28", "lenet5-dense"), batches, strict=True):
        images = few.train_images.view(_Watched)
        watched = Digits(images, few.train_labels, few.test_images, few.test_labels)
        monkeypatch.setattr(task, "load_digits", lambda key, watched=watched: watched)
        _Watched.asked = []
        recipe = side(network, batch=batch)
        list(task.train_network(NETWORKS[network], recipe_from(recipe["recipe"], Recipe()), watched))
        seen.append(list(_Watched.asked))
    assert [index for batch in seen[0] for index in batch] == [index for batch in seen[1] for index in batch]
    assert (seen[0] == seen[1]) == (batches[0] == batches[1])


def test_stop_ends_a_race_within_a_batch_and_nobody_wins(small: Digits) -> None:
    asked = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 8

    messages, counts = run(side("lenet-28", epochs=50), side("lenet5-dense", epochs=50), stop)
    assert counts is None
    steps = messages[-1]["a_step"] + messages[-1].get("b_step", 0)
    assert 0 < steps < 12


def test_a_lane_that_diverges_says_why_and_the_other_goes_on(small: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    train = task.train_network

    def fails(network: Any, recipe: Recipe, *rest: Any) -> Iterator[Any]:
        events = train(network, recipe, *rest)
        yield next(events)
        if recipe.rate == 5.0:
            raise TrainingError("diverged at step 1: learning rate 5 is too high")
        yield from events

    monkeypatch.setattr(task, "train_network", fails)
    messages, counts = run(side("lenet-28", rate=5.0), side("lenet5-dense"))
    assert messages[-1]["a_fault"] == "diverged at step 1: learning rate 5 is too high"
    assert messages[-1]["b_fault"] is None
    assert messages[-1]["b_step"] == messages[-1]["b_steps"]
    assert counts is None


def test_a_turn_is_never_longer_than_a_fraction_of_a_second_of_images(few: Digits) -> None:
    many = Digits(np.zeros((60_000, 28, 28), np.uint8), np.zeros(60_000, np.uint8), few.test_images, few.test_labels)
    for batch in (1, 32, 512):
        turn = task._turn(Recipe(batch=batch), many)
        assert 1 <= turn <= task.STEPS_A_TURN
        assert turn * batch <= max(task.IMAGES_A_TURN, batch)


# -- who won


def test_the_difference_and_its_interval_by_hand() -> None:
    found = Paired(both=40, only_a=12, only_b=3, neither=5)
    assert found.difference == pytest.approx(9 / 60)
    reach = 1.959964 * math.sqrt(12.5 + 3.5 - 81 / 62) / 62
    assert found.interval == pytest.approx((9 / 62 - reach, 9 / 62 + reach))
    assert found.winner == "A"


@settings(deadline=None)  # a busy machine is no fault
@for_all(COUNTS, COUNTS, COUNTS, COUNTS)
def test_changing_sides_changes_the_sign_and_the_winner_only(both: int, a: int, b: int, neither: int) -> None:
    one, other = Paired(both, a, b, neither), Paired(both, b, a, neither)
    assert one.difference == pytest.approx(-other.difference)
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))
    assert one.winner == {"A": "B", "B": "A", "draw": "draw"}[other.winner]
    low, high = one.interval
    assert -1 <= low <= high <= 1


def test_the_verdict_says_who_won_by_how_much_and_whether_that_is_chance() -> None:
    assert verdict(Paired(330, 4, 20, 1)) == (
        "**B won.** B reads 350 of 355 test digits, A 334: +4.5 points (95 % interval +1.8 to +7.2). "
        "That is more than chance gives: 20 digits are read by B alone, 4 by A alone."
    )
    close = verdict(Paired(350, 2, 1, 2))
    assert close.startswith("**A draw.** A reads 352 of 355 test digits, B 351: +0.3 points")
    assert "Chance alone could do that: 2 digits are read by A alone, 1 by B alone." in close
    assert verdict(Paired(350, 2, 2, 1)).startswith("**A draw.** Both read 352 of 355 test digits")


def test_whether_the_visitor_was_right() -> None:
    assert picked("B", "B") == "You picked B: right."
    assert picked("A", "draw") == "You picked A; it was a draw."


# -- one chart


def point(step: int, seconds: float, loss: float | None = 1.0) -> dict[str, Any]:
    scores = {"training_loss": loss, "test_loss": 2.0, "training_accuracy": 0.5, "test_accuracy": 0.25}
    return {"step": step, "steps": 100, "seconds": seconds, **scores}


def test_lanes_keep_their_own_points_over_steps_and_over_seconds() -> None:
    lanes = [Lane("A", [point(0, 0.0, None), point(10, 1.0)], 100), Lane("B", [point(0, 0.0), point(20, 0.5)], 50)]
    by_step = lane_curves(lanes, "steps", LIGHT)["columns"]
    assert by_step["x"] == [0, 10, 20]
    assert by_step["0_step"] == [0, 10, None]
    assert by_step["1_step"] == [0, None, 20]
    assert by_step["0_training_loss"] == [None, 1.0, None]
    by_seconds = lane_curves(lanes, "seconds", LIGHT)
    assert by_seconds["columns"]["x"] == [0.0, 0.5, 1.0]
    assert by_seconds["columns"]["0_step"] == [0, None, 10]
    assert by_seconds["x"]["end"] >= 1.0
    assert lane_curves(lanes, "steps", LIGHT)["x"]["end"] == 100
    json.dumps(by_seconds, allow_nan=False)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_lanes_differ_by_colour_and_mark_and_training_from_test_by_line(colours: Any) -> None:
    assert len(set(colours.lanes)) == len(colours.lanes) == len(set(MARKS)) == len(MARKS)
    drawn = lane_curves([Lane(name, [point(0, 0.0)]) for name in "ABCDEF"], "steps", colours)
    for panel in drawn["panels"]:
        looks = {(line["colour"], line["mark"], line["dashed"], line["thin"]) for line in panel["lines"]}
        assert len(looks) == len(panel["lines"]) == 12
        assert len({(line["mark"], line["dashed"]) for line in panel["lines"]}) == 12  # without any colour
        assert {line["column"] for line in panel["lines"]} <= set(drawn["columns"])
    for row in drawn["readout"]:
        assert {column for part in row["parts"] for column, _, _ in part["values"]} <= set(drawn["columns"])


def test_the_axis_of_seconds_ends_at_a_round_number_past_the_last_point() -> None:
    for seconds in (0.01, 0.3, 1.0, 4.1, 12.0, 16.0, 99.0, 1234.5):
        end = lane_curves([Lane("A", [point(1, seconds)])], "seconds", LIGHT)["x"]["end"]
        assert seconds <= end <= max(1.0, 2 * seconds)


def test_the_chart_says_what_it_shows() -> None:
    lanes = [Lane("A", [point(0, 0.0), point(10, 1.25)]), Lane("B", [])]
    assert lane_curves_alt(lanes) == (
        "A, step 10 after 1.2 s of training: test loss from 2 to 2, test accuracy from 25.0% to 25.0%. "
        "B: no training yet."
    )


# -- the page


def opened(app: AppTest, query: dict[str, str] | None = None) -> AppTest:
    for name, value in (query or {}).items():
        app.query_params[name] = value
    app.run()
    app.switch_page(RACE).run()
    assert not app.exception
    return app


def started(app: AppTest, pick: str = "B") -> AppTest:
    app.get("button_group")[0].set_value(pick).run()  # pyright: ignore[reportAttributeAccessIssue]
    app.button(key="start").click().run()
    assert not app.exception
    return app


def message(a: int, b: int, **more: Any) -> dict[str, Any]:
    """Progress of a race as its worker sends it, of lanes of 100 steps."""
    found: dict[str, Any] = {"type": "progress"}
    for lane, step in (("a", a), ("b", b)):
        scores = {**point(step, step / 20, 1.5 if step else None), "epoch": 1, "test_images": 350, "last": step == 100}
        confusion = [[30 if row == column else 0 for column in range(10)] for row in range(10)]
        found |= {f"{lane}_{name}": value for name, value in {**scores, "confusion": confusion, "fault": None}.items()}
    return found | more


def said(app: AppTest) -> str:
    return " ".join(one.value for one in app.markdown)


def chart(app: AppTest) -> dict[str, Any]:
    [proto] = pages.drawn(app, "lenet_curves")
    return json.loads(proto.json)[0]


def test_the_page_opens_with_a_race_worth_watching_and_asks_for_a_pick(app: AppTest, jobs: pages.Scripted) -> None:
    opened(app)
    assert "tanh against ReLU" in said(app)
    assert "very same batches of 64 digits" in said(app)
    assert app.button(key="start").disabled
    assert pages.status(app).startswith("Pick a winner, then press Start")
    assert chart(app)["columns"]["x"] == []


def test_a_picked_race_is_one_job_with_both_lanes(app: AppTest, jobs: pages.Scripted) -> None:
    started(opened(app))
    [asked] = jobs.tasks
    assert (asked["task"], asked["data"]) == ("race", "digits")
    assert (asked["a"]["network"], asked["b"]["network"]) == ("lenet5-dense", "lenet-modern")
    assert Recipe(**asked["a"]["recipe"]).rate == Recipe(**asked["b"]["recipe"]).rate == 0.05
    assert app.button(key="start").disabled
    app.button(key="stop-race").click().run()
    assert jobs.cancelled == ["job 1"]


@pytest.mark.parametrize("key", RACES)
def test_each_named_race_fills_in_both_sides_and_can_be_started(app: AppTest, jobs: pages.Scripted, key: str) -> None:
    opened(app).button(key=f"race-{key}").click().run()
    started(app)
    [asked] = jobs.tasks
    for lane, named in zip("ab", RACES[key].sides, strict=True):
        assert asked[lane]["network"] == named.network
        expected = recipe_from(named.changed, recipe_named(named.recipe, NETWORKS[named.network]))
        assert Recipe(**asked[lane]["recipe"]) == expected
        expected.check(NETWORKS[named.network])


def test_a_link_restores_both_lanes_and_what_they_share(app: AppTest, jobs: pages.Scripted) -> None:
    link = {"data": "digits-by-writer", "seed": "7", "a_network": "lenet-28", "a_rate": "0.5", "b_recipe": "plain-sgd"}
    started(
        opened(app, link | {"b_network": "lenet-sigmoid", "b_epochs": "3", "b_distortions": "mild", "over": "seconds"})
    )
    [asked] = jobs.tasks
    assert asked["data"] == "digits-by-writer"
    quick, plain = (
        recipe_named(key, NETWORKS[net]) for key, net in (("quick", "lenet-28"), ("plain-sgd", "lenet-sigmoid"))
    )
    assert asked["a"]["network"] == "lenet-28"
    assert Recipe(**asked["a"]["recipe"]) == replace(quick, rate=0.5, seed=7)
    assert Recipe(**asked["b"]["recipe"]) == replace(plain, epochs=3, distortions="mild", seed=7)
    assert chart(app)["x"]["word"] == "seconds of training"


@pytest.mark.parametrize(
    "query", [{"a_rate": "nan"}, {"b_network": "lenet-6"}, {"a_seed": "3"}, {"b_epochs": "1e9"}], ids=str
)
def test_a_link_with_an_impossible_choice_opens_and_races(
    app: AppTest, jobs: pages.Scripted, query: dict[str, str]
) -> None:
    started(opened(app, query))
    assert Recipe(**jobs.tasks[0]["a"]["recipe"]).seed == 0


def test_a_side_that_cannot_be_trained_says_why_and_stops_the_start(app: AppTest, jobs: pages.Scripted) -> None:
    opened(app, {"b_network": "lenet-modern", "b_batch": "1"})
    app.get("button_group")[0].set_value("A").run()  # pyright: ignore[reportAttributeAccessIssue]
    [error] = [error.value for error in app.error]
    assert error.startswith("B cannot be trained: batch is 1, and must be at least 2")
    assert app.button(key="start").disabled


PHASES = [
    (JobState("waiting", place=2, waiting=3), [], "Number 2 of 3 in the queue."),
    (JobState("starting"), [], "Starting the training process …"),
    (JobState("running"), [message(20, 40)], "A: step 20 of 100, 1.0 s · B: step 40 of 100, 2.0 s"),
    (JobState("stopping"), [message(20, 40)], "Stopping: A: step 20 of 100, 1.0 s · B: step 40 of 100, 2.0 s"),
    (JobState("stopped"), [message(20, 40)], "Stopped: A: step 20 of 100, 1.0 s · B: step 40 of 100, 2.0 s"),
    (
        JobState("lost", message="the process is gone: start again"),
        [message(20, 40)],
        "The process is gone: start again.",
    ),
    (JobState("failed", message="no such data"), [], "No such data."),
]


@pytest.mark.parametrize(("now", "history", "words"), PHASES, ids=[phase.phase for phase, _, _ in PHASES])
def test_each_phase_of_a_race_has_its_words_and_its_buttons(
    app: AppTest, jobs: pages.Scripted, now: JobState, history: list[dict[str, Any]], words: str
) -> None:
    started(opened(app))
    for one in history:
        jobs.history.add(one)
    jobs.now = now
    app.run()
    assert not app.exception
    assert pages.status(app) == words
    assert app.button(key="start").disabled == (not now.over)
    assert app.button(key="stop-race").disabled == now.over
    assert not [heading.value for heading in app.subheader]  # nobody has won


def test_both_lanes_are_drawn_on_one_chart(app: AppTest, jobs: pages.Scripted) -> None:
    started(opened(app))
    jobs.now = JobState("running")
    for steps in ((0, 0), (10, 0), (10, 20), (20, 20)):
        jobs.history.add(message(*steps))
    columns = chart(app.run())["columns"]
    assert columns["x"] == [0, 10, 20]
    assert columns["0_step"] == [0, 10, 20]
    assert columns["1_step"] == [0, None, 20]


@pytest.mark.parametrize(("pick", "words"), [("B", "You picked B: right."), ("A", "You picked A; it was B.")])
def test_at_the_end_the_page_says_who_won_and_whether_the_visitor_was_right(
    app: AppTest, jobs: pages.Scripted, pick: str, words: str
) -> None:
    started(opened(app), pick)
    jobs.history.add(message(100, 100))
    jobs.ended_with = {"both": 330, "only_a": 4, "only_b": 20, "neither": 1}
    jobs.now = JobState("finished")
    app.run()
    assert [heading.value for heading in app.subheader] == ["Who won"]
    assert "**B won.** B reads 350 of 355 test digits, A 334: +4.5 points (95 % interval +1.8 to +7.2)." in said(app)
    assert words in said(app)


def test_a_lane_that_diverged_has_lost_and_says_why(app: AppTest, jobs: pages.Scripted) -> None:
    started(opened(app))
    fault = "diverged at step 7: learning rate 10 is too high"
    jobs.history.add(message(6, 100, a_fault=fault))
    jobs.ended_with = {}
    jobs.now = JobState("finished")
    app.run()
    assert [note.value for note in app.warning] == ["A diverged at step 7: learning rate 10 is too high."]
    assert "**B won**, since A diverged. You picked B: right." in said(app)


def test_a_race_whose_settings_were_changed_since_says_whose_curves_these_are(
    app: AppTest, jobs: pages.Scripted
) -> None:
    started(opened(app))
    jobs.history.add(message(100, 100))
    jobs.now = JobState("finished")
    app.selectbox(key="a_network").select("lenet-28").run()
    assert any("the race that you started: A: Dense LeNet (tanh), B: Modern LeNet" in one.value for one in app.caption)
    assert chart(app)["columns"]["x"] == [100]


def test_a_full_queue_is_said_once_and_leaves_no_race(app: AppTest, jobs: pages.Scripted) -> None:
    jobs.refusal = "100 runs are waiting already: try again in a few minutes"
    started(opened(app))
    assert [note.value for note in app.warning] == ["100 runs are waiting already: try again in a few minutes."]
    assert not app.button(key="start").disabled
    assert not app.run().warning


def test_while_a_network_trains_in_side_by_side_no_race_can_start(app: AppTest, jobs: pages.Scripted) -> None:
    pages.trained(pages.opened(app, pages.DENSE))
    jobs.now = JobState("running")
    opened(app).get("button_group")[0].set_value("A").run()  # pyright: ignore[reportAttributeAccessIssue]
    assert app.button(key="start").disabled
    assert any("lenet5-dense is still training in Side by side" in note.value for note in app.info)


def test_a_race_is_still_there_after_a_visit_to_another_page(app: AppTest, jobs: pages.Scripted) -> None:
    started(opened(app))
    jobs.history.add(message(20, 40))
    jobs.now = JobState("running")
    app.switch_page(pages.PAPER).run()
    app.switch_page(RACE).run()
    assert not app.exception
    assert pages.status(app).startswith("A: step 20 of 100")
    assert [app.selectbox(key=f"{form.prefix}network").value for form in LANES] == ["lenet5-dense", "lenet-modern"]


def test_a_real_queue_runs_a_race_from_the_page(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with pages.in_place(Queue(), monkeypatch):
        opened(app, {"a_network": "lenet-28", "a_epochs": "1", "b_network": "lenet5-dense", "b_epochs": "1"})
        started(app)
        pages.wait(app, lambda: app.subheader or app.error)
        assert [heading.value for heading in app.subheader] == ["Who won"]
        assert pages.status(app).startswith("Finished: A: step 46 of 46")
        assert "of 355 test digits" in said(app)
