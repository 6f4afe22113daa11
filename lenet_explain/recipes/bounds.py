"""What a recipe may say: the words of each choice, each with its meaning, and the bounds of each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and highest value of a field, both allowed, and why there is an upper one."""

    low: float
    high: float
    reason: str

    def __str__(self) -> str:
        """'from 1 to 2,147,483,647'"""
        return f"from {_plain(self.low)} to {_plain(self.high)}"


def _plain(value: float) -> str:
    """2147483647 → '2,147,483,647'; 1e-6 → '0.000001'"""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6f}".rstrip("0").rstrip(".")


BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {
        "rate": Bounds(1e-6, 10.0, "every recipe here stays far below it"),
        "batch": Bounds(1, 512, "with 512, a pass over the small digits is only three steps"),
        "epochs": Bounds(1, 100, "visitors share the machine, so a run should end"),
        "seed": Bounds(0, 2**31 - 1, "it is kept in 31 bits"),
        "rubbish": Bounds(0.1, 1000.0, "above it the rubbish class of Eq. 9 no longer changes the loss"),
        "decay": Bounds(0.0, 1.0, "above it a step would turn weights round instead of shrinking them"),
        "smoothing": Bounds(0.0, 0.9, "at 1 every digit would be the right answer alike"),
    }
)
MOMENTUM = 0.9
OPTIMISERS: Mapping[str, str] = MappingProxyType(
    {
        "sgd": "stochastic gradient descent",
        "momentum": f"gradient descent with momentum {MOMENTUM}",
        "adam": "Adam",
        "sdlm": "stochastic diagonal Levenberg–Marquardt, one digit a step and a rate for each weight (Appendix C)",
    }
)
SCHEDULES: Mapping[str, str] = MappingProxyType(
    {
        "constant": "the same rate throughout",
        "one-cycle": "up for a third of the run, then down to nearly zero",
        "published": "down in the paper's steps: after 2, 5, 8 and 12 passes of 20",
    }
)
LOSSES: Mapping[str, str] = MappingProxyType(
    {
        "cross-entropy": "cross-entropy of the softmax",
        "mse": "squared error (Eq. 8 where the outputs are distances)",
        "map": "Eq. 9: squared error against all glyphs and a rubbish class",
    }
)
STARTS: Mapping[str, str] = MappingProxyType(
    {
        "paper": "uniform within ±2.4/fan-in, as the paper prints",
        "root": "uniform within ±1/√fan-in, as in the authors' later library",
        "xavier": "uniform within ±√(6/(fan-in + fan-out)) (Glorot and Bengio 2010)",
        "he": "normal with deviation √(2/fan-in) (He et al. 2015)",
    }
)
DISTORTIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": "every digit as it is",
        "paper": "shifted, scaled, squeezed and sheared within the ranges of the paper's Fig. 7, nine times of ten",
        "half": "as the paper's, half as far",
        "mild": "every digit shifted, turned and scaled a little, anew in each pass",
    }
)
