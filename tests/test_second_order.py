"""The paper's own training: rates, order, resumption, and what one step does to one weight."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lenet_explain import paper
from lenet_explain.__main__ import main
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints.files import load_checkpoint
from lenet_explain.checkpoints.series import load_series
from lenet_explain.data.datasets import Digits, data_folder, framed, load_embedded
from lenet_explain.data.mnist_files import seems_fetched
from lenet_explain.network.layers import Dense, RadialBasis
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import Recipe, RecipeError, recipe_named
from lenet_explain.results.event import Event, TrainingError
from lenet_explain.training import reproduce, second_order
from lenet_explain.training.loop import Conditions, train

LENET5 = NETWORKS["lenet5"]
PUBLISHED = recipe_named("paper", LENET5)
SEEDED = replace(PUBLISHED, seed=1)


@pytest.fixture(scope="module")
def few() -> Digits:
    digits = load_embedded("digits")
    return Digits(digits.train_images[:60], digits.train_labels[:60], digits.test_images[:40], digits.test_labels[:40])


def same(one: Weights, other: Weights) -> bool:
    return all(np.array_equal(array, other[layer][name]) for layer, own in one.items() for name, array in own.items())


def run(recipe: Recipe, data: Digits, weights: Weights | None = None, passed: int = 0) -> list[Event]:
    conditions = Conditions(every_seconds=math.inf)
    return list(second_order.train(LENET5, recipe, data, conditions, weights, passed=passed))


def test_the_rates_go_down_in_the_steps_that_the_paper_prints() -> None:
    printed = [0.0005] * 2 + [0.0002] * 3 + [0.0001] * 3 + [0.00005] * 4 + [0.00001] * 8
    assert [paper.rate_of_pass(number) for number in range(1, 21)] == printed
    assert paper.rate_of_pass(40) == printed[-1]
    assert len(printed) == paper.PASSES
    halved = [second_order.published_rate(PUBLISHED, number) for number in range(1, 21)]
    assert halved == pytest.approx([rate / 2 for rate in printed])
    constant = replace(PUBLISHED, schedule="constant")
    assert second_order.published_rate(constant, 20) == PUBLISHED.rate


def test_one_step_moves_each_weight_by_its_own_rate_against_its_gradient(few: Digits) -> None:
    """Eqs. 18 and 21, worked out once more with the mean curvature of the images one by one."""
    recipe = replace(SEEDED, epochs=1)
    one = Digits(few.train_images[:1], few.train_labels[:1], few.test_images, few.test_labels)
    after = run(recipe, one)[-1].weights
    start = starting_weights(LENET5, recipe.start, recipe.seed)
    chain = Chain(LENET5, start, np.float64)
    image = framed(one.train_images, 32, LENET5.pixels).astype(np.float64)
    wanted = asked(chain.forward(image), one.train_labels.astype(int), LENET5, recipe)
    chain.backward(wanted.errors)
    gradients = chain.gradients()
    chain.curvature(wanted.sharpness)
    curvatures = chain.gradients()
    for layer, arrays in start.items():
        for name, array in arrays.items():
            rate = recipe.rate / (paper.MU + curvatures[layer][name])
            expected = array - rate * gradients[layer][name]
            np.testing.assert_allclose(after[layer][name], expected, rtol=2e-4, atol=1e-6, err_msg=f"{layer} {name}")


def test_curvature_is_the_mean_over_the_images(few: Digits) -> None:
    chain = Chain(LENET5, starting_weights(LENET5, "root", 1), np.float64)
    images = framed(few.train_images[:3], 32, LENET5.pixels).astype(np.float64)
    together = second_order.curvatures(chain, images, SEEDED)
    each = [second_order.curvatures(chain, image[None], SEEDED) for image in images]
    np.testing.assert_allclose(together, np.mean(each, axis=0), rtol=1e-12)


def test_a_run_in_two_parts_ends_where_a_whole_one_does(few: Digits) -> None:
    whole = run(replace(SEEDED, epochs=3), few)
    first = run(replace(SEEDED, epochs=1), few)
    second = run(replace(SEEDED, epochs=3), few, first[-1].weights, passed=1)
    assert second[0].step == len(few.train_images)
    assert same(second[-1].weights, whole[-1].weights)
    assert second[-1].rate == whole[-1].rate


def test_every_pass_has_the_same_order_and_another_seed_another(few: Digits) -> None:
    one, other = (run(replace(SEEDED, epochs=1, seed=seed), few)[-1].weights for seed in (1, 2))
    assert not same(one, other)
    again = run(replace(SEEDED, epochs=1), few)[-1].weights
    assert same(one, again)


@pytest.mark.parametrize("kind", ["paper", "mild"])
def test_distorted_passes_differ_and_repeat_under_a_seed(few: Digits, kind: str) -> None:
    recipe = replace(SEEDED, epochs=2, distortions=kind)
    whole = run(recipe, few)[-1].weights
    assert same(whole, run(recipe, few)[-1].weights)
    assert not same(whole, run(replace(recipe, distortions="none"), few)[-1].weights)
    first = run(replace(recipe, epochs=1), few)[-1].weights
    assert same(whole, run(recipe, few, first, passed=1)[-1].weights)


def test_passes_end_with_an_event_over_all_test_digits(few: Digits) -> None:
    events = run(replace(SEEDED, epochs=3), few)
    assert [event.step for event in events] == [0, 60, 120, 180]
    assert [event.last for event in events] == [False, False, False, True]
    assert all(event.test.images == len(few.test_images) for event in events)
    assert events[-1].training is not None
    assert events[-1].training.images == 60
    assert events[-1].confusion.sum() == 40
    assert set(events[-1].gradients) == {"C1", "S2", "C3", "S4", "C5", "F6"}


def test_it_learns_small_digits_in_a_few_passes() -> None:
    events = list(train(LENET5, replace(SEEDED, epochs=4), load_embedded("digits"), Conditions(every_seconds=math.inf)))
    assert events[-1].test.accuracy > 0.95


def test_stop_is_obeyed_within_a_digit(few: Digits) -> None:
    asked_for = iter([False] * 10 + [True] * 1000)
    events = list(second_order.train(LENET5, SEEDED, few, Conditions(stop=lambda: next(asked_for))))
    assert events[-1].step == 11
    assert events[-1].last


def test_a_rate_that_is_too_high_says_so(few: Digits) -> None:
    """LeNet-5 itself saturates instead; without squashing the sums grow until they are no numbers."""
    layers = (Dense("F1", 84), RadialBasis("OUT", codes=paper.GLYPH_CODES))
    unbounded = Network("unbounded", "Unbounded", "", "", LENET5.input, layers, LENET5.pixels)
    recipe = replace(SEEDED, rate=10.0, loss="mse")
    with pytest.raises(TrainingError, match=r"diverged at step \d+: learning rate 10 is too high for Unbounded"):
        list(second_order.train(unbounded, recipe, few, Conditions(every_seconds=math.inf)))


def test_it_refuses_batches_and_batch_normalisation() -> None:
    with pytest.raises(
        RecipeError, match=r"batch is 2, and must be 1: the optimiser sdlm learns from one digit a step"
    ):
        replace(PUBLISHED, batch=2).check(LENET5)
    with pytest.raises(RecipeError, match=r"batch is 1, and must be at least 2: lenet-modern normalises"):
        recipe_named("paper", NETWORKS["lenet-modern"]).check(NETWORKS["lenet-modern"])


def test_left_out_links_get_no_weight(few: Digits) -> None:
    chain = Chain(LENET5, starting_weights(LENET5, "root", 1))
    found = second_order.curvatures(chain, framed(few.train_images, 32, LENET5.pixels), SEEDED)
    moves, linked = second_order.rates(chain, found, 1), chain.linked_in_a_row
    assert len(linked) - linked.sum() == (16 * 6 - 60) * 25
    assert (moves[~linked] == 0).all()
    assert (moves[linked] > 0).all()
    assert linked.sum() == paper.PARAMETERS


@pytest.mark.skipif(not seems_fetched(data_folder()), reason="needs MNIST: set LENET_EXPLAIN_DATA")
def test_the_first_rates_on_mnist_are_about_those_that_the_paper_prints() -> None:
    """Appendix C: "between approximately 7·10⁻⁵ and 0.016". The start of ±1/√fan-in gives the upper end; the lower end
    is off by a factor of about two, with every start that was tried."""
    from lenet_explain.training.digits import load_digits

    images = framed(load_digits("mnist").train_images[: paper.CURVATURE_SAMPLES], 32, LENET5.pixels)
    for seed in range(3):
        chain = Chain(LENET5, starting_weights(LENET5, "root", seed))
        found = second_order.rates(chain, second_order.curvatures(chain, images, SEEDED), paper.rate_of_pass(1))
        every = found[chain.linked_in_a_row]
        assert 0.010 < every.max() < 0.022
        assert 7e-5 < every.min() < 2.5e-4


@pytest.fixture
def small_mnist(few: Digits, monkeypatch: pytest.MonkeyPatch) -> Digits:
    monkeypatch.setattr(reproduce, "load_digits", lambda key: few)
    return few


def test_reproduce_prints_passes_beside_the_papers_and_goes_on_where_it_was(
    small_mnist: Digits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(*arguments: str) -> list[str]:
        assert main(["reproduce", "paper", "--out", str(tmp_path), *arguments]) == 0
        return capsys.readouterr().out.splitlines()

    first = printed("--passes", "2")
    assert [line.split()[0] for line in first[2:4]] == ["1", "2"]
    assert first[2].split()[4:6] == ["4.89", "2.65"]
    assert "the paper: 0.95 %" in first[-1]
    longer = printed("--passes", "3")
    assert longer[0].endswith("2 passes done before")
    assert [line.split()[:4] for line in longer[2:4]] == [line.split()[:4] for line in first[2:4]]
    weights, card = load_checkpoint(tmp_path / "paper-seed0.safetensors")
    whole = run(replace(PUBLISHED, epochs=3), small_mnist)
    assert same(weights, whole[-1].weights)
    assert card.recipe == replace(PUBLISHED, epochs=3)
    assert card.reached.total == len(small_mnist.test_images)
    series = load_series(tmp_path / "paper-seed0.series.safetensors")
    assert series.entries[series.shown[-1]]["step"] == 120
    assert len(printed("--passes", "3")) == len(longer)


def test_reproduce_takes_several_seeds(small_mnist: Digits, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["reproduce", "paper-distorted", "--passes", "1", "--seeds", "2", "--out", str(tmp_path), "--json"]) == 0
    )
    out = capsys.readouterr().out
    assert out.count('"number": 1') == 2
    assert '"mean"' in out
    assert main(["reproduce", "paper", "--seeds", "0", "--out", str(tmp_path)]) == 2
    assert "--seeds is 0, and must be at least 1" in capsys.readouterr().err
