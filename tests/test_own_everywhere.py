"""Any network that a visitor can build works everywhere: torch, browser, training, files and pages."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from closeness import assert_close
from own_networks import some_networks
from streamlit.testing.v1 import AppTest
from test_browser_modules import maps_by_node
from visit import Scripted, shown, wait

from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.backends.torch_module import build
from lenet_explain.backends.torch_weights import fill, weights_of
from lenet_explain.checkpoints.cards import Card, card_of, card_text
from lenet_explain.checkpoints.files import check_fit, named, packed, unpacked
from lenet_explain.data.datasets import Digits, framed, load_embedded
from lenet_explain.figures.living import living_payload
from lenet_explain.network.activations import RELU, SOFTMAX, TANH
from lenet_explain.network.description import KINDS, Draft, text_of
from lenet_explain.network.fitting import own_network
from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, MaxPooling, RadialBasis
from lenet_explain.network.link_code import code_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, walk
from lenet_explain.recipes.recipe import Recipe, recipe_from, recipe_named
from lenet_explain.training.loop import Conditions, train
from lenet_explain.ui.visit import custom_network

pytestmark = pytest.mark.usefixtures("no_mnist")

OWN = some_networks()
EVERY = pytest.mark.parametrize("network", OWN, ids=range(len(OWN)))
SIMPLE = own_network(
    text_of(
        Draft(
            28,
            "unit",
            (
                Convolution("Conv", 4, 5, activation=TANH),
                BatchNormalisation("B"),
                MaxPooling("P", 2, 2),
                Convolution("Again", 5, 3, activation=TANH),
                MaxPooling("Q", 3, 3),
                Dense("OUTPUT", 10, activation=SOFTMAX),
            ),
        )
    )
)


def any_weights(network: Network) -> Weights:
    """Before training, but with no bias, scale or mean where it begins: each of them must have its say."""
    wild = np.random.default_rng(3)
    return {
        layer: {
            name: array if name in ("kernels", "weights") else (array + wild.uniform(0, 0.5, array.shape)).astype("f4")
            for name, array in arrays.items()
        }
        for layer, arrays in starting_weights(network, "xavier", 7).items()
    }


def test_the_drawn_networks_hold_every_kind_and_both_ends() -> None:
    layers = [layer for network in OWN for layer in network.layers]
    assert len(OWN) >= 20
    assert {layer.kind for layer in layers} == set(KINDS)
    assert {network.answer for network in OWN} == {"distances", "logits"}
    assert {network.input.height for network in OWN} == {28, 32}
    assert any(isinstance(layer, Convolution) and layer.table for layer in layers)
    assert any(isinstance(layer, Convolution) and layer.padding and layer.stride > 1 for layer in layers)


# --- torch and the browser


@EVERY
def test_torch_gives_the_shapes_that_are_counted(network: Network) -> None:
    net = build(network).eval()
    images = torch.rand(2, 1, network.input.height, network.input.width)
    with torch.no_grad():
        maps, answer = net.maps(images), net(images)
    assert {name: tuple(one.shape[1:]) for name, one in maps.items()} == {
        step.name: (step.after.maps, step.after.height, step.after.width) for step in walk(network)
    }
    assert answer.shape == (2, 10)
    learned = sum(one.numel() for one in net.parameters())
    assert learned == sum(step.parameters.value for step in walk(network))


def test_the_browser_gives_every_map_that_torch_gives(tmp_path: Path) -> None:
    digit = load_embedded("digits").test_images[5:6]
    pixels = [framed(digit, network.input.height, network.pixels) for network in OWN]
    given = [(living_payload(network, any_weights(network)), seen) for network, seen in zip(OWN, pixels, strict=True)]
    for number, found in enumerate(maps_by_node(given, tmp_path)):
        net = build(OWN[number])
        fill(net.layers, any_weights(OWN[number]))
        with torch.no_grad():
            maps = net.eval().double().maps(torch.from_numpy(pixels[number]).double())
        assert_close(found, torch.cat([one.flatten() for one in maps.values()]).numpy(), what=f"network {number}")


# --- training


def few(count: int) -> Digits:
    data = load_embedded("digits")
    return Digits(data.train_images[:count], data.train_labels[:count], data.test_images[:20], data.test_labels[:20])


@EVERY
def test_a_few_steps_of_the_quick_recipe_change_every_layer_that_learns(network: Network) -> None:
    recipe = recipe_from({"epochs": 1}, recipe_named("quick", network))
    losses = ["map", "mse", "cross-entropy"] if network.answer == "distances" else ["mse", "cross-entropy"]
    for loss in losses:
        net = build(network, recipe.start, recipe.seed)
        before = weights_of(net.layers)
        events = list(train(network, recipe_from({"loss": loss}, recipe), few(96), Conditions(), net))
        assert events[-1].step == events[-1].steps == 3
        after = weights_of(net.layers)
        assert all(np.isfinite(array).all() for arrays in after.values() for array in arrays.values())
        moved = {
            layer
            for layer, arrays in before.items()
            if any((arrays[name] != after[layer][name]).any() for name in arrays)
        }
        silent = any(layer.activation == RELU for layer in network.layers)  # its units may all be 0
        assert moved == before.keys() or (silent and moved)


@EVERY
def test_weights_before_training_fit_and_a_packed_checkpoint_unpacks_again(network: Network) -> None:
    weights = starting_weights(network, "xavier", 0)
    check_fit(named(weights), network.key, "mine")
    if not weights:
        return
    confusion = tuple(tuple(35 if row == column else 0 for column in range(10)) for row in range(10))
    card = Card(network.key, Recipe(), "digits", "f" * 64, 1.0, confusion, (), {"numpy": "2"})
    assert card_of(card_text(card), "mine") == card
    again, read = unpacked(packed(weights, card), "mine.safetensors")
    assert read == card
    assert again.keys() == weights.keys()
    for layer, arrays in weights.items():
        for name, array in arrays.items():
            assert (again[layer][name] == array).all()


# --- pages


PAGES: Mapping[str, Mapping[str, str]] = {
    "pages/lesson/side_by_side.py": {},
    "pages/network/living.py": {},
    "pages/network/bending.py": {},
    "pages/network/widening.py": {},
    "pages/network/wiring.py": {},
    "pages/training/race.py": {"a_network": custom_network.YOURS},
    "pages/training/scrub.py": {},
    "pages/training/learning.py": {},
    "pages/training/mistakes.py": {},
    "pages/counting/numbers.py": {},
    "pages/counting/compare.py": {},
    "pages/counting/predict.py": {},
    "pages/counting/code.py": {},
    "pages/counting/yours.py": {},
}
GLYPHS = "pages/network/glyphs.py"
NOT_OFFERED = ("pages/network/evidence.py", "pages/network/preferences.py")
ENDS_IN_GLYPHS = next(network for network in OWN if network.answer == "distances" and len(network.layers) > 3)


def by_link(network: Network, **other: str) -> dict[str, str]:
    return {**custom_network.params(network.key), **other}


def choosers(app: AppTest) -> list[Any]:
    """The controls that choose a network."""
    return [one for one in app.selectbox if set(one.options) & set(NETWORKS)]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_network_of_ones_own(app: AppTest, jobs: Scripted, page: str) -> None:
    shown(app, page, by_link(SIMPLE, **PAGES[page]))
    assert not [one.value for one in app.warning if "link" in one.value]
    if page != "pages/counting/yours.py":
        assert custom_network.YOURS in [one.value for one in choosers(app)]
    assert code_of(SIMPLE.key) in app.query_params["own"]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "pages/counting/yours.py"])
def test_pages_open_with_other_networks_of_ones_own(app: AppTest, jobs: Scripted, page: str) -> None:
    """A page may leave one out that it cannot show; then it shows another."""
    smallest = own_network(text_of(Draft(28, "unit", (Dense("Only", 10, activation=SOFTMAX),))))
    for network in (smallest, ENDS_IN_GLYPHS):
        shown(app, page, by_link(network, **PAGES[page]))
        assert app.title


def test_glyphs_are_shown_of_a_network_that_ends_in_them(app: AppTest, jobs: Scripted) -> None:
    shown(app, GLYPHS, by_link(ENDS_IN_GLYPHS))
    assert [one.value for one in choosers(app)] == [custom_network.YOURS]
    assert custom_network.YOURS not in choosers(shown(app, GLYPHS, by_link(SIMPLE)))[0].options


@pytest.mark.parametrize("page", NOT_OFFERED)
def test_where_the_apps_weights_are_needed_ones_own_is_not_offered(app: AppTest, jobs: Scripted, page: str) -> None:
    shown(app, page, by_link(SIMPLE))
    assert choosers(app)
    assert all(custom_network.YOURS not in one.options for one in choosers(app))


BROKEN = {
    "letters": ("???", "cannot be read"),
    "cut short": (code_of(SIMPLE.key)[:-9], "cut short"),
    "too long": ("A" * 9000, "9,000 characters"),
    "no network": (code_of("{}"), "Layers is None"),
    "does not fit": (code_of(text_of(Draft(28, "unit", (MaxPooling("P"),)))), "the last layer is max pooling"),
}


@pytest.mark.parametrize("page", [*PAGES, GLYPHS, *NOT_OFFERED, "pages/sources/paper.py"])
def test_a_broken_link_is_told_in_one_sentence_and_the_page_works(app: AppTest, jobs: Scripted, page: str) -> None:
    shown(app, page, {"network": custom_network.YOURS, "own": "???"})
    [said] = [one.value for one in app.warning if "in this link" in one.value]
    words = "The network in this link cannot be used. The link's network cannot be read: ask for the link again."
    assert said.replace("\\", "") == words
    assert app.title
    assert custom_network.YOURS not in [one.value for one in choosers(app)]


@pytest.mark.parametrize(("code", "words"), BROKEN.values(), ids=BROKEN)
def test_every_way_in_which_a_link_is_broken_has_its_sentence(app: AppTest, code: str, words: str) -> None:
    shown(app, "pages/counting/yours.py", {"own": code})
    [said] = [one.value.replace("\\", "") for one in app.warning]
    assert words in said
    assert said.startswith("The network in this link cannot be used. ")
    assert said.endswith(".")


def test_a_worker_trains_a_network_of_ones_own(app: AppTest) -> None:
    shown(app, "pages/lesson/side_by_side.py", by_link(SIMPLE, epochs="1"))
    app.button(key="train").click().run()
    assert not app.exception
    wait(app, lambda: any("Finished" in one.proto.text for one in itertools.chain(app.get("progress"))))
    assert app.get("download_button")
    shown(app, "pages/network/living.py", by_link(SIMPLE))
    assert not app.exception


def test_an_own_network_ends_in_distances_or_logits_only() -> None:
    for network in OWN:
        assert isinstance(network.layers[-1], RadialBasis) == (network.answer == "distances")
