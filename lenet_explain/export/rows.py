"""The rows that summary and tables share: what each layer is, in a few words, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from lenet_explain.network.activations import IDENTITY
from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, RadialBasis, Shape
from lenet_explain.network.walk import Network, Step, walk


@dataclass(frozen=True, slots=True)
class Row:
    """window: '5×5', with step and border where they are not 1 and 0; empty where a layer reads everything."""

    name: str
    kind: str
    window: str
    activation: str
    after: Shape
    parameters: int
    connections: int
    macs: int
    memory: int


def rows(network: Network) -> tuple[Row, ...]:
    return tuple(map(_row, walk(network)))


def _row(step: Step) -> Row:
    activation = step.layer.activation
    return Row(
        name=step.name,
        kind=kind_of(step),
        window=window_of(step),
        activation="" if activation == IDENTITY else activation.name,
        after=step.after,
        parameters=int(step.parameters.value),
        connections=int(step.connections.value),
        macs=int(step.macs.value),
        memory=int(step.memory.value),
    )


def kind_of(step: Step) -> str:
    sparse = isinstance(step.layer, Convolution) and step.layer.table is not None
    return f"{step.layer.kind} by table" if sparse else step.layer.kind


def window_of(step: Step) -> str:
    if isinstance(step.layer, Dense | RadialBasis | BatchNormalisation):
        return ""
    window = step.layer.window(step.before)
    usual = window.size if not isinstance(step.layer, Convolution) else 1
    said = [f"{window.size}×{window.size}"]
    said += [f"stride {window.stride}"] if window.stride != usual else []
    said += [f"padding {window.padding}"] if window.padding else []
    said += ["ceil"] if getattr(step.layer, "ceil", False) else []
    return ", ".join(said)
