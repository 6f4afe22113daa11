"""Choices undone one by one in a real browser, on a phone: rows appear, Stop keeps them, Go on trains the rest."""

from __future__ import annotations

from .test_opening import DEVICES, WIDEST
from .visitor import Visit, Visitor

ROWS = ["base", "average", "max"]
_WIDTHS = """(table) => {
  const box = table.getRootNode().host.getBoundingClientRect();
  const parts = [...table.querySelectorAll("b, .quiet, .dot, .mark")];
  return [box.right, ...parts.map((one) => one.getBoundingClientRect().right)];
}"""


def _told(visitor: Visitor) -> dict[str, str]:
    """The test error of each row that is done, by its key."""
    rows = visitor.page.locator(".st-key-rows tr.row").evaluate_all(
        "(rows) => rows.map((row) => [row.dataset.key, row.querySelector('.error b').textContent])"
    )
    return {key: words for key, words in rows if words.endswith("%") and not words.startswith("training")}


def _start(visitor: Visitor) -> None:
    visitor.button("start-rows").and_(visitor.page.locator(":enabled")).click()


def test_rows_appear_stay_after_a_stop_and_the_rest_is_trained_later(visit: Visit) -> None:
    visitor = visit(**DEVICES["phone"])
    visitor.open("/")  # the very first deep link of a server is answered by a dialog
    visitor.open("/why?ask=pooling&passes=2")
    visitor.until(lambda: visitor.page.locator(".st-key-rows tr.row").count() == len(ROWS), "the table is there")
    assert _told(visitor) == {}
    _start(visitor)
    visitor.until(lambda: _told(visitor), "the first row is told", patience=120)
    visitor.button("stop-rows").click()
    visitor.until(lambda: "to train: " in visitor.status(), "it stops", patience=20)
    before = _told(visitor)
    assert 1 <= len(before) < len(ROWS)
    assert "Go on" in visitor.button("start-rows").inner_text()
    _start(visitor)
    visitor.until(lambda: visitor.status().startswith("All 3 rows are trained"), "the rest is trained", patience=120)
    after = _told(visitor)
    assert list(after) == ROWS
    assert before.items() <= after.items()
    assert visitor.page.evaluate(WIDEST) == [0, 0, 0]
    edge, *ends = visitor.page.locator(".st-key-rows table").evaluate(_WIDTHS)
    assert max(ends) <= edge + 1
    assert visitor.faults == []
