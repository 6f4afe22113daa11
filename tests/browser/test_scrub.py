"""The slider over a run: all views follow a key, a finger and Play, and the link keeps the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .visitor import Visit, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Locator

LINK = "/scrubbing?network=lenet-28&held=3&step=0"
SEEN = """() => {
  const root = (key) => [...document.querySelectorAll(`.st-key-${key} *`)].find((one) => one.shadowRoot).shadowRoot;
  const picture = (key) => [...root(key).querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()).join();
  const plots = root("curves").querySelector(".plots");
  return {
    filters: picture("tiles"),
    maps: picture("maps"),
    verdict: root("maps").querySelector(".verdict").textContent,
    cursor: plots.charts.map((chart) => chart.cursor.left),
    confusion: root("confusion").querySelector("table").textContent,
    gradients: root("gradients").querySelector(".bars").textContent,
  };
}"""
WIDEST = """() => [document.documentElement, ...document.querySelectorAll("[data-testid=stMain]")].map(
  (one) => one.scrollWidth - one.clientWidth)"""


def _open(visitor: Visitor, path: str = LINK) -> None:
    visitor.open(path)
    visitor.page.locator(".st-key-gradients .bars .row").first.wait_for()
    visitor.page.locator(".st-key-curves canvas").first.wait_for()
    visitor.page.locator(".st-key-maps canvas.maps").first.wait_for()
    visitor.until(lambda: visitor.page.evaluate(SEEN)["cursor"][0] >= 0, "the cursor stands at the moment")


def _words(visitor: Visitor) -> str:
    return visitor.page.locator(".st-key-scrubber .words").inner_text()


def _all_changed(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return all(before[name] != after[name] for name in before)


def test_a_key_moves_filters_maps_cursor_confusion_and_gradients_together(visitor: Visitor) -> None:
    _open(visitor)
    assert _words(visitor).startswith("Before training")
    visitor.page.locator(".st-key-scrubber .slider").focus()  # once: it stays there
    for key, at in (("ArrowRight", 1), ("ArrowRight", 2), ("End", None), ("ArrowLeft", -2)):
        before = visitor.page.evaluate(SEEN)
        visitor.page.keyboard.press(key)
        visitor.until(lambda before=before: _all_changed(before, visitor.page.evaluate(SEEN)), f"all follow {key} {at}")
    step = _words(visitor).split()[1].replace(",", "")
    visitor.until(lambda: visitor.in_url().get("step") == step, "the link has the step")
    asked = visitor.page.evaluate(SEEN)
    visitor.page.reload()
    visitor.page.locator(".st-key-gradients .bars .row").first.wait_for()
    visitor.until(lambda: visitor.page.evaluate(SEEN)["confusion"] == asked["confusion"], "the moment is restored")
    visitor.until(lambda: visitor.page.evaluate(SEEN)["verdict"] == asked["verdict"], "and the digit")
    assert visitor.faults == []


def test_play_goes_to_the_end_and_stops_and_space_pauses(visitor: Visitor) -> None:
    _open(visitor)
    play = visitor.page.locator(".st-key-scrubber .play")
    play.click()
    visitor.until(lambda: not _words(visitor).startswith("Before training"), "it plays")
    slider = visitor.page.locator(".st-key-scrubber .slider")
    slider.focus()
    visitor.page.keyboard.press("Space")
    assert "Play" in play.inner_text()
    stopped = _words(visitor)
    visitor.page.wait_for_timeout(1200)
    assert _words(visitor) == stopped
    visitor.page.keyboard.press("Space")
    last = "el => Number(el.value) === Number(el.max)"
    visitor.until(lambda: slider.evaluate(last), "it comes to the end")
    visitor.until(lambda: "Play" in play.inner_text(), "and stops")
    assert visitor.faults == []


def test_a_chosen_picture_is_held_and_the_moment_stays(visitor: Visitor) -> None:
    _open(visitor)
    visitor.page.locator(".st-key-scrubber .slider").focus()
    visitor.page.keyboard.press("ArrowRight")
    words = _words(visitor)
    visitor.page.locator(".st-key-maps .pick").nth(8).click()
    verdict = visitor.page.locator(".st-key-maps .verdict")
    visitor.until(lambda: "this 8 is read" in verdict.inner_text(), "the 8 is held")
    visitor.until(lambda: visitor.in_url().get("held") == "8", "the link has the digit")
    assert _words(visitor) == words
    assert visitor.faults == []


def test_a_finger_on_a_phone_drags_the_slider_without_sideways_scrolling(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True)
    for path in (LINK, "/filters?network=lenet-28&steps=20"):
        if path == LINK:
            _open(visitor, path)
        else:
            visitor.open(path)
            visitor.page.locator(".st-key-kernel-view .cell").first.wait_for()
        assert visitor.page.evaluate(WIDEST) == [0, 0]
    assert visitor.faults == []


def _points_at(visitor: Visitor, cell: Locator, head: Locator, place: str) -> bool:
    """The page may still be drawing its parts when the mouse comes: then it comes again."""
    visitor.page.mouse.move(0, 0)
    cell.hover()
    return place in head.inner_text()


def test_a_cell_of_the_kernel_shows_its_own_sum_and_steps_can_be_undone(visitor: Visitor) -> None:
    visitor.open("/filters?network=lenet-28")
    cells = visitor.page.locator(".st-key-kernel-view .grid[data-name=now] .cell")
    cells.first.wait_for()
    head = visitor.page.locator(".st-key-kernel-view .head")
    visitor.until(lambda: _points_at(visitor, cells.nth(7), head, "row 1, column 2"), "the cell's own sum is shown")
    visitor.page.mouse.move(0, 0)  # else a page that scrolls under it would make it point elsewhere
    cells.nth(7).focus()
    visitor.page.keyboard.press("ArrowDown")
    assert "row 2, column 2" in head.inner_text()
    first = cells.all_inner_texts()
    visitor.button("by-10").click()
    visitor.until(lambda: cells.all_inner_texts() != first, "ten steps change the kernel")
    assert "row 2, column 2" in head.inner_text()
    visitor.until(lambda: visitor.in_url().get("steps", "").startswith("10"), "the link has the steps")
    visitor.button("again").click()
    visitor.until(lambda: cells.all_inner_texts() == first, "and it starts again")
    assert visitor.faults == []
