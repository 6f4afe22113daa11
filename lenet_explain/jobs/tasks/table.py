"""What a worker can do, by name. Imported in the worker only: what is heavy is imported at the top of this file."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lenet_explain.backends.torch_module import build
from lenet_explain.checkpoints.cards import CheckpointError, card_text
from lenet_explain.data.datasets import DataError, Digits, data_folder
from lenet_explain.jobs.tasks.ablation import ablation
from lenet_explain.jobs.tasks.attribution import attribution
from lenet_explain.jobs.tasks.gallery import gallery
from lenet_explain.jobs.tasks.preferences import preferences
from lenet_explain.jobs.tasks.race import race
from lenet_explain.jobs.wire import message_of
from lenet_explain.lore.baselines import BASELINES
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.recipes.recipe import Recipe, RecipeError, recipe_from
from lenet_explain.results.event import TrainingError
from lenet_explain.training.digits import load_digits
from lenet_explain.training.loop import Conditions, best_device
from lenet_explain.training.loop import train as train_network
from lenet_explain.training.measured_card import measured

if TYPE_CHECKING:
    from lenet_explain.jobs.serving import Task

FETCH_EVERY = 0.2  # seconds between two progress events

Steps = Generator[dict[str, Any], None, dict[str, Any] | None]


def prepare() -> None:
    """One step on blank images: at its first, torch imports a second's worth of modules."""
    torch.set_num_threads(1)
    images, labels = np.zeros((2, 28, 28), dtype=np.uint8), np.zeros(2, dtype=np.uint8)
    blank = Digits(images, labels, images, labels)
    for _ in train_network(NETWORKS["lenet-28"], Recipe(epochs=1), blank):
        pass


def train(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Train {"network", "recipe": its fields, "data"}; yields `wire.message_of` each event; ends with a gallery and,
    where a step was taken, with the card of the last event's weights."""
    torch.set_num_threads(1)  # two threads collapse when a neighbour takes a core
    network = network_named(str(task.get("network")))
    recipe = recipe_from(dict(task.get("recipe") or {}), Recipe())
    key, last = str(task.get("data")), None
    data, net = load_digits(key), build(network, recipe.start, recipe.seed)
    for event in train_network(network, recipe, data, Conditions(device=best_device(), stop=stop), net):
        yield {**message_of(event), "share": event.step / event.steps}
        last = event
    found = {"gallery": gallery(net, data, recipe)}
    if last is None or not last.step:
        return found
    early = last.step if last.step < last.steps else None
    return found | {"card": card_text(measured(net, recipe, key, data, last.seconds, stopped=early))}


def fetch(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Fetch the files of {"data": "mnist"} into the data folder; yields {"received": bytes, "of": bytes}."""
    if task.get("data") != "mnist":
        raise DataError(f"{task.get('data')}: only mnist can be fetched")
    from lenet_explain.data.mnist import fetch_mnist

    newest: dict[str, Any] = {"received": 0, "of": 0}

    def keep(received: int, of: int) -> None:
        newest.update(received=received, of=of, share=received / of if of else 0.0)

    with ThreadPoolExecutor(max_workers=1) as pool:
        work = pool.submit(fetch_mnist, data_folder(), keep, stop)
        while not wait([work], timeout=FETCH_EVERY).done:
            yield dict(newest)
        work.result()
    yield dict(newest)
    return None


def baselines(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Measure the simple methods on {"data"}; yields and ends with {"rows": the fields of each that is done}."""
    from lenet_explain.training.baselines import all_measured  # heavy, and seldom needed

    key = str(task.get("data"))
    rows: list[dict[str, Any]] = []
    yield {"rows": []}
    for row in all_measured(list(BASELINES), key, load_digits(key), stop):
        rows.append(asdict(row))
        yield {"rows": list(rows), "share": len(rows) / len(BASELINES)}
    return {"rows": rows}


def descendants(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Read the later networks out of torchvision's modules, see jobs.descendants."""
    from lenet_explain.jobs.tasks.descendants import descendants as read_out  # brings torchvision, which takes its time

    return (yield from read_out(task, stop))


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        "train": train,
        "race": race,
        "ablation": ablation,
        "fetch": fetch,
        "preferences": preferences,
        "attribution": attribution,
        "baselines": baselines,
        "descendants": descendants,
    }
)
KNOWN_ERRORS: tuple[type[Exception], ...] = (DescriptionError, DataError, RecipeError, TrainingError, CheckpointError)
