"""A network with its weights as an ONNX file, for other programs to run.

A table of connections becomes a dense kernel with zeros where there is no link; a subsampling's sum is an average times
the block's size. As in build.LeNet.forward, softmax is left out: the file answers with logits, or with distances.
The library onnx takes 13 MB and part of a second to load: that is done when a file is asked for, and not before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lenet_explain.backends.starting_weights import Arrays, Weights
from lenet_explain.export.names import class_name, one_line, quoted
from lenet_explain.export.plan import Place, answer_in_words, applied, plan
from lenet_explain.network.activations import RELU, SIGMOID, TANH, ScaledTanh
from lenet_explain.network.layers import (
    AveragePooling,
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    MaxPooling,
    RadialBasis,
    Subsampling,
)
from lenet_explain.network.layers.normalisation import EPSILON
from lenet_explain.network.walk import Network

OPSET, IR_VERSION = 17, 8  # of 2022: what programs of some years ago read too
IMAGE = "image"
_FUNCTIONS = {TANH: "Tanh", SIGMOID: "Sigmoid", RELU: "Relu"}


@dataclass(slots=True)
class _Graph:
    """What has been written so far: operators, arrays, and the name of what flows now."""

    now: str = IMAGE
    nodes: list[tuple[str, list[str], str, dict[str, Any]]] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def held(self, name: str, values: Any, kind: Any = np.float32) -> str:
        self.arrays[name] = np.asarray(values, kind)
        return name

    def then(self, operator: str, *others: str, to: str, **settings: Any) -> None:
        """An operator on what flows now and on others; its output is called `to`."""
        self.nodes.append((operator, [self.now, *others], to, settings))
        self.now = to


def onnx_file(network: Network, weights: Weights, said: str) -> bytes:
    """weights: as `starting_weights` lays them out; said: what they are, kept in the file.

    Input "image": (batch, maps, height, width), pixels as the description has them; output "logits" or "distances":
    (batch, classes). Tensors are named as in the generated programs, and each says its shape.
    """
    from onnx import TensorProto, checker, helper, numpy_helper, shape_inference

    graph = _graph(network, weights)
    first, last = network.input, plan(network)[-1].after
    given = helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, ["batch", first.maps, first.height, first.width])
    answer = helper.make_tensor_value_info(network.answer, TensorProto.FLOAT, ["batch", last.units])
    nodes = [helper.make_node(kind, ins, [out], name=out, **settings) for kind, ins, out, settings in graph.nodes]
    arrays = [numpy_helper.from_array(array, name) for name, array in graph.arrays.items()]
    drawn = helper.make_graph(nodes, class_name(network.title), [given], [answer], arrays)
    model = helper.make_model(
        drawn,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="lenet_explain",
        doc_string=f"{one_line(network.title)}. Source: {one_line(network.source)}. {answer_in_words(network)}",
    )
    pixels = network.pixels
    helper.set_model_props(model, {"weights": one_line(said), "paper": f"{pixels.background}", "ink": f"{pixels.ink}"})
    shaped = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    checker.check_model(shaped, full_check=True)
    return shaped.SerializeToString()


def onnx_running(network: Network, file: str) -> str:
    """Lines that run the file on a blank input."""
    first, paper = network.input, float(network.pixels.background)
    shape = f"1, {first.maps}, {first.height}, {first.width}"
    lines = [
        "import numpy as np",
        "import onnxruntime",
        "",
        f"net = onnxruntime.InferenceSession({quoted(file)})",
        f"blank = np.full(({shape}), {paper!r}, np.float32)  # paper without ink",
        f'{network.answer}, = net.run(None, {{"{IMAGE}": blank}})  # (1, {plan(network)[-1].after.units})',
    ]
    return "\n".join(lines) + "\n"


def _graph(network: Network, weights: Weights) -> _Graph:
    graph = _Graph()
    places = plan(network)
    for place in places:
        name = place.name
        if place.turn == "flatten":
            graph.then("Flatten", to=f"{name}.row", axis=1)
        if place.turn == "unflatten":
            graph.then("Reshape", graph.held(f"{name}.shape", [0, -1, 1, 1], np.int64), to=f"{name}.maps")
        _layer(graph, place, weights.get(place.layer.name, {}))
        _squash(graph, place)
    graph.then(*(("Identity",) if places[-1].flat else ("Flatten",)), to=network.answer)
    return graph


def _layer(graph: _Graph, place: Place, own: Arrays) -> None:
    layer, name = place.layer, place.name
    match layer:
        case Convolution():
            kernel = graph.held(f"{name}.kernels", dense_kernels(place, own["kernels"]))
            bias = [graph.held(f"{name}.bias", own["bias"])] if layer.bias else []
            sides = {"strides": [layer.stride] * 2, "pads": [layer.padding] * 4}
            graph.then("Conv", kernel, *bias, to=f"{name}.sum", kernel_shape=[layer.kernel] * 2, **sides)
        case Subsampling():
            size = layer.size
            graph.then("AveragePool", to=f"{name}.average", kernel_shape=[size] * 2, strides=[size] * 2)
            graph.then("Mul", graph.held(f"{name}.block", size**2), to=f"{name}.block_sum")
            graph.then("Mul", graph.held(f"{name}.coefficient", _upright(own["coefficient"])), to=f"{name}.scaled")
            graph.then("Add", graph.held(f"{name}.bias", _upright(own["bias"])), to=f"{name}.sum")
        case AveragePooling() | MaxPooling():
            operator = "AveragePool" if isinstance(layer, AveragePooling) else "MaxPool"
            pads = [0, 0, *layer.beyond(place.before)]  # left out of mean and maximum; clearer than ceil_mode
            sides = {"kernel_shape": [layer.size] * 2, "strides": [layer.stride] * 2, "pads": pads}
            graph.then(operator, to=f"{name}.sum", **sides)
        case BatchNormalisation():
            arrays = [graph.held(f"{name}.{one}", own[one]) for one in ("scale", "shift", "mean", "variance")]
            graph.then("BatchNormalization", *arrays, to=f"{name}.sum", epsilon=EPSILON)
        case Dense():
            given = [graph.held(f"{name}.{one}", own[one]) for one in ("weights", "bias") if one in own]
            graph.then("Gemm", *given, to=f"{name}.sum", transB=1)
        case RadialBasis():
            _distances(graph, name, layer)
        case _:
            raise DescriptionError(f"{layer.name}: there is no ONNX operator for a {layer.kind} layer")


def _distances(graph: _Graph, name: str, layer: RadialBasis) -> None:
    """(B, n) → (B, 1, n) − (classes, n), squared, summed over n."""
    graph.then("Unsqueeze", graph.held(f"{name}.axis", [1], np.int64), to=f"{name}.row_of_one")
    graph.then("Sub", graph.held(f"{name}.codes", layer.codes), to=f"{name}.difference")
    graph.then("Mul", graph.now, to=f"{name}.square")
    graph.then("ReduceSum", graph.held(f"{name}.last_axis", [2], np.int64), to=f"{name}.sum", keepdims=0)


def _squash(graph: _Graph, place: Place) -> None:
    kind, name = applied(place.layer.activation), place.name
    if kind is None:
        return
    if isinstance(kind, ScaledTanh):
        graph.then("Mul", graph.held(f"{name}.slope", kind.slope), to=f"{name}.sloped")
        graph.then("Tanh", to=f"{name}.tanh")
        graph.then("Mul", graph.held(f"{name}.amplitude", kind.amplitude), to=f"{name}.squashed")
        return
    if kind not in _FUNCTIONS:
        raise DescriptionError(f"{place.layer.name}: there is no ONNX operator for the activation {kind.name!r}")
    graph.then(_FUNCTIONS[kind], to=f"{name}.squashed")


def dense_kernels(place: Place, kernels: np.ndarray) -> np.ndarray:
    """(maps, inputs, k, k): the kernels of a table's links in their places, zeros elsewhere."""
    layer = place.layer
    if not isinstance(layer, Convolution) or layer.table is None:
        return kernels
    full = np.zeros((layer.maps, place.before.maps, layer.kernel, layer.kernel), np.float32)
    links = [(row, one) for row, read in enumerate(layer.table) for one in read]
    for (row, one), kernel in zip(links, kernels, strict=True):
        full[row, one] = kernel
    return full


def _upright(values: np.ndarray) -> np.ndarray:
    """(maps,) → (maps, 1, 1): one for each map, the same at each place."""
    return np.asarray(values)[:, None, None]
