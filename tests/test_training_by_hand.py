"""What a run tells, worked out once more: plain torch takes the same steps, and each number is added up by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.backends.torch_module import LeNet, build
from lenet_explain.backends.torch_weights import fill, weights_of
from lenet_explain.data.datasets import Digits, framed, load_embedded
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import Recipe, recipe_named
from lenet_explain.results.event import Event, Score
from lenet_explain.training import distortions, second_order
from lenet_explain.training.distortions import Ranges
from lenet_explain.training.gradients import Gradients
from lenet_explain.training.loop import SAMPLE, Conditions, train

DIGITS = load_embedded("digits")
SEED = 3
COUNT, BATCH, PASSES = 48, 16, 2
STEPS = COUNT // BATCH * PASSES
LENET5 = NETWORKS["lenet5"]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def digits(training: int, test: int) -> Digits:
    return Digits(DIGITS.train_images[:training], DIGITS.train_labels[:training],
                  DIGITS.test_images[:test], DIGITS.test_labels[:test])  # fmt: skip


FEW = digits(COUNT, 30)


def images_of(images: np.ndarray, network: Network) -> Tensor:
    return torch.from_numpy(framed(images, network.input.height, network.pixels))


def labels_of(labels: np.ndarray) -> Tensor:
    return torch.from_numpy(labels.astype(np.int64))


def losses(net: LeNet, answer: Tensor, truth: Tensor, recipe: Recipe) -> Tensor:
    """(B,) One for each digit: Eq. 8 or Eq. 9 of distances, cross-entropy of logits."""
    right = answer.gather(1, truth[:, None])[:, 0]
    if recipe.loss == "mse" and net.network.answer == "distances":
        return right
    if recipe.loss == "map":
        return right + torch.log(math.exp(-recipe.rubbish) + torch.exp(-answer).sum(1))
    assert recipe.loss == "cross-entropy"
    return F.cross_entropy(-answer if net.network.answer == "distances" else answer, truth, reduction="none")


def read_right(net: LeNet, answer: Tensor, truth: Tensor) -> Tensor:
    """(B,) bool: the smallest distance wins, or the largest logit."""
    best = answer.argmin(1) if net.network.answer == "distances" else answer.argmax(1)
    return best == truth


def scored(net: LeNet, images: np.ndarray, labels: np.ndarray, recipe: Recipe) -> tuple[float, float, list[list[int]]]:
    """Mean loss, share of digits that are read, and the confusion, digit by digit."""
    net.eval()
    total, right, confusion = 0.0, 0, [[0] * 10 for _ in range(10)]
    for image, label in zip(images_of(images, net.network), labels_of(labels), strict=True):
        with torch.no_grad():
            answer = net(image[None])
        total += losses(net, answer, label[None], recipe).item()
        best = answer.argmin() if net.network.answer == "distances" else answer.argmax()
        right += int(best == label)
        confusion[int(label)][int(best)] += 1
    return total / len(images), right / len(images), confusion


def root_mean_squares(net: LeNet, gradients: dict[str, list[Tensor]]) -> dict[str, float]:
    flat = {name: torch.cat([one.flatten() for one in each]) for name, each in gradients.items()}
    return {name: math.sqrt(float((values**2).sum()) / values.numel()) for name, values in flat.items()}


def gradients_of(net: LeNet, loss: Tensor) -> dict[str, list[Tensor]]:
    parameters = list(net.parameters())
    found = {id(p): g for p, g in zip(parameters, torch.autograd.grad(loss, parameters), strict=True)}
    return {name: each for name, layer in net.layers.items() if (each := [found[id(p)] for p in layer.parameters()])}


class ByHand:
    """Plain torch on plain batches, at a constant rate. states: what an optimiser remembers of each parameter."""

    def __init__(self, network: Network, recipe: Recipe, data: Digits) -> None:
        self.net, self.recipe, self.data = build(network, recipe.start, recipe.seed), recipe, data
        self.states: dict[int, dict[str, Any]] = {id(p): {} for p in self.net.parameters()}

    def steps(self) -> Iterator[tuple[int, Tensor, Tensor, dict[str, float], float]]:
        """(step, losses of its batch, which are read, sizes of its gradients, its rate), the step taken."""
        random, taken = torch.Generator().manual_seed(self.recipe.seed), 0
        for _ in range(self.recipe.epochs):
            order = torch.randperm(len(self.data.train_images), generator=random).numpy()
            for first in range(0, len(order), self.recipe.batch):
                some = order[first : first + self.recipe.batch]
                images = images_of(self.data.train_images[some], self.net.network)
                truth, rate = labels_of(self.data.train_labels[some]), self.recipe.rate
                self.net.train()
                answer = self.net(images)
                each = losses(self.net, answer, truth, self.recipe)
                gradients = gradients_of(self.net, each.mean())
                taken += 1
                self.change(gradients, taken, rate)
                sizes = root_mean_squares(self.net, gradients)
                yield taken, each.detach(), read_right(self.net, answer, truth), sizes, rate

    def change(self, gradients: dict[str, list[Tensor]], step: int, rate: float) -> None:
        rule = {"sgd": plain, "momentum": with_momentum, "adam": adam}[self.recipe.optimiser]
        for name, each in gradients.items():
            for parameter, gradient in zip(self.net.layers[name].parameters(), each, strict=True):
                with torch.no_grad():
                    if self.recipe.decay and parameter.ndim > 1:
                        parameter.mul_(1 - rate * self.recipe.decay)
                    rule(parameter, gradient, self.states[id(parameter)], step, rate)


def plain(parameter: Tensor, gradient: Tensor, state: dict[str, Any], step: int, rate: float) -> None:
    parameter -= rate * gradient


def with_momentum(parameter: Tensor, gradient: Tensor, state: dict[str, Any], step: int, rate: float) -> None:
    """Polyak 1964: a step also goes on by 0.9 of the step before."""
    state["velocity"] = 0.9 * state.get("velocity", 0) + gradient
    parameter -= rate * state["velocity"]


def adam(parameter: Tensor, gradient: Tensor, state: dict[str, Any], step: int, rate: float) -> None:
    """Kingma and Ba 2015, Algorithm 1."""
    state["mean"] = 0.9 * state.get("mean", 0) + 0.1 * gradient
    state["square"] = 0.999 * state.get("square", 0) + 0.001 * gradient**2
    mean, square = state["mean"] / (1 - 0.9**step), state["square"] / (1 - 0.999**step)
    parameter -= rate * mean / (square.sqrt() + 1e-8)


def assert_same_weights(found: Any, wanted: Any, within: float) -> None:
    assert found.keys() == wanted.keys()
    for layer, arrays in wanted.items():
        for name, array in arrays.items():
            np.testing.assert_allclose(found[layer][name], array, rtol=1e-3, atol=within, err_msg=f"{layer} {name}")


def assert_score(found: Score | None, loss: float, accuracy: float, images: int) -> None:
    assert found is not None
    assert found.loss == pytest.approx(loss, rel=2e-4)
    assert found.accuracy == pytest.approx(accuracy)
    assert found.images == images


RUNS = {
    "plain": ("lenet-28", Recipe("sgd", rate=0.1, schedule="constant", batch=BATCH, epochs=PASSES, seed=SEED)),
    "momentum": ("lenet5", Recipe("momentum", rate=0.002, schedule="constant", loss="mse", start="root", batch=BATCH,
                                  epochs=PASSES, seed=SEED)),
    "adam and decay": ("lenet-modern", Recipe("adam", rate=0.01, schedule="constant", batch=BATCH, epochs=PASSES,
                                              seed=SEED, decay=0.5)),
    "eq. 9": ("lenet5", Recipe("sgd", rate=0.001, schedule="constant", loss="map", rubbish=10.0, start="root",
                               batch=BATCH, epochs=PASSES, seed=SEED)),
}  # fmt: skip


@pytest.mark.parametrize(("key", "recipe"), RUNS.values(), ids=RUNS)
def test_every_number_of_an_event_is_what_plain_torch_adds_up(key: str, recipe: Recipe) -> None:
    """An event after two steps, one after four, and the last: the scores of what was learnt since the one before."""
    network = NETWORKS[key]
    first, *events = train(network, recipe, FEW, Conditions(every_steps=2, every_seconds=math.inf))
    hand = ByHand(network, recipe, FEW)
    test, accuracy, confusion = scored(hand.net, FEW.test_images, FEW.test_labels, recipe)
    assert_score(first.test, test, accuracy, len(FEW.test_images))
    assert first.training is None
    since: list[tuple[Tensor, Tensor]] = []
    for step, each, right, sizes, rate in hand.steps():
        since.append((each, right))
        if step % 2 and step != STEPS:
            continue
        event = events.pop(0)
        test, accuracy, confusion = scored(hand.net, FEW.test_images, FEW.test_labels, recipe)
        seen = torch.cat([one for one, _ in since]), torch.cat([one for _, one in since])
        assert (event.step, event.steps, event.rate) == (step, STEPS, pytest.approx(rate))
        assert (event.epoch, event.epochs) == (math.ceil(step * BATCH / COUNT), PASSES)
        assert_score(event.training, float(seen[0].mean()), float(seen[1].float().mean()), len(seen[0]))
        assert_score(event.test, test, accuracy, len(FEW.test_images))
        assert event.confusion.tolist() == confusion
        assert event.gradients == pytest.approx(sizes, rel=5e-3)
        assert_same_weights(event.weights, weights_of(hand.net.layers), within=2e-5)
        since = []
    assert events == []


def by_the_papers_method(events_every: int, recipe: Recipe, data: Digits) -> list[Event]:
    conditions = Conditions(every_steps=events_every, every_seconds=math.inf)
    return list(second_order.train(LENET5, recipe, data, conditions))


@pytest.mark.parametrize("loss", ["map", "mse"])
def test_every_number_of_an_event_of_the_papers_method_is_what_plain_torch_adds_up(loss: str) -> None:
    """Each digit's loss comes of the weights before it, its gradient's size of those after it."""
    data, recipe = digits(6, 30), replace(recipe_named("paper", LENET5), seed=SEED, epochs=2, loss=loss)
    every_one, in_threes = by_the_papers_method(1, recipe, data), by_the_papers_method(3, recipe, data)
    order = np.random.default_rng(SEED).permutation(6)
    single, net = [], build(LENET5)
    for before, after in pairwise(every_one):
        some = order[[(after.step - 1) % 6]]
        image, truth = images_of(data.train_images[some], LENET5), labels_of(data.train_labels[some])
        fill(net.layers, before.weights)
        with torch.no_grad():
            answer = net(image)
        loss_before, right = losses(net, answer, truth, recipe).item(), float(read_right(net, answer, truth))
        single.append((loss_before, right))
        assert_score(after.training, loss_before, right, 1)
        fill(net.layers, after.weights)
        sizes = root_mean_squares(net, gradients_of(net, losses(net, net(image), truth, recipe).mean()))
        assert after.gradients == pytest.approx(sizes, rel=1e-3)
        test, accuracy, confusion = scored(net, data.test_images, data.test_labels, recipe)
        assert_score(after.test, test, accuracy, 30)
        assert after.confusion.tolist() == confusion
        assert after.rate == recipe.rate
    assert [event.step for event in in_threes] == [0, 3, 6, 9, 12]
    for event in in_threes[1:]:
        three = np.array(single[event.step - 3 : event.step])
        assert_score(event.training, float(three[:, 0].mean()), float(three[:, 1].mean()), 3)


@pytest.mark.parametrize("optimiser", ["sgd", "sdlm"])
def test_a_run_looks_at_a_sample_of_many_test_digits_and_at_its_end_at_all(optimiser: str) -> None:
    many = np.concatenate([DIGITS.train_images, DIGITS.test_images])[: SAMPLE + 30]
    labels = np.concatenate([DIGITS.train_labels, DIGITS.test_labels])[: SAMPLE + 30]
    data = Digits(FEW.train_images[:4], FEW.train_labels[:4], many, labels)
    batch, schedule = (1, "constant") if optimiser == "sdlm" else (2, "constant")
    recipe = Recipe(optimiser, rate=0.0005, schedule=schedule, loss="mse", start="root", batch=batch, epochs=1)
    assert [event.test.images for event in train(LENET5, recipe, data)] == [SAMPLE, SAMPLE + 30]
    stopped = list(train(LENET5, recipe, data, Conditions(stop=lambda: True)))
    assert stopped[-1].test.images == SAMPLE
    sample = np.sort(np.random.default_rng(0).permutation(SAMPLE + 30)[:SAMPLE])
    net = build(LENET5, recipe.start, recipe.seed)
    test, accuracy, _ = scored(net, many[sample][:SAMPLE], labels[sample], recipe)
    assert_score(stopped[0].test, test, accuracy, SAMPLE)


# -- one ingredient at a time


@pytest.mark.parametrize("optimiser", ["sgd", "sdlm"])
def test_the_seed_alone_changes_the_order_in_which_digits_are_learnt(optimiser: str) -> None:
    """From the same weights, so that it is the order and nothing else."""
    recipe, ends = Recipe(optimiser, rate=0.0005, schedule="constant", loss="mse", batch=1, epochs=1), []
    for seed in (1, 2):
        net = build(LENET5, "root", 7)
        ends.append(list(train(LENET5, replace(recipe, seed=seed), digits(20, 5), Conditions(), net))[-1].weights)
    assert not np.array_equal(ends[0]["F6"]["weights"], ends[1]["F6"]["weights"])


@pytest.mark.parametrize("optimiser", ["sgd", "sdlm"])
@pytest.mark.parametrize("key", ["lenet5", "lenet-28"])
def test_distortions_that_move_nothing_leave_the_digits_and_their_paper_as_they_are(
    key: str, optimiser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distortions, "RANGES", {"mild": Ranges()})
    loss = {"lenet5": "mse", "lenet-28": "cross-entropy"}[key]
    recipe = Recipe(optimiser, rate=0.0005, schedule="constant", loss=loss, batch=1, epochs=1, start="root")
    ends = [
        list(train(NETWORKS[key], replace(recipe, distortions=kind), digits(12, 5)))[-1] for kind in ("none", "mild")
    ]
    assert_same_weights(ends[1].weights, ends[0].weights, within=1e-7)


def seen_in(recipe: Recipe, data: Digits, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every picture that was learnt from, in order, as bytes."""
    seen: list[bytes] = []
    find = Gradients.find

    def looked(self: Gradients, images: Tensor, truth: Tensor) -> tuple[float, int]:
        seen.extend(image.numpy().tobytes() for image in images)
        return find(self, images, truth)

    class Watched(second_order.Run):
        def learn(self, image: Any, truth: Any, moves: Any) -> None:
            seen.append(image[0].tobytes())
            super().learn(image, truth, moves)

    monkeypatch.setattr(Gradients, "find", looked)
    monkeypatch.setattr(second_order, "Run", Watched)
    list(train(LENET5, recipe, data))
    return seen


