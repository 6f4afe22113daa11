"""Seconds for a pass over MNIST and images a second: this project's loop against four other programs.

The programs are in `benchmarks/contenders.py`: article C's on Keras, the same in JAX, a plain PyTorch loop, DataLoader
with ToTensor. Same network (lenet-28), optimiser and batch, as many cores for each, of which ours uses one; each is a
process of its own, and they take turns, so that a noisy machine is noisy for all. Prints medians, ratios, and the
roofline: the rate at which a product of two 1024×1024 matrices goes, divided by the work for an image (its
multiply-accumulates, twice, and three times for forward, gradient of maps and gradient of weights). Images a processor
second ("a core s") hardly depend on what else the machine does, and serve where it is never idle. Programs that cannot
start are left out, with the reason.
Use: LENET_EXPLAIN_DATA=... python benchmarks/train.py [--images N] [--rounds N] [--rivals PYTHON]
PYTHON: of an environment with benchmarks/requirements.txt.     (eight minutes on two idle cores)
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch

from lenet_explain.data.datasets import DataError
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import totals, walk
from lenet_explain.training.digits import load_digits

PROGRAM = Path(__file__).with_name("contenders.py")
NAMES = {"ours": "ours", "keras": "Keras", "jax": "JAX", "plain": "plain PyTorch", "loader": "DataLoader"}
BATCH, EPOCH = 128, 60_000
SIDE = 1024
COLUMNS = ("60,000 in", "images/s", "ours : this", "of roof", "a core s", "ours : this")
HEADER = "".join(f"{words:>{width}}" for words, width in zip(("", *COLUMNS), (17, 11, 11, 12, 11, 13, 12), strict=True))
SITUATIONS = ((1, False), (2, False), (2, True))  # cores, a thread for each, and whether a neighbour takes a core


@dataclass(frozen=True, slots=True)
class Contender:
    """A running program that trains for one pass whenever it is asked."""

    process: subprocess.Popen[str]

    def seconds(self) -> tuple[float, float]:
        """Of one pass, by the clock and by the processor."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        clock, processor = map(float, self.process.stdout.readline().split())
        return clock, processor

    def fate(self) -> str:
        """'' once it is ready, else why it is not: the last line of its complaint."""
        assert self.process.stdout
        assert self.process.stderr
        for line in self.process.stdout:
            if line == "ready\n":
                return ""
        return (self.process.stderr.read().strip().splitlines() or ["it ended without a word"])[-1]


def start(name: str, threads: int, arrays: Path, rivals: str) -> Contender:
    python = rivals if name in ("keras", "jax") else sys.executable
    command = (python, str(PROGRAM), name, str(threads), str(BATCH), str(arrays))
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": str(threads)}
    pipe = subprocess.PIPE
    return Contender(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment))


@contextmanager
def running(threads: int, arrays: Path, rivals: str) -> Iterator[Mapping[str, Contender]]:
    """Those that could be started, one after the other; afterwards they are gone."""
    ready: dict[str, Contender] = {}
    try:
        for name, title in NAMES.items():
            one = start(name, threads, arrays, rivals)
            if why := one.fate():
                print(f"{title} is left out: {why}")
            else:
                ready[name] = one
        yield ready
    finally:
        for one in ready.values():
            with suppress(OSError):
                one.process.kill()
            one.process.wait()


@contextmanager
def neighbour(there: bool) -> Iterator[None]:
    """Somebody else's program, which keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if there else None
    if process:
        os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})  # one that all contenders may use
    try:
        yield
    finally:
        if process:
            process.kill()
            process.wait()


def product_rate() -> float:
    """Floating-point operations a second of one thread in a product of matrices, the best of ten."""
    matrix, best = torch.rand(SIDE, SIDE), float("inf")
    for _ in range(10):
        began = time.perf_counter()
        torch.mm(matrix, matrix)
        best = min(best, time.perf_counter() - began)
    return 2 * SIDE**3 / best


def compare(contenders: Mapping[str, Contender], images: int, rounds: int, threads: int) -> None:
    """Take turns, and print a line for each contender."""
    taken, products = defaultdict(list), []
    for _ in range(rounds):
        products.append(product_rate() * threads)
        for name, one in contenders.items():
            taken[name].append(one.seconds())
    rates = {name: images / statistics.median(clock for clock, _ in seconds) for name, seconds in taken.items()}
    own = {name: images / statistics.median(used for _, used in seconds) for name, seconds in taken.items()}
    work = totals(walk(NETWORKS["lenet-28"])).macs.value * 2 * 3
    roof = statistics.median(products) / work
    for name, rate in rates.items():
        print(
            f"  {NAMES[name]:15}{EPOCH / rate:9.1f} s{rate:11,.0f}{rates['ours'] / rate:12.2f}{rate / roof:11.0%}"
            f"{own[name]:13,.0f}{own['ours'] / own[name]:12.2f}"
        )
    print(f"  {'roofline':15}{EPOCH / roof:9.1f} s{roof:11,.0f}     ({roof * work / 1e9:.0f} GFLOP/s)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Training images a second against other programs.")
    parser.add_argument("--images", type=int, default=EPOCH)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rivals", default=sys.executable, metavar="PYTHON")
    options = parser.parse_args()
    torch.set_num_threads(1)
    try:
        data = load_digits("mnist")
    except DataError as missing:
        sys.exit(str(missing))
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder) / "digits.npz"
        np.savez(arrays, images=data.train_images[: options.images], labels=data.train_labels[: options.images])
        print(f"lenet-28, batch {BATCH}, medians of {options.rounds} passes over {options.images:,} images in turns")
        for threads, busy in SITUATIONS:
            with running(threads, arrays, options.rivals) as contenders, neighbour(busy):
                print(f"{threads} core{'s' * (threads > 1)}{', a neighbour on one' * busy}")
                print(HEADER)
                compare(contenders, options.images, options.rounds, threads)


if __name__ == "__main__":
    main()
