"""Build your own by mouse and by keys: counts follow at once, what cannot be says why, and the link brings it along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lenet_explain.network.description import draft_from, draft_of, text_of
from lenet_explain.network.link_code import code_of, text_of_code
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import totals, walk

from .visitor import Visit, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Locator

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
FOCUSED = "() => document.activeElement.getAttribute('aria-label')"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _open_layer(visitor: Visitor, at: int) -> None:
    visitor.page.locator(f".st-key-layer-{at} button").first.click()
    visitor.page.get_by_label("Name", exact=True).wait_for()


def _main(visitor: Visitor) -> str:
    return visitor.page.locator('[data-testid="stMain"]').inner_text()


def _text(visitor: Visitor) -> Locator:
    return visitor.page.locator(".st-key-text-form textarea")


def _kernel(visitor: Visitor) -> int:
    """Of C1, as the link has it."""
    return getattr(draft_of(text_of_code(visitor.in_url()["own"])).layers[0], "kernel", 0)


def test_by_keys_a_number_is_counted_at_once_and_the_focus_stays(visitor: Visitor) -> None:
    visitor.open("/yours")
    visitor.page.get_by_role("button", name="Begin with").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("button", name=NETWORKS["lenet5-dense"].title).press("Enter")
    visitor.until(lambda: "F6 · dense, 84" in _main(visitor), "the network to begin with is there")
    visitor.page.keyboard.press("Escape")
    visitor.idle()
    _open_layer(visitor, 0)
    maps = visitor.page.get_by_label("Maps", exact=True)
    maps.fill("8")
    maps.press("Enter")
    visitor.until(lambda: "8@28×28" in _main(visitor) and "= 208" in _main(visitor), "the counts follow")
    visitor.idle()  # a key pressed while the page is being sent anew is overwritten by it
    assert visitor.page.evaluate(FOCUSED) == "Maps"
    maps.press("ArrowUp")
    visitor.until(lambda: "9@28×28" in _main(visitor), "an arrow key counts on")
    assert visitor.page.evaluate(FOCUSED) == "Maps"
    visitor.page.keyboard.press("Escape")
    visitor.button("undo").click()
    visitor.until(lambda: "8@28×28" in _main(visitor), "undo gives 8 maps again")
    visitor.button("undo").click()
    visitor.until(lambda: "6@28×28" in _main(visitor), "and 6")
    assert visitor.faults == []


def test_an_impossible_layer_says_why_and_a_wrong_text_waits(visitor: Visitor) -> None:
    visitor.open("/yours")
    before = totals(walk(NETWORKS["lenet5"])).parameters.line
    _open_layer(visitor, 1)
    visitor.page.get_by_label("Size", exact=True).fill("3")
    visitor.page.get_by_label("Size", exact=True).press("Enter")
    visitor.until(lambda: any("not a multiple of 3" in one for one in visitor.alerts()), "it says why")
    assert "What would fit: size 1, 2, 4, 7, 14 or 28" in visitor.alerts()[0]
    visitor.page.keyboard.press("Escape")
    visitor.button("undo").click()
    visitor.until(lambda: not visitor.alerts() and before in _main(visitor), "undo gives the network of 1998 again")
    visitor.page.locator(".st-key-text-form summary").click()
    right = _text(visitor).input_value()
    wrong = right.replace('"units": 84', '"units": "many"')
    assert wrong != right
    _text(visitor).fill(wrong)
    _text(visitor).press("Control+Enter")
    visitor.until(lambda: any("F6: units is 'many'" in one for one in visitor.alerts()), "it says what is wrong")
    assert _text(visitor).input_value() == wrong
    values = json.loads(right)
    values["layers"][0]["activation"] = "sigmoid"
    _text(visitor).fill(json.dumps(values))
    _text(visitor).press("Control+Enter")
    visitor.until(lambda: not visitor.alerts() and "\n" in _text(visitor).input_value(), "it is taken, and spelt anew")
    assert draft_of(_text(visitor).input_value()).layers[0].activation.name == "sigmoid"
    assert visitor.faults == []


def test_what_is_built_on_a_phone_is_drawn_on_and_its_link_brings_it_again(visit: Visit) -> None:
    visitor = visit(**PHONE)
    visitor.open(f"/yours?own={code_of(text_of(draft_from(NETWORKS['lenet5-dense'])))}")
    assert visitor.page.evaluate(OVERFLOW) <= 0
    _open_layer(visitor, 0)
    assert visitor.page.evaluate(OVERFLOW) <= 0
    visitor.page.get_by_label("Kernel", exact=True).fill("3")
    visitor.page.get_by_label("Kernel", exact=True).press("Enter")
    visitor.until(lambda: "6@30×30" in _main(visitor), "the shapes follow")
    visitor.until(lambda: _kernel(visitor) == 3, "the link follows")
    visitor.page.keyboard.press("Escape")
    code = visitor.in_url()["own"]
    visitor.page.get_by_text("Draw on it").click()
    visitor.page.locator(".st-key-flow canvas").first.wait_for()
    assert visitor.in_url() == {"network": "yours", "own": code}
    again = visit()
    again.open(f"/draw?network=yours&own={code}")
    again.page.locator(".st-key-flow canvas").first.wait_for()
    layers = "({ worked }) => worked()?.space.steps.map(({ values }) => values.data.length)"
    again.until(lambda: again.live(layers), "the network answers")
    assert again.live(layers)[0] == 6 * 30 * 30
    assert visitor.faults == again.faults == []
