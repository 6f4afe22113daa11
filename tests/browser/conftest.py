"""One server and one Chromium for all these tests; a visitor of their own for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .server import Server, running
from .visitor import LAPTOP, SHORT, Visit, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)  # the first opens a page with a quarter less work
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def _missing(what: str) -> None:
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(f"{what}, and REQUIRE_BROWSER is set")
    pytest.skip(what)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROME_BIN") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        _missing("no Chromium here: install it or let CHROME_BIN name it")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed: see requirements-dev.txt")
        raise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    """Its front page has been seen once: before that, Streamlit greets a link to another page with "Page not found"."""
    with running(tmp_path_factory.mktemp("server")) as server:
        first = browser.new_page()
        first.goto(server.url)
        first.wait_for_selector("h1")
        first.close()
        yield server


@contextmanager
def visits(browser: Browser, server: Server) -> Iterator[Visit]:
    visitors: list[Visitor] = []

    def visit(url: str = server.url, **device: Any) -> Visitor:
        context = browser.new_context(**{"viewport": LAPTOP, "color_scheme": "light", **device})
        visitors.append(Visitor(context, url))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        if visitor.url == server.url:  # the others' server is gone
            visitor.leave()
        visitor.page.context.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Make a visitor who shares nothing with the others; on a laptop, unless told otherwise."""
    with visits(browser, server) as visit:
        yield visit


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    return visit()


@pytest.fixture(scope="module")
def finished(browser: Browser, server: Server) -> Iterator[Visitor]:
    """A visitor whose short run is over; not to be trained again."""
    with visits(browser, server) as visit:
        visitor = visit()
        visitor.open_lesson(SHORT)
        visitor.train()
        visitor.until_finished()
        yield visitor
