"""Train, watch, stop, reset: what moves, what stays, and what a run leaves behind."""

from __future__ import annotations

import re
from collections.abc import Callable

from .line import line_to
from .server import Server
from .visitor import LONG, SHORT, Visit, Visitor

CANVAS = '[data-testid="stEChartsChart"] canvas'


def test_a_run_moves_curve_filters_and_progress_in_place(visitor: Visitor) -> None:
    visitor.open_lesson(SHORT)
    assert visitor.points() == []
    before, chart = visitor.tiles_drawn(), visitor.chart()["id"]
    canvases = [element.element_handle() for element in (visitor.tiles, visitor.page.locator(CANVAS))]
    visitor.train()
    visitor.until(lambda: "Starting" in visitor.status() or visitor.step(), "the progress line follows")
    seen: list[tuple[int, int]] = []

    def watched() -> bool:
        look = (len(visitor.points()), visitor.step())
        if look not in seen:
            seen.append(look)
        return visitor.status().startswith("Finished")

    visitor.until(watched, "the run finishes")
    assert seen == sorted(seen)  # neither the curve nor the steps ever go back
    assert len({step for _, step in seen}) >= 4
    assert visitor.step() == visitor.steps() == visitor.points()[-1][0]
    assert all(handle and handle.evaluate("(canvas) => canvas.isConnected") for handle in canvases)
    assert visitor.chart()["id"] == chart
    visitor.until(lambda: visitor.tiles_drawn() != before, "C1's picture changes")
    assert visitor.faults == []


def test_a_finished_run_reads_nine_of_ten_digits_and_shows_some_of_them(finished: Visitor) -> None:
    page = finished.page
    found = re.fullmatch(r"It reads (\d+) of (\d+) digits that it has not seen", page.inner_text("#results"))
    assert found is not None
    assert int(found[2]) == 355
    assert int(found[1]) / 355 >= 0.9
    page.locator(".js-plotly-plot .bars .point").first.wait_for()
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
    finished.until(finished.tooltip, "a tooltip appears")
    lines = [line.strip() for line in finished.tooltip().splitlines() if line.strip()]
    drawn = finished.chart()["lines"]
    told = {name: lines[lines.index(name) + 1] for name in ("training loss", "test loss", "test accuracy")}
    steps = [
        float(line.removeprefix("step ").replace(",", "")) for line in lines if re.fullmatch(r"(step )?[\d.,]+", line)
    ]
    values = dict(drawn["test loss"])
    assert steps[0] in values
    assert told["test loss"] == f"{values[steps[0]]:.4f}"
    assert told["training loss"] == f"{dict(drawn['training loss'])[steps[0]]:.4f}"
    assert told["test accuracy"] == f"{dict(drawn['test accuracy'])[steps[0]]:.2%}"


def test_the_tooltip_names_the_step_as_a_whole_number(finished: Visitor) -> None:
    _point_at_curve(finished)
    finished.until(finished.tooltip, "a tooltip appears")
    assert re.search(r"step", finished.tooltip())
    assert not re.search(r"^\d+\.00$", finished.tooltip(), flags=re.MULTILINE)


def test_zoom_survives_the_updates_of_a_run(visitor: Visitor) -> None:
    visitor.open_lesson(LONG)
    visitor.train()
    visitor.until_moving()
    _point_at_curve(visitor)
    visitor.page.keyboard.down("Control")  # without it, Streamlit lets a wheel that has just come scroll the page
    visitor.page.mouse.wheel(0, -300)
    visitor.page.keyboard.up("Control")
    seen = [visitor.chart()]

    def zoomed() -> bool:
        seen.append(visitor.chart())
        return seen[-1]["zoom"] != [[0, 100]]

    visitor.until(zoomed, "the wheel zooms", patience=10)
    points = len(seen[-1]["lines"]["test loss"])
    visitor.until(lambda: len(visitor.points()) >= points + 2, "two updates follow")
    assert visitor.chart()["zoom"] == seen[-1]["zoom"]


def test_the_tooltip_stays_while_the_curve_grows(visitor: Visitor) -> None:
    visitor.open_lesson(LONG)
    visitor.train()
    visitor.until_moving()
    _point_at_curve(visitor, at=0.25)
    visitor.until(_tooltip_shown(visitor), "a tooltip appears", patience=10)
    points = len(visitor.points())
    visitor.until(lambda: len(visitor.points()) >= points + 2, "two updates follow")
    assert _tooltip_shown(visitor)()


def _tooltip_shown(visitor: Visitor) -> Callable[[], bool]:
    shown = """(tip) => { const style = getComputedStyle(tip);
      return style.visibility !== "hidden" && style.opacity !== "0" && tip.innerText.trim() !== ""; }"""
    return lambda: any(tip.evaluate(shown) for tip in visitor.chart_element.locator("> div:nth-child(2)").all())


def _point_at_curve(visitor: Visitor, at: float = 0.5) -> None:
    box = visitor.chart_element.bounding_box()
    assert box is not None
    visitor.page.mouse.move(box["x"] + at * box["width"], box["y"] + 70)
    visitor.page.mouse.move(box["x"] + at * box["width"] + 3, box["y"] + 75)


def test_stop_ends_a_run_early_and_reset_brings_the_first_weights_back(visitor: Visitor) -> None:
    visitor.open_lesson(LONG)
    before = visitor.tiles_drawn()
    visitor.train()
    visitor.until_moving()
    assert visitor.button("train").is_disabled()
    assert visitor.button("reset").is_disabled()
    visitor.button("stop").click()
    visitor.until(lambda: visitor.status().startswith("Stopped"), "the run stops")
    assert 0 < visitor.step() < visitor.steps()
    visitor.until(lambda: visitor.button("reset").is_enabled(), "Reset may be pressed")
    assert visitor.tiles_drawn() != before
    assert visitor.button("stop").is_disabled()
    visitor.button("reset").click()
    visitor.until(lambda: visitor.status().startswith("Press Train"), "the page is as before the run")
    visitor.until(lambda: visitor.tiles_drawn() == before, "C1 shows its first weights")
    assert visitor.points() == []
    assert visitor.page.locator("#results").count() == 0
    assert visitor.button("train").is_enabled()
    assert visitor.faults == []


def test_a_run_goes_on_while_its_visitor_reads_another_page(visitor: Visitor) -> None:
    visitor.open_lesson(LONG)
    visitor.train()
    visitor.until_moving()
    left_at = visitor.step()
    _go_to(visitor, "Sources", "The paper")
    visitor.until(lambda: visitor.page.inner_text("h1") == "What the paper says", "the other page opens")
    visitor.idle()
    _go_to(visitor, "Lessons", "Side by side")
    visitor.chart_element.locator("canvas").wait_for()
    visitor.until(lambda: visitor.step() > left_at, "the run goes on")
    assert visitor.points()[0][0] == 0  # from its first step
    assert visitor.in_url()["network"] == "lenet5-dense"
    visitor.button("stop").click()
    visitor.until(lambda: visitor.status().startswith("Stopped"), "and can be stopped")
    assert visitor.faults == []


def _go_to(visitor: Visitor, section: str, page: str) -> None:
    visitor.page.locator('[data-testid="stTopNavSection"]', has_text=section).click()
    visitor.page.locator('[data-testid="stTopNavDropdownLink"]', has_text=page).click()


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
