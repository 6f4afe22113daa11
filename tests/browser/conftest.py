"""One server and one Chromium for all these tests; a visitor of their own for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .server import Server, running
from .visitor import LAPTOP, SHORT, Visit, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)  # the first opens a page with a quarter less work
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
EMPTIED = "() => { try { localStorage.clear(); return true } catch { return false } }"


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
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("server")) as server:
        yield server


class Devices:
    """Laptops and phones, with what browsers keep of a site's scripts, for one visitor after the other. Who comes next
    finds no cookies and no local storage of the last one."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}

    def take(self, device: dict[str, Any]) -> BrowserContext:
        free = self._free.get(repr(device))
        return free.pop() if free else self._browser.new_context(**device)

    def give_back(self, device: dict[str, Any], visitor: Visitor, *, sound: bool) -> None:
        """Only a page of the site can empty its storage: where there is none any more, or where it is not sound, the
        device goes too."""
        context = visitor.page.context
        if not sound or visitor.page.is_closed() or not visitor.page.evaluate(EMPTIED):
            context.close()
            return
        for page in context.pages:
            page.close()
        context.clear_cookies()
        self._free.setdefault(repr(device), []).append(context)


@pytest.fixture(scope="package")
def devices(browser: Browser) -> Devices:
    return Devices(browser)


@contextmanager
def visits(devices: Devices, server: Server) -> Iterator[Visit]:
    visitors: list[tuple[dict[str, Any], Visitor]] = []

    def visit(url: str = server.url, **device: Any) -> Visitor:
        whole = {"viewport": LAPTOP, "color_scheme": "light", **device}
        visitors.append((whole, Visitor(devices.take(whole), url)))
        return visitors[-1][1]

    with ExitStack() as leaving:
        yield visit
        for device, visitor in visitors:
            leaving.callback(devices.give_back, device, visitor, sound=visitor.url == server.url)
            if visitor.url == server.url:  # the others' server is gone
                leaving.callback(visitor.stop)


@pytest.fixture
def visit(devices: Devices, server: Server) -> Iterator[Visit]:
    """Make a visitor who shares nothing with the others; on a laptop, unless told otherwise."""
    with visits(devices, server) as visit:
        yield visit


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    return visit()


@pytest.fixture(scope="module")
def finished(devices: Devices, server: Server) -> Iterator[Visitor]:
    """A visitor whose short run is over; not to be trained again."""
    with visits(devices, server) as visit:
        visitor = visit()
        visitor.open_lesson(SHORT)
        visitor.train()
        visitor.until_finished()
        yield visitor
