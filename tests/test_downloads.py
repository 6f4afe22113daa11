"""Every file that the app hands out is what its page shows; a list of them all is read out of the code."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import onnxruntime
import pytest
import streamlit as st
import test_choices as choices
import test_history as history
import torch
from jsonschema import Draft202012Validator
from streamlit.testing.v1 import AppTest
from test_choices import lines_of
from test_keeping_weights import card as a_card
from test_predict import PAGE as PREDICT
from test_predict import type_in
from test_yours import PAGE as YOURS
from test_yours import SMALL
from visit import DENSE, Scripted, drawn, event, opened, shown, trained

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.backends.torch_module import build
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.cards import card_text
from lenet_explain.checkpoints.files import unpacked
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import framed, load_embedded
from lenet_explain.jobs import JobState
from lenet_explain.jobs.wire import unpacked_weights
from lenet_explain.network.description import text_of
from lenet_explain.network.link_code import code_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.recipes.variations import BASE
from lenet_explain.ui.counting.code import FORMS, file_name

pytestmark = pytest.mark.usefixtures("no_mnist")

ROOT = Path(__file__).parents[1]
CODE = "pages/counting/code.py"
DIGITS = load_embedded("digits")
BOM = b"\xef\xbb\xbf"

# Where each download is made and its key; what each test below looks at. A key may hold a name: see `made`.
SEEN: Mapping[str, tuple[str, ...]] = {
    "code.py": tuple(f"file-{form}" for form in FORMS),
    "weights_file.py": ("download-weights",),
    "history.py": ("csv-all", "save-runs.csv", "save-curves.svg", "save-runs.html"),
    "ablation_live.py": ("csv-rows",),
    "predicting.py": ("save-ladder.csv", "save-ladder.html", "save-ladder-solutions.html"),
    "text_form.py": ("download-network", "download-schema"),
}


@dataclass(frozen=True)
class File:
    """One download as it would arrive, and what the button said of it."""

    module: str
    label: str
    name: str
    mime: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")

    def rows(self) -> list[dict[str, str]]:
        """Of a CSV file: with the mark by which spreadsheets know UTF-8, and lines as RFC 4180 ends them."""
        assert self.content.startswith(BOM), self.name
        assert self.content.count(b"\n") in (self.content.count(b"\r\n"), len(self.text.splitlines()))
        return list(csv.DictReader(io.StringIO(self.content.decode("utf-8-sig"), newline="")))


Files = dict[str, File]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """The downloads of the newest run of a page by their keys; what is made only on demand is made."""
    found: Files = {}
    button: Any = st.download_button

    def watched(label: str, data: Any, file_name: str, mime: str, **others: Any) -> bool:
        import sys

        module = Path(sys._getframe(1).f_code.co_filename).name
        given: Any = data() if callable(data) else data
        content = given.encode("utf-8") if isinstance(given, str) else bytes(given)
        found[others["key"]] = File(module, label, file_name, mime, content)
        return button(label, data, file_name, mime, **others)

    monkeypatch.setattr(st, "download_button", watched)
    yield found
    for key, file in found.items():
        assert key in SEEN[file.module], f"{file.module} hands out {key}, which no test here looks at"


def made() -> Iterator[tuple[str, str]]:
    """Every call of a download button in the app: its file, and a pattern of its key, where names stand as .+"""
    for path in sorted((*(ROOT / "lenet_explain").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "download_button":
                assert ast.unparse(node) == "st.download_button", f"{path.name}: the tests watch st.download_button"
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.download_button":
                [key] = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
                yield path.name, _pattern(key)


def _pattern(key: ast.expr) -> str:
    if isinstance(key, ast.JoinedStr):
        return "".join(re.escape(one.value) if isinstance(one, ast.Constant) else ".+" for one in key.values)  # pyright: ignore[reportArgumentType]
    assert isinstance(key, ast.Constant)
    return re.escape(str(key.value))


def test_every_download_of_the_app_is_looked_at_here() -> None:
    calls = list(made())
    assert {module for module, _ in calls} == set(SEEN)
    for module, pattern in calls:
        assert [key for key in SEEN[module] if re.fullmatch(pattern, key)], (module, pattern)
    for module, keys in SEEN.items():
        patterns = [pattern for name, pattern in calls if name == module]
        assert all(any(re.fullmatch(one, key) for one in patterns) for key in keys), module


def test_the_browser_itself_saves_no_file_but_the_picture_of_curves() -> None:
    """It is looked at in tests/browser/test_race.py."""
    saves = re.compile(r"\.download\b|\"download\"|showSaveFilePicker")
    modules = (ROOT / "lenet_explain" / "frontend").rglob("*.js")
    saving = [path.name for path in modules if "vendor" not in path.parts and saves.search(path.read_text("utf-8"))]
    assert saving == ["png.js"]


# -- the code page: each form's file is what stands below its button


def of_form(app: AppTest, files: Files, network: str, form: str) -> File:
    file = files[f"file-{form}"]
    assert file.name == file_name(NETWORKS[network], FORMS[form].ending)
    assert file.label == f"Download {file.name}"
    assert file.mime == FORMS[form].mime
    assert len(app.code) == {"pytorch": 2, "keras": 2, "svg": 0}.get(form, 1)
    assert app.markdown[0].value
    return file


def by_link(app: AppTest, files: Files, form: str, **query: str) -> File:
    shown(app, CODE, {"network": "lenet5", "form": form, **query})
    return of_form(app, files, "lenet5", form)


def test_a_link_opens_each_form_and_its_text_is_the_file(app: AppTest, jobs: Scripted, files: Files) -> None:
    """With witnesses of each kind that do not come of the code that wrote it."""
    found = {}
    for form in [form for form in FORMS if form not in ("svg", "onnx")]:
        found[form] = by_link(app, files, form)
        text = found[form].content.removeprefix(BOM if form == "csv" else b"").decode("utf-8")
        assert text.strip() == app.code[0].value.strip(), form
    whole = totals(walk(NETWORKS["lenet5"])).parameters.value
    for form, library in (("pytorch", "torch"), ("keras", "keras")):
        nodes = list(ast.walk(ast.parse(found[form].text)))
        imported = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
        imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        assert library in {name.partition(".")[0] for name in imported}
    tabular = r"\\begin\{tabular\}.*\\toprule.*\\bottomrule.*\\end\{tabular\}"
    assert re.search(tabular, found["latex"].text, re.DOTALL)
    counts = [int(row["parameters"]) for row in found["csv"].rows() if row["parameters"]]
    assert counts[-1] == sum(counts[:-1]) == whole
    assert r"Total &  &  &  & 60,000 & 340,908 & 328,096 \\" in found["latex"].text
    assert found["mermaid"].text.startswith("flowchart TB\n")  # from top to bottom: names stand beside each other
    assert f"{whole:,}" in found["summary"].text


def geometry(svg: str) -> list[tuple[str, dict[str, str], str | None]]:
    """What is drawn where, without its colours."""
    colours = ("fill", "stroke")
    return [
        (one.tag, {name: value for name, value in one.attrib.items() if name not in colours}, one.text)
        for one in ElementTree.fromstring(svg).iter()
    ]


def test_the_drawing_is_the_one_on_screen_as_its_sliders_stand_and_black_on_white(
    app: AppTest, jobs: Scripted, files: Files
) -> None:
    import base64

    drawings = []
    for query in ({}, {"font": "25", "picture": "180"}):
        file = by_link(app, files, "svg", **query)
        [image] = [found for one in app.get("html") if (found := re.search(r"base64,([^\"]+)", one.proto.body))]  # pyright: ignore[reportAttributeAccessIssue]
        assert geometry(file.text) == geometry(base64.b64decode(image[1]).decode("utf-8"))
        drawings.append(file.text)
    root = ElementTree.fromstring(drawings[1])
    assert root.get("font-size") == "25"
    assert max(float(one.get("width", 0)) for one in root.iter() if one.get("stroke")) == 180
    assert {one.get(name) for one in root.iter() for name in ("fill", "stroke")} <= {None, "none", "#000000", "#ffffff"}


def answers_of_onnx(content: bytes, images: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(content)
    return np.asarray(session.run(None, {session.get_inputs()[0].name: images})[0])


def answers_of_torch(network: Network, weights: Weights, images: np.ndarray) -> np.ndarray:
    net = build(network)
    fill(net.layers, {layer: {name: one.copy() for name, one in arrays.items()} for layer, arrays in weights.items()})
    with torch.no_grad():
        return net.eval()(torch.from_numpy(images)).numpy()


def test_the_onnx_file_reads_digits_as_the_trained_network_does(app: AppTest, jobs: Scripted, files: Files) -> None:
    by_link(app, files, "onnx")
    for key, network in NETWORKS.items():
        app.selectbox(key="network").select(key).run()
        file = of_form(app, files, key, "onnx")
        images = framed(DIGITS.test_images[:60], network.input.height, network.pixels)
        found = answers_of_onnx(file.content, images)
        np.testing.assert_allclose(found, answers_of_torch(network, load_shipped(key)[0], images), rtol=1e-4, atol=1e-3)
        read = found.argmin(1) if network.answer == "distances" else found.argmax(1)
        assert (read == DIGITS.test_labels[:60]).mean() > 0.7, key  # scans of another kind; untrained it is a tenth


def after_a_run(app: AppTest, jobs: Scripted) -> Weights:
    """The visitor's own run of lenet5-dense is over."""
    trained(opened(app, DENSE))
    jobs.history.add(event(200, seed=9))
    jobs.now, jobs.ended_with = JobState("finished"), {"card": card_text(a_card())}
    app.run()
    assert not app.exception
    return unpacked_weights(event(200, seed=9)["weights"])


