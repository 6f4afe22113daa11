"""The browser's modules, run by node: their own tests, and every map of every network beside torch."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from lenet_explain.build import build
from lenet_explain.datasets import Floats, framed, load_embedded
from lenet_explain.figures.living import living_payload
from lenet_explain.networks import NETWORKS
from lenet_explain.shipped import load_shipped
from lenet_explain.walk import Network
from lenet_explain.weights import fill

HERE = Path(__file__).parent / "node"
DIGITS = 200
CLOSE = 1e-5  # of values below 1 in size, and of larger ones as a share
BUDGET = 300_000  # bytes of a payload


def node() -> str:
    found = shutil.which("node")
    if found is None:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)("node is not installed")
    return str(found)


def real_digits(network: Network) -> Floats:
    """(200, 1, H, W): test digits from the data that come with the app, as the network reads them."""
    return framed(load_embedded("digits").test_images[:DIGITS], network.input.height, network.pixels)


def maps_by_torch(network: Network, pixels: Floats) -> Floats:
    """(N, values of all layers one after the other), in double precision: torch's own float32 sums of lenet-modern's C3,
    where terms of 200 cancel, are 3e-5 away from these, the browser's 4e-6."""
    net = build(network)
    fill(net.layers, load_shipped(network.key)[0])
    with torch.no_grad():
        maps = net.eval().double().maps(torch.from_numpy(pixels).double())
    return torch.cat([one.flatten(1) for one in maps.values()], 1).numpy()


def assert_close(found: Floats, wanted: Floats) -> None:
    worst = np.max(np.abs(found - wanted) / np.maximum(1, np.abs(wanted)))
    assert worst <= CLOSE


@pytest.fixture(scope="module")
def payloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("payloads")
    for key, network in NETWORKS.items():
        (folder / f"{key}.bin").write_bytes(living_payload(network, load_shipped(key)[0]))
    return folder


@pytest.mark.parametrize("key", NETWORKS)
def test_every_map_of_every_layer_is_torchs_on_real_digits(key: str, payloads: Path, tmp_path: Path) -> None:
    network, out = NETWORKS[key], tmp_path / "out"
    pixels = real_digits(network)
    (tmp_path / "pixels").write_bytes(pixels.astype("<f4").tobytes())
    subprocess.run(
        [node(), HERE / "run_all_maps.js", payloads / f"{key}.bin", tmp_path / "pixels", out], check=True, timeout=120
    )
    assert_close(np.frombuffer(out.read_bytes(), "<f4").reshape(DIGITS, -1), maps_by_torch(network, pixels))


@pytest.mark.parametrize("key", NETWORKS)
def test_a_payload_stays_within_its_budget(key: str, payloads: Path) -> None:
    assert (payloads / f"{key}.bin").stat().st_size <= BUDGET


@pytest.mark.parametrize("path", sorted(HERE.glob("*.test.js")), ids=lambda path: path.stem)
def test_the_modules_pass_their_own_tests(path: Path, payloads: Path) -> None:
    done = subprocess.run(
        [node(), "--test", path],
        env={**os.environ, "LENET_PAYLOADS": str(payloads)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
