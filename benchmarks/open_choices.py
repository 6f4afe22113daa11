"""What the paper leaves open, decided otherwise: test errors of LeNet-5 on MNIST, pass by pass, beside Fig. 5.

Each run is the recipe `paper` with one choice changed; what no recipe can say is a `Run` of its own. It appends one
line of JSON to RESULTS after each pass, so that runs may be spread over processes and days; then the table of all lines
there is printed.
Use: LENET_EXPLAIN_DATA=... python benchmarks/open_choices.py RESULTS.jsonl [CHOICE ...] [--passes N] [--seed N]
(nine minutes for twenty passes on an idle core)
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lenet_explain import paper
from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.backends.numpy_chain.units import Distances
from lenet_explain.backends.numpy_chain.windows import Array
from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.data.datasets import Floats
from lenet_explain.network.named import NETWORKS
from lenet_explain.recipes.recipe import Recipe, recipe_named
from lenet_explain.training.second_order import Run

NETWORK = NETWORKS["lenet5"]
OURS = recipe_named("paper", NETWORK)
FOUR = 4  # inputs of a subsampling unit


class Averaging(Run):
    """Subsampling by the mean of its inputs. A coefficient a of the mean is one of a/4 of the sum: for a itself the
    gradient is a quarter, the curvature a sixteenth."""

    def moves(self, images: Floats) -> Array:
        """a −= η/(μ + h/16) · g/4 is the same as a/4 −= η/(16μ + h) · g."""
        found = super().moves(images)
        arrays = [item for unit in self.chain.units.values() for item in unit.arrays.items()]
        own = np.concatenate([np.full(array.size, name == "coefficient") for name, array in arrays])
        found[own] = self.rate / (self.rate / found[own] + (FOUR**2 - 1) * paper.MU)
        return found


class Adapting(Run):
    """Codes that learn too, beginning as the glyphs. The curvature of a code is that of one distance, 2, and a tenth of
    the digits asks it of each."""

    def learn(self, image: Floats, truth: np.ndarray, moves: Array) -> None:
        super().learn(image, truth, moves)
        *_, unit = self.chain.units.values()
        assert isinstance(unit, Distances)
        distances = np.vecdot(unit.apart, unit.apart)
        [errors] = asked(distances, truth, self.chain.network, self.recipe).errors
        unit.codes += 2 * self.rate / (paper.MU + 2 / len(unit.codes)) * errors[:, None] * unit.apart[0]


class Choice(NamedTuple):
    recipe: Recipe
    run: type[Run] = Run
    coefficients: float = 1.0  # what those of the subsampling are multiplied by at the start


CHOICES: Mapping[str, Choice] = {
    "ours": Choice(OURS),
    "printed-start": Choice(replace(OURS, start="paper")),
    "printed-rates": Choice(replace(OURS, rate=paper.rate_of_pass(1))),
    "eq-8": Choice(replace(OURS, loss="mse")),
    "eq-8-printed-rates": Choice(replace(OURS, loss="mse", rate=paper.rate_of_pass(1))),
    "cross-entropy": Choice(replace(OURS, loss="cross-entropy")),
    "j-1": Choice(replace(OURS, rubbish=1.0)),
    "mean": Choice(OURS, Averaging, 1 / FOUR),
    "mean-four-times": Choice(OURS, Averaging),
    "codes-adapt": Choice(OURS, Adapting),
}
SHOWN = (1, 2, 3, 4, 6, 10, 15, 20)  # passes


def run(choice: str, passes: int, seed: int, results: Path) -> None:
    import torch

    from lenet_explain.results.event import TrainingError
    from lenet_explain.training.digits import load_digits
    from lenet_explain.training.loop import Conditions

    torch.set_num_threads(1)
    chosen, data = CHOICES[choice], load_digits("mnist")
    recipe, images = replace(chosen.recipe, epochs=passes, seed=seed), len(data.train_images)
    times = {"coefficient": np.float32(chosen.coefficients)}
    start = starting_weights(NETWORK, recipe.start, recipe.seed)
    weights = {
        layer: {name: array * times.get(name, np.float32(1)) for name, array in arrays.items()}
        for layer, arrays in start.items()
    }
    training = chosen.run(Chain(NETWORK, weights), recipe, data, Conditions(every_seconds=math.inf))
    try:
        for event in training.events():
            if event.step and event.step % images == 0:
                error = 100 * (1 - event.test.accuracy)
                line = {"choice": choice, "seed": seed, "pass": event.step // images, "error": error}
                with results.open("a", encoding="utf-8") as out:
                    print(json.dumps(line), file=out)
    except TrainingError as why:
        print(f"{choice}: {why}")


def table(results: Path) -> None:
    errors: dict[str, dict[int, float]] = defaultdict(dict)
    for line in results.read_text("utf-8").splitlines():
        found = json.loads(line)
        errors[f"{found['choice']}, seed {found['seed']}"][found["pass"]] = found["error"]
    errors["Fig. 5"] = {number: test for number, (_, test) in enumerate(paper.FIGURE_5, 1)}
    print(f"{'test error, %, after pass':26}" + "".join(f"{number:8}" for number in SHOWN))
    for choice, by_pass in errors.items():
        print(f"{choice:26}" + "".join(f"{by_pass[n]:8.2f}" if n in by_pass else f"{'':8}" for n in SHOWN))


def main() -> None:
    parser = argparse.ArgumentParser(description="What the paper leaves open, decided otherwise.")
    parser.add_argument("results", type=Path)
    parser.add_argument("choices", nargs="*", metavar="CHOICE", help=", ".join(CHOICES))
    parser.add_argument("--passes", type=int, default=OURS.epochs)
    parser.add_argument("--seed", type=int, default=OURS.seed)
    options = parser.parse_args()
    if unknown := set(options.choices) - CHOICES.keys():
        sys.exit(f"{', '.join(sorted(unknown))}: no such choice; there are {', '.join(CHOICES)}")
    for choice in options.choices:
        run(choice, options.passes, options.seed, options.results)
    if not options.results.is_file():
        sys.exit(f"{options.results}: no results yet; name a choice: {', '.join(CHOICES)}")
    table(options.results)


if __name__ == "__main__":
    main()
