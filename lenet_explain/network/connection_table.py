"""Tables of connections between two layers of maps: which layer of a network has one, and tables to start from."""

from __future__ import annotations

from collections.abc import Mapping

from lenet_explain import paper
from lenet_explain.network.layers import Convolution
from lenet_explain.network.layers.shape import DescriptionError
from lenet_explain.network.walk import Network, Step, walk

Table = tuple[tuple[int, ...], ...]  # for each map the input maps that it reads, counted from 0

RANDOM_LINKS = sum(map(len, paper.TABLE_I))  # of a random table: as many as the paper's


def _readers(network: Network) -> tuple[Step, ...]:
    return tuple(step for step in walk(network) if isinstance(step.layer, Convolution) and step.before.maps > 1)


def wirable(network: Network) -> bool:
    return bool(_readers(network))


def wired(network: Network) -> Step:
    """The first convolution that reads several maps: C3, in a LeNet.

    Raises DescriptionError where no layer can be wired.
    """
    if not wirable(network):
        raise DescriptionError(f"{network.title}: no convolution reads several maps")
    return _readers(network)[0]


def described(network: Network) -> Table:
    """The table of the wired layer as the network is described."""
    step = wired(network)
    assert isinstance(step.layer, Convolution)
    return step.layer.links(step.before)


def tables(network: Network) -> Mapping[str, Table]:
    """Tables to start from, by name; the paper's own only where it fits."""
    step = wired(network)
    inputs, maps = step.before.maps, step.after.maps
    fits = maps == len(paper.TABLE_I) and inputs > max(map(max, paper.TABLE_I))
    return {
        **({"Table I": paper.TABLE_I} if fits else {}),
        "Dense": (tuple(range(inputs)),) * maps,
        "One to one": tuple((map_ % inputs,) for map_ in range(maps)),
    }
