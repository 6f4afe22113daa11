"""What a step does: optimisers, decay, schedules, running means, and a hundred steps beside torch's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from any_network import any_images, any_weights
from torch import nn

from engine.native import LOSSES, Arrays, Native
from lenet_explain import paper
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.torch_loss import loss_of
from lenet_explain.backends.torch_module import build
from lenet_explain.backends.torch_weights import fill, weights_of
from lenet_explain.data.datasets import Digits, framed, load_embedded
from lenet_explain.engine import draws
from lenet_explain.engine.task import OPTIMISERS, task_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.recipes.bounds import MOMENTUM, SCHEDULES
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_named
from lenet_explain.training import second_order
from lenet_explain.training.descent import Descent

STEPS = 100


@pytest.fixture(scope="module")
def digits() -> Digits:
    """So few that a hundred steps are several passes, each with a last batch."""
    every = load_embedded("digits")
    return Digits(every.train_images[:300], every.train_labels[:300], every.test_images[:50], every.test_labels[:50])


def opened(network: Network, recipe: Recipe, digits: Digits, *, double: bool = True) -> Native:
    """At the recipe's start, as NumPy draws it."""
    engine = Native(network, double=double, lanes=max(32, recipe.batch))
    numbers = (OPTIMISERS[recipe.optimiser], LOSSES[recipe.loss], recipe.rubbish, recipe.smoothing, recipe.decay)
    engine.open_run(digits.train_images, digits.train_labels, recipe=(*numbers, MOMENTUM, recipe.seed))
    engine.set_weights(draws.start(network, recipe.start, recipe.seed))
    return engine


