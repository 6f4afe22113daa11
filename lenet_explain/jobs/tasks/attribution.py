"""Which pixels of a digit bear on one answer, by two methods of captum. Imported in the worker only.

captum brings matplotlib along and takes a second to import: so only where this task runs.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Generator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lenet_explain.backends.torch_module import LeNet, activate
from lenet_explain.data.datasets import DataError
from lenet_explain.jobs.tasks.preferences import trained_net
from lenet_explain.jobs.wire import packed, unpacked
from lenet_explain.network.activations import SOFTMAX
from lenet_explain.network.layers import Convolution, DescriptionError
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network, Step, walk

STEPS = 500  # points on the way from paper to the digit: with fifty, the sum is off by a fifth in the network of 1998
AT_ONCE = 100  # of them: bounds memory

Steps = Generator[dict[str, Any], None, dict[str, Any] | None]


def attribution(task: Mapping[str, Any], stop: Callable[[], bool]) -> Steps:
    """Of {"network", "image": (side, side) wire.packed, "digit": 0 to 9, or None for the network's answer}.

    image: uint8, 255 is ink, or float32, 0 for paper to 1 for ink. A score is a logit, or minus a distance.
    Ends with "scores": ten, "answer", "digit"; of integrated gradients "pixels": (side, side), "sum": of them, and
    "difference": the score's, to the one of blank paper, which the sum should equal; of Grad-CAM "layer", "maps":
    (height, width) one number for each position of it, and "spread": (side, side) those laid over the input.
    """
    torch.set_num_threads(1)
    network = network_named(str(task.get("network")))
    ink = _ink(task.get("image"), network.input.height)
    digit = _digit(task.get("digit"), walk(network)[-1].after.maps)
    net = trained_net(network)
    yield {"doing": "captum"}
    image, paper = _read(ink, network), _read(np.zeros_like(ink), network)
    scores = net.scores(net(image))[0]
    answer = int(scores.argmax())
    target = answer if digit is None else digit
    blank = float(net.scores(net(paper))[0, target])
    pixels = integrated(net, image, paper, target)
    given = {"scores": scores.tolist(), "answer": answer, "digit": target}
    checked = {"pixels": packed(pixels), "sum": float(pixels.sum()), "difference": float(scores[target]) - blank}
    seen = seen_layer(network)
    maps = class_activation(net, image, target)
    return given | checked | {"layer": seen.name, "maps": packed(maps), "spread": packed(spread(maps, seen, len(ink)))}


def integrated(net: LeNet, image: Tensor, paper: Tensor, digit: int) -> NDArray[np.float32]:
    """(side, side): what each pixel adds to the score of a digit on the straight way from paper to the image.

    Source: Sundararajan, Taly, Yan 2017, Axiomatic attribution for deep networks, Eq. 1 and Proposition 1.
    """
    from captum.attr import IntegratedGradients

    method = IntegratedGradients(lambda images: net.scores(net(images)))
    found = method.attribute(image, baselines=paper, target=digit, n_steps=STEPS, internal_batch_size=AT_ONCE)
    return found[0, 0].detach().numpy().astype(np.float32)


class Listened(nn.Module):
    """The network, one layer after the other: what one of them gives after squashing passes through `here`, where
    captum can listen. (B, 1, H, W) → (B, classes), the largest wins"""

    def __init__(self, net: LeNet, name: str) -> None:
        super().__init__()
        self.net, self.name, self.here = net, name, nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        maps = images
        for layer in self.net.network.layers:
            maps = self.net.layers[layer.name](maps)
            if layer.activation != SOFTMAX:
                maps = activate(layer.activation, maps)
            if layer.name == self.name:
                maps = self.here(maps)
        return self.net.scores(maps.flatten(1))


def class_activation(net: LeNet, image: Tensor, digit: int) -> NDArray[np.float32]:
    """(height, width) of seen_layer, after squashing, zero where the sum over maps is negative.

    Source: Selvaraju et al. 2017, Grad-CAM, Eqs. 1 and 2.
    """
    from captum.attr import LayerGradCam

    whole = Listened(net, seen_layer(net.network).name)
    listening = image.clone().requires_grad_()
    found = LayerGradCam(whole, whole.here).attribute(listening, target=digit, relu_attributions=True)
    assert isinstance(found, Tensor)
    return found[0, 0].detach().numpy().astype(np.float32)


def seen_layer(network: Network) -> Step:
    """The last convolution with more than one position, with the normalisation that follows it."""
    steps = walk(network)
    last = max(at for at, step in enumerate(steps) if isinstance(step.layer, Convolution) and step.after.height > 1)
    while steps[last + 1].layer.kind == "batch normalisation":
        last += 1
    return steps[last]


def spread(maps: NDArray[np.float32], step: Step, side: int) -> NDArray[np.float32]:
    """Each number at the centre of the field that it comes from, straight lines between them, and beyond the outermost
    their own number: (height, width) → (side, side)"""
    jump, centre = float(step.field.jump.value), float(step.field.centre.value)
    pixels = np.arange(side, dtype=np.float64)
    rows, columns = (centre + jump * np.arange(length) for length in maps.shape)
    across = np.stack([np.interp(pixels, columns, row) for row in maps])
    return np.stack([np.interp(pixels, rows, column) for column in across.T], axis=1).astype(np.float32)


def _read(ink: NDArray[np.float32], network: Network) -> Tensor:
    """(side, side), 0 to 1 → (1, 1, side, side) as the network reads it"""
    pixels = network.pixels
    return torch.from_numpy(pixels.background + (pixels.ink - pixels.background) * ink)[None, None]


def _ink(image: Any, side: int) -> NDArray[np.float32]:
    """Raises DataError for anything but side×side numbers from paper to ink."""
    try:
        array = unpacked(image)
    except (TypeError, KeyError, ValueError, binascii.Error) as error:
        raise DataError("The picture cannot be read: draw a digit again.") from error
    ink = array.astype(np.float32) / np.float32(255 if array.dtype == np.uint8 else 1)
    if ink.shape != (side, side):
        raise DataError(f"The picture is {'×'.join(map(str, ink.shape))}: this network reads {side}×{side}.")
    if not (ink.min() >= 0 and ink.max() <= 1):  # nor where one is not a number
        raise DataError("The picture holds numbers beyond paper (0) and ink (1): draw a digit again.")
    return ink


def _digit(digit: Any, classes: int) -> int | None:
    if digit is None:
        return None
    if isinstance(digit, bool) or not isinstance(digit, int) or not 0 <= digit < classes:
        raise DescriptionError(f"there is no digit {digit!r}: choose one of 0 to {classes - 1}")
    return digit
