"""Mistakes about what is trained: those about weights, and those about layers that have a few numbers a map or none."""

from __future__ import annotations

from dataclasses import replace

from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, RadialBasis, Shape, Subsampling
from lenet_explain.network.walk import Network, Step
from lenet_explain.network.worked import given
from lenet_explain.quiz.mistake import Imagined, Mistake
from lenet_explain.quiz.shape_mistakes import POOLING, elsewhere
from lenet_explain.quiz.weight_mistakes import LIFTED, at_every_position, outputs, reads_everything, weights


def _bias_per_position(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Convolution) and step.layer.bias and step.after.units != step.after.maps:
        yield weights(step) + outputs(step)


def _not_shared(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Convolution) and step.after.units != step.after.maps:
        yield at_every_position(step.parameters, step.after)
        yield at_every_position(weights(step), step.after) + given(step.after.maps)
        yield at_every_position(weights(step), step.after)


def _fully_connected(step: Step, network: Network) -> Imagined:
    if not reads_everything(step):
        yield Dense(step.name, units=step.after.units).parameters(step.before)
        yield Dense(step.name, units=step.after.units, bias=False).parameters(step.before)


def _other_input(step: Step, network: Network) -> Imagined:
    for other in elsewhere(step, network):
        yield other.parameters


def _outputs(step: Step, network: Network) -> Imagined:
    yield outputs(step)


def _connections(step: Step, network: Network) -> Imagined:
    yield step.connections


def _no_coefficient(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Subsampling):
        yield given(1) * given(step.before.maps)


def _pooling_weights(step: Step, network: Network) -> Imagined:
    """A weight for each cell of the window, with a bias a map or without."""
    if isinstance(step.layer, POOLING):
        cells = given(step.layer.size) * given(step.layer.size)
        yield (cells + given(1)) * given(step.before.maps)
        yield cells * given(step.before.maps)


def _pooling_as_convolution(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, POOLING):
        imagined = Convolution(step.name, maps=step.before.maps, kernel=step.layer.size)
        yield imagined.parameters(step.before)
        yield replace(imagined, bias=False).parameters(step.before)


def _pooling_as_in_1998(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, POOLING) and not isinstance(step.layer, Subsampling):
        yield Subsampling(step.name, step.layer.size).parameters(step.before)


def _one_pair(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Subsampling | BatchNormalisation):
        yield step.layer.parameters(Shape(1, step.before.height, step.before.width))


def _pair_per_unit(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Subsampling | BatchNormalisation):
        yield at_every_position(step.parameters, step.after)


def _nothing(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Subsampling | BatchNormalisation):
        yield given(0)


def _running_statistics(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, BatchNormalisation):
        yield given(step.before.maps) * (given(2) + given(2))


def _half_a_pair(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, BatchNormalisation):
        yield given(1) * given(step.before.maps)


def _codes(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, RadialBasis):
        yield given(step.before.maps) * given(step.after.maps)


def _codes_with_biases(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, RadialBasis):
        yield (given(step.before.maps) + given(1)) * given(step.after.maps)


def _code_biases(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, RadialBasis):
        yield given(1) * given(step.after.maps)


PARAMETER_MISTAKES: tuple[Mistake, ...] = tuple(
    Mistake(name, "parameters", imagine, says)
    for name, imagine, says in (
        *LIFTED,
        (
            "one weight per position",
            _not_shared,
            "One weight for each position? All positions of a map share one kernel and one bias.",
        ),
        ("bias per position", _bias_per_position, "One bias for each position? All positions of a map share one."),
        ("no coefficient", _no_coefficient, "One term is missing: a map has a coefficient and a bias."),
        ("pooling trains nothing", _nothing, "Something is trained here: two numbers for each map."),
        (
            "pooling has weights",
            _pooling_weights,
            "One weight for each cell of the window? The cells of a block have none of their own.",
        ),
        ("pooling as in 1998", _pooling_as_in_1998, "A coefficient and a bias a map were trained in 1998, not here."),
        ("pooling as convolution", _pooling_as_convolution, "Counted like a convolution: each map is pooled alone."),
        ("one pair for all", _one_pair, "Counted once for the whole layer: every map has its own two numbers."),
        ("one pair per unit", _pair_per_unit, "Counted for every unit: all positions of a map share their numbers."),
        (
            "running statistics",
            _running_statistics,
            "Running mean and variance are counted: they are measured, not trained.",
        ),
        ("scale or shift alone", _half_a_pair, "One term is missing: a map has a scale and a shift."),
        (
            "codes counted",
            _codes,
            "The codes are counted: they are chosen by hand and stay as they are.",
        ),
        (
            "codes as weights",
            _codes_with_biases,
            "Counted like a dense layer: codes are fixed and have no biases.",
        ),
        ("biases of codes", _code_biases, "Biases are counted, and a distance to a code has none."),
        ("other input", _other_input, "The sum starts from another input: this network reads {input}."),
        ("fully connected", _fully_connected, "Counted as fully connected: a unit sees a window, and positions share."),
        ("connections", _connections, "These are the connections: how often weights are used, not how many there are."),
        ("outputs", _outputs, "These are the layer's output values; asked is what is trained."),
    )
)
