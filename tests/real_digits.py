"""Real digits as the networks read them, and what torch makes of them: for node and for Chromium alike."""

from __future__ import annotations

import torch

from lenet_explain.backends.torch_module import build
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import Floats, framed, load_embedded
from lenet_explain.network.walk import Network

DIGITS = 200


def real_digits(network: Network) -> Floats:
    """(200, 1, H, W): test digits from the data that come with the app, as the network reads them."""
    return framed(load_embedded("digits").test_images[:DIGITS], network.input.height, network.pixels)


def maps_by_torch(network: Network, pixels: Floats) -> Floats:
    """(N, values of all layers one after the other), in double precision: of lenet-modern's C3, where terms of 200
    cancel, torch's own float32 sums are 3e-5 away from these, the browser's 4e-6."""
    net = build(network)
    fill(net.layers, load_shipped(network.key)[0])
    with torch.no_grad():
        maps = net.eval().double().maps(torch.from_numpy(pixels).double())
    return torch.cat([one.flatten(1) for one in maps.values()], 1).numpy()
