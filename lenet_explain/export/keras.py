"""A network as a Keras 3 program, for each of Keras's backends; what Keras lacks stands below it as small layers.

Keras has maps last, (B, H, W, maps); this project has them first. Where maps become a vector, the program turns them
first, so that the vector and all weights after it have the order that they have everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.export.keras_parts import CEIL_POOLING, DISTANCES, SPARSE, SUBSAMPLING
from lenet_explain.export.names import docstring, function_name, quoted
from lenet_explain.export.plan import ARRAYS, SHARES_LEFT_OUT, Place, applied, fraction, plan, squashings
from lenet_explain.export.written import (
    WIDTH,
    Line,
    about,
    aligned,
    classes,
    codes_name,
    constants,
    counted,
    table_name,
)
from lenet_explain.network.activations import RELU, SIGMOID, SOFTMAX, TANH, ScaledTanh
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    MaxPooling,
    RadialBasis,
    Shape,
    Subsampling,
)
from lenet_explain.network.layers.normalisation import EPSILON
from lenet_explain.network.walk import Network

_FUNCTIONS = {TANH: '"tanh"', SIGMOID: '"sigmoid"', RELU: '"relu"'}
_MOMENTUM = 0.9  # of running averages: Keras tells what is kept of them, torch and build.RENEWED what is renewed
_TURNED = {"kernels": ".transpose(2, 3, 1, 0)", "weights": ".T"}  # from this project's order of axes to Keras's
_ON_ONE_LINE = 96


def keras_code(network: Network) -> str:
    """A program that defines the network and, run by itself, prints its size and what it makes of a blank input."""
    places = plan(network)
    parts = _parts(places)
    ops = any("ops." in part for part in parts) or bool(squashings(places))
    lines = ["import keras", f"from keras import layers{', ops' if ops else ''}", ""]
    lines += ['keras.config.set_image_data_format("channels_last")  # (B, H, W, maps)', "", ""]
    lines += [f"def {function_name(network.title)}():", *docstring(about(network), "    ", WIDTH)]
    lines += ["    return keras.Sequential([", *aligned(_layers(network, places)), "    ])", "", ""]
    for kind, name in squashings(places).items():
        formula = f"{kind.amplitude!r} * ops.tanh({fraction(kind.slope)} * a)"
        lines += [f"def {name}(a):", f"    return {formula}", "", ""]
    for part in parts:
        lines += [*part.strip().splitlines(), "", ""]
    return "\n".join([*lines, *constants(places), *_main(network)]) + "\n"


def keras_loading(network: Network, weights: Weights, file: str) -> str:
    """Lines that put this project's weights, from a safetensors file, into the model of `keras_code`."""
    lines = [
        "from safetensors.numpy import load_file",
        "",
        f"model = {function_name(network.title)}()",
        f"trained = load_file({quoted(file)})",
    ]
    for place in plan(network):
        own = sorted(weights.get(place.layer.name, ()), key=ARRAYS.index)
        if own:
            arrays = [_array(place, name) for name in own]
            lines += _call(f'model.get_layer("{place.name}").set_weights', arrays)
    return "\n".join(lines) + "\n"


def missing_in_keras(network: Network) -> tuple[str, ...]:
    """The classes that stand below the network."""
    return classes(_parts(plan(network)))


def _array(place: Place, own: str) -> str:
    sparse = isinstance(place.layer, Convolution) and place.layer.table is not None
    turned = "" if sparse else _TURNED.get(own, "")
    return f"trained[{quoted(f'{place.layer.name}.{own}')}]{turned}"


def _call(function: str, arrays: Sequence[str]) -> list[str]:
    line = f"{function}([{', '.join(arrays)}])"
    if len(line) <= _ON_ONE_LINE:
        return [line]
    return [f"{function}([", *(f"    {array}," for array in arrays), "])"]


def _parts(places: Sequence[Place]) -> list[str]:
    layers = [place.layer for place in places]
    needed = {
        SUBSAMPLING: any(isinstance(layer, Subsampling) for layer in layers),
        SPARSE: any(isinstance(layer, Convolution) and layer.table is not None for layer in layers),
        DISTANCES: any(isinstance(layer, RadialBasis) for layer in layers),
        CEIL_POOLING: any(
            isinstance(place.layer, AveragePooling | MaxPooling) and any(place.layer.beyond(place.before))
            for place in places
        ),
    }
    return [part for part, wanted in needed.items() if wanted]


