"""The paper's experiment again: LeNet-5 by the paper's own training on MNIST, pass by pass beside the paper's Fig. 5.

What is reached is kept after every pass, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from lenet_explain import paper
from lenet_explain.backends.torch_module import build
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.files import SUFFIX, check_place, load_weights, save_checkpoint, save_weights
from lenet_explain.checkpoints.series import SUFFIX as SERIES_SUFFIX
from lenet_explain.checkpoints.series import moments, save_series, series_of
from lenet_explain.data.datasets import Digits
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.strict_json import value_of_json
from lenet_explain.recipes.recipe import Recipe, recipe_named
from lenet_explain.results.event import Event
from lenet_explain.training import second_order
from lenet_explain.training.digits import load_digits
from lenet_explain.training.loop import Conditions
from lenet_explain.training.measured_card import measured

NETWORK = NETWORKS["lenet5"]
LOOK = 2.0  # seconds between two signs of progress
PUBLISHED = {"paper": paper.TEST_ERROR, "paper-distorted": paper.TEST_ERROR_DISTORTED}  # %


@dataclass(frozen=True, slots=True)
class Row:
    """One pass: errors in %, training's counted while it learns, as in Fig. 5; seconds: of this pass."""

    number: int
    rate: float
    training: float
    test: float
    seconds: float

    def __str__(self) -> str:
        beside = paper.FIGURE_5[self.number - 1 : self.number]
        printed = "{:12.2f}{:8.2f}".format(*beside[0]) if beside else f"{'–':>12}{'–':>8}"
        return f"{self.number:4}{self.rate:10.6f}{self.training:10.2f}{self.test:8.2f}{printed}{self.seconds:9.0f}"


HEAD = f"{'pass':>4}{'rate':>10}{'training':>10}{'test':>8}{'paper: tr.':>12}{'test':>8}{'seconds':>9}"


def reproduce_and_print(options: argparse.Namespace) -> None:
    """Seed by seed a table of passes, then the mean. Each seed leaves a checkpoint, its card and its series."""
    named = recipe_named(options.experiment, NETWORK)
    data, ends = load_digits("mnist"), []
    for seed in range(options.seeds):
        recipe = replace(named, seed=seed, epochs=options.passes or named.epochs)
        run = _Run(recipe, options.out / f"{options.experiment}-seed{seed}{SUFFIX}")
        if not options.json:
            print(f"LeNet-5 (1998), {options.experiment}, seed {seed}: error in %, {len(run.rows)} passes done before")
            print("\n".join([HEAD, *map(str, run.rows)]), flush=True)
        for row in run.passes(data):
            print(json.dumps({"seed": seed, **asdict(row)}) if options.json else row, flush=True)
        ends.append(run.rows[-1].test)
    mean, spread = statistics.fmean(ends), statistics.stdev(ends) if len(ends) > 1 else math.nan
    if options.json:
        print(json.dumps({"seeds": options.seeds, "mean": mean, "deviation": None if len(ends) < 2 else spread}))
        return
    deviation = f" ± {spread:.2f}" if len(ends) > 1 else ""
    print(
        f"test error {mean:.2f}{deviation} % after {options.passes or named.epochs} passes, {len(ends)} seeds; "
        f"the paper: {PUBLISHED[options.experiment]} %"
    )


class _Run:
    """One seed. Beside the checkpoint at `path` stand what it takes to go on, and the rows so far."""

    def __init__(self, recipe: Recipe, path: Path) -> None:
        check_place(path)
        self.recipe, self.path = recipe, path
        self.kept, self.state = path.with_suffix(".unfinished.safetensors"), path.with_suffix(".passes.json")
        self.rows: list[Row] = []
        self.weights = None
        if self.kept.is_file() and self.state.is_file():
            self._resume()

    def _resume(self) -> None:
        """Only where the same recipe was interrupted; how many passes were wanted then does not matter."""
        values = value_of_json(self.state.read_bytes())
        rows = [Row(**row) for row in values["rows"]]
        same = replace(Recipe(**values["recipe"]), epochs=1) == replace(self.recipe, epochs=1)
        if same and len(rows) <= self.recipe.epochs:
            self.rows, self.weights = rows, load_weights(self.kept, NETWORK.key)

    def passes(self, data: Digits) -> Iterator[Row]:
        """The passes that are not done yet; after the last the checkpoint is written."""
        resumed, images = bool(self.rows), len(data.train_images)
        conditions = Conditions(every_seconds=LOOK if sys.stderr.isatty() else math.inf)
        if not resumed:
            conditions = replace(conditions, at=moments(self.recipe.steps(images)))
        events, begun = [], 0
        for event in second_order.train(
            NETWORK, self.recipe, data, conditions, self.weights, passed=len(self.rows)
        ):  # fmt: skip
            events.append(event)
            _tell(event, images)
            if event.step == (len(self.rows) + 1) * images:
                self._keep(_row(events[begun:]), event)
                begun = len(events)
                yield self.rows[-1]
        if begun:
            self._finish(data, [] if resumed else events, events[-1])

    def _keep(self, row: Row, event: Event) -> None:
        """What it takes to go on: first the weights, then the rows that say so, each at one stroke."""
        self.rows.append(row)
        save_weights(self.kept, event.weights)
        values = {"recipe": asdict(self.recipe), "rows": [asdict(row) for row in self.rows]}
        whole = self.state.with_suffix(".new")
        whole.write_text(json.dumps(values) + "\n", "utf-8")
        whole.replace(self.state)

    def _finish(self, data: Digits, events: list[Event], last: Event) -> None:
        """The checkpoint with its card; the series of snapshots too, where the run was not interrupted."""
        net = build(NETWORK)
        fill(net.layers, last.weights)
        seconds = sum(row.seconds for row in self.rows)
        save_checkpoint(self.path, last.weights, measured(net, self.recipe, "mnist", data, seconds))
        if events:
            save_series(self.path.with_suffix(SERIES_SUFFIX), series_of(NETWORK.key, self.recipe, "mnist", events))


def _row(events: list[Event]) -> Row:
    """events: of one pass."""
    scores = [event.training for event in events if event.training]
    images = sum(score.images for score in scores)
    right = sum(score.accuracy * score.images for score in scores)
    last = events[-1]
    seconds = sum(score.images / event.images_per_second for event in events if (score := event.training))
    return Row(last.epoch, last.rate, 100 * (1 - right / images), 100 * (1 - last.test.accuracy), seconds)


def _tell(event: Event, images: int) -> None:
    """How far the pass is, where somebody watches."""
    if sys.stderr.isatty() and event.step % images:
        where = (
            f"pass {event.epoch}: {event.step % images:,} of {images:,} digits, {event.images_per_second:,.0f} a second"
        )
        print(f"\r{where}\r", end="", file=sys.stderr, flush=True)