def test_what_a_visitor_has_trained_is_what_they_take_home(app: AppTest, jobs: Scripted, files: Files) -> None:
    """As weights, from both pages that offer them, and inside the ONNX file."""
    mine = after_a_run(app, jobs)
    for page in (None, CODE):
        if page:
            shown(app, page, {"network": "lenet5-dense", "form": "pytorch", "weights": "own run"})
        file = files.pop("download-weights")
        weights, card = unpacked(file.content, file.name)
        assert card == a_card()
        assert file.name == "lenet5-dense-85.71.safetensors"
        for layer, arrays in mine.items():
            for name, array in arrays.items():
                np.testing.assert_array_equal(weights[layer][name], array)
    app.get("button_group")[0].set_value("onnx").run()  # pyright: ignore[reportAttributeAccessIssue]
    network = NETWORKS["lenet5-dense"]
    images = framed(DIGITS.test_images[:5], network.input.height, network.pixels)
    found = answers_of_onnx(files["file-onnx"].content, images)
    np.testing.assert_allclose(found, answers_of_torch(network, mine, images), rtol=1e-4, atol=1e-5)


# -- the training lab


def test_runs_are_taken_home_as_they_are_compared(app: AppTest, jobs: Scripted, files: Files) -> None:
    history.finished(history.finished(history.finished(app, jobs), jobs), jobs)
    rows = history.listed(history.opened(app))
    app.query_params["over"] = "seconds"
    history.choosing(app, rows[0]["key"], rows[2]["key"])
    everything, chosen = files["csv-all"].rows(), files["save-runs.csv"].rows()
    assert [one["name"] for one in everything] == [one["name"] for one in rows]
    assert [one["name"] for one in chosen] == [rows[0]["name"], rows[2]["name"]]
    for row, line in zip(rows, everything, strict=True):
        assert f"{int(line['parameters']):,}" == row["cells"]["parameters"]
        assert float(line["test accuracy"]) == row["order"]["accuracy"]
        assert (line["network"], line["state"]) == (row["cells"]["network"], row["cells"]["state"])
    [chart] = drawn(app, "lenet_curves")
    on_screen = json.loads(chart.json)[0]
    drawing = files["save-curves.svg"].text
    words = [one.text for one in ElementTree.fromstring(drawing).iter() if one.text]
    for line in on_screen["readout"]:
        assert line["name"] in words
    assert any("seconds" in word for word in words) == ("seconds" in on_screen["x"]["word"])
    assert "seconds" in on_screen["x"]["word"]
    page = files["save-runs.html"].text
    assert drawing in page
    assert page.count('<th scope="row">') == 2
    assert {f'<th scope="row">{rows[at]["name"]}</th>' in page for at in (0, 2)} == {True}


