"""What a visitor has chosen, started and loaded, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.checkpoints.cards import Card
from lenet_explain.network.walk import Network
from lenet_explain.pictures import Box, PictureReading
from lenet_explain.recipes.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Setup:
    """What the controls say. problem: why this cannot be trained, or None."""

    network: Network
    data: str
    recipe: Recipe
    layer: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A training run that this visitor started."""

    job: str
    network: str
    data: str
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Started:
    """A job that this visitor started, or joined. began: seconds since 1970."""

    job: str
    task: Mapping[str, Any]
    began: float


@dataclass(frozen=True, slots=True)
class Lost:
    """What an earlier visit in this tab left behind. task: what it was; began: seconds since 1970; reached: how far it
    had come, in words; why: how it was lost; runs: how many that visit had in its table."""

    task: Mapping[str, Any]
    began: float
    reached: str
    why: str
    runs: int
    dismissed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """Weights that this visitor brought in a file. name: of the file, as the browser says, not to be trusted;
    digest: of its content."""

    name: str
    weights: Weights
    card: Card
    digest: str


@dataclass(frozen=True, slots=True)
class Drafts:
    """Every text of the network that is being built, oldest first, and which of them is on screen; −1 before the first.
    turn: another number whenever widgets must forget what they said."""

    texts: tuple[str, ...] = ()
    at: int = -1
    turn: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Pictured:
    """A picture that this visitor handed over, and what was found in it. turn: another number whenever something is to
    be read; content: its file, empty where there is no picture; part: where to look, None everywhere; whole: found in
    the whole picture; found: what is offered; refusal: why nothing was found, or ""; preview: of a picture in which
    nothing was found, (h, w) uint8; asked: whether it is still to be read."""

    turn: int = 0
    content: bytes = b""
    part: Box | None = None
    whole: PictureReading | None = None
    found: PictureReading | None = None
    refusal: str = ""
    preview: NDArray[np.uint8] | None = None
    asked: bool = False
