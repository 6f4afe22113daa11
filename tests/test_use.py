"""History and use: the timeline's entries, the cheque reader, methods with their costs, and what is measured here."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from visit import Scripted, shown

from lenet_explain import paper
from lenet_explain.__main__ import main
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import DataError, load_embedded
from lenet_explain.figures import cheques
from lenet_explain.figures import methods as figure
from lenet_explain.figures.theme import LIGHT
from lenet_explain.jobs import JobState
from lenet_explain.jobs.tasks import table
from lenet_explain.jobs.tasks.table import KNOWN_ERRORS, TASKS
from lenet_explain.lore import baselines as lore
from lenet_explain.lore.baselines import BASELINES, Measured, results, row_of
from lenet_explain.lore.history import read_history
from lenet_explain.lore.methods import Axis, Point, by_error, method_named, methods, of_baseline, published, unbeaten
from lenet_explain.lore.reading import LoreError
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import totals, walk
from lenet_explain.training import baselines as measuring
from lenet_explain.ui.sources import use

PAGE = "pages/sources/use.py"
QUICK = ("linear", "k-nn", "pca")
AXES: tuple[Axis, ...] = ("memory", "work")
MOMENT = '[[moment]]\nyear = 1958\nwhat = "a"\nsource = "b"\n'
HISTORY = (
    MOMENT
    + '[[system]]\ntitle = "a"\nfigures = "CHEQUES_NOW"\n'
    + '[[known]]\nwhat = "a"\nplace = "b"\n'
    + '[[recollection]]\nsaid = "a"\nby = "b"\nsource = "c"\n'
)
METHOD = '[[method]]\nname = "Linear"\nshort = "linear"\nerror = 12.0\nmacs = 4\nkept = 4\n'


@pytest.fixture(scope="module")
def digits() -> Any:
    return load_embedded("digits")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lore.toml"
    path.write_text(text, "utf-8")
    read_history.cache_clear()
    methods.cache_clear()
    return path


def points() -> tuple[Point, ...]:
    return use.points()


# The timeline and the cheque reader


def test_the_timeline_is_short_and_every_moment_can_be_found() -> None:
    found = read_history()
    assert len(found.moments) <= 14
    assert {1958, 1980, 1986, 1989, 1998, 2012} <= {one.year for one in found.moments}
    assert [one.year for one in found.moments] == sorted(one.year for one in found.moments)
    for one in found.moments:
        author, _, title = one.source.partition(": ")
        assert author, one.source
        assert title, one.source
        assert "://" not in one.source


def test_the_cheque_readers_figures_are_the_papers() -> None:
    systems = read_history().systems
    assert [(one.read, one.misread, one.rejected) for one in systems] == [(82, 1, 17), (68, 1, 31), (50, 1, 49)]
    assert all(one.read + one.misread + one.rejected == 100 for one in systems)
    assert paper.CHEQUES == 646
    drawn = cheques.outcomes(systems, LIGHT)
    assert [list(bar.x) for bar in drawn.data] == [[82, 68, 50], [17, 31, 49], [1, 1, 1]]  # pyright: ignore
    assert "The reader of 1998: 82 % read, 17 % rejected, 1 % misread" in cheques.outcomes_alt(systems)


def test_shares_of_american_cheques_stand_among_recollections_only() -> None:
    found = read_history()
    said = " ".join(one.said for one in found.recollections)
    assert {"10%", "20%"} <= set(re.findall(r"\d+%", said))
    assert not re.search(r"\d ?%", " ".join(one.what for one in found.known))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year = 1958\n", "", r"lore.toml, \[\[moment\]\] number 1: year is missing, and must be a whole number"),
        ("year = 1958", 'year = "1958"', "number 1: year is '1958', and must be a whole number"),
        ("year = 1958", "year = 1658", "number 1: year is 1658, and must lie between 1900 and 2100"),
        ('source = "b"', 'source = ""', "number 1: source is empty, and must be a text"),
        ('source = "b"', 'source = "b"\nlink = "c"', "number 1: link is not a field of such an entry"),
        (
            '"CHEQUES_NOW"',
            '"CHEQUES_LATER"',
            r"\[\[system\]\] number 1: figures is 'CHEQUES_LATER', and must be one of",
        ),
        ("[[known]]", "[[unknown]]", r"\[unknown\] is not a table of this file, only moment, system, known"),
        ('by = "b"\n', "", r"\[\[recollection\]\] number 1: by is missing"),
    ],
)
def test_history_that_does_not_fit_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    read_history(written(tmp_path, HISTORY))
    assert HISTORY.count(old) == 1
    with pytest.raises(LoreError, match=message):
        read_history(written(tmp_path, HISTORY.replace(old, new)))


def test_moments_out_of_order_are_told(tmp_path: Path) -> None:
    text = MOMENT.replace("1958", "1969") + HISTORY
    with pytest.raises(LoreError, match="the moment of 1958 stands after a later one"):
        read_history(written(tmp_path, text))


# The paper's methods


def test_the_papers_rows_agree_with_its_text() -> None:
    assert len(methods()) == 27
    plain, distorted = method_named("LeNet-5"), method_named("[dist] LeNet-5")
    assert (plain.error, distorted.error) == (paper.TEST_ERROR, paper.TEST_ERROR_DISTORTED)
    assert (plain.macs, distorted.macs) == (paper.MACS_THOUSANDS,) * 2
    assert plain.kept == distorted.kept == paper.PARAMETERS // 1000
    assert by_error()[0].name == "[dist] Boosted LeNet-4"
    assert sum(one.error for one in methods()) == pytest.approx(82.9)


def test_the_bars_of_dense_networks_are_what_their_names_amount_to() -> None:
    counted = 0
    for one in methods():
        sides = re.search(r"(\d+)x(\d+)((?:-\d+)+)$", one.name)
        if sides and one.kept is not None:
            widths = [int(sides[1]) * int(sides[2]), *map(int, sides[3].strip("-").split("-"))]
            numbers = sum((before + 1) * after for before, after in pairwise(widths))
            assert round(numbers / 1000) == one.kept == one.macs, one.name
            counted += 1
    assert counted >= 4
    assert method_named("[deslant] K-NN Euclidean").kept == 60_000 * 20 * 20 // 1000


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("error = 12.0", "error = 0.0", "method 'Linear': error is 0.0, and must lie between 0 and 100 %"),
        ("kept = 4\n", "", "method 'Linear': kept is missing, and must be a whole number"),
        ("macs = 4", "macs = 0", "method 'Linear': kept and macs are 4 and 0, and must be at least 1 thousand"),
        ("macs = 4\nkept = 4", 'costs_as = "Nobody"', "method 'Linear': costs_as is 'Nobody', and must be one of"),
        ('short = "linear"', 'shrot = "linear"', "method 'Linear': short is missing"),
    ],
)
def test_a_method_that_does_not_fit_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    methods(written(tmp_path, METHOD))
    with pytest.raises(LoreError, match=message):
        methods(written(tmp_path, METHOD.replace(old, new)))


# What is measured here


@pytest.mark.parametrize("key", BASELINES)
def test_what_is_kept_is_what_scikit_learn_keeps(key: str, digits: Any) -> None:
    """Counted in the fitted model, on a few digits: the formulas know only the sizes."""
    images, labels = digits.train_images[:300], digits.train_labels[:300]
    few = replace(digits, train_images=images, train_labels=labels, test_images=images, test_labels=labels)
    caught: list[Any] = []
    make = measuring._MODELS[key]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(measuring._MODELS, key, lambda: caught.append(make()) or caught[-1])  # pyright: ignore
        row = measuring.measured(key, "digits", few)
    assert row.cost.kept.value == sum(array.size for array in _arrays(key, caught[0]))
    assert row.right > 0.8 * row.total


def _arrays(key: str, model: Any) -> list[Any]:
    match key:
        case "linear" | "softmax":
            return [model.coef_, model.intercept_]
        case "k-nn":
            return [model._fit_X]
        case "pca":
            pca, _, last = (step for _, step in model.steps)
            return [pca.components_, pca.mean_, last.coef_, last.intercept_]
        case "mlp":
            return [*model.coefs_, *model.intercepts_]
    return [model.support_vectors_, model.dual_coef_, model.intercept_]


def test_products_are_all_pairs_once() -> None:
    found = measuring.products(np.array([[2.0, 3.0, 5.0]]))
    assert sorted(found[0]) == [4, 6, 9, 10, 15, 25]


def test_two_layers_have_the_papers_size() -> None:
    """As its 20×20-300-10, whose 123 thousand in Figs. 11 and 12 are 400·300 + 300·10."""
    printed, cost = method_named("[deslant] 20x20-300-10"), BASELINES["mlp"].cost({})
    assert printed.macs == (400 * 300 + 300 * 10) / 1000
    assert (cost.macs.value, cost.kept.value) == (784 * 300 + 300 * 10, 784 * 300 + 300 + 300 * 10 + 10)


def test_the_quadratic_method_has_the_papers_size() -> None:
    """821 inputs of its last layer, 39 and 40 thousand in Figs. 11 and 12."""
    cost = BASELINES["pca"].cost({})
    printed = method_named("40 PCA + quadratic")
    assert printed.kept == round(cost.kept.value / 1000)
    assert abs(cost.macs.value / 1000 - (printed.macs or 0)) < 1.5


def test_the_same_digits_give_the_same_errors(digits: Any) -> None:
    twice = [[row.right for row in measuring.all_measured(QUICK, "digits", digits, lambda: False)] for _ in range(2)]
    assert twice[0] == twice[1]
    assert all(right > 330 for right in twice[0])


def test_shipped_results_are_of_every_method_on_the_digits_of_the_networks() -> None:
    found = results()
    assert [row.key for row in found.rows] == list(BASELINES)
    assert found.data == "mnist"
    for key in NETWORKS:
        assert load_shipped(key)[1].fingerprint == found.fingerprint
    assert all(row.total == 10_000 and row.examples == 60_000 for row in found.rows)
    errors = {row.key: row.error for row in found.rows}
    assert errors["linear"] > errors["softmax"] > errors["pca"] > errors["k-nn"] > errors["mlp"] > errors["rbf-svm"]
    assert errors["rbf-svm"] > paper.TEST_ERROR
    assert abs(errors["pca"] - method_named("40 PCA + quadratic").error) < 1
    assert lore.COMMAND.endswith("lenet_explain/lore/baselines.json")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"key": "cnn"}, "'cnn': there is no such baseline, only linear"),
        ({"right": "many"}, "linear: right is 'many', and must be a whole number"),
        ({"right": 11}, "linear: right is 11, and must be 0 to 10"),
        ({"examples": None}, "linear: examples is None, and must be a whole number"),
    ],
)
def test_a_row_that_does_not_fit_is_told(changed: dict[str, Any], message: str) -> None:
    good = {"key": "linear", "data": "digits", "right": 9, "total": 10, "examples": 20}
    assert row_of(good).error == pytest.approx(10)
    with pytest.raises(LoreError, match=message):
        row_of(good | changed)


def test_a_file_of_results_that_cannot_be_read_says_how_to_write_it(tmp_path: Path) -> None:
    for content in ("{", "{}", "[1]"):
        path = tmp_path / "baselines.json"
        path.write_text(content)
        results.cache_clear()
        with pytest.raises(LoreError, match=r"baselines.json cannot be read .* python -m lenet_explain baselines"):
            results(path)


# In the worker, and on the command line


def done(task: dict[str, Any], stop_after: int | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    told: list[dict[str, Any]] = []
    work = TASKS["baselines"](task, lambda: stop_after is not None and len(told) >= stop_after)
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            json.dumps([told, end.value])
            return told, end.value


def test_the_task_tells_each_method_and_stops_between_two(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {key: BASELINES[key] for key in QUICK}
    monkeypatch.setattr(table, "BASELINES", quick)
    told, result = done({"data": "digits"})
    assert [[row["key"] for row in one["rows"]] for one in told] == [list(QUICK[:count]) for count in range(4)]
    assert result == {"rows": told[-1]["rows"]}
    told, result = done({"data": "digits"}, stop_after=2)
    assert [row["key"] for row in result["rows"]] == ["linear"]


def test_the_task_names_data_that_there_is_not() -> None:
    with pytest.raises(DataError, match="There is no data set named 'letters'") as told:
        done({"data": "letters"})
    assert isinstance(told.value, KNOWN_ERRORS)


def test_the_command_writes_rows_and_keeps_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.json"
    assert main(["baselines", "--method", "pca", "--out", str(out)]) == 0
    assert "784·40 + 820 + 820·10 = 40,380" in capsys.readouterr().out
    assert main(["baselines", "--method", "linear", "--json", "--out", str(out)]) == 0
    [line] = capsys.readouterr().out.splitlines()
    kept = json.loads(out.read_text("utf-8"))
    assert [row["key"] for row in kept["rows"]] == ["linear", "pca"]
    assert kept["rows"][0] == json.loads(line)
    assert main(["baselines", "--data", "digits-by-writer", "--method", "linear", "--out", str(out)]) == 0
    assert [row["data"] for row in json.loads(out.read_text("utf-8"))["rows"]] == ["digits-by-writer"]


def test_the_command_refuses_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.json"
    out.write_text("no JSON")
    for given_, message in (
        (["--method", "cnn"], "--method is 'cnn', and must be one of linear, softmax"),
        (["--data", "letters"], "There is no data set named 'letters'"),
        (["--method", "linear", "--out", str(out)], "is not a file of baselines: let --out name another"),
        (["--method", "linear", "--out", str(tmp_path / "none" / "rows.json")], "No such file or directory"),
    ):
        assert main(["baselines", *given_]) == 2
        assert message in capsys.readouterr().err


# The chart

POINTS = st.lists(
    st.builds(
        Point, st.just("m"), st.just("m"), st.sampled_from([0.5, 1.0, 2.0, 4.0]), st.sampled_from([1.0, 10.0, 100.0]),
        st.sampled_from([1.0, 10.0]), st.just(False), st.booleans(), st.just(""),
    )
)  # fmt: skip


@settings(deadline=None)
@given(POINTS, st.sampled_from(AXES))
def test_the_unbeaten_are_those_that_nothing_beats(given_: list[Point], axis: Axis) -> None:
    def beats(one: Point, other: Point) -> bool:
        cheaper, better = one.cost(axis) <= other.cost(axis), one.error <= other.error
        return cheaper and better and (one.cost(axis), one.error) != (other.cost(axis), other.error)

    best = unbeaten(given_, axis)
    assert {(one.cost(axis), one.error) for one in best} == {
        (one.cost(axis), one.error) for one in given_ if not any(beats(other, one) for other in given_)
    }
    assert [one.error for one in best] == sorted({one.error for one in best}, reverse=True)


def test_networks_stand_where_their_descriptions_put_them() -> None:
    here = {one.name: one for one in points() if one.ours}
    assert len(here) == len(BASELINES) + len(NETWORKS)
    for key, network in NETWORKS.items():
        sums, one = totals(walk(network)), here[network.title]
        assert (one.kept, one.macs) == (sums.parameters.value, sums.macs.value)
        assert one.error == pytest.approx(100 - 100 * load_shipped(key)[1].reached.share, abs=0.006)
    assert "paper-distorted" in here[NETWORKS["lenet5"].title].how


@pytest.mark.parametrize("axis", AXES)
def test_every_method_is_drawn_once_by_shape_and_colour(axis: Axis) -> None:
    drawn = figure.error_against(points(), axis, LIGHT)
    line, *groups = drawn.data
    places = [(x, y) for group in groups for x, y in zip(group.x, group.y, strict=True)]  # pyright: ignore
    assert sorted(places) == sorted((one.cost(axis), one.error) for one in points())
    signs = [(group.marker.symbol, group.marker.color) for group in groups]  # pyright: ignore
    assert len({symbol for symbol, _ in signs}) == len(groups) == 4
    assert len({colour for _, colour in signs}) == 2
    assert list(line.y) == [one.error for one in unbeaten(published(), axis)]  # pyright: ignore
    assert drawn.layout.xaxis.type == drawn.layout.yaxis.type == "log"  # pyright: ignore
    sizes: Sequence[int] = [group.textfont.size for group in groups]  # pyright: ignore
    assert min(sizes) >= 16


@pytest.mark.parametrize("axis", AXES)
def test_labels_cover_no_mark_and_no_other_label(axis: Axis) -> None:
    placed = figure.labels(points(), axis)
    marks = {one: figure._mark(one, points(), axis) for one in points()}
    boxes = {one: figure._label(one, marks[one], place) for one, place in placed.items()}
    assert len(boxes) > 20
    for one, box in boxes.items():
        assert not [other.name for other, there in marks.items() if other != one and box.meets(there)]
        assert not [other.name for other, there in boxes.items() if other != one and box.meets(there)]
    assert {one.name for one in placed} >= {"LeNet-5", "[16x16] LeNet-1", "[dist] Boosted LeNet-4", "SVM, RBF kernel"}


@pytest.mark.parametrize("axis", AXES)
def test_the_chart_is_told_in_words_and_as_a_table(axis: Axis) -> None:
    told = figure.error_against_alt(points(), axis)
    for one in unbeaten(published(), axis):
        assert f"{one.name} {one.error:g} %" in told
    rows = figure.table(points())
    assert len(rows) == len(points())
    assert [row[1] for row in rows[:2]] == ["0.46 %", "0.63 %"]
    svm = next(row for row in rows if row[0] == "SVM, RBF kernel")
    assert "(784 + 10 − 1)" in svm[4]


def test_a_point_of_a_baseline_carries_its_arithmetic() -> None:
    one = of_baseline(Measured("k-nn", "mnist", 9705, 10_000, 60_000))
    assert (one.error, one.kept, one.macs) == (2.95, 47_040_000, 47_040_000)
    assert "60,000·784 = 47,040,000" in one.how


# The page


def pages_text(app: AppTest) -> str:
    return "\n".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])


def test_the_page_shows_the_timeline_the_cheques_and_every_method(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    text = pages_text(app)
    for moment in read_history().moments:
        assert f"**{moment.year}** · {moment.what}" in text
        assert moment.source in text
    for recollection in read_history().recollections:
        assert recollection.said in text
    assert "646 business cheques" in text
    for method in methods():
        assert method.name in text
    charts: Any = app.get("plotly_chart")
    assert [json.loads(chart.proto.spec)["data"][0]["type"] for chart in charts] == ["bar", "scatter"]
    assert lore.COMMAND in text


def test_a_link_chooses_what_error_is_drawn_against(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"against": "work"})
    charts: Any = app.get("plotly_chart")
    assert json.loads(charts[1].proto.spec)["layout"]["xaxis"]["title"]["text"] == "multiply-accumulates for one digit"


def test_a_visitor_measures_the_methods_again_and_may_stop(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    app.button(key="measure").click().run()
    assert jobs.tasks == [{"task": "baselines", "data": "digits"}]
    rows = [asdict(Measured("linear", "digits", 341, 355, 1442))]
    jobs.now = JobState("running")
    jobs.history.add({"type": "progress", "rows": rows})
    app.run()
    assert "| Linear, least squares | 14 of 355 | 3.9 %" in pages_text(app)
    bars: Any = app.get("progress")
    assert bars[0].proto.text == "1 of 6 methods measured."
    assert app.button(key="measure").disabled
    app.button(key="stop-measure").click().run()
    assert jobs.cancelled == ["job 1"]
    jobs.now, jobs.ended_with = JobState("finished"), {"type": "done", "rows": rows}
    app.run()
    assert not app.button(key="measure").disabled
    bars = app.get("progress")
    assert bars[0].proto.text == "Finished: 1 of 6 methods measured."


def test_what_goes_wrong_with_the_measurement_is_told(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    jobs.refusal = "one run of yours has not ended yet"
    app.button(key="measure").click().run()
    assert "One run of yours has not ended yet." in [one.value for one in app.warning]
    jobs.refusal = None
    app.button(key="measure").click().run()
    jobs.now = JobState("failed", message="the data are gone")
    app.run()
    assert [one.value for one in app.error] == ["The data are gone\\."]
    jobs.now = JobState("waiting", place=2, waiting=3)
    app.run()
    bars: Any = app.get("progress")
    assert bars[0].proto.text == "Number 2 of 3 in the queue."


def test_every_recollection_can_be_looked_up() -> None:
    """A source has a title or names its kind, and a year or a day."""
    for one in read_history().recollections:
        assert re.search(r"\b(19|20)\d\d\b", one.source), one.source
        assert len(one.source.split()) > 4, one.source
