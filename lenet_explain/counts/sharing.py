"""What a layer would cost if every link had a weight of its own, and if every unit read everything before it.

Three choices: `shared`, as described; `unshared`, where each connection has a weight of its own; `full`, where besides
each unit reads all values before it, so that nothing is local and nothing can be shared.
A layer that learns nothing (pooling without coefficients, fixed codes) has no weights under any choice.
Not covered: links into a border are counted as in the paper, also where padding makes them read nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from lenet_explain.network.layers import Convolution, Dense, RadialBasis, Subsampling
from lenet_explain.network.walk import Network, Step, walk
from lenet_explain.network.worked import Worked, given, total

Choice = Literal["shared", "unshared", "full"]
CHOICES: Mapping[Choice, str] = MappingProxyType(
    {
        "shared": "Shared and local, as described",
        "unshared": "Local, nothing shared",
        "full": "Fully connected",
    }
)


def choice_of(shared: bool, local: bool) -> Choice:
    """A unit that reads everything from its own place has nothing to share: not local means not shared."""
    if not local:
        return "full"
    return "shared" if shared else "unshared"


def learns(step: Step) -> bool:
    return step.parameters.value > 0


def weights(step: Step, choice: Choice) -> Worked:
    """Trainable numbers."""
    if choice == "shared" or not learns(step):
        return step.parameters
    return links(step, choice)


def links(step: Step, choice: Choice) -> Worked:
    """Connections: sharing does not change them, locality does."""
    if choice != "full":
        return step.connections
    inputs = given(step.before.units)
    return given(step.after.units) * (inputs + given(1) if _has_bias(step) else inputs)


def network_weights(network: Network, choice: Choice) -> Worked:
    """Of all layers, each under this choice."""
    return total(weights(step, choice) for step in walk(network))


def network_links(network: Network, choice: Choice) -> Worked:
    return total(links(step, choice) for step in walk(network))


def why(step: Step, choice: Choice) -> str:
    """Where the number of weights under this choice comes from, in a sentence."""
    units, values = f"{step.after.units:,}", f"{step.before.units:,}"
    if not learns(step):
        return f"{step.name} has nothing to train, so there is nothing that could be shared."
    if weights(step, "full").value == step.parameters.value and isinstance(step.layer, Dense | Convolution):
        return f"Each unit of {step.name} reads everything before it with weights of its own already: nothing changes."
    if choice == "shared":
        return _why_shared(step)
    if choice == "unshared":
        return f"Each of the {step.connections.value:,} connections has a weight of its own."
    bias = " and has a bias" if _has_bias(step) else ""
    return f"Each of the {units} units reads all {values} values before it{bias}, with weights of its own."


def _why_shared(step: Step) -> str:
    places = step.after.height * step.after.width
    if isinstance(step.layer, Subsampling):
        maps, scaled = f"{step.after.maps:,}", step.layer.size**2 * places
        return (
            f"Each of the {maps} coefficients serves {_connections(scaled)}, as it scales every cell of each block; "
            f"each of the {maps} biases serves {_connections(places)}."
        )
    return f"Each of the {step.parameters.value:,} parameters serves {_connections(places)}."


def _connections(count: int) -> str:
    return f"{count:,} connection{'' if count == 1 else 's'}"


def _has_bias(step: Step) -> bool:
    match step.layer:
        case Convolution(bias=bias) | Dense(bias=bias):
            return bias
        case _:
            return learns(step) and not isinstance(step.layer, RadialBasis)
