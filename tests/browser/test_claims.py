"""Claims in a browser: voted on by keys alone, kept while other pages are seen, and the chart of methods readable."""

from __future__ import annotations

from .visitor import Visit, Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LABELS = """() => [...document.querySelectorAll(".st-key-methods .textpoint text")]
  .filter((one) => one.textContent && one.getBoundingClientRect().width > 0).map((one) => ({
    size: parseFloat(getComputedStyle(one).fontSize), box: one.getBoundingClientRect().toJSON() }))"""


def test_a_claim_is_voted_on_by_keys_and_the_vote_is_kept(visitor: Visitor) -> None:
    visitor.open("/claims?claim=61706-parameters")
    card = visitor.page.locator('[class*="st-key-claim-61706-parameters"]')
    card.get_by_role("button", name="False", exact=True).focus()
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: "That is right" in card.inner_text(), "the verdict is shown")
    assert "60,000 − 12 (S2) + 900 (C3) − 32 (S4) + 850 (OUTPUT) = 61,706" in card.inner_text()
    visitor.page.get_by_role("button", name="Next claim").click()
    visitor.until(lambda: visitor.in_url().get("claim") == "44426-parameters", "the link follows")
    visitor.page.locator('[data-testid="stTopNavSection"]', has_text="Sources").click()
    visitor.page.locator('[data-testid="stTopNavDropdownLink"]', has_text="The paper").click()
    visitor.page.get_by_role("heading", name="What the paper says").wait_for()
    visitor.page.go_back()
    visitor.until(lambda: "1 of your 1 votes right" in visitor.page.inner_text("body"), "the vote is kept")
    assert visitor.faults == []


def test_on_a_phone_claims_and_methods_fit_and_labels_do_not_cover_each_other_on_a_laptop(visit: Visit) -> None:
    phone = visit(**PHONE)
    for path in ("/claims?verdicts=true", "/history"):
        phone.open(path)
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.page.locator(".st-key-methods .textpoint").first.wait_for(state="attached")
    assert phone.page.evaluate(LABELS) == []
    laptop = visit()
    laptop.open("/history")
    laptop.page.locator(".st-key-methods .textpoint text").first.wait_for()
    found = laptop.page.evaluate(LABELS)
    assert len(found) > 20
    assert min(one["size"] for one in found) >= 16
    boxes = [one["box"] for one in found]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            across = min(one["right"], other["right"]) - max(one["left"], other["left"])
            down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            assert across <= 2 or down <= 4, (one, other)
    assert phone.faults == laptop.faults == []
