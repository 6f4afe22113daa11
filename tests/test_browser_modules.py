"""The browser's modules, run by node: their own tests, and every map of every network beside torch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from real_digits import DIGITS, assert_close, maps_by_torch, real_digits

from lenet_explain import frontend
from lenet_explain.datasets import data_folder
from lenet_explain.figures.living import living_payload
from lenet_explain.mnist_files import raw_folder, seems_fetched
from lenet_explain.networks import NETWORKS
from lenet_explain.shipped import load_shipped

HERE = Path(__file__).parent / "node"
BUDGET = 300_000  # bytes of a payload


def node() -> str:
    found = shutil.which("node")
    if found is None:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)("node is not installed")
    return str(found)


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


@pytest.mark.skipif(not seems_fetched(data_folder()), reason="needs MNIST: set LENET_EXPLAIN_DATA")
def test_thin_usual_and_thick_strokes_are_percentiles_of_mnist(tmp_path: Path) -> None:
    images = np.fromfile(raw_folder(data_folder()) / "train-images-idx3-ubyte", np.uint8, offset=16)
    images.reshape(-1, 784)[::31].tofile(tmp_path / "images")
    subprocess.run(
        [node(), HERE / "run_stroke_widths.js", tmp_path / "images", tmp_path / "shares"], check=True, timeout=120
    )
    shares = np.fromfile(tmp_path / "shares", "<f4")
    source = frontend.text("strokes.js")
    told = [
        float(value) for value in re.findall(r"^export const (?:THIN|USUAL|THICK) = ([\d.]+)", source, re.MULTILINE)
    ]
    assert told == pytest.approx(np.percentile(shares, (2, 50, 99)), rel=0.08)


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
