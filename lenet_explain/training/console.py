"""Training and measuring from the command line."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from lenet_explain.backends.torch_module import LeNet, build
from lenet_explain.backends.torch_weights import fill, weights_of
from lenet_explain.checkpoints.cards import Card, CheckpointError
from lenet_explain.checkpoints.files import check_place, load_checkpoint, save_checkpoint
from lenet_explain.checkpoints.series import SUFFIX as SERIES_SUFFIX
from lenet_explain.checkpoints.series import moments, save_series, series_of
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.results.accuracy import accuracy
from lenet_explain.results.event import Event, TrainingError
from lenet_explain.training.digits import load_digits
from lenet_explain.training.loop import Conditions, train
from lenet_explain.training.measured_card import measured


def train_and_print(network: Network, recipe: Recipe, options: argparse.Namespace) -> None:
    """One line an event (JSON lines with --json); with --out the weights and their card are written at the end, with
    --series too the run to look back on."""
    check_device(options.device)
    if options.out:
        check_place(options.out)
    data = load_digits(options.data)
    net = build(network, recipe.start, recipe.seed)
    conditions = Conditions(device=options.device, every_seconds=1.0)
    if options.series:
        conditions = replace(conditions, at=moments(recipe.steps(len(data.train_images))))
    events = []
    for event in train(network, recipe, data, conditions, net):
        print(json.dumps(_values(event)) if options.json else _line(event), flush=True)
        events = [*events, event] if options.series else [event]
    reached = accuracy(events[-1].confusion.tolist())
    if not options.json:
        print(f"{network.title} reads {reached} of {reached.total:,} test digits that it has not seen")
    if options.out:
        keep(options.out, net, measured(net, recipe, options.data, data, events[-1].seconds))
    if options.out and options.series:
        series = series_of(network.key, recipe, options.data, events)
        save_series(options.out.with_suffix(SERIES_SUFFIX), series)


def keep(path: Path, net: LeNet, card: Card) -> None:
    save_checkpoint(path, weights_of(net.layers), card)


def check_device(name: str) -> None:
    """Raises TrainingError where torch sees no such device here."""
    seen = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not seen[name]:
        there = ", ".join(device for device, is_there in seen.items() if is_there)
        raise TrainingError(f"device is {name!r}, and must be one that torch sees on this machine: {there}")


def evaluate_and_print(path: Path, *, as_json: bool) -> None:
    """Measure a checkpoint on the test digits that its card names, and compare with the card."""
    weights, card = load_checkpoint(path)
    net = build(network_named(card.network))
    fill(net.layers, weights)
    data = load_digits(card.data)
    if data.fingerprint != card.fingerprint:
        raise CheckpointError(f"{path.name} was measured on other images than the {card.data} found here")
    found = measured(net, card.recipe, card.data, data, card.seconds)
    if as_json:
        print(json.dumps(_compared(card, found)))
        return
    reached = found.reached
    print(f"{card.network} on {card.data}: {reached}, {len(found.wrong)} of {reached.total} wrong")
    same = "the same as" if (found.confusion, found.wrong) == (card.confusion, card.wrong) else "not the same as"
    print(f"That is {same} its card: {card.reached.right} of {card.reached.total} right")


def _compared(card: Card, found: Card) -> dict[str, Any]:
    reached = found.reached
    low, high = reached.interval
    return {
        "network": card.network,
        "data": card.data,
        "right": reached.right,
        "images": reached.total,
        "accuracy": reached.share,
        "interval": [low, high],
        "card_right": card.reached.right,
        "same_as_card": (found.confusion, found.wrong) == (card.confusion, card.wrong),
        "confusion": found.confusion,
    }


def _values(event: Event) -> dict[str, Any]:
    """The event without its weights."""
    values = asdict(event)
    del values["weights"]
    return values | {"confusion": event.confusion.tolist()}


def _line(event: Event) -> str:
    training = f"{event.training.loss:9.4f} {event.training.accuracy:7.1%}" if event.training else f"{'':17}"
    return (
        f"step {event.step:6}/{event.steps}  epoch {event.epoch:3}  training {training}  "
        f"test {event.test.loss:9.4f} {event.test.accuracy:7.1%}  {event.images_per_second:8,.0f} images/s  "
        f"{event.seconds:6.1f} s"
    )
