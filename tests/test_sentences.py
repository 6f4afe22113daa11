"""What the project says is so: each sentence with a number, and each that says what somebody does not say, has a
witness in sentences.toml, and the witness holds."""

from __future__ import annotations

import dataclasses
import itertools
import math
import tomllib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from literals import DENIALS, ROOT, numbers, sentences

from lenet_explain import paper
from lenet_explain.backends import starting_weights
from lenet_explain.data import mnist_files
from lenet_explain.data.datasets import SIDES, data_folder, load_embedded
from lenet_explain.data.mnist import load_mnist
from lenet_explain.data.mnist_files import seems_fetched
from lenet_explain.descendants import Descendant, shipped
from lenet_explain.descendants.reach import Reach
from lenet_explain.figures import moments
from lenet_explain.figures.theme import LIGHT
from lenet_explain.jobs import limits
from lenet_explain.lore import baselines
from lenet_explain.lore.claims import read_claims, verdict_on
from lenet_explain.lore.methods import methods
from lenet_explain.network import fitting
from lenet_explain.network.layers import Convolution, Shape
from lenet_explain.network.named import ARTICLES, COUNTED, NETWORKS
from lenet_explain.network.walk import Step, totals, walk
from lenet_explain.paper.misread import MISREAD_1998
from lenet_explain.quiz import answers
from lenet_explain.recipes import ranges
from lenet_explain.recipes.bounds import BOUNDS
from lenet_explain.recipes.races import RACES
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_named
from lenet_explain.recipes.variations import VARIATIONS
from lenet_explain.results import accuracy
from lenet_explain.training import descent
from lenet_explain.ui.counting import numbers as numbers_page

LISTED: list[dict[str, str]] = tomllib.loads((ROOT / "tests/sentences.toml").read_text("utf-8"))["sentence"]
KINDS = {"holds", "source", "measured", "rule"}
SAID = tuple(sentences())
HOLDING = [entry for entry in LISTED if "holds" in entry]


def step_of(network: str, layer: str) -> Step:
    return next(step for step in walk(NETWORKS[network]) if step.name == layer)


def descendant(key: str) -> Descendant:
    return shipped().networks[key]


def reach_of(kernel: int, count: int) -> int:
    """What so many kernels in a row see."""
    reach = Reach()
    for _ in range(count):
        reach = reach.after(kernel, 1, 0)
    return reach.size


def halfway_between_the_most_alike_glyphs() -> tuple[float, float]:
    """Its squared distances from both."""
    pairs = itertools.combinations(np.array(paper.GLYPH_CODES, float), 2)
    one, other = min(pairs, key=lambda pair: np.square(pair[0] - pair[1]).sum())
    middle = (one + other) / 2
    return float(np.square(middle - one).sum()), float(np.square(middle - other).sum())


def training_digits() -> list[int]:
    return [len(load_embedded(key).train_labels) for key in ("digits", "digits-by-writer")]


def axis_of_bars() -> list[dict[str, Any]]:
    chosen = numbers_page.Chosen(NETWORKS["lenet5"], "C1", "parameters")
    return numbers_page._bars(chosen, "shared")[1]


def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def mnist_variances() -> tuple[float, float]:
    """Of the training digits as the paper has them, on 32×32 and on 28×28: from how often each level of ink occurs."""
    images = load_mnist(data_folder()).train_images
    low, high = paper.BACKGROUND, paper.INK
    levels = low + (high - low) * np.arange(256) / 255

    def variance(side: int) -> float:
        counts = np.bincount(images.ravel(), minlength=256).astype(float)
        counts[0] += len(images) * (side**2 - images[0].size)
        mean = np.average(levels, weights=counts)
        return float(np.average(np.square(levels - mean), weights=counts))

    return variance(32), variance(28)


