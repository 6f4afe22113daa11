"""The engine's C source compiled for this machine, in single or double precision, and called through ctypes."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest

from lenet_explain.engine.build import BuildError, build_native
from lenet_explain.engine.plan import plan_of
from lenet_explain.network.walk import Network

Arrays = Mapping[str, Mapping[str, np.ndarray]]
LOSSES = {"cross-entropy": 1, "mse": 2, "map": 3}
_INT, _REAL, _POINTER = ctypes.c_int, ctypes.c_double, ctypes.c_void_p


@cache
def library(double: bool) -> ctypes.CDLL:
    """Skips the test where the compiler is missing."""
    target = Path(mkdtemp()) / "engine.so"
    try:
        build_native(target, double=double)
    except BuildError as error:
        if "not installed" in str(error):
            pytest.skip(str(error))
        raise
    found = ctypes.CDLL(str(target))
    for name in ("take", "weights_at", "gradients_at", "values_at", "errors_at", "rates_at", "ranges_at", "order_at",
                 "answers_at", "margins_at", "moved_at"):  # fmt: skip
        getattr(found, name).restype = _POINTER
    for name in ("learn", "loss_told", "one_cycle", "gradient_size", "ask_for"):
        getattr(found, name).restype = _REAL
    found.open_plan.argtypes = [_POINTER, _INT, _POINTER, _POINTER, _INT, _INT, _INT, _INT, _INT]
    found.start.argtypes = [_INT, _INT, _REAL, _REAL]
    found.set_recipe.argtypes = [_INT, _INT, _REAL, _REAL, _REAL, _REAL, _INT, _INT, _INT]
    found.open_run.argtypes = [_REAL, _REAL, _INT]
    found.put_digits.argtypes = [_INT, _POINTER, _POINTER, _INT, _INT]
    found.ask_for.argtypes = [_POINTER, _INT, _REAL, _INT]
    found.learn.argtypes = [_INT, _INT, _INT, _REAL]
    found.find_rates.argtypes = [_INT, _INT, _REAL, _REAL]
    found.one_cycle.argtypes = [_REAL, _INT, _INT]
    found.draw.argtypes = [_INT, _INT, _INT, _INT, _INT, _POINTER]
    return found


class Native:
    """One network at work. real: the type of its numbers."""

    def __init__(self, network: Network, *, double: bool = True, lanes: int = 32, plain: bool = False) -> None:
        self.call, self.plan, self.network = library(double), plan_of(network), network
        self.real: Any = np.float64 if double else np.float32
        self.call.release()
        self.call.use_plain(int(plain))
        rows = self.put(np.array([one.row for one in self.plan.operations], np.int32))
        links = self.put(np.array(self.plan.links or (0,), np.int32))
        constants = self.put(np.array(self.plan.constants or (0,), np.float64))
        plan = self.plan
        assert self.call.open_plan(
            rows,
            len(plan.operations),
            links,
            constants,
            plan.numbers,
            plan.learned,
            plan.measured,
            lanes,
            int(plan.distances),
        )

    def put(self, array: np.ndarray) -> int:
        """The address of a copy in the engine's memory."""
        array = np.ascontiguousarray(array)
        at = self.call.take(array.nbytes)
        assert at
        ctypes.memmove(at, array.ctypes.data, array.nbytes)
        return at

    def seen(self, name: str, count: int, kind: Any = None) -> np.ndarray:
        """The engine's numbers at an address that it tells, not copied."""
        kind = np.dtype(kind or self.real)
        raw = (ctypes.c_char * (count * kind.itemsize)).from_address(getattr(self.call, f"{name}_at")())
        return np.frombuffer(raw, kind)

    @property
    def weights(self) -> np.ndarray:
        return self.seen("weights", self.plan.learned + self.plan.measured)

    def set_weights(self, weights: Arrays) -> None:
        for one in self.plan.arrays:
            size = int(np.prod(one.shape))
            self.weights[one.first : one.first + size] = weights[one.layer][one.name].ravel()

    def arrays(self, row: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
        """A row of weights or gradients, by layer and name; copied."""
        found: dict[str, dict[str, np.ndarray]] = {}
        for one in self.plan.arrays:
            part = row[one.first : one.first + int(np.prod(one.shape))]
            found.setdefault(one.layer, {})[one.name] = part.reshape(one.shape).copy()
        return found

    def forward(self, images: np.ndarray, *, training: bool) -> np.ndarray:
        """(B, C, H, W) → (B, answers)"""
        count, lanes = len(images), self.call.lanes_of(len(images))
        values = self.seen("values", self.plan.numbers * lanes).reshape(-1, lanes)
        values[: images[0].size, :count] = images.reshape(count, -1).T
        values[: images[0].size, count:] = 0
        self.call.forward(count, int(training))
        first, shape = self.plan.outputs[self.network.layers[-1].name]
        return values[first : first + shape.units, :count].T.copy()

    def ask(self, truth: np.ndarray, loss: str, *, rubbish: float = 10.0, smoothing: float = 0.0,
            power: int = 1) -> float:  # fmt: skip
        """The mean loss of the last forward, its derivatives (or, added up, its curvatures) left for backward."""
        self.open_run(
            np.zeros((1, 4, 4), np.uint8), np.zeros(1, np.uint8), recipe=(1, LOSSES[loss], rubbish, smoothing)
        )
        labels = self.put(truth.astype(np.uint8))
        return self.call.ask_for(labels, len(truth), 1 / len(truth) if power == 1 else 1, power) / len(truth)

    def backward(self, *, training: bool, power: int = 1, onward: bool = False) -> dict[str, dict[str, np.ndarray]]:
        """The gradients by layer and name, those of measured numbers left out of account."""
        self.call.clear_gradients()
        self.call.backward(int(training), power, int(onward), 0)
        return self.arrays(self.seen("gradients", self.plan.learned + self.plan.measured))

    def open_run(self, images: np.ndarray, labels: np.ndarray, tests: np.ndarray | None = None,
                 answers: np.ndarray | None = None, recipe: tuple[float, ...] = (1, 1)) -> None:  # fmt: skip
        """images: (N, side, side) bytes. recipe: optimiser, loss, then set_recipe's other arguments."""
        tests, answers = images if tests is None else tests, labels if answers is None else answers
        for which, (pictures, truth) in enumerate(((images, labels), (tests, answers))):
            self.call.put_digits(which, self.put(pictures), self.put(truth), len(truth), pictures.shape[-1])
        pixels = self.network.pixels
        assert self.call.open_run(pixels.background, pixels.ink, self.network.input.height)
        optimiser, loss, rubbish, smoothing, decay, momentum, seed, distorts, field = (
            *recipe, *(10.0, 0.0, 0.0, 0.9, 0, 0, images.shape[-1])[len(recipe) - 2 :]
        )  # fmt: skip
        self.call.set_recipe(optimiser, loss, rubbish, smoothing, decay, momentum, seed, distorts, field)
