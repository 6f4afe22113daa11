"""The command line: app, networks, count, train, evaluate, reproduce, baselines, descendants; each with --json.

Only `train`, `evaluate`, `reproduce`, `baselines` and `descendants` import what is heavy: torch or scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lenet_explain.checkpoints.files import CheckpointError
from lenet_explain.counts.report import count, counts_table
from lenet_explain.data.datasets import DATASETS, DataError
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import COUNTED, counted_named, network_named
from lenet_explain.network.strict_json import value_of_json
from lenet_explain.network.walk import totals, walk
from lenet_explain.recipes.recipe import RECIPES, Recipe, RecipeError, recipe_from, recipe_named
from lenet_explain.results.event import TrainingError


class MissingPartError(Exception):
    """A part of the project that is not installed; the message says how to install it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0; 2 after one sentence on standard error; 1 where nobody reads the output any more;
    130 when stopped by Ctrl-C."""
    parser = _parser()
    options, further = parser.parse_known_args(arguments)
    if further and options.run is not _app:
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    options.further = further
    try:
        options.run(options)
        print(end="", flush=True)  # so that a closed pipe is noticed here, not at exit
    except (CheckpointError, DataError, DescriptionError, MissingPartError, RecipeError, TrainingError) as error:
        print(f"lenet_explain: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("lenet_explain"):
            raise
        print(f"lenet_explain: {error.name} is missing: pip install 'lenet-explain[train]' brings it", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is flushed into nothing at exit
        return 1
    except OSError as error:
        print(f"lenet_explain: {error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("lenet_explain: stopped", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lenet-explain", description="LeNet-5 counted, trained, measured")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--json", action="store_true", help="print JSON instead of a table")
        return added

    words = "open the app in a browser; options are passed on to `streamlit run`, such as --server.port"
    commands.add_parser("app", help=words, description=words).set_defaults(run=_app)
    command("networks", _networks, "list the networks")
    command("count", _count, "shapes, parameters, connections and work of a network").add_argument("network")
    _of_train(command("train", _train, "train a network and print its curve"))
    _of_reproduce(
        command("reproduce", _reproduce, "train LeNet-5 on MNIST as the paper did, beside its published curve")
    )
    evaluate = command("evaluate", _evaluate, "measure a saved network again on its test digits")
    evaluate.add_argument("checkpoint", type=Path)
    _of_baselines(command("baselines", _baselines, "measure linear, k-NN, PCA, SVM and a two-layer network"))
    later = command("descendants", _descendants, "read AlexNet, VGG16, Inception-v3 and ResNet out of torchvision")
    later.add_argument("--out", type=Path, help="write the descriptions here as JSON")
    return parser


def _of_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network")
    parser.add_argument("--data", default="digits", help=f"one of {', '.join(DATASETS)}")
    parser.add_argument(
        "--recipe", default="quick", help=f"one of {', '.join(RECIPES)}, or a JSON object of its fields"
    )
    parser.add_argument("--seed", type=int, help="instead of the recipe's")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda", "mps"))
    parser.add_argument("--out", type=Path, help="write the weights here (.safetensors) and their card beside them")
    parser.add_argument("--series", action="store_true", help="with --out, also keep the run to look back on")


def _of_reproduce(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("experiment", choices=("paper", "paper-distorted"))
    parser.add_argument("--passes", type=int, help="instead of the paper's 20")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, with the seeds 0, 1, …")
    parser.add_argument("--out", type=Path, default=Path("reproduced"), help="folder of checkpoints, to go on from")


def _of_baselines(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", default="digits", help=f"one of {', '.join(DATASETS)}")
    parser.add_argument("--method", action="append", help="one of them by its key; may be repeated")
    parser.add_argument("--out", type=Path, help="write the results here as JSON; rows of other methods stay")


def _app(options: argparse.Namespace) -> None:
    """Raises MissingPartError where Streamlit is not installed."""
    if find_spec("streamlit") is None:
        raise MissingPartError("the app needs Streamlit: install it with  pip install 'lenet-explain[app]'")
    package = Path(__file__).parent
    script = next(place for place in (package / "app" / "app.py", package.parent / "app.py") if place.is_file())
    subprocess.run([sys.executable, "-m", "streamlit", "run", str(script), *options.further], check=False)


def _networks(options: argparse.Namespace) -> None:
    rows = [
        {
            "network": key,
            "title": network.title,
            "summary": network.summary,
            "source": network.source,
            "parameters": totals(walk(network)).parameters.value,
        }
        for key, network in COUNTED.items()
    ]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        print(f"{row['network']:15}{row['parameters']:>8,} parameters  {row['summary']}")


def _count(options: argparse.Namespace) -> None:
    network = counted_named(options.network)
    print(json.dumps(count(network), ensure_ascii=False, indent=2) if options.json else counts_table(network))


def recipe_of(options: argparse.Namespace) -> Recipe:
    """The recipe that --recipe, --seed and --epochs name together."""
    network, text = network_named(options.network), options.recipe
    if text.lstrip().startswith("{"):
        try:
            values = value_of_json(text)
        except ValueError as error:
            raise RecipeError(f"--recipe is not JSON that can be read: {error}") from error
        recipe = recipe_from(values, recipe_named("quick", network))
    else:
        recipe = recipe_named(text, network)
    changed = {name: getattr(options, name) for name in ("seed", "epochs") if getattr(options, name) is not None}
    return recipe_from(changed, recipe)


def _train(options: argparse.Namespace) -> None:
    from lenet_explain.training.console import train_and_print

    train_and_print(network_named(options.network), recipe_of(options), options)


def _reproduce(options: argparse.Namespace) -> None:
    from lenet_explain.training.reproduce import reproduce_and_print

    if options.seeds < 1:
        raise RecipeError(f"--seeds is {options.seeds}, and must be at least 1")
    reproduce_and_print(options)


def _evaluate(options: argparse.Namespace) -> None:
    from lenet_explain.training.console import evaluate_and_print

    evaluate_and_print(options.checkpoint, as_json=options.json)


def _baselines(options: argparse.Namespace) -> None:
    from lenet_explain.training.baselines import baselines_and_print

    baselines_and_print(options)


def _descendants(options: argparse.Namespace) -> None:
    from lenet_explain.jobs.tasks.descendants import descendants_and_print

    descendants_and_print(options)


if __name__ == "__main__":
    sys.exit(main())
