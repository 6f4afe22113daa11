"""Every number opened and Compare: terms and headings are reached by keys, and nothing is wider than a phone."""

from __future__ import annotations

from .visitor import Visit, Visitor

PHONE = {"width": 390, "height": 844}
TIGHT = {  # the widest formulas, sums and tables, and what is drawn last on each page
    "/numbers?layer=C3&sum=macs": "bars",
    "/numbers?network=lenet-28&layer=C5&local=false&sum=connections": "bars",
    "/numbers?network=lenet-modern&layer=C1&shared=false": "bars",
    "/compare?network=lenet-28&other=lenet-modern&count=connections": "all",
}
TOO_WIDE = """() => {
  const wide = [...document.querySelectorAll(".katex-display")].filter((display) => {
    const ends = [...display.querySelectorAll(".katex-html .base")].map((part) => part.getBoundingClientRect().right);
    return Math.max(...ends) > display.getBoundingClientRect().right + 1;
  });
  const roots = [...document.querySelectorAll("*")].filter((one) => one.shadowRoot).map((one) => one.shadowRoot);
  const parts = roots.flatMap((root) => [...root.querySelectorAll("th, td, li, button, div")]);
  const over = parts.filter((part) => part.getBoundingClientRect().right > innerWidth + 1);
  const page = document.documentElement.scrollWidth > innerWidth ? [document.body] : [];
  return [...wide, ...over, ...page].map((one) => one.textContent.slice(0, 60));
}"""
FOCUSED = "() => document.activeElement.shadowRoot?.activeElement?.dataset.name"


def test_nothing_is_wider_than_a_phone(visit: Visit) -> None:
    visitor = visit(viewport=PHONE)
    for path, last in TIGHT.items():
        visitor.open(path)
        visitor.page.locator(f".st-key-{last} .root > *").first.wait_for()
        if last == "bars":
            visitor.until(lambda: visitor.page.locator(".katex-display").count() >= 8, "the formulas are there")
        assert visitor.page.evaluate(TOO_WIDE) == [], path
    assert visitor.faults == []


def test_a_term_leads_to_its_layer_and_switches_move_only_the_mark(visitor: Visitor) -> None:
    visitor.open("/numbers")
    page = visitor.page
    term = page.locator(".st-key-whole button.term")
    term.first.wait_for()
    assert [one.get_attribute("aria-label") for one in term.all()][2:4] == ["C3: + 1,516", "S4: + 32"]
    term.nth(2).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Where the 60 links of C3 come from").wait_for()
    visitor.until(lambda: visitor.in_url().get("layer") == "C3", "the link names the layer")
    assert page.evaluate(FOCUSED) == "C3"
    page.locator(".st-key-whole button[aria-pressed=true]", has_text="C3").wait_for()
    rows = page.locator(".st-key-bars .row")
    before = [row.evaluate("(one) => one.offsetHeight") for row in rows.all()]
    page.get_by_role("switch", name="All places share their weights").press("Space")
    chosen = page.locator(".st-key-bars .row.chosen .words b")
    visitor.until(lambda: chosen.first.inner_text() == "151,600", "sharing is off")
    page.get_by_role("switch", name="Each unit reads a window only").press("Space")
    visitor.until(lambda: chosen.first.inner_text() == "1,883,200", "locality is off")
    assert [row.evaluate("(one) => one.offsetHeight") for row in rows.all()] == before
    assert visitor.in_url() == {"layer": "C3", "shared": "false", "local": "false"}
    assert visitor.faults == []


def test_two_networks_are_swapped_and_all_are_sorted_by_keys(visitor: Visitor) -> None:
    visitor.open("/compare")
    page = visitor.page
    terms = page.locator(".st-key-bridge .number")
    terms.first.wait_for()
    assert terms.all_inner_texts() == ["60,000", "900", "44", "850", "61,706"]
    visitor.button("swap").click()
    visitor.until(lambda: terms.first.inner_text() == "61,706", "the sum is turned round")
    assert visitor.in_url()["network"] == "lenet5-dense"
    names = page.locator(".st-key-all tbody th > div:first-child")
    first = names.all_inner_texts()
    heading = page.locator(".st-key-all thead button", has_text="test error")
    heading.focus()
    page.keyboard.press("Enter")
    visitor.until(lambda: visitor.in_url().get("sort") == "error", "the link names the column")
    page.locator(".st-key-all th[aria-sort=ascending]", has_text="test error").wait_for()
    *up, unmeasured = names.all_inner_texts()
    assert unmeasured == "LeNet of Caffe"
    page.keyboard.press("Enter")
    page.locator(".st-key-all th[aria-sort=descending]", has_text="test error").wait_for()
    assert names.all_inner_texts() == [*up[::-1], unmeasured] != first
    assert visitor.faults == []
