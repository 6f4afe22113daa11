"""Descendants: descriptions read out of torchvision's modules, what follows from them, and the page that shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from visit import Scripted, shown

from lenet_explain.__main__ import main
from lenet_explain.data.vision import models
from lenet_explain.descendants import (
    Descendant,
    DescentError,
    Part,
    Place,
    Reach,
    Reading,
    blocks,
    compared,
    reading_of,
    shipped,
)
from lenet_explain.descendants import file as files
from lenet_explain.descendants.beside import WORDS, Measure, ancestor, family, of_descendant, of_network
from lenet_explain.descendants.file import FILE, KEYS, values_of
from lenet_explain.descendants.folding import stages
from lenet_explain.descendants.reach import together
from lenet_explain.descendants.words import Row, block_rows, heaviest
from lenet_explain.figures import descendants as figure
from lenet_explain.figures.theme import DARK, LIGHT
from lenet_explain.jobs import JobState
from lenet_explain.jobs.tasks import descendants as reading_out
from lenet_explain.jobs.tasks.table import TASKS
from lenet_explain.lore.descendants import heritage_of, heritages
from lenet_explain.lore.reading import LoreError
from lenet_explain.network.layers import Shape
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import totals, walk
from lenet_explain.ui.counting.descendants import titles
from lenet_explain.ui.counting.layer_list import listed

PAGE = "pages/counting/descendants.py"
PARAMETERS = {  # as published with each module
    "alexnet": 61_100_840,
    "vgg16": 138_357_544,
    "inception_v3": 27_161_264,  # with the auxiliary classifier
    "resnet18": 11_689_512,
    "resnet50": 25_557_032,
}
FIRST_AS_WIDE = {"alexnet": None, "vgg16": None, "inception_v3": 21, "resnet18": 14, "resnet50": 36}
DEPTHS = {"alexnet": 8, "vgg16": 16, "inception_v3": 48, "resnet18": 18, "resnet50": 50}
FIELDS = {"alexnet": 195, "vgg16": 212, "inception_v3": 1311}  # Araujo, Norris, Sim: Computing Receptive Fields, 2019
BLOCKS = {"resnet18": (2, 2, 2, 2), "resnet50": (3, 4, 6, 3)}  # He et al. 2015, Table 1
SLOW = ("vgg16", "inception_v3")  # to draw their weights, unless told not to
MEASURES: tuple[Measure, ...] = ("parameters", "macs", "depth", "field")


def network(key: str) -> Descendant:
    return shipped().networks[key]


def values() -> dict[str, Any]:
    """The file's, to be changed."""
    return json.loads(FILE.read_text("utf-8"))


def weights_of(key: str) -> Any:
    return models.get_model_weights(key)["IMAGENET1K_V1"].meta


# Read out of the modules


def test_the_file_is_what_the_command_writes_today(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["descendants", "--out", str(tmp_path / "again.json")]) == 0
    assert (tmp_path / "again.json").read_text("utf-8") == FILE.read_text("utf-8")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(KEYS)
    assert FILE.stat().st_size <= 120_000
    assert "again" not in files.COMMAND


def test_the_worker_tells_how_far_it_is_and_ends_with_the_same() -> None:
    ended: list[Any] = []

    def work() -> Iterator[dict[str, Any]]:
        ended.append((yield from TASKS["descendants"]({}, lambda: False)))

    events = list(work())
    assert [(one["done"], one["reading"]) for one in events] == list(enumerate(KEYS))
    sent = json.loads(json.dumps(ended[0]))
    assert compared(reading_of(sent), shipped()) == ()
    assert reading_of(sent) == shipped()


def test_the_worker_stops_between_two_networks() -> None:
    asked: list[bool] = []
    steps = TASKS["descendants"]({}, lambda: bool(asked))
    next(steps)
    asked.append(True)
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value is None


