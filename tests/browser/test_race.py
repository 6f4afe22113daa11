"""A race in a real browser: both lanes grow on one chart, Stop is obeyed, a link restores it, and it fits a phone."""

from __future__ import annotations

import re
from typing import Any

from .test_opening import DEVICES, WIDEST
from .visitor import LAPTOP, Visit, Visitor

LONG = "/race?a_network=lenet-28&a_epochs=100&b_network=lenet5-dense&b_epochs=100"
SHORT = "/race?a_network=lenet-28&a_epochs=1&b_network=lenet5-dense&b_epochs=2"
_LINES = """(plots) => ({
  titles: [...plots.querySelectorAll(".title")].map((title) => title.textContent),
  legend: [...plots.querySelectorAll(".line")].map((line) => line.textContent),
  points: plots.charts.map((one) => one.data.slice(1).map((line) => line.filter((value) => value !== null).length)),
  shown: [plots.charts[0].scales.x.min, plots.charts[0].scales.x.max],
})"""


def _open(visitor: Visitor, path: str) -> None:
    """A deep link of a server's very first visitor is answered by a dialog: so the first page comes first."""
    visitor.open_lesson()
    visitor.open(path)
    visitor.page.locator(".st-key-race-curves canvas").first.wait_for()


def _chart(visitor: Visitor) -> dict[str, Any]:
    return visitor.page.locator(".st-key-race-curves .plots").evaluate(_LINES)


def _start(visitor: Visitor, pick: str = "B wins") -> None:
    assert visitor.button("start").is_disabled()
    visitor.page.locator(".st-key-pick").get_by_text(pick).click()
    visitor.button("start").and_(visitor.page.locator(":enabled")).click()


def _until_both_move(visitor: Visitor, points: int = 3) -> None:
    def moving() -> bool:
        loss, accuracy = _chart(visitor)["points"]
        return min(*loss, *accuracy) >= points

    visitor.until(moving, "both lanes have points of training and test")


def test_both_lanes_grow_on_one_chart_zoom_and_readout_stay_and_stop_is_obeyed(visitor: Visitor) -> None:
    _open(visitor, LONG)
    _start(visitor)
    _until_both_move(visitor)
    chart = _chart(visitor)
    assert chart["titles"] == ["loss", "accuracy"]
    assert chart["legend"] == ["●A training", "●A test", "■B training", "■B test"]
    canvases = visitor.page.locator(".st-key-race-curves canvas").element_handles()
    area = visitor.page.locator(".st-key-race-curves .u-over")
    area.nth(1).scroll_into_view_if_needed()
    box = area.nth(1).bounding_box()  # the second chart reads and zooms like the first
    assert box is not None
    visitor.page.mouse.move(box["x"] + 8, box["y"] + 60)
    visitor.page.mouse.move(box["x"] + 4, box["y"] + 60)
    rows = visitor.page.locator(".st-key-race-curves .row")
    visitor.until(lambda: rows.count() == 2, "both lanes are read out", patience=10)
    visitor.page.keyboard.down("Control")
    visitor.page.mouse.wheel(0, -300)
    visitor.page.keyboard.up("Control")
    visitor.until(lambda: _chart(visitor)["shown"] != chart["shown"], "the wheel zooms", patience=10)
    zoomed, told, before = _chart(visitor)["shown"], rows.all_inner_texts(), _chart(visitor)["points"][0]
    for lane, words in zip("AB", told, strict=True):
        assert re.match(rf"{lane}\s+step [\d,]+\s+[\d.]+ s\s+loss \S+ training, \S+ test\s+accuracy", words)
    visitor.until(lambda: all(n > m for n, m in zip(_chart(visitor)["points"][0], before, strict=True)), "both grow")
    assert all(handle.evaluate("(canvas) => canvas.isConnected") for handle in canvases)
    assert _chart(visitor)["shown"] == zoomed
    assert rows.all_inner_texts() == told
    visitor.button("stop-race").click()
    visitor.until(lambda: visitor.status().startswith("Stopped"), "the race stops")
    visitor.until(lambda: "nobody has won" in " ".join(visitor.alerts()), "the page says that nobody has won")
    visitor.until(lambda: visitor.button("start").is_enabled(), "the next race may start")
    assert visitor.faults == []


