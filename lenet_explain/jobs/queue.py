"""The queue of one web process: who waits, who runs, and the worker that is kept ready.

One lock guards everything. Whoever changes something (a visitor, a worker that ends) starts what can start, at once;
a thread of its own only looks at the clock: leavers, limits, processes that will not end, memory.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lenet_explain.jobs.face import Event, Events, JobState, QueueFull, Snapshot
from lenet_explain.jobs.job import Job, how_it_was_lost
from lenet_explain.jobs.machine import free_memory
from lenet_explain.jobs.owners import Owners
from lenet_explain.jobs.policy import Policy
from lenet_explain.jobs.process import WORKER, Process

FORGOTTEN = JobState("lost", message="this run is no longer kept: start it again")

log = logging.getLogger(__name__)


class Queue:
    """First come first served, one worker process a job. Have one in a web process, and close it.

    command   the worker program; it speaks the protocol of `jobs.worker`
    memory    bytes that are free, None where unknown
    """

    def __init__(
        self,
        policy: Policy | None = None,
        command: Sequence[str] = WORKER,
        memory: Callable[[], int | None] = free_memory,
    ) -> None:
        self._policy = policy or Policy()
        self._command = command
        self._memory = memory
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._processes: dict[Process, Job | None] = {}
        self._owners = Owners(self._policy.grace)
        self._ready: Process | None = None  # started ahead of its job
        self._ready_wanted_at: float | None = None
        self._closing = threading.Event()
        self._clock = threading.Thread(target=self._watch_the_clock, name="jobs-clock", daemon=True)
        self._clock.start()
        atexit.register(self.close)

    def submit(self, owner: str, task: Mapping[str, Any]) -> str:
        job = Job(owner, task)
        with self._lock:
            self._refuse(owner)
            self._owners.acted(owner)
            self._jobs[job.name] = job
            self._waiting.append(job)
            self._start_waiting()
        return job.name

    def state(self, job: str) -> JobState:
        with self._lock:
            known = self._jobs.get(job)
            if known is None:
                return FORGOTTEN
            place = self._waiting.index(known) + 1 if known.phase == "waiting" else None
            return known.state(place, len(self._waiting))

    def events(self, job: str, since: int = 0) -> Events:
        with self._lock:
            known = self._jobs.get(job)
            return known.history.since(since) if known else Events((), since)

    def first(self, job: str) -> Event | None:
        known = self._jobs.get(job)
        return known.history.first if known else None

    def latest(self, job: str) -> Event | None:
        known = self._jobs.get(job)
        return known.history.latest if known else None

    def snapshots(self, job: str) -> tuple[Snapshot, ...]:
        with self._lock:
            known = self._jobs.get(job)
            return known.history.snapshots() if known else ()

    def result(self, job: str) -> Event | None:
        known = self._jobs.get(job)
        return known.result if known else None

    def diagnostics(self, job: str) -> str:
        """The last few kilobytes that the job's process wrote to its standard error; for whoever runs the server."""
        known = self._jobs.get(job)
        return known.diagnostics if known else ""

    def cancel(self, job: str) -> None:
        with self._lock:
            if known := self._jobs.get(job):
                self._stop(known)

    def claim(self, owner: str) -> None:
        with self._lock:
            self._owners.claim(owner)

    def release(self, owner: str) -> None:
        with self._lock:
            self._owners.release(owner, time.monotonic())

    def warm(self) -> None:
        with self._lock:
            self._ready_wanted_at = time.monotonic()
            self._keep_one_ready()

    def close(self) -> None:
        atexit.unregister(self.close)
        self._closing.set()
        with self._lock:
            for job in self._jobs.values():
                job.stop()
            self._waiting.clear()
            for process in self._processes:
                process.kill()
            ending = list(self._processes)
        self._clock.join()
        for process in ending:
            process.join(timeout=10)

    def _refuse(self, owner: str) -> None:
        if self._closing.is_set():
            raise QueueFull("the server is shutting down: try again in a minute")
        if any(job.unfinished for job in self._jobs.values() if job.owner == owner):
            raise QueueFull("one run of yours has not ended yet: stop it, or wait until it ends, then start the next")
        if len(self._waiting) >= self._policy.max_waiting:
            raise QueueFull(f"{len(self._waiting)} runs are waiting already: try again in a few minutes")

    def _start_waiting(self) -> None:
        """Start what there is room for. Where the system has none for a process, the rest waits for the next look."""
        running = sum(job is not None for job in self._processes.values())
        while self._waiting and self._room(running) and self._start(self._waiting.popleft()):
            running += 1

    def _room(self, running: int) -> bool:
        """Whether one more job may run: a core for it and, beside another, memory for it."""
        if running == 0 or running >= self._policy.max_running:
            return running < self._policy.max_running
        free = self._memory()
        return self._ready is not None or free is None or free >= self._policy.job_memory

    def _start(self, job: Job) -> bool:
        """Whether the job has a process now."""
        ready, self._ready = self._ready, None
        try:
            process = ready if ready and ready.alive else self._launch()
        except OSError as error:
            job.end("lost", f"the training process could not be started ({error.strerror}): try again in a minute")
            return False
        self._processes[process] = job
        job.start(process)
        return True

    def _launch(self) -> Process:
        process = Process(self._command, self._hear)
        self._processes[process] = None
        return process

    def _stop(self, job: Job) -> None:
        if job.phase == "waiting":
            self._waiting.remove(job)
        job.stop()

    def _hear(self, process: Process, event: Event) -> None:
        with self._lock:
            job = self._processes[process]
            if event["type"] == "gone":
                self._bury(process)
            elif job is not None:
                job.hear(event)
            elif event["type"] != "ready":
                process.end()

    def _bury(self, process: Process) -> None:
        job = self._processes.pop(process)
        if process is self._ready:
            self._ready = self._ready_wanted_at = None  # one that fails by itself is not tried again unasked
            if not self._closing.is_set():
                log.warning("a worker without a job ended (exit code %s)\n%s", process.exit_code, process.errors)
        if job is not None:
            job.end("lost", how_it_was_lost(process.exit_code))
            job.diagnostics = process.errors
            if job.phase in ("failed", "lost"):
                log.warning("a job was %s: %s\n%s", job.phase, job.message, job.diagnostics)
        self._start_waiting()

    def _watch_the_clock(self) -> None:
        while not self._closing.wait(self._policy.tick):
            with self._lock:
                now = time.monotonic()
                self._enforce_limit(now)
                self._forget(now)
                for process in self._processes:
                    process.press(self._policy.terminate_after, self._policy.kill_after)
                self._start_waiting()
                self._keep_one_ready()

    def _enforce_limit(self, now: float) -> None:
        for job in self._processes.values():
            if job is not None and job.unfinished and now - job.began >= self._policy.limit:
                minutes = f"{self._policy.limit / 60:g} minutes"
                job.stop(f"a job may take {minutes} here, so this one was stopped")
                log.warning("a job was stopped after %s", minutes)

    def _forget(self, now: float) -> None:
        for owner in self._owners.take_gone(now):
            for job in [job for job in self._jobs.values() if job.owner == owner]:
                self._stop(job)
                job.forget_when_over = True
        over = sorted((job for job in self._jobs.values() if job.over), key=lambda job: job.ended)
        surplus = len(over) - self._policy.max_kept
        for rank, job in enumerate(over):
            if job.forget_when_over or rank < surplus or now - job.ended >= self._policy.keep:
                del self._jobs[job.name]

    def _keep_one_ready(self) -> None:
        """One worker ahead of its job, while nothing runs, memory allows and someone may want it."""
        wanted_at = self._ready_wanted_at
        if wanted_at is None or self._closing.is_set():
            return
        free = self._memory()
        unused = time.monotonic() - wanted_at >= self._policy.warm_unused and not self._owners.anyone
        short = free is not None and free < (self._policy.short_memory if self._ready else self._policy.warm_memory)
        if unused:
            self._ready_wanted_at = None
        if self._ready and (unused or short):
            self._ready, given_up = None, self._ready
            given_up.end()
        elif not self._ready and not unused and not short and not self._processes:
            try:
                self._ready = self._launch()
            except OSError as error:
                self._ready_wanted_at = None
                log.warning("no worker could be started ahead: %s", error)
