"""From the click on Train to the first point of the curve, to 97 %, and to the end, through the real queue and worker.

Prints a table: seconds with a cold and with a ready worker, and what each network reaches on both splits of the
embedded digits. The clock starts when the job is submitted, as the button's callback does.
Use: python benchmarks/first_lesson.py [SEEDS]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lenet_explain.jobs import Queue
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.recipe import recipe_named
from lenet_explain.results.accuracy import accuracy

SPLITS = ("digits", "digits-by-writer")
GOAL = 0.97
WAIT = 60.0  # seconds for a ready worker, at most


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds from submitting; goal: until the test accuracy first reached GOAL (None: never)."""

    first: float
    goal: float | None
    end: float
    reached: float
    images_per_second: float


def measure(jobs: Queue, network: str, data: str, seed: int) -> Measured:
    recipe = replace(recipe_named("quick", NETWORKS[network]), seed=seed)
    task = {"task": "train", "network": network, "recipe": recipe.as_dict(), "data": data}
    began = time.perf_counter()
    job = jobs.submit("benchmark", task)
    first = goal = None
    rates, seen = [], 0
    while not jobs.state(job).over:
        time.sleep(0.01)
        events = jobs.events(job, seen)
        seen = events.next
        for entry in events.entries:
            now = time.perf_counter() - began
            first = first or now
            rates.append(entry["images_per_second"])
            if goal is None and entry["test_accuracy"] >= GOAL:
                goal = now
    end, latest = time.perf_counter() - began, jobs.latest(job)
    if first is None or latest is None:
        raise RuntimeError(f"{network} on {data}: {jobs.state(job).message}")
    return Measured(first, goal, end, accuracy(latest["confusion"]).share, statistics.median(rates[1:] or rates))


def until_ready(jobs: Queue) -> None:
    """Ask for a ready worker, as opening the page does, and give it time to come."""
    jobs.warm()
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline and not ((kept := jobs._workers.ready) and kept.ready):
        time.sleep(0.05)


def main(seeds: int) -> None:
    print(f"{'network':15}{'digits':18}{'cold':>7}{'ready':>7}{'to 97 %':>9}{'end':>7}{'reached':>20}{'images/s':>10}")
    for network in NETWORKS:
        for data in SPLITS:
            with closing(Queue()) as jobs:
                cold = measure(jobs, network, data, seed=0)
            with closing(Queue()) as jobs:
                runs = []
                for seed in range(seeds):
                    until_ready(jobs)
                    runs.append(measure(jobs, network, data, seed))
            print(row(network, data, cold, runs), flush=True)


def row(network: str, data: str, cold: Measured, runs: Sequence[Measured]) -> str:
    """Medians over the seeds; of the accuracy the mean, the lowest and the highest."""
    goals = [run.goal for run in runs if run.goal is not None]
    goal = f"{statistics.median(goals):.1f} s" if len(goals) == len(runs) else f"{len(goals)} of {len(runs)}"
    reached = [run.reached for run in runs]
    spread = f"{statistics.mean(reached):.1%} ({min(reached):.1%}–{max(reached):.1%})"
    first, end = (statistics.median(getattr(run, name) for run in runs) for name in ("first", "end"))
    rate = statistics.median(run.images_per_second for run in runs)
    return f"{network:15}{data:18}{cold.first:5.1f} s{first:5.1f} s{goal:>9}{end:5.1f} s{spread:>20}{rate:10,.0f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
