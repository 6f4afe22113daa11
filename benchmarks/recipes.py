"""What a recipe reaches on MNIST's test digits: the mean and the standard deviation over seeds, and how long it takes.

Each run appends one line of JSON to RESULTS, so that runs may be spread over processes and days; then the table of
all lines there is printed. Processor seconds are those of learning and of making batches: unlike seconds they hardly
depend on what else the machine does. The test digits choose nothing: rates were compared on the last 5,000 training
digits.
Use: LENET_EXPLAIN_DATA=... python benchmarks/recipes.py RESULTS.jsonl [NETWORK:RECIPE:SEED ...]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def run(network: str, recipe: str, seed: int) -> dict[str, Any]:
    """Train on all training digits, then read all test digits. One thread learns, one makes the next batch."""
    import torch

    from lenet_explain.network.named import network_named
    from lenet_explain.recipes.recipe import recipe_named
    from lenet_explain.training.digits import load_digits
    from lenet_explain.training.loop import Conditions, train

    torch.set_num_threads(1)
    data, chosen = load_digits("mnist"), replace(recipe_named(recipe, network_named(network)), seed=seed)
    began, used = time.perf_counter(), time.process_time()
    last = list(train(network_named(network), chosen, data, Conditions(every_seconds=1e9)))[-1]
    return {
        "network": network,
        "recipe": recipe,
        "values": chosen.as_dict(),
        "right": int(last.confusion.trace()),
        "images": last.test.images,
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - used,
    }


def table(results: Path) -> None:
    """Runs of a recipe that has changed since are counted apart."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in results.read_text("utf-8").splitlines():
        found = json.loads(line)
        values = json.dumps({**found["values"], "seed": None})
        groups[found["network"], found["recipe"], values].append(found)
    print(f"{'network':15}{'recipe':12}{'seeds':>6}{'test accuracy':>22}{'seconds':>10}{'processor':>11}")
    for (network, recipe, _), runs in sorted(groups.items()):
        shares = [100 * one["right"] / one["images"] for one in runs]
        spread = f"± {statistics.stdev(shares):.3f}" if len(shares) > 1 else ""
        reached = f"{statistics.mean(shares):.3f} % {spread:7}"
        seconds, own = (statistics.median(one[key] for one in runs) for key in ("seconds", "processor_seconds"))
        print(f"{network:15}{recipe:12}{len(runs):6}{reached:>22}{seconds:10.1f}{own:11.1f}")


def main(results: Path, *tasks: str) -> None:
    for task in tasks:
        network, recipe, seed = task.split(":")
        line = json.dumps(run(network, recipe, int(seed)))
        with results.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(task, line[-120:], flush=True)
    table(results)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
