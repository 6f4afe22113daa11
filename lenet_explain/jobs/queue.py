"""The queue of one web process: who waits, who runs, and the worker that is kept ready.

One lock guards everything. Whoever changes something (a visitor, a worker that ends) starts what can start, at once;
a thread of its own only looks at the clock: leavers, limits, processes that are silent or will not end, memory.
"""

from __future__ import annotations

import atexit
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lenet_explain.jobs.durations import in_time
from lenet_explain.jobs.interface import Event, Events, JobState, QueueFull, Snapshot, Turn
from lenet_explain.jobs.job import Job
from lenet_explain.jobs.known_jobs import Register
from lenet_explain.jobs.limits import Policy
from lenet_explain.jobs.machine import free_descriptors, free_memory
from lenet_explain.jobs.owners import Owners
from lenet_explain.jobs.process import WORKER, Process
from lenet_explain.jobs.turns import Pace, in_turn
from lenet_explain.jobs.workers import Workers

FORGOTTEN = JobState("lost", message="this run is no longer kept: start it again")

log = logging.getLogger(__name__)


class Queue:
    """Everyone in turn, one worker process a job. Have one in a web process, and close it.

    command   the worker program; it speaks the protocol of `jobs.worker`
    memory    bytes that are free, None where unknown
    """

    def __init__(
        self,
        policy: Policy | None = None,
        command: Sequence[str] = WORKER,
        memory: Callable[[], int | None] = free_memory,
    ) -> None:
        self.started = secrets.token_urlsafe(8)
        self._policy = policy or Policy()
        self._lock = threading.Lock()
        self._jobs = Register(self._policy)
        self._waiting: list[Job] = []  # as they came
        self._workers = Workers(self._policy, command, memory, self._hear)
        self._owners = Owners(self._policy.grace)
        self._pace = Pace(self._policy.limit + self._policy.kill_after)
        self._closing = threading.Event()
        self._clock = threading.Thread(target=self._watch_the_clock, name="jobs-clock", daemon=True)
        self._clock.start()
        atexit.register(self.close)

    def submit(self, visitor: str, task: Mapping[str, Any]) -> str:
        with self._lock:
            job = Job(self._owners.browser(visitor), visitor, task)
            self._owners.acted(visitor)
            if same := self._jobs.same(job):
                same.visitors.add(visitor)
                same.ended = time.monotonic() if same.over else 0.0  # kept as long as a new one
                return same.name
            self._refuse(visitor, job.owner)
            self._jobs.add(job)
            self._waiting.append(job)
            self._start_waiting()
        return job.name

    def state(self, job: str) -> JobState:
        with self._lock:
            known = self._jobs.get(job)
            if known is None:
                return FORGOTTEN
            if known.phase != "waiting":
                return known.state()
            line = self._line()
            at = line.index(known)
            return known.state(at + 1, len(line), self._turns(line)[at])

    def _line(self) -> list[Job]:
        return in_turn(self._waiting, self._workers.running(), self._jobs.served())

    def _turns(self, line: Sequence[Job]) -> list[Turn]:
        return self._pace.turns(line, self._workers.running(), time.monotonic())

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

    def cancel(self, job: str, visitor: str | None = None) -> bool:
        with self._lock:
            known = self._jobs.get(job)
            if known is None or known.over:
                return False
            known.visitors -= known.visitors if visitor is None else {visitor}
            if not known.visitors:
                self._stop(known)
            return bool(known.visitors)

    def claim(self, visitor: str, browser: str | None = None, address: str | None = None) -> None:
        with self._lock:
            for before in self._owners.claim(visitor, browser, address):
                self._leave(before, self._abandon, "its page was closed or loaded anew, so this run was stopped")

    def release(self, visitor: str) -> None:
        with self._lock:
            self._owners.release(visitor, time.monotonic())

    def left_behind(self, job: str) -> bool:
        with self._lock:
            known = self._jobs.get(job)
            if known is None:
                return True
            if any(map(self._owners.is_here, known.visitors)):
                return False
            self._abandon(known, "its page was closed or loaded anew, so this run was stopped")
            return True

    def warm(self) -> None:
        with self._lock:
            self._workers.ready_wanted_at = time.monotonic()
            self._keep_one_ready()

    def close(self) -> None:
        atexit.unregister(self.close)
        self._closing.set()
        with self._lock:
            for job in self._jobs:
                job.stop()
            self._waiting.clear()
            ending = self._workers.kill()
        self._clock.join()
        for process in ending:
            process.join(timeout=10)

    def _refuse(self, visitor: str, owner: str) -> None:
        if self._closing.is_set():
            raise QueueFull("the server is shutting down: try again in a minute")
        if any(job.unfinished for job in self._jobs.wanted_by(visitor)):
            raise QueueFull("one run of yours has not ended yet: stop it, or wait until it ends, then start the next")
        if (unfinished := len(self._jobs.unfinished(owner))) >= self._policy.max_of_one:
            raise QueueFull(
                f"{unfinished} runs of your browser have not ended yet, in other tabs: stop one of them, or wait until "
                "it ends"
            )
        if len(self._waiting) >= self._policy.max_waiting:
            line = self._line()
            raise QueueFull(
                f"{len(line)} runs are waiting already: a place is free in about {in_time(self._turns(line)[0].likely)}"
            )
        free = free_descriptors()
        if free is not None and free < self._policy.spare_descriptors:
            raise QueueFull("the server has as many visitors as it can serve: try again when some have left")

    def _start_waiting(self) -> None:
        """Start what there is room for. Where the system has none for a process, the rest waits for the next look."""
        while self._waiting and self._workers.room():
            job = self._line()[0]
            self._waiting.remove(job)
            if not self._workers.start(job):
                break

    def _stop(self, job: Job, why: str | None = None) -> None:
        if job.phase == "waiting":
            self._waiting.remove(job)
        job.stop(why)
        if job.process is not None:
            job.process.press(self._policy)

    def _abandon(self, job: Job, why: str) -> None:
        """Nobody waits for what it has reached."""
        self._stop(job, why)
        if job.process is not None and not job.over:
            job.process.kill()

    def _leave(self, visitor: str, stop: Callable[[Job, str], None], why: str) -> None:
        """What nobody else wants is stopped, and kept a little while for a visitor who comes back after all."""
        for job in self._jobs.wanted_by(visitor):
            job.visitors.discard(visitor)
            if job.visitors or (job.over and job.kind in self._policy.share_results):
                continue
            stop(job, why)
            job.forget_at = time.monotonic() + self._policy.keep_left

    def _hear(self, process: Process, event: Event) -> None:
        with self._lock:
            job = self._workers.job(process)
            if event["type"] == "gone":
                if job := self._workers.bury(process, closing=self._closing.is_set()):
                    self._pace.ended(job)
                self._start_waiting()
            elif job is not None:
                job.hear(event)
            elif event["type"] != "ready":
                process.end()

    def _watch_the_clock(self) -> None:
        looked = time.monotonic()
        while not self._closing.wait(self._policy.tick):
            with self._lock:
                now = time.monotonic()
                self._enforce_limit(now)
                for visitor in self._owners.take_gone(now):
                    away = in_time(self._policy.grace)
                    self._leave(visitor, self._stop, f"its page was away for {away}, so this run was stopped")
                self._jobs.forget(now)
                self._workers.attend(now - looked - self._policy.tick)
                self._start_waiting()
                self._keep_one_ready()
                looked = now

    def _enforce_limit(self, now: float) -> None:
        for job in self._workers.running():
            if job.unfinished and now - job.began >= self._policy.limit:
                minutes = f"{self._policy.limit / 60:g} minutes"
                job.stop(f"a job may take {minutes} here, so this one was stopped")
                log.warning("a job was stopped after %s", minutes)

    def _keep_one_ready(self) -> None:
        if not self._closing.is_set():
            self._workers.keep_one_ready(anyone=self._owners.anyone)
