"""One worker process: its pipes, the threads that read them, and how it is made to end.

The process is asked to stop by the end of its input, then told (terminate), then ended (kill). The end of its input
also reaches it when this process dies, however that happens.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from lenet_explain.jobs.interface import Event
from lenet_explain.jobs.limits import Policy

WORKER = (sys.executable, "-m", "lenet_explain.jobs.worker")
LINE_BYTES = 8_000_000
ERRORS_BYTES = 4_096
ON_THE_WIRE = ("ready", "alive", "progress", "done", "failed")
PROJECT = Path(__file__).resolve().parents[2]

# Two OpenMP threads that wait for each other by spinning collapse when a neighbour takes one of two cores
# (135 → 10 steps a second, measured), so each worker has one. What the operator has set stays.
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
}


class Process:
    """A worker that has been started.

    tell(process, event) is called from this worker's own thread for each event on the wire but signs of life, and at
    last once with {"type": "gone"}, when the process has ended. It is called while no lock of this class is held.
    Raises OSError where the system cannot start it.
    """

    def __init__(self, command: Sequence[str], tell: Callable[[Process, Event], None]) -> None:
        self._popen = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            # A group of its own keeps Ctrl-C in a terminal away from it. Not a session of its own: Linux may then share
            # the processor by session, and the worker's niceness would count for nothing.
            process_group=0,
        )
        pipes = self._popen.stdin, self._popen.stdout, self._popen.stderr
        self._input, output, errors = (cast("IO[bytes]", pipe) for pipe in pipes)
        self._tell = tell
        self._lock = threading.Lock()
        self._end_asked: float | None = None
        self._errors = b""
        self._heard_at = time.monotonic()
        self.ready = False
        self._error_reader = threading.Thread(target=self._read_errors, args=(errors,), daemon=True)
        self._error_reader.start()  # first: the other one joins it, and the process may be gone by then
        self._reader = threading.Thread(target=self._read, args=(output,), daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def silent(self) -> float:
        """Seconds since it last wrote a line."""
        return max(0.0, time.monotonic() - self._heard_at)

    def excuse(self, seconds: float) -> None:
        """Of its silence so many seconds do not count: this process did not run either."""
        self._heard_at += seconds

    @property
    def exit_code(self) -> int:
        """Negative for the signal that ended it. Only once the process is gone."""
        return self._popen.wait()

    @property
    def errors(self) -> str:
        """The last few kilobytes that the process wrote to its standard error."""
        return self._errors.decode(errors="replace")

    def give(self, line: bytes) -> None:
        """Hand over one line. A process that has just died does not take it, which its end will tell."""
        with self._lock, suppress(OSError):
            if not self._input.closed:
                self._input.write(line)
                self._input.flush()

    def end(self) -> None:
        """Ask the process to end, once; `press` makes sure that it does."""
        with self._lock:
            if self._end_asked is None:
                self._end_asked = time.monotonic()
                with suppress(OSError):
                    self._input.close()

    def press(self, policy: Policy) -> None:
        """Escalate to SIGTERM, then SIGKILL, when a stop request goes unanswered; without signs of life at once."""
        if self._end_asked is None:
            return
        waited = time.monotonic() - self._end_asked
        deaf = min(waited, self.silent) >= policy.deaf_after or self.silent >= policy.surely_deaf_after
        if waited >= policy.kill_after or deaf:
            self.kill()
        elif waited >= policy.terminate_after:
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self.end()
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def join(self, timeout: float) -> None:
        """Wait until the process is gone and this has been told, at most `timeout` seconds."""
        self._reader.join(timeout)

    def _signal(self, number: int) -> None:
        if self._popen.returncode is not None:
            return
        if sys.platform == "win32":
            self._popen.kill()
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, number)  # the whole group, else what it started could hold the pipes open

    def _read(self, output: IO[bytes]) -> None:
        with output:
            while line := output.readline(LINE_BYTES + 1):
                if not line.endswith(b"\n") and len(line) <= LINE_BYTES:
                    break  # cut short by the process's end
                event = _event(line)
                self._heard_at = time.monotonic()
                if event["type"] == "alive":
                    continue
                self.ready = self.ready or event["type"] == "ready"
                self._tell(self, event)
                if event["type"] == "failed":
                    break
            while output.read(65_536):
                pass  # nobody listens any more, but a full pipe would keep the process from ending by itself
        self.end()
        self._popen.wait()
        self._error_reader.join()
        self._tell(self, {"type": "gone"})

    def _read_errors(self, errors: IO[bytes]) -> None:
        with errors:
            while chunk := os.read(errors.fileno(), ERRORS_BYTES):
                self._errors = (self._errors + chunk)[-ERRORS_BYTES:]


def _event(line: bytes) -> Event:
    """The event on a line, or the failure that it stands for where the line cannot be used."""
    if len(line) > LINE_BYTES:
        return _fault(f"sent a line longer than {LINE_BYTES // 1_000_000} MB")
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return _fault("sent a line that is not JSON")
    if not isinstance(event, dict) or event.get("type") not in ON_THE_WIRE:
        return _fault("sent an event of no known type")
    return event


def _fault(what: str) -> Event:
    return {"type": "failed", "message": f"the training process {what}, a fault in this program: start again"}


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    return {**_ONE_THREAD, **os.environ, "PYTHONPATH": path}
