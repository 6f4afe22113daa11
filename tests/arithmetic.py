"""An independent reader of the sums that the app writes, and networks to count: what two test files share."""

from __future__ import annotations

import re
from fractions import Fraction

import any_network
from hypothesis import strategies as st

from lenet_explain.network.layers import Layer, Shape
from lenet_explain.network.walk import Network, Pixels

PAPER_INPUT = Shape(1, 32, 32)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def value_of(text: str) -> Fraction:
    """'(5·5·1 + 1)·6' → 156, by Python's own arithmetic on fractions."""
    source = text.replace(",", "").replace("·", "*").replace("−", "-").replace("⌊", "floor(").replace("⌋", ")")
    source = source.replace("⌈", "ceil(").replace("⌉", ")")
    known = {"F": Fraction, "floor": lambda x: Fraction(x.__floor__()), "ceil": lambda x: Fraction(x.__ceil__())}
    return Fraction(eval(_NUMBER.sub(lambda n: f"F('{n[0]}')", source), known))


def network_of(*layers: Layer, shape: Shape = PAPER_INPUT, key: str = "trial") -> Network:
    return Network(key, "Trial", "a trial", "a test", shape, layers, Pixels(0.0, 1.0))


def networks() -> st.SearchStrategy[Network]:
    """Any layers in any order, of letters for names, on sides that differ."""
    return any_network.networks(names="ABCDEFGH", least=1, square=False)
