"""Draw, look inside, open a unit: with mouse, finger and keys, and by a link."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from closeness import assert_close
from PIL import Image, ImageDraw
from real_digits import maps_by_torch, real_digits
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lenet_explain.backends.torch_module import build
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.data.datasets import load_embedded
from lenet_explain.figures.living import living_payload
from lenet_explain.network.named import NETWORKS, network_named

from .visitor import Visit, Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
THREE = ((90, 70), (140, 50), (190, 70), (180, 120), (140, 140), (190, 160), (195, 210), (140, 235), (90, 215))
CORNER = tuple((x * 0.36, y * 0.36) for x, y in THREE)  # the same, small and in a corner
STATE = """({ live, worked }) => {
  const [state, now] = [live(), worked()];
  const plain = (maps) => [...maps.data];
  return {
    unit: state.unit, hovered: state.hovered, source: state.source, normalise: state.normalise,
    ink: state.drawing.reduce((sum, level) => sum + level, 0),
    input: now ? plain(now.space.input) : null,
    digit: now?.reading.digit,
  };
}"""
LISTEN = """() => {
  globalThis.said = [];
  const hear = (one) => new MutationObserver(() => said.push(one.textContent))
    .observe(one, { childList: true, characterData: true, subtree: true });
  const within = (node) => {
    for (const one of node.querySelectorAll("*")) {
      if (one.hasAttribute("aria-live")) hear(one);
      if (one.shadowRoot) within(one.shadowRoot);
    }
  };
  within(document.querySelector(".st-key-pad"));
}"""
HOSTILE = (
    "unit=C9.1.1.1", "unit=C3.99.0.0", "unit=%3Cb%3E", "digit=!!!", "digit=" + "A" * 9000, "links=C3.zz", "links=C3.f",
    "bend=scale.nonsense~x.1", "network=nothing",
)  # fmt: skip
COMPONENTS = 6  # carrier, pad, flow and opened; the listener for the theme; the tab's note of what a visit started
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _open(visitor: Visitor, path: str = "/draw") -> None:
    visitor.open(path)
    visitor.page.locator(".st-key-opened .title").wait_for()
    visitor.until(lambda: "Read as" in _verdict(visitor), "the example is read")


def _verdict(visitor: Visitor) -> str:
    found = visitor.page.locator(".st-key-pad .verdict")
    return found.inner_text() if found.count() else ""


def _state(visitor: Visitor) -> dict[str, Any]:
    return visitor.live(STATE)


def _draw(visitor: Visitor, points: tuple[tuple[float, float], ...]) -> None:
    paper = visitor.page.locator(".st-key-pad .paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box
    scale = box["width"] / 288
    places = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in points]
    visitor.page.mouse.move(*places[0])
    visitor.page.mouse.down()
    for x, y in places[1:]:
        visitor.page.mouse.move(x, y, steps=5)
    visitor.page.mouse.up()


def _pen(visitor: Visitor, width: int) -> None:
    visitor.page.locator(".st-key-pad .width").evaluate(
        "(slider, width) => { slider.value = width; slider.dispatchEvent(new Event('input')); }", width
    )


def test_a_drawn_three_is_read_as_a_three_and_undone(visitor: Visitor) -> None:
    _open(visitor)
    assert _state(visitor)["source"] == "example"
    _draw(visitor, THREE)
    visitor.until(lambda: _verdict(visitor).startswith("Read as 3, distance"), "the drawing is read as a 3")
    assert _state(visitor)["source"] == "drawn"
    visitor.page.get_by_role("button", name="Clear").click()
    visitor.until(lambda: _verdict(visitor).startswith("Draw a digit"), "nothing is drawn")
    visitor.page.get_by_role("button", name="Undo").click()
    visitor.until(lambda: _verdict(visitor).startswith("Read as 3"), "the 3 is back")
    assert visitor.faults == []


def test_a_small_digit_in_a_corner_is_read_only_when_it_is_normalised(visitor: Visitor) -> None:
    _open(visitor)
    _pen(visitor, 4)
    _draw(visitor, CORNER)
    visitor.until(lambda: _verdict(visitor).startswith("Read as 3"), "normalised, it is read")
    visitor.page.get_by_label("skip normalising").check()
    visitor.until(lambda: "Read as 3" not in _verdict(visitor), "not normalised, it is not")
    assert visitor.page.locator(".st-key-carrier-main .back").inner_text().startswith("not normalised")
    visitor.page.locator(".st-key-carrier-main .back").click()
    visitor.until(lambda: _verdict(visitor).startswith("Read as 3"), "taken back, it is read again")


def _torch_sum(network: str, pixels: list[float], layer: str, place: tuple[int, int, int]) -> float:
    """The sum of one unit before its squashing, by torch."""
    described = network_named(network)
    net = build(described)
    fill(net.layers, load_shipped(network)[0])
    maps = torch.tensor(pixels, dtype=torch.float64).reshape(1, 1, described.input.height, described.input.width)
    before = maps
    with torch.no_grad():
        outputs = net.eval().double().maps(maps)
        for one in described.layers:
            if one.name == layer:
                break
            before = outputs[one.name]
        return float(net.layers[layer](before)[0][place])


@pytest.mark.parametrize("key", NETWORKS)
def test_what_an_opened_c3_unit_adds_up_to_on_screen_is_torchs_sum(visitor: Visitor, key: str) -> None:
    _open(visitor, f"/draw?network={key}&unit=C3.4.2.3")
    title = visitor.page.locator(".st-key-opened .title")
    visitor.until(lambda: "C3 map 4, row 2, column 3" in title.inner_text(), "the link's unit is opened")
    words = visitor.page.locator(".st-key-opened .formula").inner_text()
    on_screen = float(words.rsplit("= ", 1)[1].replace("−", "-"))
    wanted = _torch_sum(key, _state(visitor)["input"], "C3", (4, 2, 3))
    assert on_screen == pytest.approx(wanted, abs=0.0006 * max(1, abs(wanted)))
    assert visitor.faults == []


def test_a_unit_is_walked_to_and_kept_by_keys_alone(visitor: Visitor) -> None:
    _open(visitor)
    readout = visitor.page.locator(".st-key-flow .readout")
    visitor.page.locator(".st-key-flow .canvas").focus()
    for key, shown in (
        ("ArrowRight", "C1 map 0, row 14, column 14"),
        ("ArrowDown", "C1 map 0, row 15, column 14"),
        ("PageDown", "S2 map 0, row 7, column 7"),
        ("PageDown", "C3 map 0, row 5, column 5"),
        ("ArrowLeft", "C3 map 0, row 5, column 4"),
        ("PageDown", "S4 map 0, row 2, column 2"),
        ("PageDown", "C5 unit 0"),
        ("ArrowRight", "C5 unit 1"),
        ("PageDown", "F6 unit 1"),
        ("ArrowDown", "F6 unit 8"),
        ("PageDown", "OUTPUT unit 8"),
    ):
        visitor.page.keyboard.press(key)
        visitor.until(lambda shown=shown: shown in readout.inner_text(), f"{key} goes to {shown}")
    visitor.until(lambda: visitor.in_url().get("unit") == "OUTPUT.8.0.0", "the link has the unit")
    visitor.page.keyboard.press("Escape")
    visitor.until(lambda: "Point at a unit" in readout.inner_text(), "Escape lets go")
    assert visitor.faults == []


def test_keys_alone_draw(visitor: Visitor) -> None:
    _open(visitor)
    visitor.page.locator(".st-key-pad .paper").focus()
    visitor.page.keyboard.press(" ")
    for _ in range(10):
        visitor.page.keyboard.press("Shift+ArrowDown")
    visitor.until(lambda: _verdict(visitor).startswith("Read as 1"), "a line down is a 1")
    visitor.page.keyboard.press("Control+z")
    visitor.until(lambda: _state(visitor)["source"] == "example", "Control+Z takes it back")


def test_the_answer_is_said_aloud_only_when_the_pen_rests(visitor: Visitor) -> None:
    _open(visitor)
    visitor.page.evaluate(LISTEN)
    _draw(visitor, THREE)
    visitor.until(lambda: "Read as 3" in visitor.page.evaluate("said.join()"), "the answer is said")
    assert len(visitor.page.evaluate("said")) <= 3


def test_nothing_moves_when_the_paper_is_cleared(visitor: Visitor) -> None:
    _open(visitor)
    place = visitor.page.locator(".st-key-flow .canvas")
    before = place.bounding_box()
    visitor.page.get_by_role("button", name="Clear").click()
    visitor.until(lambda: _verdict(visitor).startswith("Draw a digit"), "nothing is drawn")
    visitor.page.get_by_label("skip normalising").check()
    visitor.until(lambda: _state(visitor)["normalise"] is False, "it is skipped")
    assert place.bounding_box() == before


def test_a_button_that_draws_the_page_anew_keeps_the_focus(visitor: Visitor) -> None:
    _open(visitor, "/draw?unit=C3.4.2.3")
    for where, words, shown in (
        (".st-key-opened .group >> nth=1", ".st-key-opened .heading >> nth=0", "S2 map 4"),
        (".st-key-pad .switch", ".st-key-pad .rule", "Show distances"),
    ):
        visitor.page.locator(where).focus()
        visitor.page.keyboard.press("Enter")
        visitor.until(lambda words=words, shown=shown: shown in visitor.page.locator(words).inner_text(), f"{shown}")
        assert visitor.page.locator(f"{where} >> :scope:focus").count() == 1


def test_a_phone_held_upright_draws_and_opens_a_unit(visit: Visit) -> None:
    visitor = visit(**PHONE)
    _open(visitor)
    assert visitor.page.evaluate(WIDER) <= 0
    paper = visitor.page.locator(".st-key-pad .paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box
    client = visitor.page.context.new_cdp_session(visitor.page)
    touches = [{"x": box["x"] + x * box["width"] / 288, "y": box["y"] + y * box["width"] / 288} for x, y in THREE]
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": touches[:1]})
    for one in touches[1:]:
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [one]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visitor.until(lambda: _verdict(visitor).startswith("Read as 3"), "the finger's 3 is read")
    flow = visitor.page.locator(".st-key-flow .canvas")
    flow.scroll_into_view_if_needed()
    flow.tap(position={"x": 60, "y": 260})
    visitor.until(lambda: _state(visitor)["unit"] is not None, "a tap keeps a unit")
    assert visitor.page.evaluate(WIDER) <= 0
    assert visitor.faults == []


def test_a_link_opened_elsewhere_shows_the_same_picture(visit: Visit) -> None:
    one, other = visit(), visit()
    _open(one)
    _draw(one, THREE)
    one.page.get_by_label("skip normalising").check()
    one.page.locator(".st-key-flow .canvas").focus()
    one.page.keyboard.press("ArrowRight")
    one.until(lambda: {"digit", "raw", "unit"} <= set(one.in_url()), "the address has it all")
    address = one.page.url.removeprefix(one.url)
    other.open(address)
    other.until(lambda: _verdict(other) == _verdict(one), "the same answer")
    assert _state(other)["input"] == _state(one)["input"]
    assert _state(other)["unit"] == _state(one)["unit"]
    assert other.faults == []


def test_hostile_links_open_the_page_as_it_is(visitor: Visitor) -> None:
    for said in HOSTILE:
        _open(visitor, f"/draw?{said}")
        assert visitor.page.locator('[data-testid="stException"]').count() == 0, said
        assert visitor.faults == [], said


def test_the_theme_changes_colours_and_keeps_the_drawing(visit: Visit) -> None:
    visitor = visit()
    _open(visitor)
    _draw(visitor, THREE)
    light = visitor.page.locator(".st-key-flow .canvas").evaluate("(canvas) => canvas.toDataURL()")
    visitor.page.get_by_test_id("stMainMenu").locator("button").click()
    visitor.page.get_by_test_id("stMainMenuItem-theme-Dark").click()
    visitor.until(
        lambda: visitor.page.locator(".st-key-flow .canvas").evaluate("(canvas) => canvas.toDataURL()") != light,
        "other colours",
    )
    visitor.until(lambda: _verdict(visitor).startswith("Read as 3"), "the same 3")
    assert visitor.faults == []


def _upload(visitor: Visitor, file: Path) -> None:
    visitor.page.get_by_text("Your picture").click()
    visitor.page.set_input_files("input[type=file]", file)


def _offered(visitor: Visitor) -> list[str]:
    return [text.split()[-1] for text in visitor.page.locator(".st-key-own_picture .digit").all_inner_texts()]


def test_digits_of_a_picture_are_offered_cropped_and_read_in_a_row(visitor: Visitor, tmp_path: Path) -> None:
    page = Image.new("RGB", (900, 700), (235, 228, 215))
    pen = ImageDraw.Draw(page)
    pen.line([(150, 150), (380, 150), (250, 500)], fill=(50, 60, 110), width=30, joint="curve")
    pen.line([(650, 150), (640, 500)], fill=(50, 60, 110), width=30)
    page.save(tmp_path / "seven_one.jpg")
    (tmp_path / "none.png").write_bytes(b"no picture")
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    _open(visitor)
    picture = visitor.page.locator(".st-key-own_picture")
    _upload(visitor, tmp_path / "seven_one.jpg")
    visitor.until(lambda: _offered(visitor) == ["7", "1"], "both digits are offered")
    visitor.until(lambda: _verdict(visitor).startswith("Read as 7"), "the first lies on the paper")
    assert "7" in str(picture.locator("[aria-checked=true]").get_attribute("aria-label"))

    picture.locator("[aria-checked=true]").focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: _verdict(visitor).startswith("Read as 1"), "the second, by keys")
    visitor.page.locator(".st-key-pad .undo").click()
    visitor.until(lambda: _verdict(visitor).startswith("Read as 7"), "the first again")

    for name, words in (("none.png", "not a PNG"), ("phone.heic", "HEIC")):
        _upload(visitor, tmp_path / name)
        visitor.until(lambda words=words: any(words in one for one in visitor.alerts()), f"a sentence on {name}")
        assert _verdict(visitor).startswith("Read as 7")

    _upload(visitor, tmp_path / "seven_one.jpg")
    visitor.until(lambda: _offered(visitor) == ["7", "1"] and not visitor.alerts(), "the picture once more")
    picture.get_by_text("Choose the part to read").click()
    edge = picture.locator(".stage").bounding_box()
    assert edge
    at = lambda x, y: (edge["x"] + x * edge["width"], edge["y"] + y * edge["height"])  # noqa: E731 — a place in it
    visitor.page.mouse.move(*at(0.63, 0.08))
    visitor.page.mouse.down()
    visitor.page.mouse.move(*at(0.85, 0.9), steps=4)
    visitor.page.mouse.up()
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: _offered(visitor) == ["1"], "only what lies in the drawn box")
    visitor.until(lambda: _verdict(visitor).startswith("Read as 1"), "and it is on the paper")
    picture.get_by_text("Whole picture again").click()
    visitor.until(lambda: _offered(visitor) == ["7", "1"], "back to the reader's own choice")

    picture.get_by_text("Read them all in a row").click()
    string = visitor.page.locator(".st-key-widener .string")
    visitor.until(lambda: string.count() == 1 and string.inner_text() == "The best path reads 7 1", "both in a row")
    assert visitor.faults == []


def test_a_rerun_refers_to_what_was_sent_and_calls_no_component(visitor: Visitor) -> None:
    received: list[bytes] = []
    visitor.page.on("websocket", lambda one: one.on("framereceived", lambda frame: received.append(_bytes(frame))))
    _open(visitor)
    assert max(map(len, received)) > 200_000  # the network came
    visitor.live("({ brought }) => { globalThis.before = brought('lenet5'); }")
    received.clear()
    visitor.page.keyboard.press("r")  # Streamlit's own key for a rerun
    visitor.until(lambda: any(_message(one).WhichOneof("type") == "script_finished" for one in received), "a rerun")
    components = [one for one in received if _message(one).WhichOneof("type") == "ref_hash"]
    assert len(components) == COMPONENTS
    assert sum(map(len, components)) <= 2048
    rest = [one for one in received if b":material/" not in one]  # but the table of contents, which names every page
    assert not [one for one in rest if b"bidi_component" in one or len(one) > 2048]
    assert visitor.live("({ brought }) => globalThis.before === brought('lenet5')")


def _bytes(frame: bytes | str) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


def _message(frame: bytes) -> ForwardMsg:
    message = ForwardMsg()
    message.ParseFromString(frame)
    return message


def test_every_map_in_chromium_is_torchs(visitor: Visitor, root: Path) -> None:
    """The modules themselves, as files, in the browser; 200 digits of every network."""

    def fulfil(route: Any) -> None:
        path = root / route.request.url.split("modules.invalid/", 1)[1]
        kind = "text/javascript" if path.suffix == ".js" else "text/html"
        route.fulfill(body=path.read_bytes() if path.is_file() else b"<p>", content_type=kind)

    visitor.page.route("http://modules.invalid/**", fulfil)
    visitor.page.goto("http://modules.invalid/none")
    script = """async ([payload, pixels]) => {
      const { allMaps } = await import("/tests/node/all_maps.js");
      const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const found = new Uint8Array(allMaps(bytes(payload), new Float32Array(bytes(pixels).buffer)).buffer);
      let text = "";
      for (let at = 0; at < found.length; at += 8192) text += String.fromCharCode(...found.subarray(at, at + 8192));
      return btoa(text);
    }"""
    for key, network in NETWORKS.items():
        pixels = real_digits(network)
        payload = living_payload(network, load_shipped(key)[0])
        asked = [base64.b64encode(one).decode() for one in (payload, pixels.astype("<f4").tobytes())]
        found = np.frombuffer(base64.b64decode(visitor.page.evaluate(script, asked)), "<f4")
        assert_close(found.reshape(len(pixels), -1), maps_by_torch(network, pixels))


def test_samples_are_real_test_digits_and_come_back_as_they_were(visitor: Visitor) -> None:
    _open(visitor)
    images, labels = load_embedded("digits").test_images, load_embedded("digits").test_labels
    seven = images[np.flatnonzero(labels == 7)[0]]
    visitor.page.locator(".st-key-pad .pick").nth(14).click()
    visitor.until(lambda: _state(visitor)["source"] == "sample 7", "the sample lies on the paper")
    visitor.until(lambda: re.match("Read as 7", _verdict(visitor)) is not None, "and is read")
    fed = np.array(_state(visitor)["input"]).reshape(32, 32)[2:30, 2:30]
    background, ink = network_named("lenet5").pixels.background, network_named("lenet5").pixels.ink
    off = np.abs((fed - background) / (ink - background) - seven / 255)
    assert off.max() <= 0.12  # the paper keeps 16 levels; the box is scaled again


def test_drawing_and_pointing_again_and_again_leave_nothing_behind(visitor: Visitor) -> None:
    """Half a minute's worth; `benchmarks/living.py 10` watches for ten."""
    _open(visitor)
    client = visitor.page.context.new_cdp_session(visitor.page)
    client.send("HeapProfiler.enable")
    flow = visitor.page.locator(".st-key-flow .canvas")
    used: list[float] = []
    for turn in range(5):
        for _ in range(3):
            _draw(visitor, THREE)
            visitor.page.get_by_role("button", name="Clear").click()
        flow.scroll_into_view_if_needed()
        box = flow.bounding_box()
        assert box
        for move in range(40):
            visitor.page.mouse.move(box["x"] + (29 * move + turn) % box["width"], box["y"] + 60 + (17 * move) % 300)
        client.send("HeapProfiler.collectGarbage")
        used.append(client.send("Runtime.getHeapUsage")["usedSize"] / 1e6)
    assert used[-1] - used[2] < 2, used  # MB; the drawings that Undo keeps are bounded, and reached by then
    assert visitor.faults == []