def test_a_module_that_no_part_is_made_for_is_named() -> None:
    reader = reading_out._Reader(nn.Sequential(nn.Tanh()), "strange")
    with pytest.raises(DescentError, match="strange, 0: there is no kind of part for 0"):
        reader.run(torch.empty(1, 1, 2, 2, device="meta"))
    with pytest.raises(DescentError, match="its dilation is \\(2, 2\\), and must be 1"):
        reading_out._Reader(nn.Sequential(nn.Conv2d(1, 1, 3, dilation=2)), "wide").run(torch.empty(1, 1, 9, 9))


@pytest.mark.parametrize("key", KEYS)
def test_parameters_are_those_of_the_module_and_as_published(key: str) -> None:
    held = sum(one.numel() for one in reading_out.built(key).parameters())
    assert network(key).parameters == held == weights_of(key)["num_params"] == PARAMETERS[key]


@pytest.mark.parametrize("key", KEYS)
def test_macs_are_what_torch_counts_and_as_published(key: str) -> None:
    net, shape = reading_out.built(key).eval(), network(key).input
    with FlopCounterMode(display=False) as counter:
        net(torch.empty(1, shape.maps, shape.height, shape.width, device="meta"))
    assert 2 * network(key).total_macs == counter.get_total_flops()
    assert round(network(key).total_macs / 1e9, 3) == pytest.approx(weights_of(key)["_ops"], abs=0.0011)


@pytest.mark.parametrize("key", KEYS)
def test_the_input_is_the_one_that_torchvisions_weights_are_for(key: str) -> None:
    prepared = models.get_model_weights(key)["IMAGENET1K_V1"].transforms()
    side = prepared.crop_size[0]
    assert network(key).input == Shape(3, side, side)
    assert of_descendant(network(key)).answers == len(weights_of(key)["categories"])


@pytest.mark.parametrize("key", KEYS)
def test_depth_is_the_number_that_the_network_is_named_by(key: str) -> None:
    assert network(key).depth == DEPTHS[key]


# Receptive fields


@pytest.mark.parametrize("key", FIELDS)
def test_fields_are_as_published(key: str) -> None:
    assert network(key).field == FIELDS[key]


def _evened(net: nn.Module) -> nn.Module:
    """Every weight positive, and averages in place of maxima: a gradient reaches whatever a unit sees."""
    for module in net.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d):
                setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
            if isinstance(child, nn.Conv2d):
                nn.init.constant_(child.weight, 1 / child.weight[0].numel())
    return net.double().eval()


