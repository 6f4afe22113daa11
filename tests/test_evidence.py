"""What decides the answer: the page through app.py, and the way of a drawing to the worker and back."""

from __future__ import annotations

import base64
import json
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visit import PATIENCE

from lenet_explain.network.named import NETWORKS
from lenet_explain.ui.visit import cache

PAGE = "pages/network/evidence.py"


def _page(root: Path, network: str = "lenet5") -> AppTest:
    app = AppTest.from_file(str(root / "app.py"), default_timeout=60).run().switch_page(PAGE).run()
    return app if network == "lenet5" else app.selectbox(key="network").set_value(network).run()


def _data(app: AppTest) -> dict[str, Any]:
    """What the component was told."""
    found = [one.proto for one in app.get("bidi_component") if one.proto.component_name.endswith("evidence")]
    return json.loads(found[0].json)[0]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_page_opens_with_every_network(root: Path, network: str) -> None:
    app = _page(root, network)
    assert not app.exception
    assert app.title[0].value == "What decides the answer?"
    assert app.selectbox(key="network").value == network
    assert _data(app)["result"] is None


def test_a_drawing_goes_to_the_worker_and_comes_back_with_its_check(root: Path) -> None:
    app = _page(root)
    ink = np.zeros((32, 32), np.uint8)
    ink[6:26, 15:18] = 255
    image = base64.b64encode(ink.tobytes()).decode()
    app.session_state["evidence"] = {"ask": {"image": image, "digit": 1, "at": 1}}
    app.run()
    job, until = app.session_state["_evidence"]["job"], time.monotonic() + PATIENCE
    while not cache.jobs().state(job).over and time.monotonic() < until:  # no run of the page takes its core
        time.sleep(0.3)
    found = _data(app.run())
    result = found["result"]
    assert result, found["status"]
    assert (result["image"], result["network"], result["digit"]) == (image, "lenet5", 1)
    sums = [float(number) for number in re.findall(r"[+-][\d.]+", result["words"].replace("−", "-"))]
    assert sums[0] == pytest.approx(sums[1], rel=0.02)
    assert np.prod(result["pixels"]["shape"]) == ink.size


@pytest.mark.parametrize("image", ["", "§§§", base64.b64encode(b"too short").decode(), None])
def test_a_drawing_that_is_none_gets_a_sentence(root: Path, image: str | None) -> None:
    app = _page(root)
    app.session_state["evidence"] = {"ask": {"image": image, "digit": 1, "at": 1}}
    app.run()
    assert not app.exception
    assert [one.value for one in app.warning] == ["The drawing did not arrive whole: ask again."]
