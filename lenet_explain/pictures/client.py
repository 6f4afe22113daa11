"""The web process's side of the reader: one process for the whole server, which reads one picture at a time.

It is started for the first picture, reused, and ended when it has been idle. One that dies or takes too long gives its
visitor a sentence and is replaced. How many may wait, and how long, is bounded.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import IO, cast

from lenet_explain.pictures import wire
from lenet_explain.pictures.interface import Box, PictureError, PictureReading

READER = (sys.executable, "-m", "lenet_explain.pictures.worker")
MOST_WAITING = 60  # pictures, the one being read included
PATIENCE = 60.0  # seconds that a picture waits for its turn
SECONDS = 30.0  # that reading one may take
STARTING = 60.0  # seconds that the start of the process may take
IDLE = 120.0  # seconds after which the process is ended

_PROJECT = Path(__file__).resolve().parents[2]
_BUSY = "Many pictures are being read at the moment: hand yours over again in a minute."


class Reader:
    """Safe to share between threads."""

    def __init__(
        self, command: Sequence[str] = READER, *, seconds: float = SECONDS, starting: float = STARTING,
        patience: float = PATIENCE, idle: float = IDLE, most_waiting: int = MOST_WAITING,
    ) -> None:  # fmt: skip
        self._command, self._seconds, self._starting = command, seconds, starting
        self._patience, self._idle = patience, idle
        self._places = threading.BoundedSemaphore(most_waiting)
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rest: threading.Timer | None = None

    def read(self, content: bytes, crop: Box | None = None) -> PictureReading:
        """Raises PictureError, also where the process could not be started, died, or took too long."""
        if not self._places.acquire(blocking=False):
            raise PictureError(_BUSY)
        try:
            if not self._turn.acquire(timeout=self._patience):
                raise PictureError(_BUSY)
            try:
                return self._asked(content, crop)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process; the next picture starts another."""
        with self._turn:
            self._end()

    @property
    def pid(self) -> int | None:
        """Of the process, where there is one."""
        return self._process.pid if self._process else None

    def _asked(self, content: bytes, crop: Box | None) -> PictureReading:
        process = self._running()
        late = threading.Event()
        watch = self._watch(process, self._seconds, late)
        reading = None
        try:
            wire.send(cast("IO[bytes]", process.stdin), {"crop": astuple(crop) if crop else None}, content)
            if message := wire.receive(cast("IO[bytes]", process.stdout)):
                reading = message
                return wire.unpacked(*message)
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            reading = None  # it died while it was written to, or what it said is no reading
        finally:
            watch.cancel()
            if reading is None:
                self._end()
            else:
                self._rest_later()
        if late.is_set():
            raise PictureError(f"The picture was not read within {self._seconds:.0f} seconds: choose a smaller one.")
        raise PictureError("The process that reads pictures ended over this one: try again, or choose another picture.")

    @staticmethod
    def _watch(process: subprocess.Popen[bytes], seconds: float, late: threading.Event) -> threading.Timer:
        """Kills the process after so many seconds, unless it is cancelled."""
        watch = threading.Timer(seconds, lambda: (late.set(), process.kill()))
        watch.daemon = True
        watch.start()
        return watch

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, which has said that it is ready."""
        if self._rest:
            self._rest.cancel()
        if self._process and self._process.poll() is None:
            return self._process
        self._end()
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), process_group=0
            )
        except OSError as error:
            raise PictureError(
                "The process that reads pictures could not be started: try again in a minute."
            ) from error
        late = threading.Event()
        watch = self._watch(self._process, self._starting, late)
        try:
            ready = wire.receive(cast("IO[bytes]", self._process.stdout))
        except (OSError, ValueError):
            ready = None  # what it said is no message
        finally:
            watch.cancel()
        if ready is None:
            self._end()
            after = f" within {self._starting:.0f} seconds" if late.is_set() else ""
            raise PictureError(f"The process that reads pictures did not start{after}: try again in a minute.")
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not sent yet
                cast("IO[bytes]", pipe).close()
        process.wait()

    def _rest_later(self) -> None:
        self._rest = threading.Timer(self._idle, self.close)
        self._rest.daemon = True
        self._rest.start()


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(_PROJECT), os.environ.get("PYTHONPATH"))))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
    memory = {"MALLOC_MMAP_THRESHOLD_": "262144"}  # what a picture took goes back at once (glibc): 60 MB stay, not 90
    return {**os.environ, **threads, **memory, "PYTHONPATH": path}


_READER = Reader()
atexit.register(_READER.close)
read = _READER.read
