"""Summary, tables, flowchart and figure: their numbers are those of the walk, and no name breaks out of its place."""

from __future__ import annotations

import csv
import io
import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from any_network import networks
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet_explain.export.layout import Box, figure, is_bar, stages, text_width
from lenet_explain.export.mermaid import mermaid
from lenet_explain.export.summary import summary
from lenet_explain.export.svg import Ink, description, svg
from lenet_explain.export.tables import COLUMNS, csv_table, latex, latex_table
from lenet_explain.network.layers import Convolution, Shape
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Pixels, totals, walk

LENET5 = NETWORKS["lenet5"]
SVG = "{http://www.w3.org/2000/svg}"
every = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
several = settings(max_examples=60, deadline=None)


def named(name: str) -> Network:
    """A network of one layer under this name."""
    layer = Convolution(name, maps=2, kernel=3)
    return Network("any", name, name, name, Shape(1, 8, 8), (layer,), Pixels(0.0, 1.0))


def whole(words: str) -> int:
    return int(words.replace(",", "").replace("–", "0"))


def sums(network: Network) -> tuple[int, int, int]:
    found = totals(walk(network))
    return int(found.parameters.value), int(found.connections.value), int(found.macs.value)


def printable(words: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


@every
def test_the_summary_adds_up(network: Network) -> None:
    lines = summary(network).splitlines()
    rulers = [at for at, line in enumerate(lines) if set(line) == {"="}]
    rows = [re.split(r" {2,}", line) for line in lines[rulers[1] + 2 : rulers[2]]]
    parameters, connections, macs = sums(network)
    assert [row[0] for row in rows] == [layer.name for layer in network.layers]
    assert sum(whole(row[-2]) for row in rows) == parameters
    assert sum(whole(row[-1]) for row in rows) == macs
    said = dict(re.split(r": +", line) for line in lines[rulers[2] + 1 : rulers[3]])
    assert whole(said["Total parameters"]) == parameters
    assert whole(said["Total connections"]) == connections
    assert whole(said["Total MACs, one image"]) == macs
    assert said["Parameters, size"] == f"{4 * parameters:,} bytes"
    for row, step in zip(rows, walk(network), strict=True):
        assert row[2] == f"[B, {step.after.maps}, {step.after.height}, {step.after.width}]"


@every
def test_the_summary_is_as_wide_as_its_rulers(network: Network) -> None:
    _, ruler, head, _, *rest = summary(network).splitlines()
    assert len(head) == len(ruler)
    assert {len(line) for line in rest[: 1 + len(network.layers)]} == {len(ruler)}


@every
def test_the_latex_table_has_its_parts_and_adds_up(network: Network) -> None:
    text = latex_table(network)
    begins, ends = re.findall(r"\\begin{(\w+)}", text), re.findall(r"\\end{(\w+)}", text)
    assert begins == ends[::-1] == ["table", "tabular"]
    parts = [line.strip() for line in text.splitlines()]
    assert [one for one in parts if one.endswith("rule")] == [r"\toprule", r"\midrule", r"\midrule", r"\bottomrule"]
    rows = [line.removesuffix(r" \\").split(" & ") for line in parts if line.endswith(r"\\")]
    assert {len(row) for row in rows} == {7}
    body, total = rows[2:-1], rows[-1]
    assert tuple(sum(whole(row[at].replace("--", "0")) for row in body) for at in (4, 5, 6)) == sums(network)
    assert tuple(map(whole, total[4:])) == sums(network)


@given(words=st.text(max_size=40))
@several
def test_no_sign_of_latex_is_left_open(words: str) -> None:
    shown = latex(words)
    for whole_sign in (r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}", r"$\times$", "$-$"):
        shown = shown.replace(whole_sign, "")
    assert not re.search(r"(?<!\\)[&%$#_{}~^\\](?![&%$#_{}])", shown)
    assert latex_table(named(f"A{words}")).count(r"\\" + "\n") == 4


def test_latex_shows_signs_as_they_are() -> None:
    assert latex("a_b & 50% of {x} ~ ^ \\ #1 $") == (
        r"a\_b \& 50\% of \{x\} \textasciitilde{} \textasciicircum{} \textbackslash{} \#1 \$"
    )


@every
def test_the_spreadsheet_adds_up(network: Network) -> None:
    head, first, *rows, total = csv.reader(io.StringIO(csv_table(network)))
    assert tuple(head) == COLUMNS
    assert first[4:7] == [str(side) for side in (network.input.maps, network.input.height, network.input.width)]
    assert tuple(sum(int(row[at]) for row in rows) for at in (7, 8, 9)) == sums(network)
    assert tuple(map(int, total[7:])) == sums(network)


@pytest.mark.parametrize("name", ["=1+1", "+A1", "-2", "@sum", "a,b", 'a"b', "a\nb"])
def test_a_name_is_one_cell_and_no_formula(name: str) -> None:
    _, _, row, _ = csv.reader(io.StringIO(csv_table(named(name))))
    assert len(row) == len(COLUMNS)
    assert row[0] in (printable(name), f"'{name}")
    assert not row[0].startswith(("=", "+", "-", "@"))


@given(name=st.text(min_size=1, max_size=40).filter(str.strip))
@several
def test_a_name_never_ends_its_box_in_the_flowchart(name: str) -> None:
    head, *lines = mermaid(named(name)).splitlines()
    assert head == "flowchart TB"
    said = r"[A-Za-z0-9 ,.·×@−#;]*"
    assert [bool(re.fullmatch(rf'  n\d\["{said}<br/>{said}"\]', line)) for line in lines] == [True, True, False]
    assert re.fullmatch(rf'  n0 -- "{said}" --> n1', lines[-1])


def test_the_flowchart_has_a_box_for_each_layer_and_says_what_each_does() -> None:
    text = mermaid(LENET5)
    for step in walk(LENET5):
        assert f'["{step.name}<br/>{step.after}"]' in text
    assert 'n2 -- "5×5 convolution by table<br/>scaled tanh" --> n3' in text
    assert text.count("-->") == len(LENET5.layers)


def texts(drawing: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


@every
def test_the_figure_names_each_layer_its_shape_and_its_window(network: Network) -> None:
    shown = texts(svg(network))
    names = [name for text in shown for name in text.split(", ")]
    for step in walk(network):
        assert step.name in names
        assert str(step.after) in shown
    assert shown.count("5×5") == sum(isinstance(layer, Convolution) for layer in network.layers)


@given(network=networks(), font=st.integers(10, 36), picture=st.integers(40, 240))
@several
def test_no_label_of_the_figure_covers_another_or_leaves_it(network: Network, font: int, picture: int) -> None:
    drawn = figure(network, font, picture)
    labels = [column.label for column in drawn.columns] + [column.below for column in drawn.columns[1:]]
    boxes = [*labels, *(column.drawn for column in drawn.columns)]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
    for box in boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= drawn.width
        assert box.bottom <= drawn.height
    for column in drawn.columns:
        widest = max(text_width(line, font) for line in (column.stage.names, str(column.stage.shape)))
        assert column.label.width >= widest


def test_boxes_that_share_a_spot_meet() -> None:
    assert Box(0, 0, 10, 10).meets(Box(9, 9, 10, 10))
    assert not Box(0, 0, 10, 10).meets(Box(10, 0, 10, 10))


@given(network=networks())
@several
def test_the_figure_is_well_formed_whatever_the_names(network: Network) -> None:
    root = ElementTree.fromstring(svg(network))
    found = root.find(f"{SVG}desc")
    assert found is not None
    assert found.text == description(network)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        *("svg", "title", "desc", "rect", "line", "polygon", "text"),
    }


def test_a_name_in_the_figure_stays_a_name() -> None:
    hostile = "<script>alert(1)</script>"
    drawing = svg(named(hostile))
    assert "<script" not in drawing
    assert any(text.startswith("<script>") for text in texts(drawing))


def test_font_and_picture_are_as_asked() -> None:
    small, large = (ElementTree.fromstring(svg(LENET5, font)) for font in (12, 24))
    assert (small.get("font-size"), large.get("font-size")) == ("12", "24")
    assert float(small.get("width", "")) < float(large.get("width", ""))
    [side] = {one.get("width") for one in ElementTree.fromstring(svg(LENET5, 16, 200)).findall(f"{SVG}rect")[1:2]}
    assert side == "200.0"


def test_maps_are_drawn_to_scale() -> None:
    fronts = {column.stage.names: column.front for column in figure(LENET5, 16, 128).columns}
    assert fronts["Input"].width == 32 * 4
    assert fronts["C1"].width == 28 * 4
    assert fronts["C3"].width == 10 * 4


def test_the_file_is_black_on_white_and_the_screen_has_its_own_colours() -> None:
    assert set(re.findall(r"#[0-9a-f]{6}", svg(LENET5))) == {"#000000", "#ffffff"}
    assert set(re.findall(r"#[0-9a-f]{6}", svg(LENET5, ink=Ink("#eeeeee", "#111111")))) == {"#eeeeee", "#111111"}


def test_batch_normalisation_joins_the_stage_before() -> None:
    found = stages(NETWORKS["lenet-modern"])
    assert found[1].names == "C1, B1"
    assert found[1].does == ("5×5", "convolution", "batch", "normalisation", "ReLU")
    assert len(found) == 1 + sum("B" not in layer.name for layer in NETWORKS["lenet-modern"].layers)


def test_vectors_are_bars() -> None:
    assert [is_bar(one.shape) for one in stages(LENET5)] == [False] * 5 + [True] * 3
