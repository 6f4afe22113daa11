"""Descendants in a browser: a link, a line opened by key, the reading done again by a real worker, and a phone."""

from __future__ import annotations

from .visitor import Visit

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LABELS = """() => [...document.querySelectorAll('.st-key-family .textpoint text')].map((one) => ({
  size: parseFloat(getComputedStyle(one).fontSize), box: one.getBoundingClientRect().toJSON() }))"""


def test_layers_open_by_key_modules_are_read_again_and_a_phone_has_room(visit: Visit) -> None:
    laptop, phone = visit(), visit(**PHONE)
    laptop.open("/descendants?model=resnet18&measure=work")
    laptop.page.get_by_role("button", name="Read them out again").click()
    line = laptop.page.locator(".layers summary", has_text="layer2.0")
    line.focus()
    laptop.page.keyboard.press("Enter")
    assert "parameters 1·1·64·128 + 2·128 = 8,448" in laptop.page.locator(".layers details[open]").inner_text()
    done = laptop.page.locator('[data-testid="stAlert"]', has_text="The same as shown above")
    laptop.until(done.count, "the modules are read again")
    assert laptop.page.locator(".layers details[open]").count() == 1
    phone.open("/descendants?model=inception_v3")
    phone.page.locator(".st-key-family .textpoint text").first.wait_for()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    found = phone.page.evaluate(LABELS)
    assert len(found) == 6
    assert all(one["size"] >= 16 and one["box"]["left"] >= 0 and one["box"]["right"] <= 390 for one in found), found
    assert laptop.faults == phone.faults == []