_FUNCTIONS = (
    *(step_of, descendant, reach_of, halfway_between_the_most_alike_glyphs, training_digits, axis_of_bars, text_of),
    *(mnist_variances, methods, read_claims, recipe_named, totals, walk, Convolution, Recipe, Shape),
)
_MODULES = (
    *(accuracy, answers, baselines, dataclasses, descent, fitting, math, mnist_files, moments),
    *(np, paper, limits, ranges, starting_weights),
)
WITNESSES: Mapping[str, Any] = {
    **{one.__name__: one for one in _FUNCTIONS},
    **{module.__name__.rpartition(".")[2]: module for module in _MODULES},
    "np": np,
    "ARTICLES": ARTICLES,
    "BOUNDS": BOUNDS,
    "CLASSES": len(paper.GLYPH_CODES),
    "LIGHT": LIGHT,
    "MISREAD_1998": MISREAD_1998,
    "COUNTED": COUNTED,
    "NETWORKS": NETWORKS,
    "RACES": RACES,
    "RECIPES": RECIPES,
    "SIDES": SIDES,
    "VARIATIONS": VARIATIONS,
}


CLAIMED = frozenset(claim.words for claim in read_claims().claims)
_LONGEST_FIRST = sorted((entry["says"] for entry in LISTED), key=len, reverse=True)


def without_what_is_listed(text: str) -> str:
    for says in _LONGEST_FIRST:
        text = text.replace(says, " ")
    return text


def left_over(text: str) -> list[str]:
    """Numbers and denials that no entry of the list stands for; those of claims have a test of their own."""
    rest = without_what_is_listed(text)
    return [*([] if text in CLAIMED else numbers(rest)), *(found[0] for found in DENIALS.finditer(rest))]


def test_every_sentence_with_a_number_and_every_denial_is_in_the_list() -> None:
    """Add what is missing to sentences.toml with its witness, or, better, let the program fill the number in."""
    missing = [(file, left, text) for file, text in SAID if (left := left_over(text))]
    assert not missing, "\n".join(f"{file}: {left} in {text!r}" for file, left, text in missing)


def test_every_entry_of_the_list_is_said_somewhere_and_has_one_witness() -> None:
    said = "\n".join(text for _, text in SAID)
    assert [entry["says"] for entry in LISTED if entry["says"] not in said] == []
    assert [entry for entry in LISTED if len(KINDS & set(entry)) != 1 or len(entry) != 2] == []
    assert len({entry["says"] for entry in LISTED}) == len(LISTED)
    assert [entry for entry in LISTED if not (ROOT / entry.get("measured", ".")).exists()] == []


@pytest.mark.parametrize("entry", HOLDING, ids=lambda entry: entry["says"][:50])
def test_what_is_said_holds(entry: dict[str, str]) -> None:
    if "mnist_variances" in entry["holds"] and not seems_fetched(data_folder()):
        pytest.skip("no MNIST here: let LENET_EXPLAIN_DATA name its folder")
    assert eval(entry["holds"], dict(WITNESSES)), entry["says"]


def test_claims_state_the_numbers_that_their_checks_compute() -> None:
    for claim in read_claims().claims:
        stated = set(map(_plain, numbers(without_what_is_listed(claim.words))))
        known = {_plain(number) for check in claim.checks for number in numbers(_values(check))}
        found = {_plain(number) for line in verdict_on(claim).lines for number in numbers(line)}
        assert verdict_on(claim).verdict == "open" or stated <= known | found, claim.id


def _values(check: Any) -> str:
    return " ".join(f"{value:,}" if isinstance(value, int) else str(value) for value in vars(check).values())


WORDS = {"four": "4", "six": "6", "seven": "7", "ten": "10"}


def _plain(number: str) -> str:
    return WORDS.get(number.lower(), number)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LeNet-5 of 1998 has 60,000 parameters (Fig. 2, pp. 7-8), C3 among them", ["60,000"]),
        ("with 0.9 every digit is the same", ["0.9"]),
        ("at least 1, from 0 to {}", []),
        ("three of VGG16's sixteen layers", ["three", "sixteen"]),
        ("ResNet-50 and Inception-v3", []),
    ],
)
def test_a_number_is_told_from_a_name_and_from_a_place(text: str, found: list[str]) -> None:
    assert numbers(text) == found