def test_a_finished_race_has_a_verdict_fits_a_phone_and_is_listed_with_both_lanes(visit: Visit) -> None:
    visitor = visit(**DEVICES["phone"])
    _open(visitor, SHORT)
    assert visitor.page.evaluate(WIDEST) == [0, 0, 0]
    _start(visitor, "a draw")
    visitor.page.locator("#verdict").wait_for()
    assert visitor.page.evaluate(WIDEST) == [0, 0, 0]
    visitor.page.set_viewport_size(LAPTOP)
    assert "You picked a draw" in visitor.page.inner_text('[data-testid="stMain"]')
    visitor.page.locator(".st-key-over").get_by_text("seconds").click()
    axis = visitor.page.locator(".st-key-race-curves .axis")
    visitor.until(lambda: axis.inner_text() == "seconds of training", "the axis is seconds")
    visitor.page.locator('[data-testid="stTopNavSection"]').filter(has_text="Training lab").click()
    visitor.page.get_by_text("Your runs").last.click()
    names = visitor.page.locator(".st-key-runs-table tbody input[type=text]")
    visitor.until(lambda: names.count() == 2, "both lanes are in the table")
    assert {names.nth(index).input_value() for index in (0, 1)} == {"Run 1 (A)", "Run 2 (B)"}
    names.first.fill("<b>mine</b>")
    names.first.press("Enter")
    for index in (0, 1):
        visitor.page.locator(".st-key-runs-table tbody input[type=checkbox]").nth(index).check()
    legend = visitor.page.locator(".st-key-history-curves .line")
    visitor.until(lambda: any("<b>mine</b>" in one for one in legend.all_inner_texts()), "the chart has the name")
    with visitor.page.expect_download() as download:
        visitor.page.locator(".st-key-png button").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    visitor.page.get_by_text("These two as a race").click()
    visitor.page.locator(".st-key-race-curves canvas").first.wait_for()
    visitor.until(lambda: visitor.in_url().get("a_network") == "lenet-28", "the link names the first network")
    assert visitor.in_url()["b_network"] == "lenet5-dense"
    assert visitor.in_url()["b_epochs"].startswith("2")
    assert visitor.faults == []


def test_a_changed_setting_goes_into_the_link_and_is_there_after_another_page(visitor: Visitor) -> None:
    _open(visitor, "/race")
    visitor.page.get_by_role("button", name="Small batches against large").click()
    visitor.until(lambda: visitor.in_url().get("b_batch", "").startswith("128"), "the URL has the batch")
    visitor.page.locator(".st-key-b_network input").click()
    visitor.page.get_by_role("option", name="lenet-28", exact=True).click()
    visitor.until(lambda: visitor.in_url().get("b_network") == "lenet-28", "the URL has the network")
    link = visitor.in_url()
    visitor.page.locator('[data-testid="stTopNavSection"]').filter(has_text="Sources").click()
    visitor.page.get_by_text("The paper").last.click()
    visitor.page.locator("#contradictions").wait_for()
    visitor.page.locator('[data-testid="stTopNavSection"]').filter(has_text="Training lab").click()
    visitor.page.get_by_text("Race two settings").last.click()
    visitor.page.locator(".st-key-race-curves canvas").first.wait_for()
    visitor.until(lambda: visitor.in_url() == link, "the link is back")
    visitor.page.reload()
    visitor.page.locator(".st-key-race-curves canvas").first.wait_for()
    words = visitor.page.locator('[data-testid="stMarkdownContainer"]').filter(has_text="What differs")
    visitor.until(lambda: "batch size 8 against 128" in words.first.inner_text(), "the same race is restored")
    assert visitor.faults == []
