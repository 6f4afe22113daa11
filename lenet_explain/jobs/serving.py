"""How a worker process serves one task: it hears the task and the wish to stop, and tells events and that it is alive.

worker.py has the protocol and names the tasks.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

BEAT = 1.0  # seconds between two signs of life
GRACE = 6.0  # seconds from being asked to stop to stopping regardless: time to measure what was learned
NICENESS = 10
FIRST_TO_GO = "500"  # of 1000: when memory runs out the system ends this process, not the web process

Task = Callable[[Mapping[str, Any], Callable[[], bool]], Generator[dict[str, Any], None, "dict[str, Any] | None"]]


class Tasks(NamedTuple):
    """What a worker can do, and the errors whose message is meant for the visitor."""

    tasks: Mapping[str, Task]
    known_errors: tuple[type[Exception], ...]


class Input:
    """What comes in: the task, then the wish to stop. Read by a thread, so that even an import can be broken off."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._task: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._stop = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def task(self) -> dict[str, Any]:
        """Wait for the task. Raises ValueError where the line is no JSON object."""
        task = json.loads(self._task.get())
        if not isinstance(task, dict):
            raise ValueError("a task is a JSON object")
        return task

    def stopped(self) -> bool:
        return self._stop.is_set()

    def _listen(self) -> None:
        """Read past Python's own buffer, whose lock would be in the way when the program ends."""
        received = b""
        while b"\n" not in received:
            chunk = _read_input()
            if not chunk:
                os._exit(0)  # no task will come
            received += chunk
        line, _, further = received.partition(b"\n")
        self._task.put(line)
        if not further:
            _read_input()
        self._stop.set()
        time.sleep(self._grace)
        os._exit(1)


class Wire:
    """What goes out, one event a line. An error that ends the work is told on it.

    The standard output becomes a second standard error, so that a stray print cannot garble an event.
    """

    def __init__(self, known_errors: tuple[type[Exception], ...] = ()) -> None:
        self.known_errors = known_errors
        self._pipe = os.fdopen(os.dup(1), "wb")
        self._lock = threading.Lock()
        os.dup2(2, 1)

    def say(self, kind: str, /, **fields: Any) -> None:
        line = json.dumps(fields | {"type": kind}).encode() + b"\n"
        with self._lock:
            self._pipe.write(line)
            self._pipe.flush()

    def __enter__(self) -> Wire:
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def _beat(self) -> None:
        with suppress(OSError, ValueError):  # nobody listens any more, or all is said
            while True:
                time.sleep(BEAT)
                self.say("alive")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        """A known error is told and done with; any other is told by its kind and goes on to standard error."""
        known = isinstance(error, self.known_errors)
        with suppress(OSError):
            if known:
                self.say("failed", message=str(error))
            elif kind is not None:
                self.say("failed", message=f"the training process stopped unexpectedly: {kind.__name__}")
            with self._lock:
                self._pipe.close()
        return known


def serve(load: Callable[[], Tasks], grace: float = GRACE) -> None:
    """Do one task; `load` may take long, as it imports what is heavy."""
    with Wire() as wire:
        asked = Input(grace)
        _step_back()
        served = load()
        wire.known_errors = (*served.known_errors, UnknownTaskError)
        wire.say("ready")
        task = asked.task()
        result = follow(_named(task, served.tasks)(task, asked.stopped), wire)
        wire.say("done", **result)


class UnknownTaskError(Exception):
    """The web process and the worker are of different versions."""


def follow(work: Generator[dict[str, Any], None, dict[str, Any] | None], wire: Wire) -> dict[str, Any]:
    """Tell each step; returns what the work ends with."""
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            return end.value or {}
        wire.say("progress", **step)


def _named(task: Mapping[str, Any], tasks: Mapping[str, Task]) -> Task:
    name = str(task.get("task"))
    if name not in tasks:
        raise UnknownTaskError(f"{name}: there is no such task, only {', '.join(tasks)}")
    return tasks[name]


def _step_back() -> None:
    """Let the web process go first: for the processor, and when memory runs out. Each where the system has it."""
    with suppress(OSError):
        if sys.platform != "win32":
            os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")


def _read_input() -> bytes:
    try:
        return os.read(0, 65_536)
    except OSError:
        return b""
