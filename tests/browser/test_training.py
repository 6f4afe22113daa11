"""Train, watch, stop, reset: what moves, what stays, and what a run leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from lenet_explain.checkpoints.files import unpacked

from .conftest import Devices, visits
from .line import line_to
from .server import Server
from .visitor import LONG, Visit, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle

CANVAS = ".st-key-curves canvas"


@dataclass(frozen=True)
class Going:
    """A visitor whose long run goes on, and what was on screen before it."""

    visitor: Visitor
    tiles: str
    canvases: Sequence[ElementHandle | None]


@pytest.fixture(scope="module")
def going(devices: Devices, server: Server) -> Iterator[Going]:
    """One run for the tests that follow each other; the last one stops it."""
    with visits(devices, server) as visit:
        visitor = visit()
        visitor.open_lesson(LONG)
        assert visitor.points() == []
        canvases = [visitor.tiles.element_handle(), *visitor.page.locator(CANVAS).element_handles()]
        assert len(canvases) == 4  # one for the filters, three for the curves
        before = visitor.tiles_drawn()
        visitor.train()
        visitor.until(lambda: "Starting" in visitor.status() or visitor.step(), "the progress line follows")
        yield Going(visitor, before, canvases)


def test_a_run_moves_curve_filters_and_progress_in_place(going: Going) -> None:
    """Four looks at it, however long the machine takes over them."""
    visitor = going.visitor
    seen: list[tuple[int, int]] = []

    def watched() -> bool:
        seen.append((len(visitor.points()), visitor.step()))
        return len({step for _, step in seen}) >= 4

    visitor.until(watched, "the run is seen at four steps")
    points, steps = zip(*seen, strict=True)
    assert list(points) == sorted(points)  # neither the curve nor the steps ever go back
    assert list(steps) == sorted(steps)
    assert all(handle and handle.evaluate("(canvas) => canvas.isConnected") for handle in going.canvases)
    visitor.until(lambda: visitor.tiles_drawn() != going.tiles, "C1's picture changes")
    assert visitor.button("train").is_disabled()
    assert visitor.button("reset").is_disabled()
    assert visitor.faults == []


def test_readout_and_zoom_stay_while_the_curve_grows(going: Going) -> None:
    visitor = going.visitor
    visitor.until_moving()
    whole = visitor.chart()["shown"]
    _point_at_curve(visitor, at=0.0)
    told, spoken = _told(visitor), visitor.page.locator(".st-key-curves .spoken").inner_text()
    visitor.page.keyboard.down("Control")
    visitor.page.mouse.wheel(0, -300)
    visitor.page.keyboard.up("Control")
    visitor.until(lambda: visitor.chart()["shown"] != whole, "the wheel zooms", patience=10)
    zoomed, points = visitor.chart()["shown"], len(visitor.points())
    visitor.until(lambda: len(visitor.points()) >= points + 2, "two updates follow")
    assert visitor.chart()["shown"] == zoomed
    assert visitor.readout() == told
    assert visitor.page.locator(".st-key-curves .spoken").inner_text() == spoken  # news alone are not spoken


def test_a_run_goes_on_while_its_visitor_reads_another_page(going: Going) -> None:
    visitor = going.visitor
    left_at = visitor.step()
    visitor.go_to("Sources", "The paper")
    visitor.until(lambda: visitor.page.inner_text("h1") == "What the paper says", "the other page opens")
    visitor.idle()
    visitor.go_to("Lessons", "Side by side")
    visitor.chart_element.locator("canvas").first.wait_for()
    visitor.until(lambda: visitor.step() > left_at, "the run goes on")
    assert visitor.points()[0][0] == 0  # from its first step
    assert visitor.in_url()["network"] == "lenet5-dense"
    assert visitor.faults == []


def test_stop_ends_a_run_early_and_reset_brings_the_first_weights_back(going: Going) -> None:
    visitor = going.visitor
    visitor.button("stop").click()
    visitor.until(lambda: visitor.status().startswith("Stopped"), "the run stops")
    assert 0 < visitor.step() < visitor.steps()
    visitor.until(lambda: visitor.points()[-1][0] == visitor.step(), "the curve has its last point")
    visitor.until(lambda: visitor.button("reset").is_enabled(), "Reset may be pressed")
    assert visitor.tiles_drawn() != going.tiles
    assert visitor.button("stop").is_disabled()
    with visitor.page.expect_download() as download:  # what it learned until then can be kept
        visitor.page.get_by_role("button", name="Download these weights").click()
    _, card = unpacked(download.value.path().read_bytes(), "the download")
    assert card.stopped == visitor.step()
    visitor.button("reset").click()
    visitor.until(lambda: visitor.status().startswith("Press Train"), "the page is as before the run")
    visitor.until(lambda: visitor.tiles_drawn() == going.tiles, "C1 shows its first weights")
    assert visitor.points() == []
    assert visitor.page.locator("#results").count() == 0
    assert visitor.button("train").is_enabled()
    assert visitor.faults == []


def test_a_finished_run_reads_nine_of_ten_digits_and_shows_some_of_them(finished: Visitor) -> None:
    page = finished.page
    assert finished.step() == finished.steps() == finished.points()[-1][0]
    found = re.fullmatch(r"It reads (\d+) of (\d+) digits that it has not seen", page.inner_text("#results"))
    assert found is not None
    assert int(found[2]) == 355
    assert int(found[1]) / 355 >= 0.9
    bars = page.locator(".st-key-right-wrong tbody tr")
    bars.nth(9).wait_for()
    wrong = [words for words in bars.all_inner_texts() if "✗" in words]
    assert sum(int(re.search(r"✗ (\d+) of", words)[1]) for words in wrong) == 355 - int(found[1])  # pyright: ignore[reportOptionalSubscript]
    assert all(re.search(r"of \d+\s+\d+\sas\s\d", words) for words in wrong)
    captions = page.locator('[data-testid="stImageCaption"]')
    captions.nth(19).wait_for()
    images = page.locator('[data-testid="stImage"] img')
    assert images.count() == captions.count()
    assert captions.filter(has_text=re.compile(r"^✓ \d$")).count() >= 19
    assert captions.filter(has_text=re.compile(r"^(✓ \d|✗ \d read as \d)$")).count() == captions.count()
    finished.until(
        lambda: images.evaluate_all("(all) => all.every((one) => one.naturalWidth === 84)"), "the images are loaded"
    )
    assert finished.faults == []


def test_pointing_at_the_curve_tells_the_step_and_the_values(finished: Visitor) -> None:
    _point_at_curve(finished)
    told, drawn = _told(finished), finished.chart()
    assert re.fullmatch(r"[\d,]+", told["step"])  # a whole number
    at = drawn["steps"].index(int(told["step"].replace(",", "")))
    here = {name: values[at] for name, values in drawn["lines"].items()}
    assert _numbers(told["loss"]) == pytest.approx([here["training loss"], here["test loss"]], rel=6e-3)
    accuracies = [100 * here["training accuracy"], 100 * here["test accuracy"]]
    assert _numbers(told["accuracy"]) == pytest.approx(accuracies, abs=0.06)
    assert _numbers(told["gradient"]) == pytest.approx([here["gradient"]], rel=6e-2)
    assert re.fullmatch(r"\S+ training, \S+ test", told["loss"])
    finished.page.mouse.move(5, 5)
    finished.until(lambda: not finished.readout(), "without the pointer nothing is told")


def test_dragging_zooms_and_whole_run_and_double_click_show_all_again(finished: Visitor) -> None:
    whole, height = finished.chart()["shown"], _height(finished)
    for back in (finished.page.locator(".st-key-curves .whole").click, lambda: _point_at_curve(finished, clicks=2)):
        _drag(finished, 0.4, 0.7)
        finished.until(lambda: finished.chart()["shown"] != whole, "the drag zooms", patience=10)
        first, last = finished.chart()["shown"]
        assert whole[0] < first < last < whole[1]
        assert _height(finished) == height
        back()
        finished.until(lambda: finished.chart()["shown"] == whole, "all is shown again", patience=10)
    assert not finished.page.locator(".st-key-curves .whole").is_visible()


def test_keys_read_the_curve_and_zoom_it(finished: Visitor) -> None:
    finished.page.mouse.move(5, 5)
    drawn = finished.chart()
    finished.chart_element.focus()
    press, spoken = finished.page.keyboard.press, finished.page.locator(".st-key-curves .spoken")
    for key, at in (("End", -1), ("ArrowLeft", -2), ("Home", 0), ("ArrowRight", 1)):
        press(key)
        assert _told(finished)["step"] == f"{drawn['steps'][at]:,}"
        assert spoken.inner_text().startswith(f"step {drawn['steps'][at]:,} · loss ")
    press("+")
    assert finished.chart()["shown"] != drawn["shown"]
    press("0")
    assert finished.chart()["shown"] == drawn["shown"]
    press("Escape")
    assert finished.readout() == {}


def test_a_plain_wheel_scrolls_the_page_and_leaves_the_curve(finished: Visitor) -> None:
    whole = finished.chart()["shown"]
    _point_at_curve(finished)
    finished.page.mouse.wheel(0, -300)
    finished.page.wait_for_timeout(200)
    assert finished.chart()["shown"] == whole


def test_a_new_run_is_shown_whole(finished: Visitor) -> None:
    """The last of those with a finished run: another follows it."""
    whole = finished.chart()["shown"]
    _drag(finished, 0.4, 0.7)
    finished.until(lambda: finished.chart()["shown"] != whole, "the drag zooms", patience=10)
    finished.train()
    finished.until(lambda: finished.chart()["shown"] == whole and finished.points(), "the next run is shown whole")


def _told(visitor: Visitor) -> dict[str, str]:
    visitor.until(visitor.readout, "the readout speaks", patience=10)
    return visitor.readout()


def _numbers(words: str) -> list[float]:
    return [float(number.replace("−", "-")) for number in re.findall(r"[\d.]+(?:e−?\d+)?", words)]


def _height(visitor: Visitor) -> float:
    return visitor.page.locator(".st-key-curves .root").evaluate("(root) => root.offsetHeight")


def _place(visitor: Visitor, at: float) -> tuple[float, float]:
    """A point of the first panel, `at` its left edge, 0, or its right one, 1."""
    area = visitor.chart_element.locator(".u-over").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    return box["x"] + at * box["width"], box["y"] + 0.5 * box["height"]


def _point_at_curve(visitor: Visitor, at: float = 0.5, clicks: int = 0) -> None:
    x, y = _place(visitor, at)
    visitor.page.mouse.move(x + 3, y + 5)
    visitor.page.mouse.move(x, y)
    if clicks:
        visitor.page.mouse.click(x, y, click_count=clicks)


def _drag(visitor: Visitor, start: float, end: float) -> None:
    _point_at_curve(visitor, start)
    visitor.page.mouse.down()
    visitor.page.mouse.move(*_place(visitor, end), steps=5)
    visitor.page.mouse.up()


def test_a_run_survives_a_lost_connection(visit: Visit, server: Server) -> None:
    with line_to(server.url) as line:
        visitor = visit(line.url)
        visitor.open_lesson(LONG)
        visitor.train()
        visitor.until_moving()
        left_at, first = visitor.step(), visitor.points()[0]
        line.cut()
        visitor.until(lambda: not visitor.connected(), "the page notices")
        assert line.broken
        visitor.page.wait_for_timeout(1000)  # longer than it takes to come back by itself
        line.mend()
        visitor.until(visitor.connected, "the page is back")
        visitor.until(lambda: visitor.step() > left_at, "the run goes on")
        assert visitor.points()[0] == first
        visitor.button("stop").click()
        visitor.until(lambda: visitor.status().startswith("Stopped"), "and can be stopped")
