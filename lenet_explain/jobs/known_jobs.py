"""The jobs that are known: who wants them, and when they are forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lenet_explain.jobs.job import Job
from lenet_explain.jobs.limits import Policy


class Register:
    """Jobs by name, each kept for a while after its end."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._jobs: dict[str, Job] = {}

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def add(self, job: Job) -> None:
        self._jobs[job.name] = job

    def get(self, name: str) -> Job | None:
        return self._jobs.get(name)

    def wanted_by(self, visitor: str) -> list[Job]:
        return [job for job in self if visitor in job.visitors]

    def unfinished(self, owner: str) -> list[Job]:
        return [job for job in self if job.owner == owner and job.unfinished]

    def served(self) -> dict[str, float]:
        """When a job of each owner last began, on the clock of Job.began; as far as it is remembered."""
        found: dict[str, float] = {}
        for job in self:
            found[job.owner] = max(found.get(job.owner, 0.0), job.began)
        return found

    def same(self, job: Job) -> Job | None:
        """A job of the same task, where such a task is the same for everyone, which goes on or whose result is here."""
        for one in self:
            if one.line == job.line and self._is_shared(one):
                return one
        return None

    def _is_shared(self, job: Job) -> bool:
        if job.kind in self._policy.share_results:
            return job.unfinished or job.phase == "finished"
        return job.kind in self._policy.share_work and job.unfinished

    def forget(self, now: float) -> None:
        """Those whose time is over, and the oldest where there are too many of all or of one browser."""
        of_one: Counter[str] = Counter()
        newest_first = sorted((job for job in self if job.over), key=lambda job: job.ended, reverse=True)
        for rank, job in enumerate(newest_first):
            of_one[job.owner] += 1
            surplus = rank >= self._policy.max_kept or of_one[job.owner] > self._policy.max_kept_of_one
            unwanted = job.forget_at is not None and now >= job.forget_at
            if surplus or unwanted or now - job.ended >= self._policy.keep:
                del self._jobs[job.name]
