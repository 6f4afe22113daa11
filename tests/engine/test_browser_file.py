"""The compiled file, run by node: the one that ships and one compiled anew."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from any_network import any_images, any_weights

from engine.native import LOSSES, Native
from engine.test_gradients import by_autograd, calmer
from lenet_explain.data.datasets import Digits, load_embedded
from lenet_explain.engine.build import COMPILED, BuildError, build
from lenet_explain.engine.plan import plan_of
from lenet_explain.engine.task import task_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import RECIPES, Recipe, recipe_named
from lenet_explain.results.event import Event, Score, entry_of

HERE = Path(__file__).parent
CASES = [(key, loss) for key, one in NETWORKS.items() for loss in LOSSES if loss != "map" or one.answer == "distances"]
SAMPLE = [1, 2, 5, 8, 13, 21, 34]
DENSE = NETWORKS["lenet5-dense"]


@pytest.fixture(scope="module")
def few() -> Digits:
    digits = load_embedded("digits")
    return Digits(digits.train_images[:70], digits.train_labels[:70], digits.test_images[:40], digits.test_labels[:40])


@pytest.fixture(scope="module", params=["shipped", "rebuilt"])
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "shipped":
        return COMPILED
    target = tmp_path_factory.mktemp("rebuilt") / "engine.wasm"
    try:
        build(target)
    except BuildError as error:
        if "not installed" in str(error):
            pytest.skip(str(error))
        raise
    return target


def node() -> str:
    found = shutil.which("node")
    if found is None:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)("node is not installed")
    return str(found)


def told(file: Path, folder: Path, cases: dict[str, dict[str, Any]], digits: Digits) -> dict[str, Any]:
    """What run_cases.js tells of each."""
    for name, case in cases.items():
        (folder / f"{name}.case.json").write_text(json.dumps(case))
    for part in ("train", "test"):
        (folder / f"{part}_images").write_bytes(getattr(digits, f"{part}_images").tobytes())
        (folder / f"{part}_labels").write_bytes(getattr(digits, f"{part}_labels").tobytes())
    subprocess.run([node(), HERE / "run_cases.js", file, folder], check=True, timeout=240)
    return {name: json.loads((folder / f"{name}.told.json").read_text()) for name in cases}


def row_of(network: Network, weights: Any) -> np.ndarray:
    return np.concatenate([weights[one.layer][one.name].ravel() for one in plan_of(network).arrays])


def test_gradients_of_the_file_are_autograds(compiled: Path, few: Digits, tmp_path: Path) -> None:
    """In float32: relative to the largest gradient of an array below 2e-5, as the sums of its products are rounded."""
    cases, wanted = {}, {}
    for key, loss in CASES:
        network, name = NETWORKS[key], f"{key}-{loss}"
        images, weights = any_images(network, 20), calmer(any_weights(network))
        (tmp_path / f"{name}.images").write_bytes(images.tobytes())
        (tmp_path / f"{name}.weights").write_bytes(row_of(network, weights).astype("<f4").tobytes())
        labels = [at % 10 for at in range(20)]
        cases[name] = {"plan": plan_of(network).as_dict(), "images": f"{name}.images", "weights": f"{name}.weights",
                       "labels": labels, "loss": LOSSES[loss]}  # fmt: skip
        wanted[name] = by_autograd(network, weights, images, np.array(labels), Recipe(loss=loss))
    for name, found in told(compiled, tmp_path, cases, few).items():
        loss, gradients, _, _ = wanted[name]
        assert found["loss"] == pytest.approx(loss, rel=1e-5)
        row = np.frombuffer((tmp_path / f"{name}.out").read_bytes(), "<f4")
        for one in cases[name]["plan"]["arrays"]:
            if one["name"] in ("mean", "variance"):
                continue
            array = gradients[one["layer"]][one["name"]]
            part = row[one["first"] : one["first"] + array.size].reshape(array.shape)
            assert np.abs(part - array).max() <= 2e-5 * np.abs(array).max() + 1e-7, (name, one)


def tasks() -> dict[str, dict[str, Any]]:
    """Every recipe on a network that it fits, two passes each; lenet5 by the paper's own."""
    found = {}
    for at, key in enumerate(RECIPES):
        network = NETWORKS["lenet5"] if key.startswith("paper") else list(NETWORKS.values())[at % len(NETWORKS)]
        recipe = replace(recipe_named(key, network), epochs=2, seed=at)
        found[key] = {"task": task_of(network, recipe), "sample": SAMPLE}
    return found


def test_every_recipe_runs_and_its_events_have_the_loops_shape(compiled: Path, few: Digits, tmp_path: Path) -> None:
    """Two passes of each, from a start that the engine draws; what is told at the end is what its answers say."""
    cases = tasks()
    nothing = Event(
        0, 0, 0, 0, 0.0, 0.0, 0.0, Score(0, 0, 1), Score(0, 0, 1), {}, np.zeros((1, 1), np.int64), {}, False
    )
    for name, found in told(compiled, tmp_path, cases, few).items():
        task, events = cases[name]["task"], found["events"]
        assert "failed" not in found, name
        assert {field for event in events for field in event} == {*entry_of(nothing), "confusion"}
        first, last = events[0], events[-1]
        assert (first["step"], first["epoch"], first["training_loss"], first["gradients"]) == (0, 0, None, [])
        assert first["test_images"] == len(SAMPLE) if not task["recipe"]["curvature"] else True
        assert last["last"]
        assert last["step"] == last["steps"] == Recipe(batch=task["recipe"]["batch"], epochs=2).steps(
            70
        ) or name.startswith("paper")
        assert last["test_images"] == 40
        assert np.sum(last["confusion"]) == 40
        right = np.trace(np.array(last["confusion"])) / 40
        assert last["test_accuracy"] == pytest.approx(right)
        assert (np.array(found["answers"])[:40] == few.test_labels).mean() == pytest.approx(right)
        assert list(task["layers"]) == last["gradient_layers"]
        assert all(size > 0 for size in last["gradients"])
        assert np.isfinite(np.frombuffer((tmp_path / f"{name}.out").read_bytes(), "<f4")).all()


