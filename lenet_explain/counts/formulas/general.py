"""The general formula of each number of each kind of layer. The layers count for themselves; tests hold the two equal.

Keys, here and in words.py: maps, height, width, parameters, connections, macs, memory, size, jump, centre.
"""

from __future__ import annotations

from collections.abc import Mapping

from lenet_explain.counts.formulas.letters import Letters
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    MaxPooling,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.layers.layer import BYTES_PER_VALUE
from lenet_explain.network.walk import Step
from lenet_explain.network.worked import PRODUCT, Worked, given

_ONE = given(1)
Formulas = Mapping[str, Worked]


def general(step: Step, letters: Letters) -> Formulas:
    """By key; only memory, and the field where a window slides, for a kind of layer that is not known here."""
    of = {sign: letter.term for sign, letter in letters.items()}
    return {**_shape(step, of), **_counts(step, of), "memory": _memory(of), **_field(step, of)}


def _memory(of: Formulas) -> Worked:
    return given(BYTES_PER_VALUE) * of["m"] * of["h′"] * of["w′"]


def _shape(step: Step, of: Formulas) -> Formulas:
    match step.layer:
        case Convolution():
            return {"maps": of["m"], "height": _slid(of, "h"), "width": _slid(of, "w")}
        case Subsampling() | AveragePooling() | MaxPooling():
            up = getattr(step.layer, "ceil", False)
            return {"maps": of["n"], "height": _slid(of, "h", up=up), "width": _slid(of, "w", up=up)}
        case BatchNormalisation():
            return {"maps": of["n"], "height": of["h"], "width": of["w"]}
        case Dense() | RadialBasis():
            return {"maps": of["m"], "height": _ONE, "width": _ONE}
        case _:
            return {}


def _slid(of: Formulas, side: str, *, up: bool = False) -> Worked:
    """⌊(h + 2p − k)/s⌋ + 1, with the brackets that round down, or up, even where nothing is rounded."""
    share = (of[side] + given(2) * of["p"] - of["k"]) / of["s"]
    if up:
        text, tex = f"⌈{share.text}⌉", rf"\left\lceil {share.latex} \right\rceil"
        return Worked(-(-share.value // 1), text, tex, PRODUCT) + _ONE
    return Worked(share.value // 1, f"⌊{share.text}⌋", rf"\left\lfloor {share.latex} \right\rfloor", PRODUCT) + _ONE


def _counts(step: Step, of: Formulas) -> Formulas:
    """Parameters, connections and multiply-accumulates."""
    layer, n, m, k = step.layer, of["n"], of["m"], of["k"]
    places = of["h′"] * of["w′"]
    units = m * of["h′"] * of["w′"]
    match layer:
        case Convolution():
            return {
                "parameters": _kernels(layer, of),
                "connections": of["P"] * places,
                "macs": of["W"] * places,
            }
        case Subsampling():
            return {"parameters": n * (_ONE + _ONE), "connections": units * (k * k + _ONE), "macs": units}
        case AveragePooling() | MaxPooling():
            down, right = layer.beyond(step.before)
            read = units * k * k
            if down or right:
                rows = of["h′"] * k - of["d"] if down else of["h′"] * k
                read = m * rows * (of["w′"] * k - of["u"] if right else of["w′"] * k)
            return {"parameters": given(0), "connections": read, "macs": given(0)}
        case BatchNormalisation():
            return {"parameters": n * (_ONE + _ONE), "connections": of["P"] * places, "macs": units}
        case Dense():
            inputs = n if step.before.height == step.before.width == 1 else n * of["h"] * of["w"]
            weights = (inputs + _ONE if layer.bias else inputs) * m
            return {"parameters": weights, "connections": weights, "macs": inputs * m}
        case RadialBasis():
            return {"parameters": given(0), "connections": n * m, "macs": n * m}
        case _:
            return {}


def _kernels(layer: Convolution, of: Formulas) -> Worked:
    n, m, k = of["n"], of["m"], of["k"]
    if layer.table is not None:
        links = of["L"] * k * k
        return links + m if layer.bias else links
    return (k * k * n + _ONE) * m if layer.bias else k * k * n * m


def _field(step: Step, of: Formulas) -> Formulas:
    """As Field says: r + (k − 1)·j; j·s; c + ((k − 1)/2 − p)·j."""
    reach = of["k"] - _ONE
    window = step.layer.window(step.before)
    if (window.size, window.stride, window.padding) == (1, 1, 0):
        return {"size": of["r"], "jump": of["j"], "centre": of["c"]}
    middle = reach / given(2)
    shift = middle - of["p"] if window.padding else middle
    return {"size": of["r"] + reach * of["j"], "jump": of["j"] * of["s"], "centre": of["c"] + shift * of["j"]}
