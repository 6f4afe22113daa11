"""Every network by name.

Adding a network is adding an entry to NETWORKS: pages, counts, modules and tests follow from it. COUNTED holds also
what is too large to be drawn on and trained: it is counted, compared and written as a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lenet_explain import paper
from lenet_explain.network.activations import RELU, SIGMOID, SOFTMAX, TANH
from lenet_explain.network.description import PAPER_PIXELS, SQUASH, UNIT_PIXELS
from lenet_explain.network.fitting import counted_network, own_network, too_large
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
from lenet_explain.network.strict_json import short
from lenet_explain.network.walk import Network

ARTICLES: Mapping[str, str] = MappingProxyType(
    {
        "A": "The Evolution of LeNet-5 Architecture",
        "B": "LeNet-5: Ancestor of CNN architectures",
        "C": "Architectural Insights and Practical Implementation",
        "D": "The Architecture of LeNet-5",
    }
)
_PAPER_INPUT = Shape(1, 32, 32)
_CLASSES = len(paper.GLYPH_CODES)

_LENET5 = Network(
    key="lenet5",
    title="LeNet-5 (1998)",
    summary="The published network: sparse C3, trainable subsampling, scaled tanh, distances to ten fixed glyphs.",
    source="LeCun, Bottou, Bengio, Haffner 1998, section II.B and Table I",
    input=_PAPER_INPUT,
    pixels=PAPER_PIXELS,
    layers=(
        Convolution("C1", maps=6, kernel=5, activation=SQUASH),
        Subsampling("S2", activation=SQUASH),
        Convolution("C3", maps=16, kernel=5, table=paper.TABLE_I, activation=SQUASH),
        Subsampling("S4", activation=SQUASH),
        Convolution("C5", maps=120, kernel=5, activation=SQUASH),
        Dense("F6", units=84, activation=SQUASH),
        RadialBasis("OUTPUT", codes=paper.GLYPH_CODES),
    ),
)

_LENET5_DENSE = Network(
    key="lenet5-dense",
    title="Dense LeNet (tanh)",
    summary="What most articles call LeNet-5: every C3 map reads all six maps, plain average pooling, softmax.",
    source="articles A and D on 32×32, with D's tanh and A's stride of 2 in the pooling",
    input=_PAPER_INPUT,
    pixels=PAPER_PIXELS,
    layers=(
        Convolution("C1", maps=6, kernel=5, activation=TANH),
        AveragePooling("S2"),
        Convolution("C3", maps=16, kernel=5, activation=TANH),
        AveragePooling("S4"),
        Convolution("C5", maps=120, kernel=5, activation=TANH),
        Dense("F6", units=84, activation=TANH),
        Dense("OUTPUT", units=_CLASSES, activation=SOFTMAX),
    ),
)

_LENET_28 = Network(
    key="lenet-28",
    title="LeNet on 28×28 (tanh)",
    summary="The short Keras program: MNIST's own 28×28 without a border, so that C5 sees 4×4 maps.",
    source="article C, its code: 28×28 input divided by 255, valid convolutions, tanh, dense 120 and 84, softmax",
    input=Shape(1, 28, 28),
    pixels=UNIT_PIXELS,
    layers=(
        Convolution("C1", maps=6, kernel=5, activation=TANH),
        AveragePooling("S2"),
        Convolution("C3", maps=16, kernel=5, activation=TANH),
        AveragePooling("S4"),
        Dense("C5", units=120, activation=TANH),
        Dense("F6", units=84, activation=TANH),
        Dense("OUTPUT", units=_CLASSES, activation=SOFTMAX),
    ),
)

_LENET_SIGMOID = Network(
    key="lenet-sigmoid",
    title="LeNet with sigmoids",
    summary="The textbook form: 28×28 with a border of 2, sigmoid after each layer that learns but the last.",
    source="Dive into Deep Learning, chapter LeNet; article A names the sigmoid",
    input=Shape(1, 28, 28),
    pixels=UNIT_PIXELS,
    layers=(
        Convolution("C1", maps=6, kernel=5, padding=2, activation=SIGMOID),
        AveragePooling("S2"),
        Convolution("C3", maps=16, kernel=5, activation=SIGMOID),
        AveragePooling("S4"),
        Dense("C5", units=120, activation=SIGMOID),
        Dense("F6", units=84, activation=SIGMOID),
        Dense("OUTPUT", units=_CLASSES, activation=SOFTMAX),
    ),
)

_LENET_MODERN = Network(
    key="lenet-modern",
    title="Modern LeNet",
    summary="The same widths with what became usual later: batch normalisation, ReLU, max pooling, softmax.",
    source="this project's choice of the later methods that articles A and C name",
    input=_PAPER_INPUT,
    pixels=PAPER_PIXELS,
    layers=(
        Convolution("C1", maps=6, kernel=5, bias=False),  # no bias: the shift of B1 does its work
        BatchNormalisation("B1", activation=RELU),
        MaxPooling("S2"),
        Convolution("C3", maps=16, kernel=5, bias=False),
        BatchNormalisation("B3", activation=RELU),
        MaxPooling("S4"),
        Convolution("C5", maps=120, kernel=5, bias=False),
        BatchNormalisation("B5", activation=RELU),
        Dense("F6", units=84, bias=False),
        BatchNormalisation("B6", activation=RELU),
        Dense("OUTPUT", units=_CLASSES, activation=SOFTMAX),
    ),
)

_LENET_CAFFE = Network(
    key="lenet-caffe",
    title="LeNet of Caffe",
    summary="What many papers on compression call LeNet-5: 20 and 50 maps, max pooling, 500 units with ReLU.",
    source="Caffe's examples/mnist/lenet.prototxt, which divides pixels by 256; its pooling rounds up",
    input=Shape(1, 28, 28),
    pixels=UNIT_PIXELS,
    layers=(
        Convolution("C1", maps=20, kernel=5),
        MaxPooling("S2", ceil=True),
        Convolution("C3", maps=50, kernel=5),
        MaxPooling("S4", ceil=True),
        Dense("F5", units=500, activation=RELU),
        Dense("OUTPUT", units=_CLASSES, activation=SOFTMAX),
    ),
)

NETWORKS: Mapping[str, Network] = MappingProxyType(
    {n.key: n for n in (_LENET5, _LENET5_DENSE, _LENET_28, _LENET_SIGMOID, _LENET_MODERN)}
)
COUNTED: Mapping[str, Network] = MappingProxyType({**NETWORKS, _LENET_CAFFE.key: _LENET_CAFFE})


def short_name(key: str) -> str:
    """What a network is called where there is little room."""
    return key if key in COUNTED else "your own network"


def kin(network: Network) -> str:
    """Key of the named network that is most like this one in what training depends on: itself where it has a name."""
    if network.key in NETWORKS:
        return network.key
    if network.answer == "distances":
        return _LENET5.key
    if any(isinstance(layer, BatchNormalisation) for layer in network.layers):
        return _LENET_MODERN.key
    sigmoid = any(layer.activation == SIGMOID for layer in network.layers)
    return (_LENET_SIGMOID if sigmoid else _LENET5_DENSE).key


def can_run(network: Network) -> bool:
    """Whether it is drawn on and trained here, as other networks are only counted."""
    return too_large(network) is None


def network_named(key: str) -> Network:
    """The network of this name, small enough to be drawn on and trained; a visitor's own network is named by its text,
    see description.

    Raises DescriptionError listing the names there are, or saying what is wrong with the text, or too large.
    """
    if key.startswith("{"):
        return own_network(key)
    network = counted_named(key)
    if said := too_large(network):
        raise DescriptionError(f"{key} is counted here, not run. {said}")
    return network


def counted_named(key: str) -> Network:
    """As network_named, of any size: to be counted, compared and written as a program."""
    if key.startswith("{"):
        return counted_network(key)
    if key not in COUNTED:
        raise DescriptionError(f"there is no network named {short(key)}: choose one of {', '.join(COUNTED)}")
    return COUNTED[key]
