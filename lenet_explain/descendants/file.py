"""Descriptions of the later networks as text: the file that comes with the app, and what a worker sends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lenet_explain.descendants.descendant import Descendant
from lenet_explain.descendants.part import INPUT, KINDS, Part, Place
from lenet_explain.network.layers import Shape

FILE = Path(__file__).with_name("descendants.json")
COMMAND = "python -m lenet_explain descendants --out lenet_explain/descendants/descendants.json"
KEYS = ("alexnet", "vgg16", "inception_v3", "resnet18", "resnet50")  # as torchvision calls them, oldest first
COLUMNS = ("name", "kind", "reads", "after", "parameters", "window", "groups")  # the last two where there are any


class DescentError(ValueError):
    """A description that cannot be used; the message names the network, the part, the value and the rule."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All the networks as read out once. software: what they were read out of, in words."""

    software: str
    networks: Mapping[str, Descendant]


def values_of(reading: Reading) -> dict[str, Any]:
    """As JSON has it; `reading_of` turns it back."""
    networks = {key: network_values(one) for key, one in reading.networks.items()}
    return {"software": reading.software, "columns": list(COLUMNS), "networks": networks}


def network_values(network: Descendant) -> dict[str, Any]:
    shape = [network.input.maps, network.input.height, network.input.width]
    return {"input": shape, "answer": network.answer, "parts": [_row(part) for part in network.parts]}


def _row(part: Part) -> list[Any]:
    row: list[Any] = [part.name, part.kind, list(part.reads)]
    row += [[part.after.maps, part.after.height, part.after.width], part.parameters]
    if part.window:
        row.append([*part.window.kernel, *part.window.stride, *part.window.padding])
    return [*row, part.groups] if part.groups != 1 else row


def text_of(reading: Reading) -> str:
    """One line a part."""
    values = values_of(reading)
    networks = []
    for key, one in values.pop("networks").items():
        rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in one.pop("parts"))
        networks.append(f'{json.dumps(key)}: {json.dumps(one)[:-1]}, "parts": [\n{rows}\n]}}')
    return f'{json.dumps(values)[:-1]}, "networks": {{\n' + ",\n".join(networks) + "\n}}\n"


def reading_of(values: Any) -> Reading:
    """Raises DescentError: every part is held to what its kind can be."""
    try:
        software, found, columns = values["software"], values["networks"], values["columns"]
        networks = {key: network_of(key, found[key]) for key in KEYS}
    except (KeyError, TypeError) as error:
        raise DescentError(f"the description of the later networks lacks a field ({error!r})") from error
    if columns != list(COLUMNS) or not isinstance(software, str):
        raise DescentError(f"the columns are {columns!r}, and must be {', '.join(COLUMNS)}")
    return Reading(software, networks)


def network_of(key: str, values: Mapping[str, Any]) -> Descendant:
    """Raises DescentError."""
    shape = Shape(*_whole(key, values["input"], 1, 3))
    parts: list[Part] = []
    for row in values["parts"]:
        parts.append(_part(key, row, len(parts)))
    if not parts:
        raise DescentError(f"{key}: it has no parts, and must have at least one")
    (answer,) = _whole(key, [values["answer"]], 0, 1)
    if answer >= len(parts):
        raise DescentError(f"{key}: answer is {answer}, and must be a part from 0 to {len(parts) - 1}")
    network = Descendant(key, shape, tuple(parts), answer)
    for part in parts:
        if fault := part.fault(network.befores(part)):
            raise DescentError(f"{key}, {part.name}: {fault}")
    try:
        assert network.reaches
    except ValueError as error:
        raise DescentError(f"{key}: {error}") from error
    return network


def _part(key: str, row: Any, number: int) -> Part:
    if not isinstance(row, list) or not 5 <= len(row) <= len(COLUMNS):
        raise DescentError(f"{key}, part {number}: {row!r} is not a row of {', '.join(COLUMNS)}")
    name, kind, reads, after, parameters, *more = row
    where = f"{key}, {name}"
    if kind not in KINDS or not isinstance(name, str):
        raise DescentError(f"{where}: its kind is {kind!r}, and must be one of {', '.join(KINDS)}")
    reads = _whole(where, reads, INPUT)
    if not reads or max(reads) >= number:
        raise DescentError(f"{where}: it reads {reads}, and must read parts before its own number {number}")
    shape, (count,) = Shape(*_whole(where, after, 1, 3)), _whole(where, [parameters], 0, 1)
    window = _window(where, more[0]) if more else None
    groups = _whole(where, more[1:], 1)
    return Part(name, kind, reads, shape, count, window, *groups)


def _window(where: str, values: Any) -> Place:
    height, width, down, across, above, left = _whole(where, values, 0, 6)
    if min(height, width, down, across) < 1:
        raise DescentError(f"{where}: its window is {values}, and kernel and stride must be at least 1")
    return Place((height, width), (down, across), (above, left))


def _whole(where: str, values: Any, least: int, count: int | None = None) -> tuple[int, ...]:
    fits = isinstance(values, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in values)
    if not fits or min(values, default=least) < least or len(values) != (count or len(values)):
        many = f"{count} " if count else ""
        raise DescentError(f"{where}: {values!r} must be a list of {many}whole numbers of at least {least}")
    return tuple(values)


@lru_cache(maxsize=4)
def shipped(path: Path = FILE) -> Reading:
    """Raises DescentError naming the file and what is wrong in it."""
    try:
        return reading_of(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DescentError(f"the file {path.name} cannot be used ({reason}): write it with {COMMAND}") from error


def compared(here: Reading, there: Reading) -> tuple[str, ...]:
    """Where two readings differ, one sentence a network; none where they agree."""
    return tuple(_differences(here, there))


def _differences(here: Reading, there: Reading) -> Iterable[str]:
    for key in KEYS:
        one, other = here.networks[key], there.networks[key]
        pairs = zip(one.parts, other.parts, strict=False)
        if name := next((mine.name for mine, theirs in pairs if mine != theirs), None):
            yield f"{key}: {name} is not the same"
        elif len(one.parts) != len(other.parts):
            yield f"{key}: {len(one.parts)} parts against {len(other.parts)}"
        elif one != other:
            yield f"{key}: its input or its answer is not the same"
