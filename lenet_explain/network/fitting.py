"""Whether a draft is a network, and where it is not: which layer, why, and what would fit there instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from lenet_explain import paper
from lenet_explain.network.activations import IDENTITY, SOFTMAX
from lenet_explain.network.alternatives import MOST_MACS, MOST_PARAMETERS, instead, smaller
from lenet_explain.network.description import PIXELS, UNIT_PIXELS, Draft, draft_of, text_of
from lenet_explain.network.layers import AveragePooling, Dense, Layer, MaxPooling, RadialBasis, Shape
from lenet_explain.network.layers.shape import DescriptionError
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.network.worked import number

MOST_FITS = 3  # layers that are said to be smaller, the largest first
AFTER_IT = "after it"  # how a fit ends that is another layer behind the last
CLASSES = len(paper.GLYPH_CODES)


@dataclass(frozen=True, slots=True)
class Problem:
    """layer: its place, counted from 0; message names the thing, the value and the rule; fits: what would be possible,
    each in a few words."""

    layer: int
    message: str
    fits: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return f"{self.message}. What would fit: {'; or '.join(self.fits)}" if self.fits else self.message


@lru_cache(maxsize=64)  # a text may be long
def own_network(text: str) -> Network:
    """The network that a visitor's text describes. Raises DescriptionError with what is wrong and what would fit."""
    draft = draft_of(text)
    if found := problem(draft):
        raise DescriptionError(found.sentence)
    return _network(draft)


@lru_cache(maxsize=64)  # a text may be long
def counted_network(text: str) -> Network:
    """As own_network, of any size: to be counted, compared and written as a program."""
    draft = draft_of(text)
    if found := in_the_way_of_counting(draft):
        raise DescriptionError(found.sentence)
    return _network(draft)


@lru_cache(maxsize=64)  # a text may be long
def problem(draft: Draft) -> Problem | None:
    """The first thing in the way, from the input on; None for a network that can be drawn on and trained."""
    return in_the_way_of_counting(draft) or _size(draft.layers, draft.input)


def in_the_way_of_counting(draft: Draft) -> Problem | None:
    """As problem, whatever the size."""
    return _names(draft) or _shapes(draft) or _end(draft)


@lru_cache(maxsize=64)  # what would be small enough takes milliseconds to find
def too_large(network: Network) -> str | None:
    """Why this network is neither drawn on nor trained here, in a sentence; None where it is small enough."""
    found = _size(network.layers, network.input)
    return found and found.message


def shapes(draft: Draft) -> tuple[Shape, ...]:
    """Before the first layer and behind each, as far as they fit."""
    found = [draft.input]
    for layer in draft.layers:
        try:
            found.append(layer.shape_after(found[-1]))
        except DescriptionError:
            break
    return tuple(found)


def counted(draft: Draft) -> Network | None:
    """The layers up to the first that does not fit, whose name is taken or which comes after softmax, to be counted;
    None where that is the first of all."""
    fitting: list[Layer] = []
    for layer in draft.layers[: len(shapes(draft)) - 1]:
        if any(layer.name == other.name or other.activation == SOFTMAX for other in fitting):
            break
        fitting.append(layer)
    return _network(replace(draft, layers=tuple(fitting))) if fitting else None


def _network(draft: Draft) -> Network:
    learn = sum(not isinstance(layer, AveragePooling | MaxPooling | RadialBasis) for layer in draft.layers)
    layers = f"{len(draft.layers)} layers" if len(draft.layers) > 1 else "one layer"
    return Network(
        key=text_of(draft),
        title="Your own network",
        summary=f"Put together layer by layer: {layers}, {learn} with something to learn.",
        source="put together on the page Build your own",
        input=draft.input,
        pixels=PIXELS[draft.pixels],
        layers=draft.layers,
    )


def _names(draft: Draft) -> Problem | None:
    names = [layer.name for layer in draft.layers]
    for at, name in enumerate(names):
        if name in names[:at]:
            return Problem(at, f"{name}: two layers have this name, and every layer needs its own")
    return None


def _shapes(draft: Draft) -> Problem | None:
    known = shapes(draft)
    at = len(known) - 1
    if at == len(draft.layers):
        return None
    layer, before = draft.layers[at], known[-1]
    try:
        layer.size_after(before)
    except DescriptionError as error:
        return Problem(at, str(error), tuple(instead(layer, before)))
    return None


def _end(draft: Draft) -> Problem | None:
    """Only the last layer answers, and it gives one answer for each digit."""
    *inner, last = draft.layers
    for at, layer in enumerate(inner):
        if isinstance(layer, RadialBasis):
            return Problem(at, f"{layer.name}: a radial basis layer gives the answers, and must be the last layer")
        if layer.activation == SOFTMAX:
            return Problem(at, f"{layer.name}: softmax turns outputs into shares, and must be in the last layer")
    place, answers = len(inner), f"a dense layer of {CLASSES} units with softmax"
    if isinstance(last, RadialBasis):
        rule = f"has the activation {last.activation.name}, and needs {IDENTITY.name}: distances must stay distances"
        return None if last.activation == IDENTITY else Problem(place, f"{last.name}: the last layer {rule}")
    if not isinstance(last, Dense):
        rule = f"must be dense with {CLASSES} units, or radial basis: one answer for each digit"
        return Problem(place, f"{last.name}: the last layer is {last.kind}, and {rule}", (f"{answers} {AFTER_IT}",))
    if last.units != CLASSES:
        rule = f"needs {CLASSES}, one for each digit"
        return Problem(
            place,
            f"{last.name}: the last layer has {last.units} units, and {rule}",
            (f"units {CLASSES}", f"{answers} {AFTER_IT}"),
        )
    if last.activation != SOFTMAX:
        return Problem(
            place, f"{last.name}: the last layer has the activation {last.activation.name}, and needs softmax"
        )
    return None


def _size(layers: tuple[Layer, ...], first: Shape) -> Problem | None:
    """Bounds on the whole, by which a visitor's browser can run it while one draws."""
    steps = walk(Network("", "", "", "", first, layers, UNIT_PIXELS))
    sums = totals(steps)
    for what, count, most, reason in (
        ("parameters", sums.parameters.value, MOST_PARAMETERS, "every visitor's browser gets them all"),
        ("multiply-accumulates", sums.macs.value, MOST_MACS, "a phone works them out after every stroke"),
    ):
        if count > most:
            costs = [step.parameters.value if what == "parameters" else step.macs.value for step in steps]
            heaviest = sorted(range(len(costs)), key=costs.__getitem__, reverse=True)
            at = heaviest[0]
            message = (
                f"{layers[at].name}: the network has {number(count)} {what}, {number(costs[at])} of them in this "
                f"layer, and may have {number(most)} to be drawn on and trained: {reason}"
            )
            return Problem(at, message, tuple(smaller(steps, heaviest))[:MOST_FITS])
    return None