@pytest.mark.parametrize(
    ("key", "inside"),
    [
        ("alexnet", "features.5"), ("alexnet", "features.12"), ("vgg16", "features.16"), ("resnet18", "layer2.0"),
        ("resnet18", "layer3.1"), ("resnet50", "layer2.3"), ("inception_v3", "Mixed_5d"), ("inception_v3", "Mixed_6a"),
        ("inception_v3", "Mixed_6b.branch7x7_2"),
    ],
)  # fmt: skip
def test_a_field_is_where_gradients_of_a_real_unit_reach(key: str, inside: str) -> None:
    """Asymmetric kernels, branches and shortcuts among them; at the middle and at a corner, where edges cut it off."""
    described = network(key)
    number = max(at for at, one in enumerate(described.parts) if f"{one.name}.".startswith(f"{inside}."))
    kept: list[Tensor] = []

    def keep(_: nn.Module, __: Any, given: Any) -> None:
        kept.append(given)

    net = _evened(getattr(models, key)(weights=None, **({"init_weights": False} if key in SLOW else {})))
    net.get_submodule(inside).register_forward_hook(keep)
    side = described.input.height
    image = torch.ones(1, 3, side, side, dtype=torch.float64, requires_grad=True)
    net(image)
    height, width = described.parts[number].after.height, described.parts[number].after.width
    for place in ((height // 2, width // 2), (0, width - 1)):
        (slope,) = torch.autograd.grad(kept[0][0, :, *place].sum(), image, retain_graph=True)
        touched = slope[0].abs().sum(0) > 0
        for axis, at in enumerate(place):
            reach = described.reaches[number][axis]
            first = reach.start + at * reach.jump
            lines = touched.any(1 - axis).nonzero().flatten().tolist()
            assert (lines[0], lines[-1]) == (max(0, first), min(side, first + reach.size) - 1), (place, axis)


@pytest.mark.parametrize("key", NETWORKS)
def test_a_chain_grows_as_walk_says(key: str) -> None:
    reach = Reach()
    for step in walk(NETWORKS[key]):
        window = step.layer.window(step.before)
        reach = reach.after(window.size, window.stride, window.padding)
        assert (reach.size, reach.jump) == (step.field.size.value, step.field.jump.value)
        assert reach.start + (reach.size - 1) / 2 == step.field.centre.value


ANY = st.builds(Reach, st.integers(-50, 50), st.integers(1, 99), st.just(4))


@given(st.lists(ANY, min_size=1, max_size=5))
def test_where_ways_meet_nothing_is_lost_and_nothing_added(found: list[Reach]) -> None:
    seen = together(found)
    assert seen == together(reversed(found))
    assert seen.start in {one.start for one in found}
    assert seen.start + seen.size == max(one.start + one.size for one in found)
    assert all(seen.start <= one.start for one in found)


def test_ways_whose_units_step_differently_cannot_meet() -> None:
    with pytest.raises(ValueError, match=r"step by \[2, 4\] pixels, and must step alike"):
        together([Reach(0, 3, 2), Reach(0, 3, 4)])


@given(ANY, st.integers(1, 40), st.integers(1, 300))
def test_all_units_together_see_no_more_than_the_input(reach: Reach, units: int, side: int) -> None:
    whole = reach.of_all(units, side)
    assert whole.jump == 0
    assert whole.start >= 0
    assert whole.start + whole.size <= side


# A description that does not fit


def _part(number: int, column: int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        found["networks"]["alexnet"]["parts"][number][column] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_part(0, 4, 23_297), "alexnet, features.0: it has 23,297 parameters, and must have 23,232 or 23,296"),
        (_part(0, 3, [64, 54, 55]), "features.0: its output is 64@54×55, and must be 64@55×55"),
        (_part(0, 1, "magic"), "features.0: its kind is 'magic', and must be one of convolution, dense"),
        (_part(1, 2, [1]), r"features.1: it reads \(1,\), and must read parts before its own number 1"),
        (_part(1, 2, [0, -1]), "features.1: it reads 2 parts, and must read one"),
        (_part(1, 4, 5), "features.1: it has 5 parameters, and must have 0"),
        (_part(1, 4, True), r"features.1: \[True\] must be a list of 1 whole numbers of at least 0"),
        (_part(0, 5, [11, 11, 0, 4, 2, 2]), "features.0: its window is .*kernel and stride must be at least 1"),
        (_part(0, 5, [11, 11]), r"features.0: \[11, 11\] must be a list of 6 whole numbers"),
        (_part(0, 1, "ReLU"), "features.0: its window is Place.*, and ReLU has none"),
        (_part(13, 3, [256, 3, 3]), "avgpool: it pools 256@6×6 to 256@3×3, and must pool to 1×1 or leave"),
        (lambda found: found["networks"]["alexnet"]["parts"].__setitem__(2, ["x"]), r"alexnet, part 2: \['x'\] is not"),
        (lambda found: found["networks"]["alexnet"].update(answer=99), "alexnet: answer is 99, and must be a part"),
        (lambda found: found["networks"]["alexnet"].update(parts=[]), "alexnet: it has no parts"),
        (lambda found: found["networks"].pop("resnet50"), r"lacks a field \(KeyError\('resnet50'\)\)"),
        (lambda found: found.update(columns=["name"]), r"the columns are \['name'\], and must be name, kind"),
    ],
)
def test_a_description_that_does_not_fit_is_told(change: Callable[[dict[str, Any]], Any], message: str) -> None:
    found = values()
    reading_of(found)
    change(found)
    with pytest.raises(DescentError, match=message):
        reading_of(found)


@pytest.mark.parametrize("text", ["{", "[]", '{"software": "x"}', '{"software": 1, "columns": [], "networks": {}}'])
def test_a_damaged_file_is_told_with_the_command_that_mends_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "descendants.json"
    path.write_text(text, "utf-8")
    with pytest.raises(DescentError, match=r"file descendants\.json cannot be used .*write it with python -m"):
        shipped(path)
    with pytest.raises(DescentError, match=r"gone\.json cannot be used \(No such file or directory\)"):
        shipped(tmp_path / "gone.json")