@pytest.mark.parametrize("optimiser", ["sgd", "sdlm"])
def test_each_digit_is_learnt_once_in_every_pass(optimiser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, batch = digits(40, 5), 1 if optimiser == "sdlm" else 8
    recipe = Recipe(optimiser, rate=0.0005, schedule="constant", loss="mse", batch=batch, epochs=2, start="root")
    seen = seen_in(recipe, data, monkeypatch)
    all_of_them = sorted(image.numpy().tobytes() for image in images_of(data.train_images, LENET5))
    assert len(set(all_of_them)) == 40
    assert sorted(seen[:40]) == sorted(seen[40:]) == all_of_them
    assert (seen[:40] == seen[40:]) == (optimiser == "sdlm")  # the paper's order is constant, the other drawn anew


def test_each_start_is_spread_by_its_formula_in_layers_whose_fans_differ() -> None:
    """F6 reads 120 and feeds 84; C3 of lenet-28 reads 6·25 and feeds 16·25; C5 reads 256 and has 120."""
    for key, layer, name, fan_in, fan_out in (
        ("lenet5", "F6", "weights", 120, 84),
        ("lenet-28", "C3", "kernels", 150, 400),
        ("lenet-28", "C5", "weights", 256, 120),
    ):
        reaches = {"paper": 2.4 / fan_in, "root": fan_in**-0.5, "xavier": math.sqrt(6 / (fan_in + fan_out))}
        for start, reach in reaches.items():
            drawn = starting_weights(NETWORKS[key], start, SEED)[layer][name]
            assert 0.98 * reach < np.abs(drawn).max() <= reach * (1 + 1e-6), (key, layer, start)
            assert drawn.std() == pytest.approx(reach / math.sqrt(3), rel=0.05)
        drawn = starting_weights(NETWORKS[key], "he", SEED)[layer][name]
        assert drawn.std() == pytest.approx(math.sqrt(2 / fan_in), rel=0.05), (key, layer)
        assert np.abs(drawn).max() > 2.5 * drawn.std()  # normal, not uniform


def test_a_sparse_map_starts_by_the_links_of_its_own_row() -> None:
    """The last map of C3 reads all six maps, the first three: the paper's range is ±2.4 of 150 and of 75."""
    kernels = starting_weights(LENET5, "paper", SEED)["C3"]["kernels"]
    assert 0.9 * 2.4 / 75 < np.abs(kernels[:3]).max() <= 2.4 / 75
    assert 0.9 * 2.4 / 150 < np.abs(kernels[-6:]).max() <= 2.4 / 150