def test_the_file_gives_the_same_bits_as_this_machines_compiler(compiled: Path, few: Digits, tmp_path: Path) -> None:
    network = NETWORKS["lenet-modern"]
    recipe = Recipe(batch=9, epochs=3, seed=3, distortions="mild", start="he", smoothing=0.1)
    task = task_of(network, recipe)
    told(compiled, tmp_path, {"run": {"task": task, "sample": SAMPLE}}, few)
    found = np.frombuffer((tmp_path / "run.out").read_bytes(), "<f4")
    engine, numbers = Native(network, double=False), task["recipe"]
    engine.open_run(few.train_images, few.train_labels, recipe=(
        numbers["optimiser"], numbers["loss"], 10.0, 0.1, 0.0, 0.9, 3, 1, 32))  # fmt: skip
    engine.seen("ranges", 9, np.float64)[:] = numbers["distortions"]
    engine.call.start(numbers["start"], 3, numbers["reach"], numbers["coefficient"])
    steps = recipe.steps(70)
    for step in range(steps):
        at = step % (steps // 3)
        if at == 0:
            engine.call.begin_pass(step // (steps // 3) + 1)
        rate = engine.call.one_cycle(recipe.rate, step, steps)
        engine.call.learn(step // (steps // 3) + 1, at * 9, min(9, 70 - at * 9), rate)
    np.testing.assert_array_equal(found, engine.weights)


def test_a_run_stops_goes_on_and_says_when_it_diverges(few: Digits, tmp_path: Path) -> None:
    recipe = Recipe(optimiser="sgd", schedule="constant", batch=10, epochs=4, rate=0.05)
    task = task_of(DENSE, recipe)
    unbounded = replace(NETWORKS["lenet5"], layers=tuple(
        replace(layer, activation=DENSE.layers[1].activation) for layer in NETWORKS["lenet5"].layers))  # fmt: skip
    wild = task_of(unbounded, replace(recipe, rate=10.0, loss="mse"))
    base = {"sample": SAMPLE}
    half = task_of(DENSE, replace(recipe, epochs=2))
    cases = {
        "a-half": {**base, "task": half},
        "b-rest": {**base, "task": task, "passed": 2, "weights": "a-half.out"},
        "c-whole": {**base, "task": task, "everySteps": 7},
        "d-stopped": {**base, "task": task, "stopAfter": 4},
        "e-wild": {**base, "task": wild},
    }
    found = told(COMPILED, tmp_path, cases, few)
    assert (tmp_path / "b-rest.out").read_bytes() == (tmp_path / "c-whole.out").read_bytes()
    assert [event["step"] for event in found["c-whole"]["events"]] == [0, 7, 14, 21, 28]
    stopped = found["d-stopped"]["events"][-1]
    assert (stopped["last"], stopped["test_images"]) == (True, len(SAMPLE))
    assert 1 <= stopped["step"] <= 5  # the wish is looked for after each step, and between slices of work
    assert found["e-wild"]["kind"] == "EngineError"
    assert "learning rate 10 is too high for LeNet-5 (1998) with sgd and mse" in found["e-wild"]["failed"]


def test_a_damaged_file_and_no_simd_are_told_in_a_sentence(tmp_path: Path) -> None:
    program = (
        f"import {{ compile, DAMAGED, NO_SIMD, supported }} from {str(COMPILED.parent / 'engine.js')!r};\n"
        f"import {{ readFileSync }} from 'node:fs';\n"
        f"const whole = readFileSync({str(COMPILED)!r});\n"
        "const told = async (bytes) => compile(bytes).then(() => 'compiled', (error) => error.message);\n"
        "console.log(supported(), await told(whole));\n"
        "console.log(await told(whole.subarray(0, 5000)) === DAMAGED, await told(Buffer.from('<html>')) === DAMAGED);\n"
        "WebAssembly.validate = () => false;\n"
        "console.log(supported(), await told(whole) === NO_SIMD);\n"
    )
    (tmp_path / "program.mjs").write_text(program)
    done = subprocess.run([node(), tmp_path / "program.mjs"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["true", "compiled", "true", "true", "false", "true"]


def test_the_shipped_file_is_what_its_source_compiles_to(compiled: Path) -> None:
    """By the compiler that made it; another version may give other bytes, and the tests above hold for both files."""
    version = subprocess.run(["clang", "--version"], capture_output=True, text=True, check=True).stdout
    if "14.0.6" not in version:
        pytest.skip("the shipped file was compiled by clang 14.0.6")
    assert compiled.read_bytes() == COMPILED.read_bytes(), "run python -m lenet_explain.engine.build"