def test_grouped_convolutions_read_a_share_of_the_maps() -> None:
    place = Place((3, 3), (1, 1), (1, 1))
    one = Part("g", "convolution", (-1,), Shape(8, 5, 5), 3 * 3 * 2 * 8, place, groups=4)
    assert one.fault([Shape(8, 5, 5)]) is None
    assert one.macs(Shape(8, 5, 5)).value == 3 * 3 * 2 * 8 * 25
    net = reading_out._Reader(nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=4, bias=False)), "grouped")
    net.run(torch.empty(1, 8, 5, 5, device="meta"))
    assert net.parts == [replace(one, name="0")]
    assert "must divide the 7 maps" in str(one.fault([Shape(7, 5, 5)]))


def test_differences_are_told_one_a_network() -> None:
    here, found = shipped(), values()
    found["networks"]["vgg16"]["parts"][1][0] = "features.one"
    found["networks"]["alexnet"]["parts"].pop()
    found["networks"]["alexnet"]["answer"] -= 1
    there = reading_of(found)
    said = compared(here, there)
    assert said == ("alexnet: 22 parts against 21", "vgg16: features.1 is not the same")
    answered = Reading(here.software, {**here.networks, "resnet18": replace(network("resnet18"), answer=3)})
    assert compared(here, answered) == ("resnet18: its input or its answer is not the same",)


# Gathered for a reader


@pytest.mark.parametrize("key", KEYS)
def test_blocks_add_up_to_the_network(key: str) -> None:
    found = blocks(network(key))
    assert sum(one.parameters for one in found) == PARAMETERS[key]
    assert sum(one.macs for one in found if not one.aside) == network(key).total_macs
    names = [name for one in found for name in one.names]
    assert len(names) == len(set(names))
    parts = [number for stage in stages(network(key)) for line in stage.lines for number in line.numbers]
    assert sorted(parts) == list(network(key).used)


@pytest.mark.parametrize("key", BLOCKS)
def test_residual_blocks_are_found_without_their_names(key: str) -> None:
    met = [one for one in stages(network(key)) if one.lines[-1].part.kind == "addition"]
    for layer, count in enumerate(BLOCKS[key], start=1):
        assert [one.title for one in met if one.title.startswith(f"layer{layer}.")] == [
            f"layer{layer}.{at}" for at in range(count)
        ]
    folded = [one for one in blocks(network(key)) if one.count > 1]
    assert all(one.names[0] in one.title and one.names[-1] in one.title for one in folded)


def test_the_auxiliary_classifier_stands_apart() -> None:
    last = blocks(network("inception_v3"))[-1]
    assert (last.title, last.aside) == ("AuxLogits", True)
    assert last.macs > 0
    assert [one for key in KEYS if key != "inception_v3" for one in blocks(network(key)) if one.aside] == []
    held = sum(one.numel() for one in reading_out.built("inception_v3").get_submodule("AuxLogits").parameters())
    assert last.parameters == held


def test_a_line_opens_to_its_sums() -> None:
    first = block_rows(network("alexnet"))[0]
    assert first.what == "11×11 convolution, stride 4, padding 2, ReLU"
    assert first.sums == (
        "features.0: 11×11 convolution, stride 4, padding 2, ReLU → 64@55×55; "
        "parameters 11·11·3·64 + 64 = 23,296; multiply-accumulates 23,232·55·55 = 70,276,800",
    )
    [mixed] = [one for one in block_rows(network("inception_v3")) if one.name == "Mixed_6b"]
    assert any("1×7 convolution, padding 0×3, batch normalisation, ReLU" in one for one in mixed.sums)
    [pair] = [one for one in block_rows(network("resnet18")) if one.name.startswith("layer1")]
    assert pair.name == "layer1.0 to layer1.1"
    assert pair.what == "2 × block of 2 convolutions, added to what came in"
    assert pair.sums[0] == "Each of the 2, as here layer1.0:"
    [wider] = [one for one in block_rows(network("resnet18")) if one.name == "layer2.0"]
    assert wider.what == "block of 3 convolutions, two ways, added"  # the shortcut too has a convolution


