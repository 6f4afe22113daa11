"""A network as a PyTorch program, which needs torch alone."""

from __future__ import annotations

from collections.abc import Sequence

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.export.names import class_name, quoted
from lenet_explain.export.plan import ARRAYS, SHARES_LEFT_OUT, Place, applied, fraction, plan, squashings
from lenet_explain.export.torch_parts import DISTANCES, SPARSE, SUBSAMPLING
from lenet_explain.export.written import (
    Line,
    aligned,
    class_docstring,
    classes,
    codes_name,
    constants,
    counted,
    table_name,
)
from lenet_explain.network.activations import RELU, SIGMOID, SOFTMAX, TANH, Activation, ScaledTanh
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
from lenet_explain.network.walk import Network

_FUNCTIONS = {TANH: "torch.tanh", SIGMOID: "torch.sigmoid", RELU: "torch.relu"}
_STATE = {  # this project's name of an array → torch's, where they differ
    Convolution: {"kernels": "weight"},
    Dense: {"weights": "weight"},
    BatchNormalisation: {"scale": "weight", "shift": "bias", "mean": "running_mean", "variance": "running_var"},
}


def pytorch_code(network: Network) -> str:
    """A program that defines the network and, run by itself, prints its size and what it makes of a blank input."""
    places = plan(network)
    parts = _parts(places)
    functional = ["import torch.nn.functional as F"] if any("F." in part for part in parts) else []
    lines = ["import torch", *functional, "from torch import nn", "", ""]
    lines += [f"class {class_name(network.title)}(nn.Module):", *class_docstring(network), ""]
    lines += ["    def __init__(self):", "        super().__init__()"]
    lines += aligned((f"        self.{place.name} = {_module(place)}", counted(place)) for place in places)
    lines += ["", "    def forward(self, x):", *aligned(_forward(network, places)), "        return x", "", ""]
    for kind, name in squashings(places).items():
        lines += [*_squashing(kind, name), "", ""]
    for part in parts:
        lines += [*part.strip().splitlines(), "", ""]
    return "\n".join([*lines, *constants(places), *_main(network)]) + "\n"


def pytorch_loading(network: Network, weights: Weights, file: str) -> str:
    """Lines that put this project's weights, from a safetensors file, into the class of `pytorch_code`."""
    lines = [
        "from safetensors.torch import load_file",
        "",
        f"net = {class_name(network.title)}().eval()",
        f"trained = load_file({quoted(file)})",
        "net.load_state_dict(net.state_dict() | {",
    ]
    for place in plan(network):
        for own in sorted(weights.get(place.layer.name, ()), key=ARRAYS.index):
            key = quoted(f"{place.layer.name}.{own}")
            lines.append(f'    "{place.name}.{_state_name(place, own)}": trained[{key}],')
    return "\n".join([*lines, "})"]) + "\n"


def missing_in_pytorch(network: Network) -> tuple[str, ...]:
    """The classes that stand below the network."""
    return classes(_parts(plan(network)))


def _state_name(place: Place, own: str) -> str:
    if isinstance(place.layer, Convolution) and place.layer.table is not None:
        return own
    return _STATE.get(type(place.layer), {}).get(own, own)


def _parts(places: Sequence[Place]) -> list[str]:
    layers = [place.layer for place in places]
    needed = {
        SUBSAMPLING: any(isinstance(layer, Subsampling) for layer in layers),
        SPARSE: any(isinstance(layer, Convolution) and layer.table is not None for layer in layers),
        DISTANCES: any(isinstance(layer, RadialBasis) for layer in layers),
    }
    return [part for part, wanted in needed.items() if wanted]


def _squashing(kind: ScaledTanh, name: str) -> list[str]:
    return [f"def {name}(a):", f"    return {kind.amplitude!r} * torch.tanh({fraction(kind.slope)} * a)"]


def _module(place: Place) -> str:
    layer, before = place.layer, place.before
    match layer:
        case Convolution(table=None):
            return f"nn.Conv2d({before.maps}, {layer.maps}, {_window(layer)})"
        case Convolution():
            return f"SparseConv2d({before.maps}, {table_name(place)}, {_window(layer)})"
        case Subsampling():
            return f"Subsampling({before.maps}, {layer.size})"
        case AveragePooling():
            return f"nn.AvgPool2d({layer.size}, stride={layer.stride}{_ceil(layer)})"
        case MaxPooling():
            return f"nn.MaxPool2d({layer.size}, stride={layer.stride}{_ceil(layer)})"
        case BatchNormalisation():
            return f"nn.BatchNorm{1 if place.flat else 2}d({before.maps})"
        case Dense():
            return f"nn.Linear({before.units}, {layer.units}{'' if layer.bias else ', bias=False'})"
        case RadialBasis():
            return f"RadialBasis({codes_name(place)}, {before.maps})"
    raise DescriptionError(f"{layer.name}: there is no PyTorch code for a {layer.kind} layer")


def _ceil(layer: AveragePooling | MaxPooling) -> str:
    return ", ceil_mode=True" if layer.ceil else ""


def _window(layer: Convolution) -> str:
    given = {"kernel_size": layer.kernel, "stride": layer.stride, "padding": layer.padding, "bias": layer.bias}
    usual = {"stride": 1, "padding": 0, "bias": True}
    return ", ".join(f"{name}={value}" for name, value in given.items() if usual.get(name) != value)


def _forward(network: Network, places: tuple[Place, ...]) -> list[Line]:
    names, first = squashings(places), network.input
    lines = [("", f"(B, {first.maps}, {first.height}, {first.width})")]
    for place in places:
        before, after = place.before, place.after
        if place.turn == "flatten":
            lines.append(("        x = x.flatten(1)", f"(B, {before.units})"))
        if place.turn == "unflatten":
            lines.append((f"        x = x.unflatten(1, ({before.maps}, 1, 1))", f"(B, {before.maps}, 1, 1)"))
        shape = f"(B, {after.maps})" if place.flat else f"(B, {after.maps}, {after.height}, {after.width})"
        kind = applied(place.layer.activation)
        call = f"self.{place.name}(x)"
        code = f"{_function(kind, place, names)}({call})" if kind else call
        lines.append((f"        x = {code}", shape))
    last = places[-1]
    if not last.flat:
        lines.append(("        x = x.flatten(1)", f"(B, {last.after.units})"))
    if last.layer.activation == SOFTMAX:
        code, shape = lines[-1]
        lines[-1] = (code, f"{shape}; {SHARES_LEFT_OUT}")
    (_, given), (code, shape) = lines[0], lines[1]
    return [(code, f"{given} → {shape}"), *lines[2:]]


def _function(kind: Activation, place: Place, names: dict[ScaledTanh, str]) -> str:
    if isinstance(kind, ScaledTanh):
        return names[kind]
    if kind not in _FUNCTIONS:
        raise DescriptionError(f"{place.layer.name}: there is no PyTorch code for the activation {kind.name!r}")
    return _FUNCTIONS[kind]


def _main(network: Network) -> list[str]:
    first, paper = network.input, float(network.pixels.background)
    return [
        'if __name__ == "__main__":',
        f"    net = {class_name(network.title)}().eval()",
        '    print(f"{sum(p.numel() for p in net.parameters()):,} parameters")',
        f"    blank = torch.full((1, {first.maps}, {first.height}, {first.width}), {paper!r})  # paper without ink",
        "    print(net(blank))",
    ]
