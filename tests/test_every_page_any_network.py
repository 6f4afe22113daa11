"""What stands behind each page, worked out for hundreds of networks that visitors could build: no exception in any.

Pages themselves are opened with a few of them in test_own_everywhere.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from own_networks import some_networks

from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints import moments
from lenet_explain.counts import formulas, sharing
from lenet_explain.counts.alignment import COUNTS, aligned, changes, difference, terms
from lenet_explain.counts.formulas import latex
from lenet_explain.counts.formulas.words import sentences
from lenet_explain.counts.other_tools import printed
from lenet_explain.counts.overview import Overview
from lenet_explain.data.datasets import framed, load_embedded
from lenet_explain.export.keras import keras_code, keras_loading
from lenet_explain.export.mermaid import mermaid
from lenet_explain.export.onnx import onnx_file, onnx_running
from lenet_explain.export.pytorch import pytorch_code, pytorch_loading
from lenet_explain.export.summary import summary
from lenet_explain.export.svg import description, svg
from lenet_explain.export.tables import csv_table, latex_table
from lenet_explain.figures import reasons
from lenet_explain.figures.kernel import framed_kernel
from lenet_explain.figures.ladder import ladder_rows
from lenet_explain.figures.living import living_payload
from lenet_explain.figures.theme import LIGHT
from lenet_explain.figures.tile_moments import framed_moments
from lenet_explain.figures.tiles import framed as framed_tiles
from lenet_explain.figures.tiles import tile_set
from lenet_explain.network.description import draft_from, draft_of, text_of
from lenet_explain.network.fitting import counted, problem
from lenet_explain.network.link_code import code_of, text_of_code
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.quiz import score, sheet, verdict
from lenet_explain.quiz.hint import hints, stated
from lenet_explain.recipes.differences import between_networks, nearest_recipe, recipe_in_words
from lenet_explain.recipes.recipe import RECIPES, recipe_named
from lenet_explain.results import kernel_lesson, reading
from lenet_explain.ui.counting import comparing, numbers, other_tools
from lenet_explain.ui.parts import controls
from lenet_explain.ui.training import learning

MANY = 500
IMAGES = load_embedded("digits").test_images[:3]

Computed = Callable[[Network, Weights], None]


def draws(network: Network, weights: Weights) -> None:
    assert living_payload(network, weights)


def side_by_side(network: Network, weights: Weights) -> None:
    steps = walk(network)
    ladder_rows(steps)
    for step in steps:
        formulas.opened(network, step.name)
        framed_tiles(tile_set(steps, step.name, weights.get(step.name, {})), LIGHT)
    for key in RECIPES:
        controls.fitted({}, recipe_named(key, network), network)


def race(network: Network, weights: Weights) -> None:
    between_networks(NETWORKS["lenet5"], network)
    nearest_recipe(recipe_named("quick", network), network)


def runs(network: Network, weights: Weights) -> None:
    recipe_in_words(recipe_named("long", network), network)
    totals(walk(network))


def scrub(network: Network, weights: Weights) -> None:
    image = framed(IMAGES[:1], network.input.height, network.pixels)
    maps = moments.maps_of(network.key, weights, image)
    moments.answers_of(network.key, maps[network.layers[-1].name].reshape(1, -1))
    for layer in network.layers:
        framed_moments(walk(network), layer.name, [weights.get(layer.name, {})] * 2, ["a", "b"], LIGHT)


def filters(network: Network, weights: Weights) -> None:
    if not learning._learns_from_pixels(network):
        return
    digit = (framed(IMAGES[:1], network.input.height, network.pixels), 7)
    look = kernel_lesson.look(network.key, weights, digit, 0, 0.05)
    start = kernel_lesson.kernels_of(network.key, weights)[0]
    assert framed_kernel(look, start, 0, LIGHT)
    assert learning._why_patterns(look, start)


def mistakes(network: Network, weights: Weights) -> None:
    reading.read(network, weights, (IMAGES, np.array([0, 1, 2], np.uint8)))
    found = reading.reasons(network, weights, IMAGES[0])
    assert reasons.words(found, 3)
    assert reasons.scores(found, 3, LIGHT)


def every_number(network: Network, weights: Weights) -> None:
    for step in walk(network):
        for quantity in formulas.opened(network, step.name):
            latex.block(quantity.lines)
        formulas.links_by_group(step)
        for choice in sharing.CHOICES:
            sharing.why(step, choice)
            latex.worked_out(sharing.weights(step, choice))
    first = numbers.Chosen(network, network.layers[0].name, "parameters")
    numbers._bars(first, next(iter(sharing.CHOICES)))
    for tool in printed(network):
        other_tools._cells(tool)
    numbers._receipt(numbers.Chosen(network, network.layers[0].name, "macs"))


def compare(network: Network, weights: Weights) -> None:
    for count in COUNTS:
        for other in (NETWORKS["lenet5"], NETWORKS["lenet-28"]):
            chosen = comparing.Chosen(network, other, count)
            for pair in aligned(network, other):
                comparing._row(pair, chosen)
            for term in terms(network, other, count):
                changes(term, count)
            apart = difference(network, other, count)
            assert apart.value == getattr(totals(walk(other)), count).value
    assert Overview(network, None).depth >= 0


def predict(network: Network, weights: Weights) -> None:
    for box in score.boxes(network):
        hints(box.step, box.asked)
        stated(box.step.layer)
        verdict.imagined(box)
        verdict.solved(box)
        sentences(box.step)
    marks = [score.Mark("28" if at % 2 else "") for at in range(len(score.boxes(network)))]
    ladder = score.answered(network, marks)
    assert str(score.score(ladder))
    assert sheet.page(network, ladder, "A name", solutions=True)


def code(network: Network, weights: Weights) -> None:
    for written in (pytorch_code, keras_code, summary, mermaid, svg, description, latex_table, csv_table):
        assert written(network)
    assert pytorch_loading(network, weights, "a.safetensors")
    assert keras_loading(network, weights, "a.safetensors")
    assert onnx_running(network, "a.onnx")


def yours(network: Network, weights: Weights) -> None:
    draft = draft_of(text_of(draft_from(network), indent=True))
    assert problem(draft) is None
    assert counted(draft) == network
    assert text_of_code(code_of(network.key)) == network.key


def one_for_all(network: Network, weights: Weights) -> None:
    """The page shows nothing of a network of one's own."""


