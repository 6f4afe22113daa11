"""A visitor's runs: what is kept of them, how they are listed and compared, and what can be taken home."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import fields, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
import visit as pages
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lenet_explain.figures.drawing import size, svg, ticks
from lenet_explain.figures.lanes import Lane
from lenet_explain.jobs import JobState
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_named
from lenet_explain.results.accuracy import Accuracy
from lenet_explain.results.handout import FORMULA, page, row, spreadsheet
from lenet_explain.results.record import COLUMNS, POINTS, Record, entries_of, lane_entries, outcome
from lenet_explain.ui.parts.controls import LANES, Form
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.links import lesson_params, race_params, recipe_params
from lenet_explain.ui.visit.values import Run

pytestmark = pytest.mark.usefixtures("no_mnist")

HISTORY, RACE = "pages/training/history.py", "pages/training/race.py"
EVIL = "<script>alert(1)</script>\"'&"
TABLE = "runs-table"


def point(step: int, **changed: Any) -> dict[str, Any]:
    scores = {"training_loss": 1.5, "test_loss": 2.0, "training_accuracy": 0.5, "test_accuracy": 0.25}
    return {"step": step, "steps": 200, "seconds": step / 10, **scores, **changed}


def ended(name: str = "", number: int = 1, **changed: Any) -> Record:
    history = [point(0, training_loss=None), point(100), point(200)]
    found = outcome("finished", None, history, [[30, 5], [0, 35]])
    recipe = recipe_named("quick", NETWORKS["lenet5"])
    return replace(Record(number, f"job {number}", "", "lenet5", "digits", recipe, 1e9, name, found), **changed)


# -- what is kept of a run


def test_an_outcome_holds_the_final_figures_and_a_thin_curve() -> None:
    history = [point(step, test_loss=1 / (step + 1)) for step in range(1000)]
    found = outcome("finished", None, history, [[30, 5], [0, 35]])
    assert (found.step, found.steps, found.seconds) == (999, 200, 99.9)
    assert found.accuracy == Accuracy(65, 70)
    kept = entries_of(found)
    assert len(kept) == POINTS
    assert (kept[0]["step"], kept[-1]["step"]) == (0, 999)
    for entry in kept:
        assert entry["test_loss"] == pytest.approx(1 / (entry["step"] + 1), rel=1e-6)


def test_an_outcome_of_a_run_without_a_step_has_no_accuracy() -> None:
    assert outcome("lost", "gone", [], None).accuracy is None
    assert outcome("stopped", None, [point(0)], [[30, 5], [0, 35]]).accuracy is None
    assert entries_of(outcome("lost", "gone", [], None)) == []


def test_what_is_kept_of_a_visitors_runs_stays_small() -> None:
    found = outcome("finished", None, [point(step) for step in range(5000)], None)
    assert set(found.columns) == set(COLUMNS)
    assert state.KEPT * sum(column.nbytes for column in found.columns.values()) < 200_000


def test_a_value_that_is_no_number_stays_a_gap() -> None:
    kept = entries_of(outcome("diverged", "why", [point(0, training_loss=None), point(1, test_loss=math.inf)], None))
    assert math.isnan(kept[0]["training_loss"])
    assert math.isinf(kept[1]["test_loss"])


def test_one_lane_is_read_out_of_a_races_messages_without_repeats() -> None:
    messages = [
        {"a_step": 0, "a_steps": 9, "a_seconds": 0.0},
        {"a_step": 0, "a_steps": 9, "a_seconds": 0.0, "b_step": 0, "b_steps": 5, "b_seconds": 0.0},
        {"a_step": 3, "a_steps": 9, "a_seconds": 1.0, "b_step": 0, "b_steps": 5, "b_seconds": 0.0},
    ]
    assert [entry["step"] for entry in lane_entries(messages, "a")] == [0, 3]
    assert [entry["step"] for entry in lane_entries(messages, "b")] == [0]


# -- files


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_spreadsheet_has_a_row_a_run_with_every_figure_and_every_field() -> None:
    [line] = read(spreadsheet([ended("Mine, “the best”\nof all")]))
    assert line["name"] == "Mine, “the best”\nof all"
    assert (line["right"], line["of"], line["parameters"], line["seconds"]) == ("65", "70", "60000", "20.0")
    assert float(line["test accuracy"]) == pytest.approx(65 / 70)
    assert float(line["95% from"]) < 65 / 70 < float(line["95% to"])
    assert len([name for name in line if name.startswith("recipe: ")]) == len(fields(Recipe))
    assert spreadsheet([ended()]).count(b"\r\n") == 2


@settings(deadline=None)  # a busy machine is no fault
@for_all(st.text(max_size=60))
def test_any_name_comes_back_from_the_file_and_none_is_a_formula(name: str) -> None:
    [line] = read(spreadsheet([ended(name)]))
    cell = line["name"]
    assert not cell.lstrip(" ").startswith(FORMULA)
    assert cell == (name or "Run 1") or cell == f"'{name}"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1+1", "＝1"])
def test_a_name_that_looks_like_a_formula_is_text(name: str) -> None:
    assert read(spreadsheet([ended(name)]))[0]["name"] == f"'{name}"


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


def handout(*records: Record) -> str:
    lanes = [Lane(one.title, entries_of(one.outcome) if one.outcome else []) for one in records]
    return page(records, svg(lanes, "steps"))


def test_a_handout_shows_the_visitors_words_and_runs_none_of_them() -> None:
    text = handout(ended(EVIL), ended(EVIL, 2))
    found = _Tags(text)
    assert "script" not in found.seen
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert EVIL in found.words
    assert "<script" not in text


def test_a_handout_stands_alone() -> None:
    found = _Tags(handout(ended()))
    assert not {"script", "link", "img", "iframe", "object"} & set(found.seen)
    assert not {"src", "href", "srcset"} & {name for name, _ in found.attributes}
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in found.attributes
    assert "60,000" in found.words
    assert "92.9% (84.3% to 96.9%)" in found.words


def test_a_handout_of_two_says_what_they_differ_in() -> None:
    other = ended("Other", 2, recipe=replace(ended().recipe, rate=0.1))
    assert "learning rate 0.002 against 0.1." in handout(ended("One"), other)
    assert "One against Same" + "nothing." in _Tags(handout(ended("One"), ended("Same", 2))).words
    assert "against" not in _Tags(handout(ended("One"))).words
    assert "against" not in _Tags(handout(ended("One"), other, ended("Three", 3))).words


def test_a_drawing_is_well_formed_and_escapes_names() -> None:
    lanes = [Lane(EVIL + "\x00\x1b", [point(0, training_loss=None), point(9)]), Lane("B", [point(0), point(9)])]
    for by in ("steps", "seconds"):
        root = ElementTree.fromstring(svg(lanes, by))
        kinds = [element.tag.rpartition("}")[2] for element in root.iter()]
        assert kinds.count("polyline") == 8  # training and test of two runs, twice
        assert "script" not in kinds
        assert EVIL in [element.text for element in root.iter()]
        assert (int(root.get("width", 0)), int(root.get("height", 0))) == size(lanes)


def test_a_drawing_of_a_run_that_diverged_keeps_the_others_in_the_picture() -> None:
    wild = [point(0), point(5, test_loss=1e38), point(9, test_loss=math.inf)]
    root = ElementTree.fromstring(svg([Lane("A", [point(0), point(9)]), Lane("B", wild)], "steps"))
    for line in root.iter("{http://www.w3.org/2000/svg}polyline"):
        for spot in (line.get("points") or "").split():
            assert all(-50 < float(number) < 1000 for number in spot.split(","))


def test_a_drawing_without_points_is_still_a_drawing() -> None:
    assert "<svg" in svg([Lane("A", [])], "steps")


@settings(deadline=None)  # a busy machine is no fault
@for_all(st.floats(1e-6, 1e6))
def test_ticks_are_a_few_round_numbers_within_the_axis(end: float) -> None:
    found = ticks(end)
    assert 2 <= len(found) <= 8
    assert found[0] == 0
    assert found[-1] <= end * (1 + 1e-6) + 1e-9


# -- links


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("named", RECIPES)
def test_a_link_names_the_recipe_and_only_what_is_changed(network: str, named: str) -> None:
    recipe = recipe_named(named, NETWORKS[network])
    assert recipe_params(NETWORKS[network], recipe, Form()) == {"network": network, "recipe": named}
    changed = replace(recipe, rate=1 / 3, epochs=77)
    found = recipe_params(NETWORKS[network], changed, Form("a_"))
    assert (float(found["a_rate"]), found["a_epochs"]) == (1 / 3, "77")


def test_the_links_of_a_run_restore_it_in_side_by_side(app: AppTest, jobs: pages.Scripted) -> None:
    recipe = Recipe("momentum", 1 / 3, "constant", 16, 3, "cross-entropy", "he", 7, 2.5, "mild", 0.1, 0.2)
    record = ended(network="lenet-28", data="digits-by-writer", recipe=recipe)
    pages.trained(pages.opened(app, lesson_params(record)))
    [task] = jobs.tasks
    assert (task["network"], task["data"]) == ("lenet-28", "digits-by-writer")
    assert Recipe(**task["recipe"]) == recipe


def test_the_link_of_two_runs_restores_them_as_a_race(app: AppTest, jobs: pages.Scripted) -> None:
    one = ended(network="lenet-28", recipe=Recipe("sgd", 0.25, "constant", 64, 2, seed=9))
    other = ended(number=2, network="lenet5", recipe=replace(ended().recipe, loss="map", rubbish=3.0, seed=9))
    for name, value in race_params(one, other, LANES).items():
        app.query_params[name] = value
    app.run().switch_page(RACE).run()
    app.get("button_group")[0].set_value("A").run()  # pyright: ignore[reportAttributeAccessIssue]
    app.button(key="start").click().run()
    [task] = jobs.tasks
    assert [task[lane]["network"] for lane in "ab"] == ["lenet-28", "lenet5"]
    assert [Recipe(**task[lane]["recipe"]) for lane in "ab"] == [one.recipe, other.recipe]


# -- the page


def opened(app: AppTest) -> AppTest:
    app.switch_page(HISTORY).run()
    assert not app.exception
    return app


def finished(app: AppTest, jobs: pages.Scripted) -> AppTest:
    """A run of lenet5-dense that has ended on the first page."""
    pages.trained(pages.opened(app, pages.DENSE))
    jobs.history.add(pages.event(0))
    jobs.history.add(pages.event(200, right=30))
    jobs.now = JobState("finished")
    app.run()
    return app


def listed(app: AppTest) -> list[dict[str, Any]]:
    [proto] = pages.drawn(app, "lenet_runs")
    return json.loads(proto.json)[0]["rows"]


def choosing(app: AppTest, *keys: str) -> AppTest:
    app.session_state[TABLE] = {"chosen": list(keys), "names": {}}
    app.run()
    assert not app.exception
    return app


def test_without_a_run_the_page_says_how_to_get_one(app: AppTest, jobs: pages.Scripted) -> None:
    app.run()
    opened(app)
    assert "No run yet in this visit" in app.info[0].value
    assert not pages.drawn(app, "lenet_runs")
    assert not app.button


def test_a_run_is_listed_with_its_figures(app: AppTest, jobs: pages.Scripted) -> None:
    [one] = listed(opened(finished(app, jobs)))
    assert one["name"] == "Run 1"
    assert one["cells"]["accuracy"] == str(Accuracy(300, 350))
    assert (one["cells"]["parameters"], one["cells"]["state"]) == ("61,706", "finished")
    assert (one["cells"]["seconds"], one["cells"]["recipe"]) == ("20.0", "quick")
    assert one["order"] == {"accuracy": 300 / 350, "seconds": 20.0, "parameters": 61706, "began": 1}


def test_a_run_outlives_the_queues_memory_of_it(app: AppTest, jobs: pages.Scripted) -> None:
    finished(app, jobs)
    jobs.history = type(jobs.history)()
    jobs.now = JobState("lost", message="this run is no longer kept: start it again")
    [one] = listed(opened(app))
    assert (one["cells"]["accuracy"], one["cells"]["state"]) == (str(Accuracy(300, 350)), "finished")
    [chart] = pages.drawn(choosing(app, one["key"]), "lenet_curves")
    assert json.loads(chart.json)[0]["columns"]["0_step"] == [0, 200]


def test_a_run_that_is_reset_in_side_by_side_is_still_listed(app: AppTest, jobs: pages.Scripted) -> None:
    finished(app, jobs).button(key="reset").click().run()
    assert len(listed(opened(app))) == 1


def test_a_run_that_goes_on_is_listed_without_figures_and_is_not_forgotten(app: AppTest, jobs: pages.Scripted) -> None:
    pages.trained(pages.opened(app, pages.DENSE))
    jobs.now = JobState("running")
    [one] = listed(opened(app))
    assert (one["cells"]["state"], one["cells"]["accuracy"], one["order"]["accuracy"]) == ("going on", "–", None)
    app.button(key="forget-all").click().run()
    assert len(listed(app)) == 1


def test_both_lanes_of_a_race_are_listed(app: AppTest, jobs: pages.Scripted) -> None:
    app.run().switch_page(RACE).run()
    app.get("button_group")[0].set_value("A").run()  # pyright: ignore[reportAttributeAccessIssue]
    app.button(key="start").click().run()
    scores = {name: value for lane in "ab" for name, value in [(f"{lane}_{key}", v) for key, v in point(150).items()]}
    confusion = {f"{lane}_confusion": [[30, 5], [0, 35]] for lane in "ab"}
    jobs.history.add({"type": "progress", **scores, **confusion, "a_fault": "diverged at step 151", "b_fault": None})
    jobs.now = JobState("finished")
    one, other = listed(opened(app))
    assert (one["name"], other["name"]) == ("Run 1 (A)", "Run 2 (B)")
    assert (one["cells"]["state"], other["cells"]["state"]) == ("diverged", "finished")
    assert one["cells"]["network"] == NETWORKS["lenet5-dense"].title


def test_chosen_runs_are_drawn_on_one_chart_with_files_and_links(app: AppTest, jobs: pages.Scripted) -> None:
    finished(finished(app, jobs), jobs)
    rows = listed(opened(app))
    assert not pages.drawn(app, "lenet_curves")
    choosing(app, *(one["key"] for one in rows))
    [chart] = pages.drawn(app, "lenet_curves")
    assert [one["name"] for one in json.loads(chart.json)[0]["readout"]] == ["Run 1", "Run 2"]
    assert any("nothing, so that both curves lie on one another" in one.value for one in app.markdown)
    assert [one.proto.label for one in app.get("download_button")] == ["All as CSV", "CSV", "SVG", "Handout (HTML)"]  # pyright: ignore[reportAttributeAccessIssue]
    links = [urlsplit(one.value) for one in app.code]
    assert [one.path for one in links] == ["/race", "/", "/"]
    assert dict(parse_qsl(links[1].query)) == {"data": "digits", "network": "lenet5-dense", "recipe": "quick"}


def test_chosen_runs_are_forgotten_and_the_others_stay(app: AppTest, jobs: pages.Scripted) -> None:
    finished(finished(app, jobs), jobs)
    first, second = listed(opened(app))
    choosing(app, first["key"]).button(key="forget").click().run()
    assert [one["key"] for one in listed(app)] == [second["key"]]
    app.button(key="forget-all").click().run()
    assert "No run yet in this visit" in app.info[0].value


def _named(number: int) -> Record:
    return Record(number, f"job {number}", "", "lenet5", "digits", Recipe(), 0.0)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(state.st, "session_state", kept)
    return kept


def test_only_the_newest_runs_are_kept_and_numbers_go_on(session: dict[str, Any]) -> None:
    for number in range(state.KEPT + 5):
        state.remember_run(Run(f"job {number}", "lenet5", "digits", Recipe()))
    assert len(state.records()) == state.KEPT
    assert [state.records()[0].number, state.records()[-1].number] == [6, state.KEPT + 5]


def test_a_name_is_kept_short_on_one_line_and_an_empty_one_is_the_number_again(session: dict[str, Any]) -> None:
    state.remember_run(Run("job", "lenet5", "digits", Recipe()))
    state.name_records({"job": "  a\n b\t" + "c" * 200, "other": "x"})
    [one] = state.records()
    assert one.name == ("a b " + "c" * 200)[:60]
    state.name_records({"job": "   "})
    assert state.records()[0].title == "Run 1"


def test_a_row_of_a_run_that_goes_on_is_empty_where_there_is_no_figure() -> None:
    found = row(_named(1))
    assert (found["state"], found["right"], found["seconds"]) == ("going on", "", "")