def test_where_the_numbers_sit_is_said() -> None:
    said = heaviest(network("vgg16"))
    assert "74 %, in classifier.0 (dense layer)" in said
    assert "12 %, in features.2 (3×3 convolution, padding 1)" in said


def test_a_list_of_layers_escapes_what_it_shows() -> None:
    html = listed([Row("<b>x</b>", "a & b", "1", "2", "3", "4", ("<script>alert(1)</script>",))])
    assert "<script>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "a &amp; b" in html


# What each took and changed


def test_every_descendant_has_its_sentences_and_a_source() -> None:
    assert [one.key for one in heritages()] == list(KEYS)
    assert [one.year for one in heritages()] == sorted(one.year for one in heritages())
    for one in heritages():
        author, _, title = one.source.partition(": ")
        assert author, one.key
        assert str(one.year) in title, one.key
        assert "://" not in f"{one.source}{one.built}"
    with pytest.raises(DescentError, match="there is no descendant 'lenet5': choose one of alexnet"):
        heritage_of("lenet5")


def kinds(key: str, kind: str) -> list[Part]:
    return [network(key).parts[number] for number in network(key).used if network(key).parts[number].kind == kind]


def kernels(key: str, kind: str = "convolution") -> set[tuple[int, int]]:
    return {one.window.kernel for one in kinds(key, kind) if one.window}


def test_what_the_sentences_say_is_so_in_the_modules() -> None:
    assert kernels("vgg16") == {(3, 3)}
    assert all(one.window and one.window.kernel > one.window.stride for one in kinds("alexnet", "max pooling"))
    assert all(one.window and one.window.kernel == one.window.stride == (2, 2) for one in kinds("vgg16", "max pooling"))
    assert len(kinds("alexnet", "dropout")) == 2
    assert {(1, 7), (7, 1), (1, 1)} <= kernels("inception_v3")
    fives = [one.name for one in kinds("inception_v3", "convolution") if one.window and one.window.kernel == (5, 5)]
    assert [name.partition(".")[0] for name in fives] == ["Mixed_5b", "Mixed_5c", "Mixed_5d"]
    assert len(kinds("resnet18", "addition")) == sum(BLOCKS["resnet18"])
    assert len(kinds("resnet18", "batch normalisation")) == len(kinds("resnet18", "convolution"))
    assert [len(kinds(key, "dense")) for key in KEYS] == [3, 3, 1, 1, 1]
    strided = [one for one in kinds("resnet50", "convolution") if one.window and one.window.stride == (2, 2)]
    assert {one.window.kernel for one in strided if one.window and "layer" in one.name and "down" not in one.name} == {
        (3, 3)
    }
    assert not [one for key in KEYS for one in network(key).parts if "norm" in one.kind and "batch" not in one.kind]


ENTRY = '[[descendant]]\nkey = "{}"\ntitle = "a"\nyear = 2012\ntook = "b"\nchanged = "c"\nsource = "d: e, 2012"\n'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"alexnet"', '"lenet"', "number 1: key is 'lenet', and must be one of alexnet"),
        (
            'key = "alexnet"\ntitle = "a"\nyear = 2012',
            'key = "alexnet"\ntitle = "a"\nyear = 1989',
            "must lie after 1998",
        ),
        ('key = "alexnet"\ntitle = "a"', 'key = "alexnet"', "descendant 'alexnet': title is missing"),
        ('"vgg16"', '"alexnet"', "the descendant 'alexnet' is there twice"),
    ],
)
def test_an_entry_that_does_not_fit_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    text, path = "".join(ENTRY.format(key) for key in KEYS), tmp_path / "descendants.toml"
    path.write_text(text, "utf-8")
    assert len(heritages(path)) == len(KEYS)
    heritages.cache_clear()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(LoreError, match=message):
        heritages(path)
    path.write_text(ENTRY.format("alexnet"), "utf-8")
    with pytest.raises(LoreError, match=r"there is no \[\[descendant\]\] 'vgg16', and there must be one of each"):
        heritages(path)
    heritages.cache_clear()


