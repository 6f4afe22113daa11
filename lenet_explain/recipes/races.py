"""Races worth watching, by name: each teaches one thing within seconds on the embedded digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a race: a network, a named recipe, and the fields of it that are changed."""

    network: str
    recipe: str
    changed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedRace:
    key: str
    title: str
    question: str
    sides: tuple[Side, Side]


_SLOW = {"rate": 0.05, "batch": 64, "epochs": 8}
_EIGHT = {"epochs": 8}

RACES: Mapping[str, NamedRace] = MappingProxyType(
    {
        named.key: named
        for named in (
            NamedRace(
                "later",
                "Tanh against ReLU",
                "Do ReLU, batch normalisation and max pooling learn more from the same few passes?",
                (Side("lenet5-dense", "plain-sgd", _SLOW), Side("lenet-modern", "plain-sgd", _SLOW)),
            ),
            NamedRace(
                "1998",
                "1998 against today",
                "How far is the published network behind one with what became usual later?",
                (Side("lenet5", "quick", _EIGHT), Side("lenet-modern", "quick", _EIGHT)),
            ),
            NamedRace(
                "rates",
                "One rate against another",
                "What does a rate twenty times smaller cost?",
                (
                    Side("lenet5-dense", "plain-sgd", {"rate": 0.1, "epochs": 10}),
                    Side("lenet5-dense", "plain-sgd", {"rate": 0.005, "epochs": 10}),
                ),
            ),
            NamedRace(
                "losses",
                "Eq. 8 against Eq. 9",
                "Does it pay to push wrong glyphs away, as Eq. 9 does?",
                (Side("lenet5", "quick", _EIGHT), Side("lenet5", "quick", {"loss": "map", **_EIGHT})),
            ),
            NamedRace(
                "batches",
                "Small batches against large",
                "The same digits as often: many small steps, or few sure ones?",
                (
                    Side("lenet5-dense", "plain-sgd", {"batch": 8, "epochs": 5}),
                    Side("lenet5-dense", "plain-sgd", {"batch": 128, "epochs": 5}),
                ),
            ),
            NamedRace(
                "too-fast",
                "Too fast",
                "What becomes of weights whose steps are far too long, and whose decay turns them round?",
                (
                    Side("lenet5-dense", "plain-sgd", _EIGHT),
                    Side("lenet5-dense", "plain-sgd", {"rate": 10.0, "decay": 0.5, **_EIGHT}),
                ),
            ),
        )
    }
)
FIRST = RACES["later"]  # what the page opens with
