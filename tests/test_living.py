"""The page on which one draws: through app.py, with every network, with pictures good and bad, with damaged weights."""

from __future__ import annotations

import base64
import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from lenet_explain.checkpoints import shipped
from lenet_explain.figures.living import described_network
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import totals, walk
from lenet_explain.pictures import Box
from lenet_explain.ui.network import living, own_picture
from lenet_explain.ui.visit import cache

PAGE = "pages/network/living.py"


def _page(root: Path, network: str = "lenet5") -> AppTest:
    app = AppTest.from_file(str(root / "app.py"), default_timeout=60).run().switch_page(PAGE).run()
    return app if network == "lenet5" else app.selectbox(key="network").set_value(network).run()


def _sent(app: AppTest, name: str) -> list[bytes]:
    """What components of this name were given."""
    return [one.proto.bytes for one in app.get("bidi_component") if one.proto.component_name.endswith(f"lenet_{name}")]


def _meta(payload: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", payload)
    return json.loads(payload[4 : 4 + length])


def _pasted(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("key", NETWORKS)
def test_the_page_hands_every_network_over_as_it_is_described(root: Path, key: str) -> None:
    app = _page(root, key)
    assert not app.exception
    (payload,) = _sent(app, "carrier")
    meta = _meta(payload)
    assert meta["layers"] == json.loads(json.dumps(described_network(NETWORKS[key])["layers"]))
    whole = totals(walk(NETWORKS[key]))
    assert sum(layer["parameters"] for layer in meta["layers"]) == whole.parameters.value
    assert sum(layer["connections"] for layer in meta["layers"]) == whole.connections.value
    assert _sent(app.run(), "carrier") == [payload]


def test_the_digit_of_a_pasted_picture_is_offered(root: Path) -> None:
    app = _page(root)
    picture = Image.new("L", (300, 400), 240)
    ImageDraw.Draw(picture).line([(150, 60), (150, 330)], fill=20, width=24)
    app.session_state["pad"] = {"picture": _pasted(picture)}
    (payload,) = _sent(app.run(), "own_picture")
    meta = _meta(payload)
    assert [name for name, _ in meta["halves"]] == ["inks", "samples"]
    (length,) = struct.unpack_from("<I", payload)
    (ink,) = np.frombuffer(payload[4 + length :], "<f2", 112 * 112).reshape(meta["halves"][0][1])
    assert ink.shape == (112, 112)
    assert ink.max() == 15
    (box,) = meta["boxes"]
    assert (box["top"] * 400, box["height"] * 400) == pytest.approx((60, 270), abs=20)
    assert meta["preview"].startswith("data:image/jpeg;base64,")
    assert (meta["width"], meta["height"]) == (300, 400)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("§§§", "is not a picture"),
        (base64.b64encode(b"no picture").decode(), "is not a PNG"),
        (_pasted(Image.new("L", (300, 400), 255)), "writing"),
    ],
)
def test_what_is_no_picture_of_a_digit_gets_a_sentence(root: Path, text: str, said: str) -> None:
    app = _page(root)
    app.session_state["pad"] = {"picture": text}
    app.run()
    assert not app.exception
    assert [said in one.value for one in app.error] == [True]
    opens = said == "writing"  # then the visitor may choose the part to read
    assert bool(_sent(app, "own_picture")) == opens


@pytest.mark.parametrize(
    "said", [None, "box", [0, 0, 1], [0, 0, float("nan"), 1], [0, 0, "1", 1], [1, 0, 1, 1], [0, 0, -1, 1], {"left": 0}]
)
def test_what_is_no_box_within_the_picture_is_none(said: object) -> None:
    assert own_picture.box_from(said) is None


def test_a_box_is_kept_within_the_picture() -> None:
    assert own_picture.box_from([0.25, -3, 9, 0.5]) == Box(0.25, 0, 0.75, 0.5)


def test_damaged_weights_are_said_in_a_sentence(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    for kept in (cache.shipped, living._payload):
        kept.clear()
    app = _page(root)
    assert not app.exception
    assert any("cannot be read" in one.value for one in app.error)
    assert not _sent(app, "pad")