def _layers(network: Network, places: tuple[Place, ...]) -> list[Line]:
    names, first = squashings(places), network.input
    lines = [(f"keras.Input(({first.height}, {first.width}, {first.maps}))", _last(first))]
    for place in places:
        if place.turn == "flatten":
            lines += _flattened(place.before)
        if place.turn == "unflatten":
            lines.append((f"layers.Reshape((1, 1, {place.before.maps}))", ""))
        lines += _of_layer(place, names)
    last = places[-1]
    if not last.flat:
        lines += _flattened(last.after)
    if last.layer.activation == SOFTMAX:
        code, said = lines[-1]
        lines[-1] = (code, f"{said}; {SHARES_LEFT_OUT}" if said else SHARES_LEFT_OUT)
    return [(f"        {code},", said) for code, said in lines]


def _last(shape: Shape) -> str:
    """Keras's order: 28×28×6"""
    return f"{shape.height}×{shape.width}×{shape.maps}"


def _flattened(shape: Shape) -> list[Line]:
    if shape.maps > 1 and shape.height * shape.width > 1:
        turned = ("layers.Permute((3, 1, 2))", f"{shape.maps}×{shape.height}×{shape.width}: map by map, as in PyTorch")
        return [turned, ("layers.Flatten()", f"{shape.units}")]
    return [("layers.Flatten()", f"{shape.units}")]


def _of_layer(place: Place, names: dict[ScaledTanh, str]) -> list[Line]:
    """One line, but for a border that Keras has as a layer of its own, and a function after a layer that takes none."""
    kind = applied(place.layer.activation)
    function = ""
    if kind:
        function = names[kind] if isinstance(kind, ScaledTanh) else _FUNCTIONS.get(kind, "")
        if not function:
            raise DescriptionError(f"{place.layer.name}: there is no Keras code for the activation {kind.name!r}")
    within = isinstance(place.layer, Convolution | Dense | Subsampling | RadialBasis)
    given = f", activation={function}" if function and within else ""
    said = _in_keras_order(place)
    lines = [(_module(place, f'{given}, name="{place.name}"'), said)]
    if isinstance(place.layer, Convolution) and place.layer.padding and not _same(place.layer):
        lines.insert(0, (f"layers.ZeroPadding2D({place.layer.padding})", ""))
    if function and not within:
        lines.append((f"layers.Activation({function})", ""))
    return lines


def _in_keras_order(place: Place) -> str:
    _, rest = counted(place).split(", ", 1)
    return f"{place.after.maps if place.flat else _last(place.after)}, {rest}"


def _module(place: Place, rest: str) -> str:
    layer, before = place.layer, place.before
    match layer:
        case Convolution(table=None):
            same = ', padding="same"' if layer.padding and _same(layer) else ""
            return f"layers.Conv2D({layer.maps}, {layer.kernel}{_sliding(layer)}{same}{_bias(layer)}{rest})"
        case Convolution():
            return f"SparseConv2D({table_name(place)}, {layer.kernel}{_sliding(layer)}{_bias(layer)}{rest})"
        case Subsampling():
            return f"Subsampling({layer.size}{rest})"
        case AveragePooling() | MaxPooling() if any(layer.beyond(before)):
            kind = "average" if isinstance(layer, AveragePooling) else "max"
            return f'CeilPooling("{kind}", {layer.size}, {layer.stride}, {layer.beyond(before)}{rest})'
        case AveragePooling():
            return f"layers.AveragePooling2D({layer.size}, strides={layer.stride}{rest})"
        case MaxPooling():
            return f"layers.MaxPooling2D({layer.size}, strides={layer.stride}{rest})"
        case BatchNormalisation():
            return f"layers.BatchNormalization(momentum={_MOMENTUM}, epsilon={EPSILON!r}{rest})"
        case Dense():
            return f"layers.Dense({layer.units}{_bias(layer)}{rest})"
        case RadialBasis():
            return f"RadialBasis({codes_name(place)}, {before.maps}{rest})"
    raise DescriptionError(f"{layer.name}: there is no Keras code for a {layer.kind} layer")


def _same(layer: Convolution) -> bool:
    """Whether Keras's "same" is this border: it is for a step of one and an odd kernel, which keep the size."""
    return layer.table is None and layer.stride == 1 and layer.kernel == 2 * layer.padding + 1


def _sliding(layer: Convolution) -> str:
    return f", strides={layer.stride}" if layer.stride != 1 else ""


def _bias(layer: Convolution | Dense) -> str:
    return "" if layer.bias else ", use_bias=False"


def _main(network: Network) -> list[str]:
    first, paper = network.input, float(network.pixels.background)
    blank = f"keras.ops.full((1, {first.height}, {first.width}, {first.maps}), {paper!r})"
    return [
        'if __name__ == "__main__":',
        f"    model = {function_name(network.title)}()",
        "    learned = sum(keras.ops.size(one) for one in model.trainable_weights)",
        '    print(f"{int(learned):,} parameters")',
        f"    print(model({blank}))  # paper without ink",
    ]
