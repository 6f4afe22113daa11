"""What the paper leaves open, decided otherwise: test errors of LeNet-5 on MNIST, pass by pass, beside Fig. 5.

Each run is the recipe `paper` with one choice changed. It appends one line of JSON to RESULTS after each pass,
so that runs may be spread over processes and days; then the table of all lines there is printed.
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

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lenet_explain import paper
from lenet_explain.networks import NETWORKS
from lenet_explain.training.recipe import Recipe, recipe_named

NETWORK = NETWORKS["lenet5"]
OURS = recipe_named("paper", NETWORK)
CHOICES: Mapping[str, Recipe] = {
    "ours": OURS,
    "printed-start": replace(OURS, start="paper"),
    "printed-rates": replace(OURS, rate=paper.rate_of_pass(1)),
    "eq-8": replace(OURS, loss="mse"),
    "eq-8-printed-rates": replace(OURS, loss="mse", rate=paper.rate_of_pass(1)),
    "cross-entropy": replace(OURS, loss="cross-entropy"),
    "j-1": replace(OURS, rubbish=1.0),
}
SHOWN = (1, 2, 3, 4, 6, 10, 15, 20)  # passes


def run(choice: str, passes: int, seed: int, results: Path) -> None:
    import torch

    from lenet_explain.training import second_order
    from lenet_explain.training.data import load
    from lenet_explain.training.event import TrainingError
    from lenet_explain.training.loop import Conditions

    torch.set_num_threads(1)
    data, recipe = load("mnist"), replace(CHOICES[choice], epochs=passes, seed=seed)
    images = len(data.train_images)
    try:
        for event in second_order.train(NETWORK, recipe, data, Conditions(every_seconds=math.inf)):
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
