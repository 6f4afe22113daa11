"""What a task of the worker is, in words, and the page on which it is started with the same settings.

Also of a task that comes from outside: each function raises what `WRONG` names for one that cannot be one of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lenet_explain.data.datasets import DATASETS
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import network_named, short_name
from lenet_explain.recipes.recipe import Recipe, RecipeError, recipe_from
from lenet_explain.recipes.variations import VARIATIONS
from lenet_explain.ui.parts.controls import LANES
from lenet_explain.ui.visit import links
from lenet_explain.ui.visit.values import Run

WRONG = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError, DescriptionError, RecipeError)

Task = Mapping[str, Any]
Params = Mapping[str, str | list[str]]


class _Kind(NamedTuple):
    page: str
    words: Callable[[Task], str]
    params: Callable[[Task], Params]


def in_words(task: Task) -> str:
    """'a run of lenet5 on Small digits'"""
    return _KINDS[str(task["task"])].words(task)


def page_of(task: Task) -> tuple[str, Params]:
    """A page and the parameters of its link."""
    kind = _KINDS[str(task["task"])]
    return kind.page, kind.params(task)


def run_of(task: Task, job: str = "") -> Run | None:
    """A training run's settings; None of any other task."""
    return _settings(task, task, job) if task.get("task") == "train" else None


def _settings(task: Task, lane: Task, job: str = "") -> Run:
    network = network_named(str(lane["network"])).key
    return Run(job, network, _data(task), recipe_from(dict(lane["recipe"]), Recipe()))


def _data(task: Task) -> str:
    data = str(task["data"])
    return data if DATASETS[data] else ""


def _on(task: Task) -> str:
    return f"on {DATASETS[_data(task)].title}"


def _run(task: Task) -> str:
    return f"a run of {short_name(_settings(task, task).network)} {_on(task)}"


def _race(task: Task) -> str:
    one, other = (short_name(_settings(task, task[lane]).network) for lane in "ab")
    return f"a race of {one} against {other} {_on(task)}"


def _race_params(task: Task) -> Params:
    return links.race_params(_settings(task, task["a"]), _settings(task, task["b"]), LANES)


def _unit(task: Task) -> str:
    return f"the search for what map {int(task['map'])} of a layer of {_named(task)} likes"


def _unit_params(task: Task) -> Params:
    return {"network": _named(task), "layer": str(task["layer"]), "map": str(int(task["map"]))}


def _named(task: Task) -> str:
    return short_name(network_named(str(task["network"])).key)


def _chosen(task: Task) -> Params:
    asked = dict.fromkeys(VARIATIONS[key].question for key in task["rows"])
    said = [question for question in asked if question]
    whole = {name: str(int(task[name])) for name in ("passes", "seed")}
    return {"data": _data(task), **whole, **({"ask": said} if said else {})}


def _nothing(_: Task) -> Params:
    return {}


_LESSON = "pages/lesson/side_by_side.py"
_KINDS: Mapping[str, _Kind] = {
    "train": _Kind(_LESSON, _run, lambda task: links.lesson_params(_settings(task, task))),
    "race": _Kind("pages/training/race.py", _race, _race_params),
    "ablation": _Kind(
        "pages/training/choices.py", lambda task: f"the training of {len(task['rows'])} rows {_on(task)}", _chosen
    ),
    "preferences": _Kind("pages/network/preferences.py", _unit, _unit_params),
    "attribution": _Kind(
        "pages/network/evidence.py", lambda _: "the evidence for a digit", lambda task: {"network": _named(task)}
    ),
    "baselines": _Kind("pages/sources/use.py", lambda _: "the measuring of the simple methods", _nothing),
    "descendants": _Kind("pages/counting/descendants.py", lambda _: "the reading of the later networks", _nothing),
    "fetch": _Kind(
        _LESSON, lambda task: f"the download of {DATASETS[_data(task)].title}", lambda task: {"data": _data(task)}
    ),
}
