"""Mistakes about weights and biases: the layer's own count with one thing changed."""

from __future__ import annotations

from dataclasses import replace

from lenet_explain.network.layers import Convolution, Dense, Shape
from lenet_explain.network.walk import Network, Step
from lenet_explain.network.worked import Worked, given
from lenet_explain.quiz.mistake import Imagined

Weighted = Convolution | Dense


def weights(step: Step) -> Worked:
    """Of a layer with weights: the count without biases."""
    assert isinstance(step.layer, Weighted)
    return replace(step.layer, bias=False).parameters(step.before)


def outputs(step: Step) -> Worked:
    shape = step.after
    if shape.height == shape.width == 1:
        return given(shape.maps)
    return given(shape.maps) * given(shape.height) * given(shape.width)


def at_every_position(number: Worked, shape: Shape) -> Worked:
    return number.result * given(shape.height) * given(shape.width)


def reads_everything(step: Step) -> bool:
    """Whether each unit reads all values before it with weights that no other unit has: to count the layer as fully
    connected is no mistake then."""
    layer = step.layer
    if not isinstance(layer, Convolution):
        return True
    return Dense(step.name, units=step.after.units, bias=layer.bias).parameters(step.before).value == (
        step.parameters.value
    )


def _no_bias(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Weighted):
        yield weights(step)


def _bias_without(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Weighted) and not step.layer.bias:
        yield replace(step.layer, bias=True).parameters(step.before)


def _one_bias(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Weighted) and step.layer.bias:
        yield weights(step) + given(1)


def _bias_per_kernel(step: Step, network: Network) -> Imagined:
    """One bias for each kernel of a convolution, for each input of a dense layer."""
    layer = step.layer
    if isinstance(layer, Convolution) and layer.bias:
        cells = given(layer.kernel) * given(layer.kernel) + given(1)
        yield given(sum(map(len, layer.links(step.before)))) * cells
    if isinstance(layer, Dense) and layer.bias:
        yield weights(step) + given(step.before.units)


def _one_input_map(step: Step, network: Network) -> Imagined:
    """(k·k + 1)·maps; with the bias forgotten as well, k·k·maps."""
    layer = step.layer
    if isinstance(layer, Convolution) and max(map(len, layer.links(step.before))) > 1:
        alone = replace(layer, table=None), replace(step.before, maps=1)
        yield alone[0].parameters(alone[1])
        yield replace(alone[0], bias=False).parameters(alone[1])


def _without_table(step: Step, network: Network) -> Imagined:
    layer = step.layer
    if isinstance(layer, Convolution) and min(map(len, layer.links(step.before))) < step.before.maps:
        yield replace(layer, table=None).parameters(step.before)
        yield replace(layer, table=None, bias=False).parameters(step.before)


def _first_map_for_all(step: Step, network: Network) -> Imagined:
    layer = step.layer
    if isinstance(layer, Convolution) and layer.table is not None:
        yield replace(layer, table=None).parameters(replace(step.before, maps=len(layer.table[0])))


def _table_by_rows(step: Step, network: Network) -> Imagined:
    """The table's other direction: how many maps read each input, taken for what each map reads."""
    layer = step.layer
    if isinstance(layer, Convolution) and layer.table is not None:
        readers = [sum(index in row for row in layer.table) for index in range(step.before.maps)]
        for count in sorted(set(readers) - {0}):
            yield replace(layer, table=None).parameters(replace(step.before, maps=count))
        yield weights(step) + given(step.before.maps)


def _one_side_of_the_kernel(step: Step, network: Network) -> Imagined:
    layer = step.layer
    if isinstance(layer, Convolution) and layer.table is None:
        reads = given(layer.kernel) * given(step.before.maps)
        yield (reads + given(1) if layer.bias else reads) * given(layer.maps)


def _only_maps(step: Step, network: Network) -> Imagined:
    """A weight a map in place of one a value: no k·k, or no height·width before a dense layer."""
    layer = step.layer
    if isinstance(layer, Convolution):
        yield replace(layer, kernel=1, padding=0).parameters(step.before)
    if isinstance(layer, Dense):
        yield layer.parameters(Shape(step.before.maps, 1, 1))


def _one_unit(step: Step, network: Network) -> Imagined:
    layer = step.layer
    if isinstance(layer, Convolution):
        yield replace(layer, maps=1, table=layer.table[:1] if layer.table else None).parameters(step.before)
    if isinstance(layer, Dense):
        yield replace(layer, units=1).parameters(step.before)


def _added(step: Step, network: Network) -> Imagined:
    if isinstance(step.layer, Dense):
        yield given(step.before.units) + given(step.layer.units)
        yield given(step.before.units) + given(step.layer.units) + given(1)


LIFTED = (  # what is wrong for the parameters is as wrong at every position: connections follow
    ("no bias", _no_bias, "The bias is missing: every {part} adds one."),
    ("bias where none is", _bias_without, "A bias is counted, and this layer is described without biases."),
    ("no input maps", _one_input_map, "The input maps are missing: a kernel has its cells once for each map it reads."),
    ("table left out", _without_table, "All {inputs} input maps are counted for every map; the table leaves some out."),
    (
        "first map for all",
        _first_map_for_all,
        "Every map is counted like the first, and others read more or fewer.",
    ),
    ("table by rows", _table_by_rows, "The table is read the other way: count the inputs of each of the {maps} maps."),
    ("bias per kernel", _bias_per_kernel, "Too many biases: every {part} adds one, however much it reads."),
    ("one bias", _one_bias, "One bias for the whole layer: every {part} has its own."),
    ("one side of the kernel", _one_side_of_the_kernel, "The kernel counts with both its sides: {size}·{size} cells."),
    ("only maps", _only_maps, "One weight for each map: it takes one for every value that a unit sees in that map."),
    ("one map", _one_unit, "Counted for one {part} only: the layer has {maps}."),
    ("added", _added, "Added where units multiply: every unit has a weight for every value that it reads."),
)
