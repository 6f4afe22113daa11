"""What an earlier visit has lost, started again as its page starts it.

The task comes from the browser: what is submitted is built of the settings that were read out of it, each within its
bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lenet_explain.data.datasets import DATASETS
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.recipe import Recipe, recipe_from
from lenet_explain.recipes.variations import VARIATIONS
from lenet_explain.results.ablation import Ablation, Setting
from lenet_explain.results.strongest import Unit, layers_of
from lenet_explain.ui.counting import reading_out
from lenet_explain.ui.lost_runs.task_words import Task, run_of
from lenet_explain.ui.parts import start_stop
from lenet_explain.ui.parts.background_task import Request
from lenet_explain.ui.sources import measuring
from lenet_explain.ui.visit import state


class _Kind(NamedTuple):
    """settings: the task anew, raising what task_words.WRONG names; remember: where its page looks for its job."""

    settings: Callable[[Task], Task]
    remember: Callable[[Task, str], None]


def startable(task: Task) -> bool:
    """A race waits for a pick and evidence for a drawing: these start on their pages only."""
    return task["task"] in _KINDS


def checked(task: Task) -> Task:
    """The task without anything that no page asks for. Raises what task_words.WRONG names."""
    return {"task": task["task"], **_KINDS[task["task"]].settings(task)} if startable(task) else task


def again(task: Task) -> str | None:
    """The job's name; None where it is refused, with the reason kept. task: `checked`"""
    job = start_stop.start(task)
    if job:
        _KINDS[task["task"]].remember(task, job)
    return job


def _run(task: Task) -> Task:
    run = run_of(task)
    if run is None:
        raise ValueError("not a run")
    return {"network": run.network, "recipe": run.recipe.as_dict(), "data": run.data}


def _remember_run(task: Task, job: str) -> None:
    if run := run_of(task, job):
        state.remember_run(run)


def _rows(task: Task) -> Task:
    recipe = recipe_from({"epochs": task["passes"], "seed": task["seed"]}, Recipe())
    rows = [VARIATIONS[key].key for key in dict.fromkeys(task["rows"])]
    return {"rows": rows, "data": _data(task), "seed": recipe.seed, "passes": recipe.epochs}


def _remember_rows(task: Task, job: str) -> None:
    setting = Setting(task["data"], task["seed"], task["passes"])
    state.remember_ablation(Ablation(job, setting, tuple(task["rows"])))


def _unit(task: Task) -> Task:
    network, name, number = NETWORKS[task["network"]], task["layer"], int(task["map"])
    maps = {step.name: step.after.maps for step in layers_of(network)}
    if not 0 <= number < maps[name]:
        raise ValueError("no map of this layer")
    return {"network": network.key, "layer": name, "map": number}


def _remember_unit(task: Task, job: str) -> None:
    state.remember_search(Unit(task["network"], task["layer"], task["map"]), job)


def _data(task: Task) -> str:
    return DATASETS[task["data"]].key


def _fetch(task: Task) -> Task:
    if DATASETS[task["data"]].embedded:
        raise ValueError("it comes with the app")
    return {"data": _data(task)}


def _asked(request: Request) -> _Kind:
    return _Kind(lambda _: request.task, lambda _, job: state.choose({request.job_key: job}))


_KINDS: Mapping[Any, _Kind] = {
    "train": _Kind(_run, _remember_run),
    "ablation": _Kind(_rows, _remember_rows),
    "preferences": _Kind(_unit, _remember_unit),
    "baselines": _asked(measuring.REQUEST),
    "descendants": _asked(reading_out.REQUEST),
    "fetch": _Kind(_fetch, lambda _, job: state.remember_fetch(job)),
}
