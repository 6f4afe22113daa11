"""Whether a draft is a network, and where it is not: which layer, why, and what would fit there instead.

What would fit is found by trying: every value of every number of the layer within its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from lenet_explain import paper
from lenet_explain.activations import SOFTMAX
from lenet_explain.description import LIMITS, PIXELS, Draft, draft_of, fields_of, text_of
from lenet_explain.layers import AveragePooling, Convolution, Dense, Layer, MaxPooling, RadialBasis, Shape, Subsampling
from lenet_explain.layers.shape import DescriptionError
from lenet_explain.walk import Network, totals, walk
from lenet_explain.worked import number

CLASSES = len(paper.GLYPH_CODES)
MOST_PARAMETERS = 300_000  # 1.2 MB to every visitor's browser
MOST_MACS = 5_000_000  # a phone still answers while one draws


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


@lru_cache(maxsize=256)
def own_network(text: str) -> Network:
    """The network that a visitor's text describes. Raises DescriptionError with what is wrong and what would fit."""
    draft = draft_of(text)
    if found := problem(draft):
        raise DescriptionError(found.sentence)
    return _network(draft)


def problem(draft: Draft) -> Problem | None:
    """The first thing in the way, from the input on; None for a network that can run."""
    return _names(draft) or _shapes(draft) or _end(draft) or _size(draft)


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
    """The layers up to the first that does not fit, to be counted; None where that is the first of all."""
    fitting = draft.layers[: len(shapes(draft)) - 1]
    doubled = any(layer.name == other.name for at, layer in enumerate(fitting) for other in fitting[:at])
    inner = any(layer.activation == SOFTMAX for layer in fitting[:-1])
    return _network(replace(draft, layers=fitting)) if fitting and not doubled and not inner else None


def _network(draft: Draft) -> Network:
    learn = sum(not isinstance(layer, AveragePooling | MaxPooling | RadialBasis) for layer in draft.layers)
    return Network(
        key=text_of(draft),
        title="Your own network",
        summary=f"Put together layer by layer: {len(draft.layers)} layers, {learn} of them with something to learn.",
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
        return Problem(at, str(error), tuple(_instead(layer, before)))
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
        return None
    if not isinstance(last, Dense):
        rule = f"must be dense with {CLASSES} units, or radial basis: one answer for each digit"
        return Problem(place, f"{last.name}: the last layer is {last.kind}, and {rule}", (f"{answers} after it",))
    if last.units != CLASSES:
        rule = f"needs {CLASSES}, one for each digit"
        return Problem(
            place,
            f"{last.name}: the last layer has {last.units} units, and {rule}",
            (f"units {CLASSES}", f"{answers} after it"),
        )
    if last.activation != SOFTMAX:
        return Problem(
            place, f"{last.name}: the last layer has the activation {last.activation.name}, and needs softmax"
        )
    return None


def _size(draft: Draft) -> Problem | None:
    """Bounds on the whole, by which a visitor's browser can run it while one draws."""
    steps = walk(_network(draft))
    sums = totals(steps)
    for what, count, most, reason in (
        ("parameters", sums.parameters.value, MOST_PARAMETERS, "every visitor's browser gets them all"),
        ("multiply-accumulates", sums.macs.value, MOST_MACS, "a phone works them out after every stroke"),
    ):
        if count > most:
            costs = [step.parameters.value if what == "parameters" else step.macs.value for step in steps]
            at = costs.index(max(costs))
            message = (
                f"{draft.layers[at].name}: the network has {number(count)} {what}, {number(costs[at])} of them in this "
                f"layer, and may have {number(most)}: {reason}"
            )
            return Problem(at, message, tuple(_smaller(draft)))
    return None


def _instead(layer: Layer, before: Shape) -> Iterable[str]:
    """Other numbers for this layer, or another layer, that fit what comes before."""
    yield from _other_numbers(layer, lambda changed: _fits(changed, before))
    if isinstance(layer, Subsampling):
        other = AveragePooling(layer.name, size=layer.size, stride=layer.size)
        if _fits(other, before):
            yield f"average pooling, which leaves the last row and column out: {other.shape_after(before)}"
    if isinstance(layer, RadialBasis):
        yield f"a dense layer of {len(layer.codes[0])} units before it"
    if isinstance(layer, Convolution) and layer.table is not None:
        yield f"every map reads all {before.maps}" if before.maps > 1 else "no table, as there is one input map"


def _smaller(draft: Draft) -> Iterable[str]:
    """Which layer would have to be smaller, and how small; the last one has its size from the digits."""
    for at, layer in enumerate(draft.layers[:-1]):
        for name in ("maps", "units"):
            if hasattr(layer, name):
                small = partial(_is_small, draft, at)
                yield from (f"{layer.name} with {words}" for words in _ranges(layer, name, small))


def _is_small(draft: Draft, at: int, changed: Layer) -> bool:
    other = replace(draft, layers=(*draft.layers[:at], changed, *draft.layers[at + 1 :]))
    if _shapes(other):
        return False
    sums = totals(walk(_network(other)))
    return sums.parameters.value <= MOST_PARAMETERS and sums.macs.value <= MOST_MACS


def _other_numbers(layer: Layer, fits: Callable[[Layer], bool]) -> Iterable[str]:
    for field in fields_of(type(layer)):
        if field.name in LIMITS:
            yield from _ranges(layer, field.name, fits)


def _ranges(layer: Layer, name: str, fits: Callable[[Layer], bool]) -> Iterable[str]:
    """'kernel 1 to 4', or 'size 1, 3 or 9'; nothing where no value of this number helps."""
    limit = LIMITS[name]
    good = [value for value in range(limit.low, limit.high + 1) if _tried(layer, name, value, fits)]
    if not good:
        return
    run = good == list(range(good[0], good[-1] + 1))
    if run and len(good) > 2:
        yield f"{name} {good[0]} or more" if good[-1] == limit.high else f"{name} {good[0]} to {good[-1]}"
    else:
        words = [str(value) for value in good[:6]]
        yield f"{name} {' or '.join(filter(None, [', '.join(words[:-1]), words[-1]]))}"


def _tried(layer: Layer, name: str, value: int, fits: Callable[[Layer], bool]) -> bool:
    try:
        return fits(replace(layer, **{name: value}))
    except DescriptionError:
        return False


def _fits(layer: Layer, before: Shape) -> bool:
    try:
        layer.size_after(before)
    except DescriptionError:
        return False
    return True
