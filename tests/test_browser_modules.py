"""The browser's modules, run by node: their own tests, and every map of every network beside torch."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from closeness import assert_close
from real_digits import DIGITS, maps_by_torch, real_digits

from lenet_explain import frontend
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import Floats, data_folder
from lenet_explain.data.mnist_files import raw_folder, seems_fetched
from lenet_explain.figures.living import living_payload
from lenet_explain.network.named import NETWORKS

HERE = Path(__file__).parent / "node"
FRONTEND = Path(__file__).parents[1] / "lenet_explain" / "frontend"
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


def maps_by_node(given: Sequence[tuple[bytes, Floats]], folder: Path) -> list[Floats]:
    """Of each payload, for its pixels as the network reads them: the values of all layers, in one process of node."""
    places = []
    for number, (payload, pixels) in enumerate(given):
        places.append(folder / str(number))
        places[-1].mkdir()
        (places[-1] / "payload").write_bytes(payload)
        (places[-1] / "pixels").write_bytes(pixels.astype("<f4").tobytes())
    subprocess.run([node(), HERE / "run_all_maps.js", *places], check=True, timeout=240)
    return [np.frombuffer((place / "out").read_bytes(), "<f4") for place in places]


def test_every_map_of_every_layer_is_torchs_on_real_digits(payloads: Path, tmp_path: Path) -> None:
    pixels = {key: real_digits(network) for key, network in NETWORKS.items()}
    given = [((payloads / f"{key}.bin").read_bytes(), pixels[key]) for key in NETWORKS]
    for (key, network), found in zip(NETWORKS.items(), maps_by_node(given, tmp_path), strict=True):
        assert_close(found.reshape(DIGITS, -1), maps_by_torch(network, pixels[key]), what=key)


@pytest.mark.parametrize("key", NETWORKS)
def test_a_payload_stays_within_its_budget(key: str, payloads: Path) -> None:
    assert (payloads / f"{key}.bin").stat().st_size <= BUDGET


def test_every_module_finds_what_it_imports_by_name() -> None:
    modules = [f"import({json.dumps((FRONTEND / path).as_uri())})" for path in frontend.files() if path.endswith(".js")]
    assert len(modules) > 50
    subprocess.run(
        [node(), "--input-type=module", "--eval", f"await Promise.all([{', '.join(modules)}])"], check=True, timeout=60
    )


@pytest.mark.skipif(not seems_fetched(data_folder()), reason="needs MNIST: set LENET_EXPLAIN_DATA")
def test_thin_usual_and_thick_strokes_are_percentiles_of_mnist(tmp_path: Path) -> None:
    images = np.fromfile(raw_folder(data_folder()) / "train-images-idx3-ubyte", np.uint8, offset=16)
    images.reshape(-1, 784)[::31].tofile(tmp_path / "images")
    subprocess.run(
        [node(), HERE / "run_stroke_widths.js", tmp_path / "images", tmp_path / "shares"], check=True, timeout=120
    )
    shares = np.fromfile(tmp_path / "shares", "<f4")
    source = frontend.text("network/strokes.js")
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
    assert done.returncode == 0, failing(done.stdout) or done.stdout[-2000:] + done.stderr[-2000:]


def failing(output: str) -> str:
    """Of what node's test runner writes (TAP), the blocks of the tests that failed, each without node's own frames."""
    blocks = re.findall(r"^( *)(not ok .*?)^\1  \.\.\.$", output, re.DOTALL | re.MULTILINE)
    lines = (line for _, block in blocks for line in block.splitlines())
    return "\n".join(line for line in lines if "(node:" not in line and "duration_ms" not in line)


FAILS = """
import test from "node:test";
import assert from "node:assert/strict";
test("one that holds", () => {});
test("one that fails", () => assert.equal(1 + 1, 3, "a reason to read"));
for (let at = 0; at < 400; at += 1) test(`another ${at} that holds`, () => {});
"""


def test_of_a_test_file_only_what_fails_is_told(tmp_path: Path) -> None:
    path = tmp_path / "some.test.mjs"
    path.write_text(FAILS, "utf-8")
    done = subprocess.run([node(), "--test", path], capture_output=True, text=True, timeout=60, check=False)
    told = failing(done.stdout)
    assert "one that fails" in told
    assert "a reason to read" in told
    assert "that holds" not in told
    assert len(told) < 1500
