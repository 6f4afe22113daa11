"""Links, clicks and keys: what is chosen, and that every view follows."""

from __future__ import annotations

import pytest

from .visitor import Visit, Visitor

FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return [at?.getAttribute("role"), at?.dataset?.name ?? null];
}"""


def _all_views_show(visitor: Visitor, layer: str) -> None:
    visitor.until(lambda: visitor.chosen("shapes") == layer, f"the shapes mark {layer}")
    visitor.until(lambda: visitor.chosen("parameters") == layer, f"the parameters mark {layer}")
    visitor.until(lambda: layer in (visitor.tiles.get_attribute("aria-label") or ""), f"the filters show {layer}")
    visitor.until(
        lambda: visitor.chart()["titles"][2].startswith(f"gradient of {layer},"), f"the gradient is {layer}'s"
    )
    visitor.until(lambda: _field(visitor, "layer") == layer, f"the layer's field says {layer}")
    visitor.page.get_by_text(f"Every number of {layer}, worked out").wait_for()


def _field(visitor: Visitor, key: str) -> str:
    field = visitor.page.locator(f".st-key-{key} input")
    return field.input_value() or visitor.page.locator(f".st-key-{key} [data-baseweb=select]").inner_text()


def test_a_link_restores_every_choice(visitor: Visitor) -> None:
    visitor.open_lesson("/?network=lenet-28&layer=C3&recipe=plain-sgd&seed=7&epochs=3")
    _all_views_show(visitor, "C3")
    assert _field(visitor, "network") == "lenet-28"
    assert _field(visitor, "recipe") == "plain-sgd"
    assert "trains for 3 epochs" in visitor.status()
    asked = {"network": "lenet-28", "layer": "C3", "recipe": "plain-sgd", "seed": "7", "epochs": "3"}
    assert visitor.in_url() == asked
    visitor.page.locator('[data-testid="stPopoverButton"]:visible').click()
    for name in ("seed", "epochs"):
        field = visitor.page.locator(f".st-key-{name} input")
        visitor.until(lambda field=field, name=name: field.input_value() == asked[name], f"the field {name} is filled")
    assert visitor.faults == []


def test_choices_go_into_the_link_and_survive_a_reload(visitor: Visitor) -> None:
    visitor.open_lesson()
    for key, words in (("network", "lenet-28"), ("recipe", "plain-sgd")):
        visitor.page.locator(f".st-key-{key} input").click()
        visitor.page.get_by_role("option", name=words, exact=True).click()
        visitor.until(lambda key=key, words=words: visitor.in_url().get(key) == words, f"the URL says {words}")
    visitor.page.locator('[data-testid="stPopoverButton"]:visible').click()
    seed = visitor.page.locator(".st-key-seed input")
    seed.fill("7")
    seed.press("Enter")
    visitor.until(lambda: visitor.in_url().get("seed") == "7", "the URL says the seed")
    visitor.page.keyboard.press("Escape")
    visitor.page.reload()
    visitor.idle()
    visitor.until(lambda: _field(visitor, "network") == "lenet-28", "the network is restored")
    assert _field(visitor, "recipe") == "plain-sgd"
    assert visitor.in_url() == {"network": "lenet-28", "recipe": "plain-sgd", "seed": "7"}
    assert visitor.faults == []


@pytest.mark.parametrize("view", ["shapes", "parameters"])
def test_all_views_follow_a_click_on_a_layer(visitor: Visitor, view: str) -> None:
    visitor.open_lesson("/?network=lenet5-dense")
    _all_views_show(visitor, "C1")
    visitor.row(view, '[data-name="C3"]').click()
    _all_views_show(visitor, "C3")
    visitor.until(lambda: visitor.in_url().get("layer") == "C3", "the URL says C3")
    assert visitor.faults == []


def test_a_layer_chosen_during_a_run_is_followed_without_ending_it(visitor: Visitor) -> None:
    visitor.open_lesson("/?network=lenet5-dense&layer=C1&epochs=100")
    visitor.train()
    visitor.until_moving()
    step = visitor.step()
    visitor.row("shapes", '[data-name="C3"]').click()
    _all_views_show(visitor, "C3")
    visitor.until(lambda: visitor.step() > step, "the run goes on")
    visitor.button("stop").click()
    visitor.until(lambda: visitor.status().startswith("Stopped"), "the run stops")
    assert visitor.faults == []


def test_the_keyboard_alone_chooses_a_layer(visitor: Visitor) -> None:
    visitor.open_lesson("/?network=lenet5-dense")
    keyboard = visitor.page.keyboard
    for _ in range(60):
        keyboard.press("Tab")
        if visitor.page.evaluate(FOCUSED)[0] == "option":
            break
    assert visitor.page.evaluate(FOCUSED) == ["option", "C1"]
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    _all_views_show(visitor, "C3")
    assert visitor.page.evaluate(FOCUSED) == ["option", "C3"]
    keyboard.press("End")
    _all_views_show(visitor, "OUTPUT")
    assert visitor.faults == []


def test_control_and_enter_train(visitor: Visitor) -> None:
    visitor.open_lesson("/?network=lenet5-dense&epochs=2")
    visitor.button("train").and_(visitor.page.locator(":enabled")).wait_for()
    visitor.page.keyboard.press("Control+Enter")
    visitor.until(lambda: visitor.step() or visitor.status().startswith(("Starting", "Finished")), "the run starts", 30)
    visitor.until_finished()
    assert visitor.faults == []


def test_a_finger_chooses_a_layer_on_a_phone(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True)
    visitor.open_lesson("/?network=lenet5-dense")
    visitor.row("shapes", '[data-name="C3"]').tap()
    _all_views_show(visitor, "C3")
    assert visitor.faults == []