# Beside LeNet-5


def test_lenet_5_is_measured_by_walk() -> None:
    sums, one = totals(walk(NETWORKS["lenet5"])), ancestor()
    assert (one.parameters, one.macs) == (sums.parameters.value, sums.macs.value)
    assert (one.depth, one.field, one.answers) == (5, 16, 10)
    assert [(step.name, step.field) for step in one.growth] == [("C1", 5), ("S2", 6), ("C3", 14), ("S4", 16)]


@pytest.mark.parametrize("key", NETWORKS)
def test_any_network_can_stand_beside_them(key: str) -> None:
    assert of_network(NETWORKS[key]).depth == 5


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_all_stand_on_one_logarithmic_axis(measure: Measure, colours: Any) -> None:
    found = family(shipped())
    drawn = figure.against(found, titles(), figure.Look("vgg16", measure), colours)
    data: Any = drawn.data
    marks = [one for one in data if "markers" in one.mode]
    assert [one.x[0] for one in marks] == [one.value(measure) for one in found]
    assert [one.marker.symbol for one in marks] == ["diamond", "circle-open", "circle", *["circle-open"] * 3]
    assert drawn.layout.xaxis.type == "log"  # pyright: ignore
    assert list(drawn.layout.yaxis.ticktext)[:2] == ["LeNet-5<br>(1998)", "AlexNet<br>(2012)"]  # pyright: ignore
    alt = figure.against_alt(found, titles(), measure)
    for one, mark in zip(found, marks, strict=True):
        assert mark.text[0] in alt
        assert f"{one.value(measure):,}" in mark.text[0]
        assert mark.hovertemplate.startswith(titles()[one.key])
        assert mark.textfont.size >= 16
    ticks = drawn.layout.xaxis.tickvals  # pyright: ignore
    assert len(ticks) >= 3
    assert WORDS[measure] == drawn.layout.xaxis.title.text  # pyright: ignore


def test_factors_are_of_the_same_measure() -> None:
    vgg = of_descendant(network("vgg16"))
    assert figure.said(vgg, ancestor(), "parameters") == "138,357,544 (2,306×)"
    assert figure.said(vgg, ancestor(), "depth") == "16 (3.2×)"
    assert figure.said(ancestor(), ancestor(), "macs") == f"{ancestor().macs:,}"


@pytest.mark.parametrize("key", KEYS)
def test_fields_never_shrink_on_the_way(key: str) -> None:
    steps = of_descendant(network(key)).growth
    assert [one.field for one in steps] == sorted(one.field for one in steps)
    assert [one.depth for one in steps] == sorted(one.depth for one in steps)
    assert steps[-1].field == network(key).field
    drawn = figure.growth(of_descendant(network(key)), ancestor(), titles(), LIGHT)
    data: Any = drawn.data
    lines = {one.name: one for one in data if one.name}
    assert list(lines[titles()[key]].y) == [one.field for one in steps]
    assert lines[titles()[key]].marker.symbol != lines["LeNet-5 (1998)"].marker.symbol
    assert f"to {steps[-1].field:,} after {steps[-1].name}" in figure.growth_alt(
        of_descendant(network(key)), ancestor(), titles()
    )


# The page


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.caption])


def lines(app: AppTest) -> str:
    return next(one.proto.body for one in app.get("html") if "layers" in one.proto.body)  # pyright: ignore


@pytest.mark.parametrize("key", KEYS)
def test_a_link_shows_a_descendant_with_its_layers(app: AppTest, jobs: Scripted, key: str) -> None:
    page = shown(app, PAGE, {"model": key, "measure": "work"})
    one = of_descendant(network(key))
    assert f"**{one.times(ancestor(), 'parameters'):,.0f} times** the parameters of LeNet-5 (1998)" in said(page)
    assert heritage_of(key).changed in said(page)
    assert heritage_of(key).source in said(page)
    assert lines(page).count("<details>") == len(block_rows(network(key)))
    assert ("training only" in said(page)) == (key == "inception_v3")
    spec = json.loads(page.get("plotly_chart")[0].proto.spec)  # pyright: ignore
    assert spec["layout"]["xaxis"]["title"]["text"] == "multiply-accumulates"
    assert "A field may reach" not in said(page)
    first = network(key).first_as_wide_as(one.input.height)
    assert ("part of it lies beyond the edges" in said(page)) == (first is not None)
    assert first is None or f"those of {network(key).parts[first].name}, after {FIRST_AS_WIDE[key]} of" in said(page)


