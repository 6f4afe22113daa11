"""Mistakes about links: each parameter's mistake at every position, and those that only links have."""

from __future__ import annotations

from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense, RadialBasis, Subsampling
from lenet_explain.network.walk import Network, Step
from lenet_explain.network.worked import Worked, given
from lenet_explain.quiz.mistake import Imagine, Imagined, Mistake
from lenet_explain.quiz.shape_mistakes import POOLING, elsewhere, strided
from lenet_explain.quiz.weight_mistakes import LIFTED, Weighted, at_every_position, outputs, reads_everything, weights


def _at_every_position(imagine: Imagine) -> Imagine:
    def lifted(step: Step, network: Network) -> Imagined:
        for wrong in imagine(step, network):
            if isinstance(wrong, Worked):
                one_place = step.after.height == step.after.width == 1
                yield wrong if one_place else at_every_position(wrong, step.after)

    return lifted


def _parameters(step: Step, network: Network) -> Imagined:
    if step.parameters.value:
        yield step.parameters


def _bias_once(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Convolution) and step.layer.bias:
        yield at_every_position(weights(step), step.after) + given(step.after.maps)


def _input_positions(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Weighted | BatchNormalisation):
        yield at_every_position(step.parameters, step.before)


def _one_side(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Convolution):
        yield step.parameters.result * given(step.after.height)


def _fully_connected(step: Step, network: Network) -> Imagined:
    if not reads_everything(step):
        yield Dense(step.name, units=step.after.units).parameters(step.before)
        yield Dense(step.name, units=step.after.units, bias=False).parameters(step.before)


def _other_input(step: Step, network: Network) -> Imagined:
    for other in elsewhere(step, network):
        yield other.connections


def _outputs(step: Step, network: Network) -> Imagined:
    yield outputs(step)


def _block(step: Step, links: int) -> Imagined:
    """Pooling with so many links more than the cells of its block for each unit."""
    if isinstance(step.layer, POOLING):
        cells = given(step.layer.size) * given(step.layer.size)
        yield outputs(step) * (cells + given(links) if links else cells)


def _pooling_no_bias(step: Step, network: Network) -> Imagined:
    return _block(step, 0)


def _pooling_bias(step: Step, network: Network) -> Imagined:
    return _block(step, 1)


def _pooling_coefficient(step: Step, network: Network) -> Imagined:
    return _block(step, 2) if isinstance(step.layer, Subsampling) else ()


def _one_cell(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Subsampling):
        yield at_every_position(step.parameters, step.after)


def _pooling_all_maps(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, POOLING) and step.before.maps > 1:
        convolution = Convolution(
            step.name, step.before.maps, step.layer.size, step.layer.window(step.before).stride, bias=False
        )
        yield convolution.connections(step.before)
        yield Convolution(step.name, step.before.maps, step.layer.size, convolution.stride).connections(step.before)


def _stride_one(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, POOLING) and step.layer.window(step.before).stride > 1:
        shape = strided(step.layer, 1).shape_after(step.before)
        cells = given(step.layer.size) * given(step.layer.size)
        each = cells + given(1) if isinstance(step.layer, Subsampling) else cells
        yield given(shape.maps) * given(shape.height) * given(shape.width) * each


def _nothing(step: Step, network: Network) -> Imagined:
    if not step.parameters.value:
        yield given(0)


def _code_biases(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, RadialBasis):
        yield step.connections + given(step.after.maps)


CONNECTION_MISTAKES: tuple[Mistake, ...] = tuple(
    Mistake(name, "connections", imagine, says)
    for name, imagine, says in (
        (
            "parameters",
            _parameters,
            "These are the parameters, each counted once: links are counted at every position.",
        ),
        *((name, _at_every_position(imagine), says) for name, imagine, says in LIFTED),
        ("pooling without bias", _pooling_no_bias, "The bias is missing: it is one more connection of every unit."),
        ("pooling with bias", _pooling_bias, "A bias is counted, and this pooling has none."),
        ("coefficient as link", _pooling_coefficient, "The coefficient is counted: it scales the sum and is no link."),
        (
            "one cell a block",
            _one_cell,
            "Too few links: a unit is linked to every cell of its block and to a bias.",
        ),
        ("pooling reads all maps", _pooling_all_maps, "All maps are counted: a unit reads its block in one map."),
        ("stride 1", _stride_one, "Too many units: the window moves {stride} at a time, not 1."),
        ("biases once", _bias_once, "A bias is linked to every position of its map, not to the map once."),
        ("positions before", _input_positions, "Counted at the positions of what {layer} reads: take those it gives."),
        ("one side", _one_side, "Counted along one side only: positions are height times width."),
        ("no parameters, no links", _nothing, "Links are there though nothing is trained: every unit reads something."),
        ("biases of codes", _code_biases, "Biases are counted, and a distance to a code has none."),
        ("other input", _other_input, "The sum starts from another input: this network reads {input}."),
        ("fully connected", _fully_connected, "Counted as fully connected: a unit sees a window of what comes before."),
        ("outputs", _outputs, "These are the layer's output values: count what each of them is linked to."),
    )
)
