"""The worker processes of a queue: those at work, and one that is kept ready. The queue's lock guards it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence

from lenet_explain.jobs.durations import in_time
from lenet_explain.jobs.interface import Event
from lenet_explain.jobs.job import Job, how_it_was_lost
from lenet_explain.jobs.limits import Policy
from lenet_explain.jobs.process import Process

log = logging.getLogger(__name__)


class Workers:
    """command, memory: as of the queue; hear(process, event): see Process."""

    def __init__(
        self,
        policy: Policy,
        command: Sequence[str],
        memory: Callable[[], int | None],
        hear: Callable[[Process, Event], None],
    ) -> None:
        self._policy, self._command, self._memory, self._hear = policy, command, memory, hear
        self._jobs: dict[Process, Job | None] = {}
        self.ready: Process | None = None  # started ahead of its job
        self.ready_wanted_at: float | None = None

    def __iter__(self) -> Iterator[Process]:
        return iter(self._jobs)

    def job(self, process: Process) -> Job | None:
        return self._jobs[process]

    def running(self) -> list[Job]:
        return [job for job in self._jobs.values() if job is not None]

    def room(self) -> bool:
        """Whether one more job may run: a core for it and, beside another, memory for it."""
        running = len(self.running())
        if running == 0 or running >= self._policy.max_running:
            return running < self._policy.max_running
        free = self._memory()
        return self.ready is not None or free is None or free >= self._policy.job_memory

    def start(self, job: Job) -> bool:
        """Whether the job has a process now."""
        ready, self.ready = self.ready, None
        if ready and ready.silent >= self._policy.deaf_after:
            ready.kill()
            ready = None
        try:
            process = ready if ready and ready.alive else self._launch()
        except OSError as error:
            job.end("lost", f"the training process could not be started ({error.strerror}): try again in a minute")
            return False
        self._jobs[process] = job
        job.start(process)
        return True

    def _launch(self) -> Process:
        process = Process(self._command, self._hear)
        self._jobs[process] = None
        return process

    def bury(self, process: Process, *, closing: bool) -> Job | None:
        """The process is gone; returns the job that it had."""
        job = self._jobs.pop(process)
        if process is self.ready:
            self.ready = self.ready_wanted_at = None  # one that fails by itself is not tried again unasked
            if not closing:
                log.warning("a worker without a job ended (exit code %s)\n%s", process.exit_code, process.errors)
        if job is not None:
            job.end("lost", job.given_up or how_it_was_lost(process.exit_code))
            job.diagnostics = process.errors
            if job.phase in ("failed", "lost"):
                log.warning("a job was %s: %s\n%s", job.phase, job.message, job.diagnostics)
        return job

    def attend(self, late: float) -> None:
        """End the processes that give no sign of life, and those that were asked to end and do not. late: seconds that
        this look comes too late, as when the machine has slept."""
        for process, job in self._jobs.items():
            process.excuse(max(0.0, late))
            process.press(self._policy)
            if process.silent >= self._policy.silent_limit:
                if job is not None and job.unfinished:
                    silence = in_time(self._policy.silent_limit)
                    job.given_up = f"the training process gave no sign of life for {silence} and was ended: start again"
                process.kill()

    def kill(self) -> list[Process]:
        for process in self._jobs:
            process.kill()
        return list(self._jobs)

    def keep_one_ready(self, *, anyone: bool) -> None:
        """One worker ahead of its job, while nothing runs, memory allows and someone may want it. anyone: a visitor is
        here."""
        wanted_at = self.ready_wanted_at
        if wanted_at is None:
            return
        free = self._memory()
        unused = time.monotonic() - wanted_at >= self._policy.warm_unused and not anyone
        short = free is not None and free < (self._policy.short_memory if self.ready else self._policy.warm_memory)
        if unused:
            self.ready_wanted_at = None
        if self.ready and (unused or short):
            self.ready, given_up = None, self.ready
            given_up.end()
        elif not self.ready and not unused and not short and not self._jobs:
            try:
                self.ready = self._launch()
            except OSError as error:
                self.ready_wanted_at = None
                log.warning("no worker could be started ahead: %s", error)