def by_torch(network: Network, recipe: Recipe, digits: Digits, steps: int) -> tuple[list[float], Arrays]:
    """Losses and final weights of the torch loop's own pieces on the engine's batches, in double precision."""
    net = build(network).double()
    fill(net.layers, draws.start(network, recipe.start, recipe.seed))
    per_pass = recipe.steps(len(digits.train_images)) // recipe.epochs
    descent, losses = Descent(net, recipe, per_pass), []
    for step in range(steps):
        order = draws.order(recipe.seed, step // per_pass + 1, len(digits.train_images))
        chosen = order[step % per_pass * recipe.batch :][: recipe.batch]
        images = framed(digits.train_images[chosen], network.input.height, network.pixels)
        truth = torch.from_numpy(digits.train_labels[chosen].astype(np.int64))
        loss = loss_of(net(torch.from_numpy(images).double()), truth, network, recipe)
        net.zero_grad()
        loss.backward()
        descent.step()
        losses.append(loss.item())
    return losses, weights_of(net.layers)


def by_engine(engine: Native, recipe: Recipe, digits: Digits, steps: int) -> list[float]:
    """Losses; the rate of each step is that of the task."""
    images = len(digits.train_images)
    total = recipe.steps(images)
    per_pass, factors = total // recipe.epochs, task_of(engine.network, recipe)["recipe"]["factors"]
    losses = []
    for step in range(steps):
        at = step % per_pass
        if at == 0:
            engine.call.begin_pass(step // per_pass + 1)
        rate = engine.call.one_cycle(recipe.rate, step, total)
        if factors is not None:
            rate = recipe.rate * factors[step // per_pass]
        first = at * recipe.batch
        count = min(recipe.batch, images - first)
        losses.append(engine.call.learn(step // per_pass + 1, first, count, rate))
    return losses


RUNS = {
    "adam, one cycle, last batches": ("lenet-28", Recipe(batch=13, epochs=5)),
    "momentum, decay, smoothing": (
        "lenet5-dense",
        Recipe(optimiser="momentum", rate=0.02, schedule="published", batch=16, epochs=6, decay=0.01, smoothing=0.1),
    ),
    "sgd, squared distances": (
        "lenet5",
        Recipe(optimiser="sgd", rate=0.001, schedule="constant", loss="mse", start="root", batch=8),
    ),
    "batch normalisation": ("lenet-modern", Recipe(batch=14, epochs=5, start="he", decay=0.05, rate=0.01)),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_a_hundred_steps_are_those_of_the_torch_loop(name: str, digits: Digits) -> None:
    """In double precision, where only the order of sums differs; so every batch, rate and step is the same."""
    key, recipe = RUNS[name]
    engine = opened(NETWORKS[key], recipe, digits)
    losses = by_engine(engine, recipe, digits, STEPS)
    wanted, weights = by_torch(NETWORKS[key], recipe, digits, STEPS)
    np.testing.assert_allclose(losses, wanted, rtol=1e-6, atol=1e-9)
    found = engine.arrays(engine.weights)
    for layer, own in weights.items():
        for array_name, array in own.items():
            np.testing.assert_allclose(found[layer][array_name], array, rtol=1e-5, atol=1e-6, err_msg=layer)


def test_single_precision_follows_the_same_curve(digits: Digits) -> None:
    """Rounding grows along the way: after a hundred steps the loss still agrees within a hundredth."""
    key, recipe = RUNS["adam, one cycle, last batches"]
    losses = by_engine(opened(NETWORKS[key], recipe, digits, double=False), recipe, digits, STEPS)
    wanted, _ = by_torch(NETWORKS[key], recipe, digits, STEPS)
    np.testing.assert_allclose(losses[:10], wanted[:10], rtol=1e-4)
    np.testing.assert_allclose(losses, wanted, rtol=0.01, atol=0.005)


@pytest.mark.parametrize(("optimiser", "steps"), [("sgd", 1), ("momentum", 2), ("adam", 2)])
def test_a_second_step_remembers_what_the_first_left(optimiser: str, steps: int, digits: Digits) -> None:
    """By hand: v ← 0.9·v + g; m and s of Adam with their corrections."""
    network = NETWORKS["lenet-28"]
    recipe = Recipe(optimiser=optimiser, rate=0.01, schedule="constant", batch=8)
    engine = opened(network, recipe, digits)
    engine.call.begin_pass(1)
    learned = engine.plan.learned
    weights, v, s = engine.weights[:learned].copy(), np.zeros(learned), np.zeros(learned)
    for step in range(1, steps + 1):
        engine.call.learn(1, (step - 1) * 8, 8, recipe.rate)
        g = engine.seen("gradients", learned)
        if optimiser == "adam":
            v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g * g
            weights -= 0.01 * (v / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
        else:
            v = (0.9 * v if optimiser == "momentum" else 0) + g
            weights -= 0.01 * v
        np.testing.assert_allclose(engine.weights[:learned], weights, rtol=1e-9, atol=1e-12)


def test_one_number_a_map_does_not_decay_and_kernels_do(digits: Digits) -> None:
    network, recipe = NETWORKS["lenet-modern"], Recipe(optimiser="sgd", decay=0.5, schedule="constant", batch=4)
    ends = []
    for decay in (0.5, 0.0):
        engine = opened(network, replace(recipe, decay=decay), digits)
        engine.set_weights(any_weights(network))
        engine.call.begin_pass(1)
        engine.call.learn(1, 0, 4, 0.1)
        ends.append(engine.arrays(engine.weights))
    for layer, own in any_weights(network).items():
        for name, before in own.items():
            shrunk = ends[1][layer][name] - ends[0][layer][name]
            expected = 0.05 * before if name in ("kernels", "weights") else np.zeros_like(before)
            np.testing.assert_allclose(shrunk, expected, atol=1e-7, err_msg=f"{layer} {name}")


@pytest.mark.parametrize("count", [2, 5, 32])
def test_running_means_take_in_a_tenth_of_each_batch(count: int) -> None:
    network = NETWORKS["lenet-modern"]
    images, weights = any_images(network, count), any_weights(network)
    engine = Native(network)
    engine.set_weights(weights)
    before = {name: array.astype(np.float64) for name, array in weights["B1"].items()}
    engine.forward(images, training=True)
    first, shape = engine.plan.outputs["C1"]
    lanes = engine.call.lanes_of(count)
    values = engine.seen("values", engine.plan.numbers * lanes).reshape(-1, lanes)[first : first + shape.units, :count]
    maps = values.reshape(shape.maps, -1)
    found = engine.arrays(engine.weights)["B1"]
    np.testing.assert_allclose(found["mean"], 0.9 * before["mean"] + 0.1 * maps.mean(1), rtol=1e-9)
    spread = maps.var(1, ddof=1)
    np.testing.assert_allclose(found["variance"], 0.9 * before["variance"] + 0.1 * spread, rtol=1e-9)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_step_has_the_rate_of_the_torch_loop(schedule: str) -> None:
    network, recipe = NETWORKS["lenet-28"], Recipe(schedule=schedule, epochs=14, batch=500)
    engine, net = Native(network), nn.Linear(1, 1)
    per_pass = recipe.steps(1300) // recipe.epochs
    descent, factors = Descent(net, recipe, per_pass), task_of(network, recipe)["recipe"]["factors"]
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    for step in range(per_pass * recipe.epochs):
        descent.step()
        found = engine.call.one_cycle(recipe.rate, step, per_pass * recipe.epochs)
        if factors is not None:
            found = recipe.rate * factors[step // per_pass]
        assert found == pytest.approx(descent.rate, rel=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_papers_own_step_is_that_of_the_chain(loss: str, digits: Digits) -> None:
    """Rates from the curvature of the pass's first digits (Eq. 21), then a step for each of three digits."""
    network = NETWORKS["lenet5"]
    recipe = replace(recipe_named("paper", network), loss=loss, seed=4)
    engine = opened(network, recipe, digits)
    order = draws.order(4, 0, len(digits.train_labels))
    engine.call.begin_pass(0)
    engine.call.find_rates(1, 70, recipe.rate, paper.MU)
    chain = Chain(network, draws.start(network, recipe.start, 4), np.float64)
    images = framed(digits.train_images[order], 32, network.pixels).astype(np.float64)
    found = second_order.curvatures(chain, images[:70], recipe)
    moves = second_order.rates(chain, found, recipe.rate)
    np.testing.assert_allclose(engine.seen("rates", engine.plan.learned), moves[chain.linked_in_a_row], rtol=1e-9)
    for at in range(3):
        engine.call.learn(1, at, 1, 0.0)
        answer = chain.forward(images[at : at + 1])
        truth = digits.train_labels[order[at : at + 1]].astype(int)
        chain.backward(second_order.asked(answer, truth, network, recipe).errors)
        chain.step(moves)
    weights = engine.arrays(engine.weights)
    for layer, own in chain.weights().items():
        for name, array in own.items():
            np.testing.assert_allclose(weights[layer][name], array, rtol=1e-9, atol=1e-12, err_msg=f"{layer} {name}")


def test_every_recipe_becomes_a_task_of_numbers() -> None:
    for network in NETWORKS.values():
        for key in RECIPES:
            recipe = recipe_named(key, network)
            if network.key == "lenet-modern" and recipe.batch == 1:
                continue  # normalisation needs a batch
            numbers = task_of(network, recipe)["recipe"]
            assert all(not isinstance(value, str) for value in numbers.values())
            assert numbers["factors"] is None or len(numbers["factors"]) == recipe.epochs
