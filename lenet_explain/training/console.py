"""Training and measuring from the command line."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from lenet_explain.accuracy import Accuracy, accuracy
from lenet_explain.build import LeNet, build
from lenet_explain.checkpoints import Card, CheckpointError, check_place, load_checkpoint, save_checkpoint
from lenet_explain.evaluation import evaluate
from lenet_explain.networks import network_named
from lenet_explain.training.data import load
from lenet_explain.training.event import Event, TrainingError
from lenet_explain.training.loop import Conditions, train
from lenet_explain.training.recipe import Recipe
from lenet_explain.walk import Network


def train_and_print(network: Network, recipe: Recipe, options: argparse.Namespace) -> None:
    """One line an event (JSON lines with --json); with --out the weights and their card are written at the end."""
    torch.set_num_threads(1)  # the same weights everywhere, and no collapse when a neighbour takes a core
    check_device(options.device)
    if options.out:
        check_place(options.out)
    data = load(options.data)
    net = build(network, recipe.start, recipe.seed)
    event = None
    for event in train(network, recipe, data, Conditions(device=options.device, every_seconds=1.0), net):
        print(json.dumps(_values(event)) if options.json else _line(event), flush=True)
    assert event is not None  # a run tells at least of its start
    reached = accuracy(event.confusion.tolist())
    if not options.json:
        print(f"{network.title} reads {reached} of {reached.total:,} test digits that it has not seen")
    if options.out:
        card = Card(
            network=network.key,
            recipe=recipe,
            data=options.data,
            fingerprint=data.fingerprint,
            seconds=event.seconds,
            right=reached.right,
            images=reached.total,
            versions=_versions(),
        )
        save_checkpoint(options.out, {name: value.cpu().numpy() for name, value in net.state_dict().items()}, card)


def check_device(name: str) -> None:
    """Raises TrainingError where torch sees no such device here."""
    seen = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not seen[name]:
        there = ", ".join(device for device, is_there in seen.items() if is_there)
        raise TrainingError(f"device is {name!r}, and must be one that torch sees on this machine: {there}")


def evaluate_and_print(path: Path, *, as_json: bool) -> None:
    """Measure a checkpoint on the test digits that its card names, and compare with the card."""
    torch.set_num_threads(1)
    weights, card = load_checkpoint(path)
    net = build(network_named(card.network))
    fill(net, weights, path.name)
    data = load(card.data)
    if data.fingerprint != card.fingerprint:
        raise CheckpointError(f"{path.name} was measured on other images than the {card.data} found here")
    found = evaluate(net, data.test_images, data.test_labels, card.recipe)
    reached = accuracy(found.confusion.tolist())
    if as_json:
        print(json.dumps(_measured(card, reached) | {"confusion": found.confusion.tolist()}))
        return
    print(f"{card.network} on {card.data}: {reached}, {reached.total - reached.right} of {reached.total} wrong")
    same = "the same as" if reached.right == card.right else "not the same as"
    print(f"That is {same} its card: {card.right} of {card.images} right")


def fill(net: LeNet, weights: dict[str, Any], file: str) -> None:
    """Put the arrays into the module. Raises CheckpointError where they are not this network's."""
    wanted = {name: _form(value.numpy()) for name, value in net.state_dict().items()}
    found = {name: _form(value) for name, value in weights.items()}
    for name in sorted(wanted.keys() | found.keys()):
        have, need = found.get(name, "missing"), wanted.get(name, "left out")
        if have != need:
            raise CheckpointError(
                f"{file} does not hold the weights of {net.network.key}: {name} is {have}, and must be {need}"
            )
    net.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})


def _form(array: NDArray[Any]) -> str:
    """'float32 (84, 120)'"""
    return f"{array.dtype} {array.shape}"


def _measured(card: Card, reached: Accuracy) -> dict[str, Any]:
    low, high = reached.interval
    return {
        "network": card.network,
        "data": card.data,
        "right": reached.right,
        "images": reached.total,
        "accuracy": reached.share,
        "interval": [low, high],
        "card_right": card.right,
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


def _versions() -> dict[str, str]:
    versions = {name: importlib.metadata.version(name) for name in ("torch", "numpy")}
    return {"python": platform.python_version(), **versions}
