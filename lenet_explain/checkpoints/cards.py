"""What a checkpoint's weights are and what they reached, as JSON that is checked field by field when it is read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any

from lenet_explain.data.datasets import DATASETS
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.strict_json import short, value_of_json
from lenet_explain.network.walk import walk
from lenet_explain.recipes.recipe import Recipe, RecipeError, recipe_from
from lenet_explain.results.accuracy import Accuracy, accuracy

FORMAT = 2
_MOST = 10**9  # images


class CheckpointError(ValueError):
    """A file that is not a checkpoint of this project; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Card:
    """data: key of DATASETS; fingerprint: of its images and labels; seconds: of training; confusion: row = true digit,
    column = answer, over all test digits; wrong: the test digits, counted from 0, that are misread; versions: of the
    software that trained; stopped: after how many steps, where training did not come to its end. The recipe holds the
    seed."""

    network: str
    recipe: Recipe
    data: str
    fingerprint: str
    seconds: float
    confusion: tuple[tuple[int, ...], ...]
    wrong: tuple[int, ...]
    versions: Mapping[str, str]
    stopped: int | None = None

    @property
    def reached(self) -> Accuracy:
        return accuracy(self.confusion)


def stopped_in_words(card: Card) -> str:
    """', stopped after 1,234 steps', or nothing where training came to its end"""
    if card.stopped is None:
        return ""
    return f", stopped after {card.stopped:,} step{'s' * (card.stopped > 1)}"


def card_text(card: Card) -> str:
    """The card as JSON. `test` says again what the confusion matrix says, for readers: error and its 95 % interval."""
    values = {"format": FORMAT, **{field.name: getattr(card, field.name) for field in fields(card)}}
    values |= {"recipe": asdict(card.recipe), "test": _test(card), "versions": dict(card.versions)}
    if card.stopped is None:
        del values["stopped"]
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())
    return f"{{\n{lines}\n}}\n"


def card_of(text: str | bytes, file: str) -> Card:
    """Raises CheckpointError, naming `file` and the field, for what is no card or cannot be true."""
    try:
        values = value_of_json(text)
    except ValueError as error:
        raise CheckpointError(f"{file} is not JSON that can be read: {error}") from error
    form = values.pop("format", None) if isinstance(values, dict) else None
    if isinstance(form, bool) or form != FORMAT:
        raise CheckpointError(f"{file} is not a card of format {FORMAT}")
    _check_fields(file, values)
    said = values.pop("test")
    try:
        recipe = recipe_from(values["recipe"], Recipe())
        recipe.check(network_named(values["network"]))
    except RecipeError as error:
        raise CheckpointError(f"{file}: recipe: {error}") from error
    confusion = tuple(map(tuple, values["confusion"]))
    card = Card(**{**values, "recipe": recipe, "confusion": confusion, "wrong": tuple(values["wrong"])})
    _check_truth(file, card, said)
    return card


def _test(card: Card) -> dict[str, Any]:
    reached = card.reached
    low, high = reached.interval
    error = [round(1 - share, 6) for share in (reached.share, high, low)]
    return {"right": reached.right, "images": reached.total, "error": error[0], "interval": error[1:]}


def _check_truth(file: str, card: Card, said: object) -> None:
    """What the fields say must fit together."""
    classes = walk(network_named(card.network))[-1].after.maps
    if [len(row) for row in card.confusion] != [classes] * classes:
        raise CheckpointError(f"{file}: confusion has another shape than {classes} rows of {classes}")
    reached = card.reached
    if len(card.wrong) != reached.total - reached.right or any(index >= reached.total for index in card.wrong):
        raise CheckpointError(
            f"{file}: wrong names {len(card.wrong):,} digits, and by confusion {reached.total - reached.right:,} "
            f"of {reached.total:,} are misread"
        )
    if said != _test(card):
        raise CheckpointError(f"{file}: test is {short(said)}, and by confusion must be {_test(card)}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_network(value: object) -> bool:
    try:
        return isinstance(value, str) and network_named(value).key == value
    except DescriptionError:
        return False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _are_counts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_count, value))


_RULES: Mapping[str, tuple[Callable[[object], bool], str]] = MappingProxyType(
    {
        "network": (_is_network, f"one of {', '.join(NETWORKS)}, or the text of a network"),
        "recipe": (lambda value: isinstance(value, dict), "an object of a recipe's fields"),
        "data": (lambda value: _is_text(value) and value in DATASETS, f"one of {', '.join(DATASETS)}"),
        "fingerprint": (_is_text, "a text"),
        "seconds": (_is_time, "a number from 0"),
        "confusion": (lambda value: isinstance(value, list) and all(map(_are_counts, value)), "rows of whole numbers"),
        "wrong": (_are_counts, f"whole numbers from 0 to {_MOST:,}"),
        "versions": (_is_texts, "an object of texts"),
        "test": (lambda value: isinstance(value, dict), "an object"),
        "stopped": (lambda value: _is_count(value) and value != 0, f"a whole number from 1 to {_MOST:,}"),
    }
)
_OPTIONAL = frozenset({"stopped"})


def _check_fields(file: str, values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in _RULES:
            raise CheckpointError(f"{file} has a field {short(name)}, which no card has")
    for name, (holds, rule) in _RULES.items():
        if name not in values:
            if name in _OPTIONAL:
                continue
            raise CheckpointError(f"{file} lacks the field {name} of a card")
        if not holds(values[name]):
            raise CheckpointError(f"{file}: {name} is {short(values[name])}, and must be {rule}")
