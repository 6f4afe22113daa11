"""What goes wrong around a run, and what its visitor reads and can do about it.

All of it happens on one server with one core, of which nobody keeps a visit for longer than a second after its
connection is gone; its data folder is a file, so that no download begins.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .line import Line, line_to
from .server import Server, free_port, running
from .visitor import LAPTOP, LONG, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IN_LINE = re.compile(r"Number (\d) of (\d) in the queue: its turn comes in (?:about )?(\d+) (s|minutes)")


class House:
    """The server, which can be killed and started again in the same place; browsers and their tabs."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        (folder / "data").write_text("not a folder", "utf-8")
        self.folder, self._browser, self._port = folder, browser, free_port()
        self._server, self._tabs = ExitStack(), ExitStack()
        self.start()

    def start(self) -> None:
        whole = running(self.folder, cores=1, port=self._port, more=["--server.disconnectedSessionTTL=1"])
        self.server: Server = self._server.enter_context(whole)

    def kill(self) -> None:
        os.kill(self.server.pid, signal.SIGKILL)
        self._server.close()

    def tabs(self, *urls: str) -> list[Visitor]:
        """Of one browser."""
        context = self._browser.new_context(viewport=LAPTOP)
        self._tabs.callback(context.close)
        return [Visitor(context, url or self.server.url) for url in urls]

    def close(self) -> None:
        self._tabs.close()
        self._server.close()


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"), browser)
    yield house
    house.close()


@pytest.fixture(scope="module")
def line(house: House) -> Iterator[Line]:
    with line_to(house.server.url) as line:
        yield line


@pytest.fixture(scope="module")
def ann(house: House, line: Line) -> list[Visitor]:
    """Two tabs of one browser; the second one's line can be cut."""
    return house.tabs("", line.url)


@pytest.fixture(scope="module")
def bob(house: House) -> list[Visitor]:
    """Two tabs of another."""
    return house.tabs("", "")


def told(visitor: Visitor, words: str) -> str:
    visitor.until(lambda: any(words in alert for alert in visitor.alerts()), f"the visitor reads {words!r}")
    return " ".join(visitor.alerts())


def place(visitor: Visitor) -> tuple[int, int]:
    """The place in the queue, and how many wait; zeros while it is not told."""
    found = IN_LINE.match(visitor.status())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def wait(visitor: Visitor) -> float:
    """Seconds that the visitor is told to wait."""
    found = IN_LINE.match(visitor.status())
    assert found, visitor.status()
    return float(found[3]) * (60 if found[4] == "minutes" else 1)


def test_what_fails_says_why_and_what_works_goes_on(house: House, ann: list[Visitor]) -> None:
    visitor = ann[0]
    visitor.open_lesson("/?data=mnist&network=lenet5-dense&layer=C1&epochs=100")
    assert visitor.button("train").is_disabled()
    visitor.button("fetch").click()
    told(visitor, str(house.folder / "data"))
    visitor.until(lambda: visitor.button("fetch").is_enabled(), "it may be tried again")
    visitor.choose("data", "digits")
    visitor.train()
    visitor.until_moving()
    points = len(visitor.points())
    house.server.tell_workers(signal.SIGKILL)
    words = told(visitor, "The training process was ended by the system (signal 9)")
    assert "start again" in words
    assert len(visitor.points()) >= points  # what was learned stays on screen
    visitor.train()
    visitor.until_moving()
    assert visitor.alerts() == []
    assert visitor.faults == []


def test_everyone_waits_in_sight_and_in_turn_and_a_frozen_worker_is_told(
    house: House, ann: list[Visitor], bob: list[Visitor]
) -> None:
    """Ann's first tab is training."""
    first, second = ann
    second.open_lesson(LONG)
    second.train()
    second.until(lambda: place(second) == (1, 1), "a second tab waits in sight")
    assert second.points() == []
    left = re.search(r"([\d,]+) s left", first.status())
    assert left, first.status()
    assert 0.2 < wait(second) / float(left[1].replace(",", "")) < 5  # by the progress of what runs, not the limit
    house.server.tell_workers(signal.SIGSTOP)
    bob[0].open_lesson(LONG)
    bob[0].train()
    bob[0].until(lambda: place(bob[0]) == (1, 2), "another browser's first run comes before this one's second")
    second.until(lambda: place(second) == (2, 2), "which is told so")
    told(first, "No sign of life from the training process")
    first.button("stop").click()
    first.until(lambda: first.status().startswith("Stopped"), "and stopped all the same")
    bob[0].until(lambda: place(bob[0]) == (0, 0), "the next one's turn")
    second.until(lambda: place(second) == (1, 1), "and nobody else's")
    assert first.faults == second.faults == bob[0].faults == []
    bob[0].page.close()
    bob[1].open()  # without this, the closed tab is waited for
    second.until_moving()


def test_a_run_that_is_lost_is_told_with_its_reason_and_started_again_from_anywhere(
    house: House, line: Line, ann: list[Visitor]
) -> None:
    """The second tab of Ann's is training; the first one is closed."""
    first, visitor = ann
    first.page.close()
    visitor.go_to("Training lab", "Your runs")
    visitor.until(lambda: visitor.page.locator("h1", has_text="Your runs").count(), "another page")
    [ghost] = house.server.workers()
    visitor.page.reload()
    words = told(visitor, "had reached step")
    assert "the page was loaded anew" in words
    visitor.until(lambda: ghost not in house.server.workers(), "nobody's run is ended")
    visitor.button("start-again").click()
    visitor.until_moving()
    assert visitor.alerts() == []
    line.cut()
    visitor.until(lambda: not visitor.connected(), "the page notices")
    visitor.page.wait_for_timeout(1500)
    line.mend()
    words = told(visitor, "is lost")
    assert "the connection was gone for so long" in words
    visitor.button("start-again").click()
    visitor.until(lambda: visitor.button("stop").is_enabled(), "it starts")
    house.kill()
    visitor.until(lambda: not visitor.connected(), "the page notices")
    house.start()
    words = told(visitor, "is lost")
    assert "the server was restarted" in words
    visitor.button("start-again").click()
    visitor.until_moving()