def test_the_rows_of_an_ablation_are_taken_home_as_they_stand(app: AppTest, jobs: Scripted, files: Files) -> None:
    choices.opened(app, choices.LINK)
    assert files["csv-rows"].content == BOM  # no row yet
    choices.pressed(app, "start-rows")
    jobs.now = JobState("running")
    choices.tell(jobs, choices.a_row(BASE, 10), 1, 5)
    choices.tell(jobs, choices.a_row("average", 30), 2, 5)
    app.run()
    [proto] = drawn(app, "lenet_choices")
    on_screen, lines = lines_of(json.loads(proto.json)[0]), files["csv-rows"].rows()
    assert [(line["errors"], line["of"], line["seed"], line["passes"]) for line in lines] == [
        ("10", "355", "7", "4"),
        ("30", "355", "7", "4"),
    ]
    for key, line in zip((BASE, "average"), lines, strict=True):
        assert f"{100 * float(line['test error']):.1f} %" == on_screen[key]["error"]
        assert f"{int(line['parameters']):,}" == on_screen[key]["parameters"]


# -- counting


class _Words(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found = ""
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.found += data


def test_a_ladder_goes_home_with_its_answers_and_only_the_lecturers_sheet_with_solutions(
    app: AppTest, jobs: Scripted, files: Files
) -> None:
    shown(app, PREDICT, {"network": "lenet5"})
    type_in(app, "C1 shape", "28×28×6")
    type_in(app, "C1 parameters", "150")
    type_in(app, "Name for the sheet", "Ada")
    lines = files["save-ladder.csv"].rows()
    assert [(line["layer"], line["answer"], line["judged"]) for line in lines[:3]] == [
        ("C1", "28×28×6", "right"),
        ("C1", "150", "wrong"),
        ("C1", "", "empty"),
    ]
    assert len(lines) == 21
    app.toggle(key="ladder-lecturer").set_value(True).run()
    sheets = [_Words(files[key].text).found for key in ("save-ladder.html", "save-ladder-solutions.html")]
    for sheet in sheets:
        assert {word in sheet for word in ("Ada", "28×28×6", NETWORKS["lenet5"].title)} == {True}
    assert ["1,516" in sheet for sheet in sheets] == [False, True]
    shown(app, PREDICT, {"network": "lenet-28"})
    assert {line["network"] for line in files["save-ladder.csv"].rows()} == {NETWORKS["lenet-28"].title}


def test_a_draft_is_the_text_on_screen_and_fits_the_schema_beside_it(
    app: AppTest, jobs: Scripted, files: Files
) -> None:
    shown(app, YOURS, {"own": code_of(text_of(SMALL))})
    text, rules = files["download-network"].text, json.loads(files["download-schema"].text)
    assert text == app.text_area[0].value == text_of(SMALL, indent=True)
    check = Draft202012Validator(rules)
    check.check_schema(rules)
    check.validate(json.loads(text))
    assert not check.is_valid(json.loads(text.replace('"maps": 4', '"maps": "four"')))
