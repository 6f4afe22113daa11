"""What the tests of pages share: a queue that does as it is told, opening a page, and what was sent to be drawn."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.jobs import Event, Events, Jobs, JobState, QueueFull, Snapshot
from lenet_explain.jobs.event_log import History
from lenet_explain.jobs.wire import packed_weights
from lenet_explain.network.named import network_named
from lenet_explain.ui.visit import cache

PAPER, LESSON = "pages/sources/paper.py", "pages/lesson/side_by_side.py"
DENSE = {"network": "lenet5-dense", "layer": "C1"}
PATIENCE = 300  # seconds for the worker, which lets every other process of a busy machine go first


@dataclass
class Scripted:
    """Jobs that go as a test says: the state and the events of every job are set from outside."""

    now: JobState = field(default_factory=lambda: JobState("starting"))
    history: History = field(default_factory=History)
    ended_with: Event | None = None
    refusal: str | None = None
    tasks: list[Mapping[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    here: set[str] = field(default_factory=set)
    started: str = "this start"
    nobody_is_here: bool = True
    others_wait: bool = False
    asked_about: list[str] = field(default_factory=list)

    def submit(self, visitor: str, task: Mapping[str, Any]) -> str:
        assert visitor in self.here, "a visitor is claimed before anything is submitted"
        if self.refusal:
            raise QueueFull(self.refusal)
        self.tasks.append(task)
        return f"job {len(self.tasks)}"

    def state(self, job: str) -> JobState:
        return self.now

    def events(self, job: str, since: int = 0) -> Events:
        return self.history.since(since)

    def first(self, job: str) -> Event | None:
        return self.history.first

    def latest(self, job: str) -> Event | None:
        return self.history.latest

    def snapshots(self, job: str) -> tuple[Snapshot, ...]:
        return self.history.snapshots()

    def result(self, job: str) -> Event | None:
        return self.ended_with

    def cancel(self, job: str, visitor: str | None = None) -> bool:
        self.cancelled.append(job)
        return self.others_wait

    def claim(self, visitor: str, browser: str | None = None, address: str | None = None) -> None:
        self.here.add(visitor)

    def release(self, visitor: str) -> None:
        self.here.discard(visitor)

    def left_behind(self, job: str) -> bool:
        self.asked_about.append(job)
        return self.nobody_is_here

    def warm(self) -> None: ...

    def close(self) -> None: ...


@contextmanager
def in_place(queue: Jobs, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The app uses this queue; what the app keeps for all visitors starts and ends empty."""
    _empty()
    monkeypatch.setattr(cache, "Queue", lambda: queue)
    try:
        yield
    finally:
        _empty()


def _empty() -> None:
    """Visits first: one that ends tells the queue, and makes one where there is none."""
    st.cache_resource.clear()
    cache.jobs().close()
    cache.jobs.clear()


def opened(app: AppTest, query: Mapping[str, str]) -> AppTest:
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest, page: str, query: Mapping[str, Any]) -> AppTest:
    """By a link, though AppTest begins on the first page; one between them forgets what that page has set."""
    app.run().switch_page(PAPER).run()
    app.query_params.update(query)
    app.switch_page(page).run()
    assert not app.exception
    return app


def wait(app: AppTest, done: Callable[[], object]) -> None:
    """Look at the page until it is so, and leave the machine to the worker between two looks."""
    until = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < until:
        time.sleep(1)
        app.run()
        assert not app.exception


def trained(app: AppTest) -> AppTest:
    app.button(key="train").click().run()
    assert not app.exception
    return app


def event(step: int, steps: int = 200, *, seed: int = 0, right: int = 30) -> Event:
    """Progress as a worker sends it, of lenet5-dense; right: how many of each digit's 35 test images are read."""
    weights = starting_weights(network_named("lenet5-dense"), "xavier", seed)
    confusion = [[right if row == column else 0 for column in range(10)] for row in range(10)]
    for row in range(10):
        confusion[row][(row + 1) % 10] = 35 - right
    return {
        "type": "progress",
        "step": step,
        "steps": steps,
        "epoch": 1 if step else 0,
        "epochs": 4,
        "seconds": step / 10,
        "images_per_second": 320.0 if step else 0.0,
        "rate": 0.002,
        "training_loss": 1.5 if step else None,
        "training_accuracy": 0.5 if step else None,
        "test_loss": 2.25,
        "test_accuracy": 0.125,
        "test_images": 350,
        "gradient_layers": ["C1", "C3", "C5", "F6", "OUTPUT"] if step else [],
        "gradients": [0.1, 0.2, 0.3, 0.4, 0.5] if step else [],
        "last": step == steps,
        "confusion": confusion,
        "weights": packed_weights(weights),
    }


def status(app: AppTest) -> str:
    """What stands above the curves: progress, or the error in its place, without Markdown's escapes."""
    bars, errors = app.get("progress"), app.error
    words = bars[0].proto.text if bars else errors[0].value  # pyright: ignore[reportAttributeAccessIssue]
    return words.replace("\\", "")


def drawn(app: AppTest, name: str) -> Any:
    """What is sent to the components of this name, in the order of the page."""
    protos = [found.proto for found in app.get("bidi_component")]  # pyright: ignore[reportAttributeAccessIssue]
    return [proto for proto in protos if proto.component_name == name]


def tiles(app: AppTest) -> tuple[dict[str, Any], np.ndarray]:
    """The head of the frame, and all its numbers in a row."""
    [proto] = drawn(app, "lenet_tiles")
    (length,) = struct.unpack_from("<I", proto.bytes)
    return json.loads(proto.bytes[4 : 4 + length]), np.frombuffer(proto.bytes, "<f4", offset=4 + length)


def chart(app: AppTest) -> dict[str, Any]:
    """What the curves are drawn from, see figures.curves."""
    [proto] = drawn(app, "lenet_curves")
    return json.loads(proto.json)[0]
