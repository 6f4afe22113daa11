"""The wide input in a browser: it grows, it is drawn on, and its readings say what stands where."""

from __future__ import annotations

from typing import Any

from .visitor import Visit, Visitor

LINK = "/wide?network=lenet5"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
WIDEST = """() => [document.documentElement, ...document.querySelectorAll("[data-testid=stMain]")].map(
  (one) => one.scrollWidth - one.clientWidth)"""
SEEN = """() => {
  const root = [...document.querySelectorAll(".st-key-widener *")].find((one) => one.shadowRoot).shadowRoot;
  const words = (name) => root.querySelector(name).textContent;
  const side = (name) => root.querySelector(name).getBoundingClientRect().width;
  return {
    string: words(".string"), readout: words(".readout"), cost: words(".cost"), size: words(".size"),
    limit: words(".limit .words"), paper: side(".paper"), readings: root.querySelector(".readings").toDataURL(),
    shapes: [...root.querySelectorAll("tbody tr")].map((row) => row.children[2].textContent),
    boxed: !root.querySelector(".box").hidden && root.querySelector(".box").getBoundingClientRect().x,
    strips: root.querySelector(".strips").getAttribute("aria-label"),
  };
}"""


def _open(visitor: Visitor, path: str = LINK) -> dict[str, Any]:
    visitor.open(path)
    visitor.page.locator(".st-key-widener tbody tr").first.wait_for()
    return _seen(visitor)


def _seen(visitor: Visitor) -> dict[str, Any]:
    return visitor.page.evaluate(SEEN)


def _part(visitor: Visitor, name: str) -> Any:
    return visitor.page.locator(f".st-key-widener {name}")


def _box(visitor: Visitor, name: str) -> dict[str, float]:
    _part(visitor, name).scroll_into_view_if_needed()
    return _part(visitor, name).bounding_box()


def test_it_opens_with_three_digits_and_the_1998_network_reads_them(visitor: Visitor) -> None:
    seen = _open(visitor)
    assert seen["string"] == "The best path reads 3 1 4"
    assert seen["size"] == "32×96 px"
    assert seen["shapes"][:7] == [
        "6@28×92", "6@14×46", "16@10×42", "16@5×21", "120@1×17", "84@1×17", "10@1×17"
    ]  # fmt: skip
    assert "C5 120@1×17 · was 120@1×1" in seen["strips"]
    assert visitor.faults == []


def test_the_edge_is_dragged_and_every_shape_and_the_cost_follow(visitor: Visitor) -> None:
    before = _open(visitor)
    box = _box(visitor, ".handle")
    visitor.page.mouse.move(box["x"] + 10, box["y"] + 40)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 10 - before["paper"] / 3, box["y"] + 40, steps=8)
    visitor.page.mouse.up()
    visitor.until(lambda: _seen(visitor)["size"] == "32×64 px", "a third narrower")
    seen = _seen(visitor)
    assert seen["paper"] < before["paper"]
    assert seen["shapes"][4] == "120@1×9"
    assert "1,206,156 connections" in seen["cost"]
    assert "9 · 340,908 = 3,068,172" in seen["cost"]
    slider = _part(visitor, "input.width")
    slider.focus()
    visitor.page.keyboard.press("End")
    visitor.until(lambda: _seen(visitor)["shapes"][4] == "120@1×33", "by a key to the widest")
    assert _seen(visitor)["string"] == "The best path reads 3 1 4", "what was cut off came back"
    assert visitor.faults == []


def test_a_reading_under_the_pointer_or_chosen_by_a_key_boxes_its_window(visitor: Visitor) -> None:
    seen = _open(visitor)
    assert seen["boxed"] is False
    box = _box(visitor, ".readings")
    visitor.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    visitor.until(lambda: "Place 9 of 17, pixels 32 to 64: 1, distance" in _seen(visitor)["readout"], "the middle one")
    paper = _part(visitor, ".paper").bounding_box()
    assert paper
    assert abs(_seen(visitor)["boxed"] - paper["x"] - paper["width"] / 3) < 1
    _part(visitor, ".readings").focus()
    visitor.page.keyboard.press("Home")
    visitor.until(lambda: "Place 1 of 17, pixels 0 to 32" in _seen(visitor)["readout"], "the first by a key")
    visitor.page.keyboard.press("ArrowRight")
    visitor.until(lambda: "Place 2 of 17" in _seen(visitor)["readout"], "and the next")
    assert visitor.faults == []


def test_nothing_is_read_where_all_is_rejected_and_a_softmax_says_shares(visitor: Visitor) -> None:
    _open(visitor)
    _part(visitor, ".limit input").fill("5")
    visitor.until(lambda: "reads 3 1 4" not in _seen(visitor)["string"], "fewer are read within a distance of 5")
    assert _seen(visitor)["limit"] == "Reject beyond distance 5.0"
    seen = _open(visitor, "/wide?network=lenet5-dense")
    assert seen["limit"] == "Reject below share 90.0%"
    assert visitor.faults == []


def test_a_stroke_is_read_undone_erased_and_cleared(visitor: Visitor) -> None:
    _open(visitor)
    _part(visitor, "button.clear").click()
    visitor.until(lambda: "nothing" in _seen(visitor)["string"], "blank paper")
    box = _box(visitor, ".paper")
    x, cell = box["x"] + 48 * box["width"] / 96, box["height"] / 32
    visitor.page.mouse.move(x, box["y"] + 7 * cell)
    visitor.page.mouse.down()
    visitor.page.mouse.move(x, box["y"] + 25 * cell, steps=8)
    visitor.page.mouse.up()
    visitor.until(lambda: _seen(visitor)["string"] == "The best path reads 1", "a one")
    visitor.until(lambda: "wide" in visitor.in_url(), "the link has it")
    visitor.page.reload()
    _part(visitor, "tbody tr").first.wait_for()
    visitor.until(lambda: _seen(visitor)["string"] == "The best path reads 1", "and brings it back")
    _part(visitor, "button.row").first.click()
    visitor.until(lambda: _seen(visitor)["string"] == "The best path reads 3 1 4", "digits are put")
    _part(visitor, "button.undo").click()
    visitor.until(lambda: _seen(visitor)["string"] == "The best path reads 1", "and taken back")
    assert visitor.faults == []


def test_the_pen_goes_by_keys(visitor: Visitor) -> None:
    _open(visitor)
    _part(visitor, ".paper").focus()
    for key in ("Delete", *["Shift+ArrowRight"] * 8, " ", *["Shift+ArrowDown"] * 4, "ArrowDown", "ArrowDown", " "):
        visitor.page.keyboard.press(key)
    visitor.until(lambda: _seen(visitor)["string"] == "The best path reads 1", "a one in the middle")
    visitor.page.keyboard.press("Control+z")
    visitor.until(lambda: "nothing" in _seen(visitor)["string"], "taken back")
    assert visitor.faults == []


def test_a_phone_fits_the_widest_paper_without_sideways_scrolling(visit: Visit) -> None:
    visitor = visit(**PHONE)
    _open(visitor)
    for row in (1, 0):
        _part(visitor, "button.row").nth(row).click()
        visitor.until(lambda row=row: _seen(visitor)["size"] == ("32×160 px" if row else "32×96 px"), "its width")
        assert visitor.page.evaluate(WIDEST) == [0, 0]
        assert _seen(visitor)["paper"] <= 360
    assert visitor.faults == []
