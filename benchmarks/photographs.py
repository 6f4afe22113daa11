"""Photographs of digits that a program made, read as the app reads them: how many digits are read right, how many
truly refused, and how many wrong without a word.

The way of a visitor's picture: the reader, then the browser's own modules by node. A wrong answer is told where the
page says why the digit may be misread, else it is silent; how often it says so of a right answer stands beside it.
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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from photographed import OTHERS, Photograph, photograph

from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import load_embedded
from lenet_explain.figures.living import living_payload
from lenet_explain.network.named import NETWORKS
from lenet_explain.pictures import Measures, PictureError
from lenet_explain.pictures.client import Reader

Reading = Callable[[bytes], "tuple[Found, ...]"]
SHOWN = ("lenet5", "lenet-modern")
FRONTEND = Path(__file__).resolve().parents[1] / "lenet_explain" / "frontend"
READ = """
import { readFileSync } from "node:fs";
const [frontend, folder] = process.argv.slice(-2);
const from = (path) => import(`${frontend}/${path}`);
const [{ unframe }, { networkFrom }, { RAW }] = await Promise.all(
  ["page/frame.js", "network/network.js", "network/picture.js"].map(from),
);
const { measuresOf, readDigits } = await from("draw/read_digits.js");
const bytes = (name) => new Uint8Array(readFileSync(`${folder}/${name}`));
const { meta, tensors } = unframe(bytes("network"));
const all = bytes("inks"), inks = [];
for (let at = 0; at < all.length; at += RAW * RAW) inks.push(all.slice(at, at + RAW * RAW));
const known = readDigits(networkFrom(meta, tensors), inks, bytes("samples"));
const found = JSON.parse(readFileSync(`${folder}/measures`)).map((one, at) => ({
  digit: String(known.digits[at].digit),
  told: one !== null && measuresOf(known, at, one).some(({ odd, mended }) => odd && !mended),
}));
console.log(JSON.stringify(found));
"""


class Found(NamedTuple):
    """A digit as a reader found it; measures: of the reader here only, as the browser gets them."""

    ink: np.ndarray
    measures: Measures | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a photograph: what was found, or the sentence."""

    taken: Photograph
    found: tuple[Found, ...]
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

    def here(content: bytes) -> tuple[Found, ...]:
        return tuple(Found(digit.ink, digit.measures) for digit in reader.read(content).digits)

    readers: dict[str, tuple[Reading, type[Exception]]] = {"here": (here, PictureError)}
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


def _old(path: Path) -> tuple[Reading, type[Exception]]:
    spec = importlib.util.spec_from_file_location("old_pictures", path)
    if not spec or not spec.loader:
        raise SystemExit(f"{path} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return (lambda content: (Found(module.ink_of(content)),)), module.PictureError


def _answer(taken: Photograph, read: Reading, refusal: type[Exception]) -> Answer:
    start = time.perf_counter()
    try:
        found, sentence = read(taken.content), ""
    except refusal as error:
        found, sentence = (), str(error)
    except ValueError as error:  # of the old reader: a page that ends
        found, sentence = (), f"crash: {error}"
    return Answer(taken, found, sentence, time.perf_counter() - start)


def _memory(pid: int | None) -> float:
    path = Path(f"/proc/{pid}/status")
    lines = path.read_text("ascii").splitlines() if pid and path.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), float("nan"))


@dataclass(frozen=True)
class Read:
    """digit: what a network reads; told: whether the page says why it may be misread."""

    digit: str
    told: bool


def digits_of(found: list[Found], key: str) -> list[Read]:
    """What a network reads, and what the page says beside it, by the browser's own modules."""
    if not found:
        return []
    digits = load_embedded("digits")
    images, labels = digits.test_images, digits.test_labels
    samples = np.concatenate([images[np.flatnonzero(labels == digit)[:2]] for digit in range(10)])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "read.mjs"
        script.write_text(READ, "utf-8")
        (folder / "network").write_bytes(living_payload(NETWORKS[key], load_shipped(key)[0], key=key))
        (folder / "inks").write_bytes(np.stack([one.ink for one in found]).astype(np.uint8).tobytes())
        (folder / "samples").write_bytes(samples.tobytes())
        (folder / "measures").write_text(json.dumps([one.measures and asdict(one.measures) for one in found]))
        done = subprocess.run(["node", script, FRONTEND, folder], check=True, capture_output=True, text=True)
    return [Read(**one) for one in json.loads(done.stdout)]


FATES = ("right", "refused", "several", "wrong, told", "wrong, silent")


def _print(name: str, answers: list[Answer]) -> None:
    single = [answer for answer in answers if answer.taken.wanted is not None]
    alone = [answer for answer in single if len(answer.found) == 1]
    print(f"\n{name}: {len(single)} photographs of one digit")
    print(f"{'':24s} {' '.join(f'{fate:>15s}' for fate in FATES)} {'right, told %':>15s}")
    for key in SHOWN:
        read = dict(zip(map(id, alone), digits_of([answer.found[0] for answer in alone], key), strict=True))
        for row, chosen in _rows(single):
            fates = Counter(_fate(answer, read.get(id(answer))) for answer in chosen)
            right = [answer for answer in chosen if _fate(answer, read.get(id(answer))) == "right"]
            shares = [100 * fates[fate] / max(1, len(chosen)) for fate in FATES]
            shares.append(100 * sum(read[id(answer)].told for answer in right) / max(1, len(right)))
            label = f"{key} {row}" if row == "all" else f"  {row} ({len(chosen)})"
            print(f"{label:24s} {' '.join(f'{share:15.1f}' for share in shares)}")
    print(f"seconds a picture: median {np.median([one.seconds for one in answers]):.2f}")
    for kind in dict.fromkeys(one.taken.kind for one in answers if one.taken.wanted is None):
        counts = Counter(min(2, len(one.found)) for one in answers if one.taken.kind == kind)
        print(f"{kind}: {counts[0]} refused, {counts[2]} as several characters, {counts[1]} as one digit")
    for sentence, count in Counter(one.sentence for one in answers if one.sentence).most_common(12):
        print(f"{count:4d} × {sentence}")


def _fate(answer: Answer, read: Read | None) -> str:
    """silent: the page says nothing of why the digit may be misread."""
    if not answer.found:
        return "refused"
    if len(answer.found) > 1:
        return "several"
    if read is not None and read.digit == answer.taken.wanted:
        return "right"
    return "wrong, told" if read is not None and read.told else "wrong, silent"


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