PAGES: Mapping[str, Computed] = {
    "lesson/side_by_side": side_by_side,
    "network/living": draws,
    "network/bending": draws,
    "network/widening": draws,
    "network/glyphs": draws,
    "network/wiring": one_for_all,
    "network/evidence": one_for_all,
    "network/preferences": one_for_all,
    "training/race": race,
    "training/scrub": scrub,
    "training/learning": filters,
    "training/mistakes": mistakes,
    "training/history": runs,
    "training/choices": one_for_all,
    "counting/numbers": every_number,
    "counting/compare": compare,
    "counting/predict": predict,
    "counting/code": code,
    "counting/yours": yours,
    "counting/descendants": one_for_all,
    "counting/claims": one_for_all,
    "sources/paper": one_for_all,
    "sources/use": one_for_all,
}


@cache
def many() -> tuple[Network, ...]:
    return some_networks(MANY)


def weights_of(network: Network) -> Weights:
    return starting_weights(network, recipe_named("quick", network).start, 0)


def test_no_page_is_left_out(root: Path) -> None:
    found = {path.relative_to(root / "pages").with_suffix("").as_posix() for path in (root / "pages").rglob("*.py")}
    assert found == PAGES.keys()


def test_the_networks_hold_what_pages_have_stumbled_over() -> None:
    first = [network.layers[0] for network in many()]
    assert any(getattr(layer, "kernel", 0) == 1 for layer in first), "a kernel of one cell"
    assert any(len(network.layers) == 1 for network in many())
    assert any(getattr(layer, "ceil", False) for network in many() for layer in network.layers)


@pytest.mark.parametrize("page", [page for page, computed in PAGES.items() if computed is not one_for_all])
def test_what_a_page_works_out_raises_for_no_network(page: str) -> None:
    for network in many():
        PAGES[page](network, weights_of(network))


def test_an_onnx_file_is_written_of_any_network() -> None:
    for network in many()[::10]:
        assert onnx_file(network, weights_of(network), "before training")
