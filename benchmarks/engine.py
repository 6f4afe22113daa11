"""Images a second of the engine, in node and Chromium, beside this project's torch loop, and how near the peak that is.

Everything in one run: each figure is the best of several short spells. The torch loop and node are measured by the
processor time that they took, so that a busy machine does little harm; Chromium by the clock, which needs a quiet one.
The peak is a loop of multiply-adds of 128-bit vectors in the same module. LENET_EXPLAIN_DATA names the folder with
MNIST; without it the embedded digits are taken. Use: python benchmarks/engine.py [--no-browser]
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch

from lenet_explain.backends.torch_module import build
from lenet_explain.data.datasets import Digits, data_folder, framed, load_embedded
from lenet_explain.data.mnist_files import seems_fetched
from lenet_explain.engine.build import COMPILED
from lenet_explain.engine.task import task_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.recipes.recipe import Recipe, recipe_named
from lenet_explain.training.descent import Descent
from lenet_explain.training.digits import load_digits
from lenet_explain.training.gradients import Gradients

CASES = [("lenet5-dense", 32), ("lenet5-dense", 128), ("lenet-28", 32), ("lenet-28", 128), ("lenet5", 1)]
IMAGES, SPELLS, SECONDS = 4096, 5, 1.0
MEASURE = """
async (engine, run, bytes, task, images, labels, spells, seconds, now) => {
  const module = await engine.compile(bytes);
  const digits = { images, labels, side: 28 };
  const one = new run.Run(module, task, { train: digits, test: digits, sample: [0] }, {});
  const wall = () => performance.now() / 1000;
  let [best, peak] = [0, 0];
  for (let spell = 0; spell <= spells; spell++) { // the first warms up
    const first = one.step, began = now();
    while (now() - began < seconds) { if (one.step === one.steps) one.step = 0; one.learn(); }
    const here = (one.step - first) * task.recipe.batch / (now() - began);
    if (spell) best = Math.max(best, here);
    for (let short = 0; short < 20; short++) {
      const start = wall(); one.call.peak(100000);
      peak = Math.max(peak, 100000 * 12 * 4 * 2 / (wall() - start) / 1e9);
    }
  }
  return { best, peak };
}
"""
NODE = """
import { readFileSync } from 'node:fs';
const [folder, here] = process.argv.slice(2);
const engine = await import(`file://${here}/engine.js`), run = await import(`file://${here}/run.js`);
const task = JSON.parse(readFileSync(`${folder}/task.json`, 'utf8'));
const read = (name) => new Uint8Array(readFileSync(`${folder}/${name}`));
const measure = MEASURE;
console.log(JSON.stringify(await measure(engine, run, readFileSync(`${here}/engine.wasm`), task, read('images'),
  read('labels'), SPELLS, SECONDS,
  () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; })));
"""


def recipe_of(network: Network, batch: int) -> Recipe:
    if batch == 1:
        return replace(recipe_named("paper", network), epochs=100)
    return Recipe(rate=0.001, schedule="constant", batch=batch, epochs=100)


def by_torch(network: Network, batch: int, digits: Digits) -> float:
    """Best images a second of the torch loop's steps, batches made beforehand."""
    recipe = recipe_of(network, batch)
    torch.set_num_threads(1)
    net = build(network).train()
    gradients, descent = Gradients(net, recipe), Descent(net, recipe, 1000)
    images = torch.from_numpy(framed(digits.train_images[:batch], network.input.height, network.pixels))
    truth = torch.from_numpy(digits.train_labels[:batch].astype(np.int64))
    best = 0.0
    for _ in range(SPELLS):
        began, done = time.process_time(), 0
        while time.process_time() - began < SECONDS:
            gradients.find(images, truth)
            descent.step()
            done += batch
        best = max(best, done / (time.process_time() - began))
    return best


def by_node(folder: Path) -> dict[str, float]:
    program = NODE.replace("MEASURE", MEASURE).replace("SPELLS", str(SPELLS)).replace("SECONDS", str(SECONDS))
    (folder / "program.mjs").write_text(program)
    done = subprocess.run(
        ["node", folder / "program.mjs", folder, COMPILED.parent], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def by_chromium(folder: Path) -> dict[str, float]:
    """The same modules in a page of their own, given as data addresses."""
    from playwright.sync_api import sync_playwright

    coded = {name: base64.b64encode((folder / name).read_bytes()).decode() for name in ("images", "labels")}
    coded["wasm"] = base64.b64encode(COMPILED.read_bytes()).decode()
    engine = "data:text/javascript;base64," + base64.b64encode((COMPILED.parent / "engine.js").read_bytes()).decode()
    source = (COMPILED.parent / "run.js").read_text().replace("./engine.js", engine)
    run = "data:text/javascript;base64," + base64.b64encode(source.encode()).decode()
    page_program = (
        "async ([engine, run, coded, task, spells, seconds]) => {"
        "const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));"
        f"return ({MEASURE})(await import(engine), await import(run), bytes(coded.wasm), task, bytes(coded.images),"
        "bytes(coded.labels), spells, seconds, () => performance.now() / 1000); }"
    )
    with sync_playwright() as playwright:
        path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path)
        task = json.loads((folder / "task.json").read_text())
        found = browser.new_page().evaluate(page_program, [engine, run, coded, task, SPELLS, SECONDS])
        browser.close()
    return found


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    digits = load_digits("mnist") if seems_fetched(data_folder()) else load_embedded("digits")
    print("| network, batch | torch loop | node | Chromium | peak, GFLOP/s | share of the peak in node |")
    print("|---|---|---|---|---|---|")
    for key, batch in CASES:
        network = NETWORKS[key]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "task.json").write_text(json.dumps(task_of(network, recipe_of(network, batch))))
            (folder / "images").write_bytes(digits.train_images[:IMAGES].tobytes())
            (folder / "labels").write_bytes(digits.train_labels[:IMAGES].tobytes())
            loop = by_torch(network, batch, digits) if batch > 1 else float("nan")
            node = by_node(folder)
            browser = {"best": float("nan")} if options.no_browser else by_chromium(folder)
        steps = walk(network)
        work = 2 * (3 * int(totals(steps).macs.value) - int(steps[0].macs.value))  # the lowest layer passes nothing on
        share = node["best"] * work / node["peak"] / 1e9
        print(f"| `{key}`, {batch} | {loop:,.0f} | {node['best']:,.0f} | {browser['best']:,.0f} | "
              f"{node['peak']:.1f} | {share:.0%} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
