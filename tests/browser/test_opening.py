"""Every page on every kind of screen: nothing fails, nothing is fetched from elsewhere, nothing sticks out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .server import running
from .visitor import LAPTOP, Visit, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Locator

PAGES = {"/": "LeNet-5, side by side", "/paper": "What the paper says"}
DEVICES: dict[str, dict[str, Any]] = {
    "laptop": {"viewport": LAPTOP},
    "projector": {"viewport": {"width": 1024, "height": 768}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
# What is wider than the screen and cannot be reached by scrolling inside itself.
WIDEST = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return [document.documentElement, document.body, main].map((box) => box.scrollWidth - box.clientWidth);
}"""


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_fault_and_fits_the_width(visit: Visit, path: str, device: str) -> None:
    visitor = visit(**DEVICES[device])
    visitor.open_lesson(path) if path == "/" else visitor.open(path)
    assert visitor.page.inner_text("h1") == PAGES[path]
    assert visitor.page.locator('[data-testid="stException"], [data-testid="stEChartsChartError"]').count() == 0
    assert visitor.page.get_by_text("Page not found").count() == 0
    assert visitor.page.evaluate(WIDEST) == [0, 0, 0]
    assert visitor.page.evaluate("innerWidth") == DEVICES[device]["viewport"]["width"]
    assert visitor.faults == []


def test_a_dark_system_gives_a_dark_page_and_dark_drawings(visit: Visit) -> None:
    visitor = visit(**DEVICES["projector"])
    visitor.open_lesson("/?layer=C1")
    background = visitor.page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor"
    )
    assert background == "rgb(18, 22, 29)"
    caption = visitor.page.locator(".st-key-tiles .caption")
    quiet = "rgb(154, 165, 180)"
    visitor.until(lambda: caption.evaluate("(words) => getComputedStyle(words).color") == quiet, "the tiles are dark")


def test_a_laptop_shows_all_four_views_without_scrolling(visitor: Visitor) -> None:
    visitor.open_lesson()
    headings = visitor.page.locator("h3").all()[:4]
    visitor.until(lambda: len({_top(heading) for heading in headings}) == 1, "all four stand side by side")
    views = [visitor.row("shapes", ":first-child"), visitor.row("parameters", ":first-child")]
    for view in (*views, visitor.tiles, visitor.chart_element):
        assert _top(headings[0]) < _top(view) < LAPTOP["height"] * 0.6


def _top(part: Locator) -> int:
    box = part.bounding_box()
    assert box is not None, "it is not on screen"
    return round(box["y"])


def test_the_first_visit_to_a_fresh_server_may_be_a_link_to_the_paper(visit: Visit, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        visitor = visit(server.url)
        visitor.open("/paper")
        assert visitor.page.inner_text("h1") == PAGES["/paper"]
        assert visitor.page.get_by_role("dialog").count() == 0  # such as Page not found
        assert visitor.page.locator('[data-testid="stTopNav"]').count() == 1


def test_a_fault_of_the_program_never_shows_its_traceback(visit: Visit, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text('import streamlit as st\nst.title("Broken")\nraise RuntimeError("the secret path")\n')
    with running(tmp_path, broken) as server:
        visitor = visit(server.url)
        visitor.open("/")
        visitor.page.locator('[data-testid="stException"]').wait_for()
        shown = visitor.page.inner_text("body")
        assert "the secret path" not in shown
        assert "Traceback" not in shown
        assert "broken.py" not in shown
