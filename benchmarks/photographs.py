"""Photographs of digits that a program made, read as the app reads them: how many digits are read right, how many
truly refused, and how many wrong without a word.

The way of a visitor's picture: the reader, the browser's own preparation by node, the network.
Use: python benchmarks/photographs.py [--count 440] [--others 10] [--seed 5000] [--old PATH] [--folder PATH]
--old: a file with the function ink_of(bytes), the reader before this one, measured on the same photographs.
--folder: pictures beside the photographs, the last letter of a name before its ending being the digit.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from photographed import OTHERS, Photograph, photograph

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.network.named import NETWORKS
from lenet_explain.pictures import PictureError
from lenet_explain.pictures.client import Reader

SHOWN = ("lenet5", "lenet-modern")
FRONTEND = Path(__file__).resolve().parents[1] / "lenet_explain" / "frontend"
PREPARE = """
import { readFileSync, writeFileSync } from "node:fs";
const [module, inks, out, options] = process.argv.slice(-4);
const { prepare, RAW } = await import(module);
const bytes = readFileSync(inks);
const made = [];
for (let at = 0; at < bytes.length; at += RAW * RAW)
  made.push(...prepare(new Uint8Array(bytes.subarray(at, at + RAW * RAW)), JSON.parse(options)).input);
writeFileSync(out, new Uint8Array(new Float32Array(made).buffer));
"""


@dataclass(frozen=True)
class Answer:
    """What became of a photograph: the inks of what was found, or the sentence."""

    taken: Photograph
    inks: tuple[np.ndarray, ...]
    sentence: str
    seconds: float


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--count", type=int, default=440)
    asked.add_argument("--others", type=int, default=10)
    asked.add_argument("--seed", type=int, default=5000)
    asked.add_argument("--old", type=Path)
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args()
    reader = Reader(seconds=120)

    def here(content: bytes) -> tuple[np.ndarray, ...]:
        return tuple(digit.ink for digit in reader.read(content).digits)

    readers: dict[str, tuple[Callable[[bytes], tuple[np.ndarray, ...]], type[Exception]]] = {
        "here": (here, PictureError)
    }
    if given.old:
        readers["before"] = _old(given.old)
    answers: dict[str, list[Answer]] = defaultdict(list)
    for taken in _photographs(given):
        for name, (read, refusal) in readers.items():
            answers[name].append(_answer(taken, read, refusal))
    print(f"memory of the reader's process at most: {_memory(reader.pid):.0f} MB")
    reader.close()
    for name, all_of_it in answers.items():
        _print(name, all_of_it)


def _photographs(given: argparse.Namespace) -> Iterator[Photograph]:
    if given.folder:
        for path in sorted(given.folder.iterdir()):
            if path.suffix != ".md":
                last = path.stem[-1]
                one = last.isdigit() and not path.stem.startswith(("two", "row", "empty", "printed"))
                yield Photograph(
                    path.read_bytes(), last if one else None, "one digit" if one else path.stem, "", 0, 0, 0, "", ""
                )
        return
    for number in range(given.count):
        yield photograph(given.seed + number)
    for kind in OTHERS:
        for number in range(given.others):
            yield photograph(given.seed + number, kind)


def _old(path: Path) -> tuple[Callable[[bytes], tuple[np.ndarray, ...]], type[Exception]]:
    spec = importlib.util.spec_from_file_location("old_pictures", path)
    if not spec or not spec.loader:
        raise SystemExit(f"{path} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return (lambda content: (module.ink_of(content),)), module.PictureError


def _answer(taken: Photograph, read: Callable[[bytes], tuple[np.ndarray, ...]], refusal: type[Exception]) -> Answer:
    start = time.perf_counter()
    try:
        inks, sentence = read(taken.content), ""
    except refusal as error:
        inks, sentence = (), str(error)
    except ValueError as error:  # of the old reader: a page that ends
        inks, sentence = (), f"crash: {error}"
    return Answer(taken, inks, sentence, time.perf_counter() - start)


def _memory(pid: int | None) -> float:
    path = Path(f"/proc/{pid}/status")
    lines = path.read_text("ascii").splitlines() if pid and path.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), float("nan"))


def digits_of(inks: list[np.ndarray], key: str) -> list[str]:
    """What a network reads in drawings of RAW × RAW, prepared by the browser's own module."""
    if not inks:
        return []
    network, side = NETWORKS[key], NETWORKS[key].input.height
    options = {"side": side, "background": network.pixels.background, "ink": network.pixels.ink}
    with tempfile.TemporaryDirectory() as folder:
        script, raw, out = (Path(folder) / name for name in ("prepare.mjs", "inks", "inputs"))
        script.write_text(PREPARE, "utf-8")
        raw.write_bytes(np.stack(inks).astype(np.uint8).tobytes())
        subprocess.run(["node", script, FRONTEND / "network/picture.js", raw, out, json.dumps(options)], check=True)
        inputs = np.frombuffer(out.read_bytes(), "<f4").reshape(-1, 1, side, side)
    values = Chain(network, load_shipped(key)[0]).forward(inputs.copy())
    return [str(one) for one in (values.argmin(1) if network.answer == "distances" else values.argmax(1))]


def _print(name: str, answers: list[Answer]) -> None:
    single = [answer for answer in answers if answer.taken.wanted is not None]
    alone = [answer for answer in single if len(answer.inks) == 1]
    print(f"\n{name}: {len(single)} photographs of one digit")
    print(f"{'':24s} {'right %':>8s} {'refused %':>10s} {'several %':>10s} {'wrong, silent %':>16s}")
    for key in SHOWN:
        read = dict(zip(map(id, alone), digits_of([answer.inks[0] for answer in alone], key), strict=True))
        for row, chosen in _rows(single):
            fate = Counter(_fate(answer, read.get(id(answer))) for answer in chosen)
            shares = [100 * fate[one] / max(1, len(chosen)) for one in ("right", "refused", "several", "wrong")]
            label = f"{key} {row}" if row == "all" else f"  {row} ({len(chosen)})"
            print(f"{label:24s} {shares[0]:8.1f} {shares[1]:10.1f} {shares[2]:10.1f} {shares[3]:16.1f}")
    print(f"seconds a picture: median {np.median([one.seconds for one in answers]):.2f}")
    for kind in dict.fromkeys(one.taken.kind for one in answers if one.taken.wanted is None):
        fate = Counter(_fate(one, None) for one in answers if one.taken.kind == kind)
        print(
            f"{kind}: {fate['refused']} refused, {fate['several']} as several characters, {fate['wrong']} as one digit"
        )
    for sentence, count in Counter(one.sentence for one in answers if one.sentence).most_common(12):
        print(f"{count:4d} × {sentence}")


def _fate(answer: Answer, read: str | None) -> str:
    if not answer.inks:
        return "refused"
    if len(answer.inks) > 1:
        return "several"
    return "right" if read is not None and read == answer.taken.wanted else "wrong"


def _rows(single: list[Answer]) -> Iterator[tuple[str, list[Answer]]]:
    yield "all", single
    for low, high in ((0, 0.5), (0.5, 0.8), (0.8, 1.2), (1.2, 9)):
        yield f"pen {low} to {high} mm", [one for one in single if low <= one.taken.pen_mm < high]
    for fact in ("paper", "shadow", "pen"):
        for value in dict.fromkeys(getattr(one.taken, fact) for one in single):
            yield str(value), [one for one in single if getattr(one.taken, fact) == value]
    yield "table edge", [one for one in single if "table edge" in one.taken.facts]


if __name__ == "__main__":
    main()
