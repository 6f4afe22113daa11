"""What a unit does to its weighted sum a."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar


class Activation(ABC):
    """A function of one number; softmax, which needs all outputs at once, stands here too."""

    __slots__ = ()
    name: ClassVar[str]

    @property
    @abstractmethod
    def text(self) -> str:
        """The formula in plain text."""

    @property
    @abstractmethod
    def latex(self) -> str:
        """The formula in LaTeX."""


@dataclass(frozen=True, slots=True)
class Identity(Activation):
    name: ClassVar[str] = "identity"
    text: ClassVar[str] = "a"
    latex: ClassVar[str] = "a"


@dataclass(frozen=True, slots=True)
class ScaledTanh(Activation):
    """f(a) = A·tanh(S·a). Source of the form: LeCun et al. 1998, Eq. 6."""

    amplitude: float
    slope: float
    slope_text: str
    slope_latex: str
    name: ClassVar[str] = "scaled tanh"

    @property
    def text(self) -> str:
        return f"{self.amplitude}·tanh({self.slope_text})"

    @property
    def latex(self) -> str:
        return rf"{self.amplitude}\,\tanh\left({self.slope_latex}\right)"


@dataclass(frozen=True, slots=True)
class Tanh(Activation):
    name: ClassVar[str] = "tanh"
    text: ClassVar[str] = "tanh(a)"
    latex: ClassVar[str] = r"\tanh(a)"


@dataclass(frozen=True, slots=True)
class Sigmoid(Activation):
    name: ClassVar[str] = "sigmoid"
    text: ClassVar[str] = "1/(1 + e^−a)"
    latex: ClassVar[str] = r"\frac{1}{1 + e^{-a}}"


@dataclass(frozen=True, slots=True)
class ReLU(Activation):
    name: ClassVar[str] = "ReLU"
    text: ClassVar[str] = "max(0, a)"
    latex: ClassVar[str] = r"\max(0, a)"


@dataclass(frozen=True, slots=True)
class Softmax(Activation):
    """Turns the outputs into shares that add up to 1."""

    name: ClassVar[str] = "softmax"
    text: ClassVar[str] = "e^aᵢ / Σ e^aⱼ"
    latex: ClassVar[str] = r"\frac{e^{a_i}}{\sum_j e^{a_j}}"
