"""One job as the queue knows it: its task, its phase and what it has told so far."""

from __future__ import annotations

import json
import secrets
import signal
import time
from collections.abc import Mapping
from typing import Any

from lenet_explain.jobs.event_log import History
from lenet_explain.jobs.interface import OVER, Event, JobState, Phase, Turn
from lenet_explain.jobs.process import Process

TASK_BYTES = 32_768  # fits in a pipe, so that handing it over never blocks


class Job:
    """waiting → starting → running → finished or failed; stopping → stopped; lost when its process vanishes."""

    def __init__(self, owner: str, visitor: str, task: Mapping[str, Any]) -> None:
        """owner: the browser whose turn it takes."""
        self.line = task_line(task)
        self.kind = str(task.get("task"))
        self.name = secrets.token_urlsafe(16)
        self.owner = owner
        self.visitors = {visitor}  # who want it
        self.phase: Phase = "waiting"
        self.message: str | None = None
        self.history = History()
        self.result: Event | None = None
        self.process: Process | None = None
        self.diagnostics = ""
        self.share: float | None = None  # of the work that is done, where the task says
        self.given_up: str | None = None  # why the queue has ended its process
        self.forget_at: float | None = None  # sooner than others, as nobody wants it
        self.began = self.at_work_since = self.ended = 0.0  # on the clock that never jumps
        self._started_at: float | None = None
        self._ended_at: float | None = None

    @property
    def over(self) -> bool:
        return self.phase in OVER

    @property
    def unfinished(self) -> bool:
        return not self.over and self.phase != "stopping"

    def start(self, process: Process) -> None:
        self.process = process
        self.began, self._started_at = time.monotonic(), time.time()
        self.at_work_since = self.began
        self.phase = "running" if process.ready else "starting"
        process.give(self.line)

    def end(self, phase: Phase, message: str | None = None) -> None:
        """The first end counts; a job that was being stopped ends as stopped whatever its process says."""
        if self.over:
            return
        if self.phase == "stopping":
            self.phase = "stopped"
        else:
            self.phase, self.message = phase, message
        self.ended, self._ended_at = time.monotonic(), time.time()
        if self.process is not None:
            self.process.end()

    def stop(self, why: str | None = None) -> None:
        """A waiting job is stopped at once, a running one when its process is gone. why: unless its visitor asked."""
        if self.phase == "waiting":
            self.end("stopped", why)
        elif self.unfinished:
            self.phase, self.message = "stopping", why
        if self.process is not None:
            self.process.end()

    def hear(self, event: Event) -> None:
        if self.over:
            return
        match event["type"]:
            case "ready":
                self.phase = "running" if self.phase == "starting" else self.phase
                self.at_work_since = time.monotonic()
            case "progress":
                share = event.get("share")
                self.share = min(1.0, max(0.0, share)) if isinstance(share, int | float) else None
                self.history.add(event)
            case "done":
                self.result = event
                self.end("finished")
            case "failed":
                self.end("failed", str(event.get("message", "the training process failed without saying why")))

    def state(self, place: int | None = None, waiting: int = 0, turn: Turn | None = None) -> JobState:
        silent = self.process.silent if self.process and not self.over else 0.0
        return JobState(
            self.phase, place, waiting, self.message, self._started_at, self._ended_at, turn=turn, silent=silent
        )


def task_line(task: Mapping[str, Any]) -> bytes:
    """The task as one line of JSON. Raises ValueError where it is longer than a pipe surely holds."""
    line = json.dumps(dict(task)).encode() + b"\n"
    if len(line) > TASK_BYTES:
        raise ValueError(f"the task is {len(line)} bytes long, and may be {TASK_BYTES}: put what is large into a file")
    return line


def how_it_was_lost(exit_code: int) -> str:
    """One sentence for the visitor; a negative code is the signal that ended the process."""
    if exit_code >= 0:
        return f"the training process ended before its work was done (exit code {exit_code}): start again"
    kill = getattr(signal, "SIGKILL", None)
    why = ", often because memory ran out" if kill is not None and -exit_code == kill else ""
    return f"the training process was ended by the system (signal {-exit_code}){why}: start again"
