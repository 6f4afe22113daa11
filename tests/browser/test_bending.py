"""The bent digit in a browser: sliders, curves, a second network, the link, a phone."""

from __future__ import annotations

import re
from typing import Any

from .visitor import Visit, Visitor

LINK = "/bend?network=lenet-28"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
WIDEST = """() => [document.documentElement, ...document.querySelectorAll("[data-testid=stMain]")].map(
  (one) => one.scrollWidth - one.clientWidth)"""
SEEN = """() => {
  const root = [...document.querySelectorAll(".st-key-bender *")].find((one) => one.shadowRoot).shadowRoot;
  const of = (name) => [...root.querySelectorAll(name)];
  return {
    bent: root.querySelector(".bent canvas").toDataURL(),
    unbent: root.querySelector(".unbent canvas").toDataURL(),
    curves: of(".curve").map((canvas) => canvas.toDataURL()),
    breaks: of(".breaks").map((one) => one.textContent),
    busy: of(".card[aria-busy=true]").length,
    verdict: root.querySelector(".verdict").textContent,
    claims: root.querySelector(".claims").textContent,
  };
}"""


def _open(visitor: Visitor, path: str = LINK) -> None:
    visitor.open(path)
    _settled(visitor)


def _settled(visitor: Visitor) -> dict[str, Any]:
    """All curves known, to their breaking points."""
    visitor.page.locator(".st-key-bender .card").first.wait_for()

    def done() -> bool:
        seen = visitor.page.evaluate(SEEN)
        return not seen["busy"] and all(seen["breaks"]) and bool(seen["claims"])

    visitor.until(done, "all curves are drawn")
    return visitor.page.evaluate(SEEN)


def _slider(visitor: Visitor, bend: str) -> Any:
    return visitor.page.locator(f".st-key-bender [data-bend={bend}] .slider")


def test_a_key_bends_the_digit_and_changes_the_other_curves_but_not_its_own_points(visitor: Visitor) -> None:
    _open(visitor)
    before = _settled(visitor)
    assert "reads 3" in before["verdict"]
    slider = _slider(visitor, "rotation")
    slider.focus()
    visitor.page.keyboard.press("End")
    visitor.until(lambda: visitor.page.evaluate(SEEN)["bent"] != before["bent"], "the digit is bent")
    visitor.until(lambda: visitor.page.evaluate(SEEN)["curves"][0] != before["curves"][0], "other curves follow")
    after = _settled(visitor)
    assert after["unbent"] == before["unbent"]
    assert after["breaks"][3] == before["breaks"][3], "rotation's own curve is as it was"
    assert after["breaks"][0] != before["breaks"][0]
    assert "and not 3" in after["verdict"]
    assert "the other sliders as they are" in after["claims"]
    visitor.until(lambda: visitor.in_url().get("bend") == "rotation.180000", "the link has the bend")
    assert visitor.faults == []


def test_the_answer_changes_where_the_curve_says_it_breaks(visitor: Visitor) -> None:
    _open(visitor)
    words = _settled(visitor)["breaks"][3]
    breaks = re.search(r"at \+(\d+)°", words)
    assert breaks, words
    slider = _slider(visitor, "rotation")
    verdict = visitor.page.locator(".st-key-bender .verdict")
    for amount, right in ((int(breaks[1]) - 1, True), (int(breaks[1]), False)):
        slider.fill(str(amount))
        visitor.until(
            lambda right=right: ("and not 3" not in verdict.inner_text()) is right, f"at {amount} it is read: {right}"
        )
        visitor.until(
            lambda amount=amount: slider.get_attribute("aria-valuetext").startswith(f"+{amount}°"), "the slider says so"
        )
    assert visitor.faults == []


def test_a_press_on_the_curve_moves_the_slider_and_its_button_takes_it_back(visitor: Visitor) -> None:
    _open(visitor)
    card = visitor.page.locator(".st-key-bender [data-bend=scale]")
    card.scroll_into_view_if_needed()
    box = card.locator(".curve").bounding_box()
    assert box
    slider = _slider(visitor, "scale")
    visitor.page.mouse.click(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2)
    visitor.until(lambda: float(slider.input_value()) == 2.5, "the right end is the highest amount")
    visitor.page.mouse.move(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2, steps=5)
    visitor.page.mouse.up()
    visitor.until(lambda: float(slider.input_value()) == 0.25, "and the left end the lowest")
    card.locator(".reset").click()
    visitor.until(lambda: float(slider.input_value()) == 1, "the button takes it back")
    assert card.locator(".reset").is_disabled()
    slider.fill("2")
    slider.dblclick()
    visitor.until(lambda: float(slider.input_value()) == 1, "so does a double click")
    assert visitor.faults == []


def test_a_second_network_is_drawn_over_the_first_and_leaves_again(visitor: Visitor) -> None:
    _open(visitor, "/bend?network=lenet-28&other=lenet-modern")
    seen = _settled(visitor)
    assert "LeNet on 28×28 (tanh) reads 3" in seen["verdict"]
    assert "Modern LeNet reads 3" in seen["verdict"]
    assert all("Modern LeNet:" in words for words in seen["breaks"])
    visitor.page.locator(".st-key-other input").click()
    visitor.page.get_by_role("option", name="none", exact=True).click()
    visitor.until(lambda: "Modern" not in visitor.page.evaluate(SEEN)["verdict"], "the second network has left")
    assert not any("Modern" in words for words in _settled(visitor)["breaks"])
    assert visitor.faults == []


def test_another_digit_gets_curves_of_its_own_and_its_label_counts(visitor: Visitor) -> None:
    _open(visitor)
    before = _settled(visitor)
    visitor.page.get_by_role("button", name="take this 7").first.click()
    visitor.until(lambda: "checked with this 7" in visitor.page.evaluate(SEEN)["claims"], "the 7 is judged")
    after = _settled(visitor)
    assert after["unbent"] != before["unbent"]
    assert after["curves"] != before["curves"]
    visitor.page.get_by_role("button", name="take this 7").last.click()
    visitor.until(lambda: visitor.page.evaluate(SEEN)["unbent"] != after["unbent"], "another 7")
    visitor.until(lambda: visitor.page.evaluate(SEEN)["busy"], "whose curves are not the first one's")
    assert _settled(visitor)["curves"] != after["curves"]
    visitor.page.locator(".st-key-pad .clear").click()
    visitor.until(lambda: "Draw a digit" in visitor.page.evaluate(SEEN)["verdict"], "nothing is bent")
    assert visitor.faults == []


def test_a_link_restores_the_bends(visitor: Visitor) -> None:
    _open(visitor, f"{LINK}&bend=shear.450~noise.30")
    assert float(_slider(visitor, "shear").input_value()) == 0.45
    assert float(_slider(visitor, "noise").input_value()) == 0.03
    visitor.page.get_by_role("button", name="Unbend all").click()
    visitor.until(lambda: float(_slider(visitor, "shear").input_value()) == 0, "all are taken back")
    visitor.until(lambda: "bend" not in visitor.in_url(), "and the link knows")
    assert visitor.faults == []


def test_a_phone_shows_it_without_sideways_scrolling(visit: Visit) -> None:
    visitor = visit(**PHONE)
    _open(visitor)
    assert visitor.page.evaluate(WIDEST) == [0, 0]
    card = visitor.page.locator(".st-key-bender [data-bend=noise]")
    card.scroll_into_view_if_needed()
    digit = visitor.page.locator(".st-key-bender .bent canvas")
    box = digit.bounding_box()
    assert box
    assert 0 <= box["y"] < 400, "the digit stays in sight while its sliders scroll by"
    assert visitor.faults == []