@pytest.mark.parametrize("key", KEYS)
def test_the_first_units_as_wide_as_the_input_lie_after_so_many_layers(key: str) -> None:
    """Along the longest way, not at the ends of blocks: ResNet-18's layer4.0.conv1 is its fourteenth."""
    found, side = network(key), network(key).input.height
    first = found.first_as_wide_as(side)
    assert (None if first is None else found.depths[first]) == FIRST_AS_WIDE[key]
    for number in found.used:
        if FIRST_AS_WIDE[key] and found.depths[number] < FIRST_AS_WIDE[key]:
            assert max(one.size for one in found.reaches[number]) < side or found.sees_all(number)


def test_the_largest_layer_is_that_of_the_whole_module_also_where_it_serves_training_only() -> None:
    found = network("inception_v3")
    largest = max(found.parts, key=lambda part: part.parameters)
    assert (largest.name, largest.parameters) == ("AuxLogits.conv1.conv", 2_457_600)
    assert "9 %, in AuxLogits.conv1.conv (5×5 convolution, for training only)" in heaviest(found)
    assert "for training only" not in heaviest(network("vgg16"))


def test_the_page_reads_them_out_again_and_says_that_they_agree(app: AppTest, jobs: Scripted) -> None:
    page = shown(app, PAGE, {})
    page.button(key="read-out").click().run()
    assert jobs.tasks == [{"task": "descendants"}]
    jobs.now = JobState("running")
    jobs.history.add({"type": "progress", "done": 2, "of": 5, "reading": "inception_v3"})
    page.run()
    bar = page.get("progress")[0].proto  # pyright: ignore
    assert bar.text == "2 of 5 networks read, now Inception-v3."
    assert page.button(key="read-out").disabled
    page.button(key="stop-read-out").click().run()
    assert jobs.cancelled == ["job 1"]
    jobs.now, jobs.ended_with = JobState("finished"), {"type": "done", **values_of(shipped())}
    page.run()
    parts = sum(len(one.parts) for one in shipped().networks.values())
    assert f"The same as shown above: all {parts} parts of 5 networks" in page.success[0].value


def test_the_page_says_where_they_do_not_agree(app: AppTest, jobs: Scripted) -> None:
    page = shown(app, PAGE, {})
    page.button(key="read-out").click().run()
    found: dict[str, Any] = {**values_of(shipped()), "type": "done"}
    found["networks"]["alexnet"]["parts"][0][0] = "features.zero"
    jobs.now, jobs.ended_with = JobState("finished"), found
    page.run()
    assert "alexnet\\: features\\.0 is not the same" in page.warning[0].value
    found["networks"]["alexnet"]["parts"][0][4] = 7
    page.run()
    assert "it has 7 parameters" in page.error[0].value.replace("\\", "")


def test_a_worker_that_is_lost_is_told(app: AppTest, jobs: Scripted) -> None:
    page = shown(app, PAGE, {})
    page.button(key="read-out").click().run()
    jobs.now = JobState("lost", message="the process was ended: start again")
    page.run()
    assert "The process was ended" in page.error[0].value
    jobs.refusal = "the queue is full: try later"
    page.button(key="read-out").click().run()
    assert page.warning[0].value == "The queue is full: try later."


def test_a_damaged_file_leaves_one_sentence_on_the_page(
    app: AppTest, jobs: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lenet_explain.ui.counting.descendants.shipped", lambda: shipped(tmp_path / "gone.json"))
    page = shown(app, PAGE, {})
    assert "The file gone.json cannot be used" in page.error[0].value.replace("\\", "")
    assert not page.get("plotly_chart")
