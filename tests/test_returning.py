"""A visitor who comes back in a new visit: what was lost and why, and the same again at one press."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from visit import DENSE, PAPER, Scripted, drawn, event, opened, trained

from lenet_explain.jobs import JobState
from lenet_explain.recipes.recipe import Recipe

RECIPE = Recipe(epochs=7, seed=5).as_dict()
LEFT: dict[str, Any] = {
    "server": "this start", "job": "job 9", "began": 1_700_000_000.0, "phase": "running", "share": 0.4, "step": 312,
    "steps": 750, "runs": 3, "visit": "another", "reloaded": True,
    "task": {"task": "train", "network": "lenet-28", "data": "digits", "recipe": RECIPE},
}  # fmt: skip


def came_back(app: AppTest, **other: Any) -> AppTest:
    """The tab's note arrives with the first drawing of the page."""
    app.session_state["visit"] = {"left": LEFT | other}
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(warning.value for warning in app.warning)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({}, "the page was loaded anew"),
        ({"server": "an earlier start"}, "the server was restarted"),
        ({"reloaded": False}, "the connection was gone for so long"),
    ],
)
def test_what_was_lost_is_said_with_the_reason(app: AppTest, jobs: Scripted, other: dict[str, Any], why: str) -> None:
    words = said(came_back(app, **other))
    assert words.startswith("A run of lenet-28 on ")
    assert "had reached step 312 of 750 and is lost" in words
    assert why in words
    assert "3 runs" in words
    assert jobs.asked_about == ([] if "server" in other else ["job 9"])


def test_start_it_again_takes_the_same_recipe_and_seed_and_ends_the_notice(app: AppTest, jobs: Scripted) -> None:
    came_back(app)
    app.button(key="start-again").click().run()
    assert not app.exception
    assert jobs.tasks == [LEFT["task"]]
    assert said(app) == ""
    assert app.query_params["network"] == "lenet-28"
    assert app.query_params["seed"] == "5.0"
    assert app.button(key="train").disabled  # it goes on


@pytest.mark.parametrize(
    ("task", "stop"),
    [
        ({"task": "ablation", "rows": ["base", "tanh"], "data": "digits", "seed": 4, "passes": 6}, "stop-rows"),
        ({"task": "preferences", "network": "lenet5", "layer": "C3", "map": 2}, "stop-search"),
        ({"task": "baselines", "data": "digits"}, "stop-measure"),
        ({"task": "descendants"}, "stop-read-out"),
        ({"task": "fetch", "data": "mnist"}, "cancel-fetch"),
    ],
)
@pytest.mark.usefixtures("no_mnist")
def test_from_any_page_it_is_started_again_and_its_page_led_to(
    app: AppTest, jobs: Scripted, task: dict[str, Any], stop: str
) -> None:
    app.run().switch_page(PAPER).run()
    came_back(app, task=task | {"more": "than a page asks for"})
    app.button(key="start-again").click().run()
    assert not app.exception
    assert jobs.tasks == [task]
    assert said(app) == ""
    assert not app.button(key=stop).disabled  # on its page, where it goes on


def test_what_is_refused_says_why_and_may_be_tried_again(app: AppTest, jobs: Scripted) -> None:
    jobs.refusal = "2 runs are waiting already"
    came_back(app)
    app.button(key="start-again").click().run()
    assert not app.exception
    assert "2 runs are waiting already." in said(app)
    assert not app.button(key="start-again").disabled


def test_a_fetch_that_has_ended_left_its_files_and_lost_nothing(app: AppTest, jobs: Scripted) -> None:
    ended = {"task": {"task": "fetch", "data": "mnist"}, "server": "an earlier start", "phase": "finished"}
    assert said(came_back(app, **ended)) == ""


def test_dismissed_it_is_not_said_again_and_other_pages_say_it_until_then(app: AppTest, jobs: Scripted) -> None:
    came_back(app)
    app.switch_page(PAPER).run()
    assert "is lost" in said(app)
    app.button(key="dismiss-lost").click().run()
    assert said(app) == ""


def test_what_goes_on_in_another_tab_is_not_lost(app: AppTest, jobs: Scripted) -> None:
    jobs.nobody_is_here = False
    assert said(came_back(app)) == ""


def test_a_result_that_is_there_for_everyone_is_not_lost(app: AppTest, jobs: Scripted) -> None:
    jobs.now = JobState("finished")
    assert said(came_back(app, task={"task": "descendants"})) == ""


@pytest.mark.parametrize(
    "other",
    [
        {"task": {"task": "sing"}},
        {"task": {"task": "train", "network": "x" * 999, "data": "digits", "recipe": {}}},
        {"task": {"task": "train", "network": "lenet5", "data": "../secret", "recipe": {}}},
        {"task": {"task": "train", "network": "lenet5", "data": "digits", "recipe": {"epochs": 10**9}}},
        {"task": {"task": "race", "a": 5, "b": [], "data": "digits"}},
        {"task": {"task": "ablation", "rows": ["sing"], "data": "digits", "seed": 0, "passes": 1}},
        {"task": {"task": "ablation", "rows": [], "data": "digits", "seed": 0, "passes": 10**9}},
        {"task": {"task": "preferences", "network": "lenet5", "layer": "C3", "map": 99}},
        {"task": []},
        {"share": float("nan")},
        {"share": "much"},
        {"began": 1e300},
        {"step": [], "steps": {}},
        {"runs": "many"},
    ],
)
def test_a_note_that_cannot_be_ours_is_nothing(app: AppTest, jobs: Scripted, other: dict[str, Any]) -> None:
    assert said(came_back(app, **other)) == ""


def test_the_tab_keeps_what_was_started_and_how_far_it_is(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    jobs.now = JobState("running")
    jobs.history.add(event(50) | {"share": 0.25})
    app.run()
    [proto] = drawn(app, "lenet_visit")
    assert '"job": "job 1"' in proto.json
    assert '"step": 50' in proto.json
    assert '"share": 0.25' in proto.json
