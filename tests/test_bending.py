"""The page with the bent digit: what is sent to the browser, and the networks it compares."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from visit import Scripted, drawn, shown

from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.figures.theme import LIGHT
from lenet_explain.network.named import NETWORKS
from lenet_explain.ui.network import living

PAGE = "pages/network/bending.py"


def brought(app: AppTest) -> list[tuple[str, str]]:
    """Role and key of every network that the browser gets."""
    return [(meta["role"], meta["key"]) for meta in map(_meta, drawn(app, "lenet_carrier"))]


def _meta(proto: Any) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", proto.bytes)
    return json.loads(proto.bytes[4 : 4 + length])


def test_the_page_brings_one_network_paper_and_sliders(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    assert [title.value for title in app.title] == ["Bend the digit"]
    assert brought(app) == [("main", "lenet5")]
    assert len(drawn(app, "lenet_pad")) == 1
    [proto] = drawn(app, "lenet_bender")
    colours = json.loads(json.dumps(asdict(LIGHT)))
    assert json.loads(proto.json) == [{"palette": colours}], "weights stay with the carrier"


@pytest.mark.parametrize("other", [key for key in NETWORKS if key != "lenet-28"])
def test_a_link_names_both_networks(app: AppTest, jobs: Scripted, other: str) -> None:
    shown(app, PAGE, {"network": "lenet-28", "other": other})
    assert brought(app) == [("main", "lenet-28"), ("other", other)]


@pytest.mark.parametrize("other", ["lenet5", "lenet-6", "", "none"])
def test_a_network_is_not_compared_with_itself_nor_with_none(app: AppTest, jobs: Scripted, other: str) -> None:
    shown(app, PAGE, {"network": "lenet5", "other": other})
    assert brought(app) == [("main", "lenet5")]
    assert "lenet5" not in app.selectbox(key="other").options


def test_the_first_network_may_become_the_other_ones_name(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"network": "lenet5", "other": "lenet-28"})
    app.selectbox(key="network").select("lenet-28").run()
    assert not app.exception
    assert brought(app) == [("main", "lenet-28")]


def test_damaged_weights_are_told_and_nothing_is_drawn(
    app: AppTest, jobs: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(network: str) -> None:
        raise CheckpointError(f"there is no file {network}.safetensors")

    monkeypatch.setattr(living, "shipped", missing)
    shown(app, PAGE, {})
    assert "there is no file" in app.error[0].value.replace("\\", "")
    assert drawn(app, "lenet_bender") == []
