"""A visitor: one tab, what can be seen in it, and what went wrong in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response, ViewportSize

SHORT = "/?network=lenet5-dense&layer=C1&epochs=3"
LONG = "/?network=lenet5-dense&layer=C1&epochs=100"  # to be stopped: it lasts long enough to look at it
LAPTOP: ViewportSize = {"width": 1280, "height": 800}

IDLE = '[data-testid="stApp"][data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
_UNDRAWN = '[data-testid="stBidiComponentIsolated"]:not([data-drawn])'
PATIENCE = 150  # seconds; for a machine that is busy, not a promise of speed
LOOK = 120  # ms between two looks, each of which costs the page and the test a few milliseconds

_CHART = """(plots) => {
  const [loss, accuracy, gradient] = plots.charts;
  const { min, max } = loss.scales.x;
  return {
    titles: [...plots.querySelectorAll(".title")].map((title) => title.textContent),
    steps: loss.data[0],
    lines: {
      "training loss": loss.data[1],
      "test loss": loss.data[2],
      "training accuracy": accuracy.data[1],
      "test accuracy": accuracy.data[2],
      "gradient": gradient.data[1].map((exponent) => exponent && 10 ** exponent),
    },
    shown: [min, max],
  };
}"""

_LIVE = """async (program) => {
  const module = document.head.querySelector("link[rel=modulepreload][href$='/live/live.js']");
  return module ? program(await import(module.href)) : null;
}"""

# On a page of its own path, Streamlit's script first looks for the server below that path, then where it is.
_STREAMLIT_LOOKS = re.compile(r"//.+/[a-z]+/_stcore/(health|host-config)$")

Visit = Callable[..., "Visitor"]  # see the fixture visit


class Visitor:
    """faults: page errors, console errors, failed requests and requests to any host but the server."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.faults: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        self.page.on("console", self._hear)
        self.page.on("request", self._ask)
        self.page.on("response", self._receive)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _STREAMLIT_LOOKS.search(str(message.location.get("url"))):
            self.faults.append(f"console: {message.text}")

    def _ask(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.url).netloc:
            self.faults.append(f"request to another host: {request.url}")

    def _receive(self, response: Response) -> None:
        if response.status >= 400 and not _STREAMLIT_LOOKS.search(response.url):
            self.faults.append(f"answer {response.status}: {response.url}")

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_selector("h1")
        self.idle()

    def go_to(self, section: str, page: str) -> None:
        """By the navigation, so that the visit goes on."""
        self.page.locator('[data-testid="stTopNavSection"]', has_text=section).click()
        self.page.locator('[data-testid="stTopNavDropdownLink"]', has_text=page).click()

    def idle(self) -> None:
        """Wait until the page stands still and its components are drawn; not during a run, where it never does for
        long."""
        self.page.wait_for_selector(IDLE)
        self.page.wait_for_selector(_UNDRAWN, state="detached")

    def connected(self) -> bool:
        return self.page.locator('[data-testid="stApp"][data-test-connection-state="CONNECTED"]').count() == 1

    def open_lesson(self, path: str = "/") -> None:
        """Open the first lesson and wait until its drawings are there."""
        self.open(path)
        self.tiles.or_(self.note).first.wait_for()
        self.chart_element.locator("canvas").first.wait_for()

    def until(self, condition: Callable[[], Any], claim: str, patience: float = PATIENCE) -> None:
        for _ in range(int(1000 * patience / LOOK)):
            if condition():
                return
            self.page.wait_for_timeout(LOOK)
        raise AssertionError(f"{claim}: not within {patience} s. On screen: {self.status()!r}, {self.alerts()}")

    @property
    def tiles(self) -> Locator:
        return self.page.locator(".st-key-tiles canvas.picture")

    @property
    def note(self) -> Locator:
        return self.page.locator(".st-key-tiles .note")

    def tiles_drawn(self) -> str:
        """The picture itself, as a data URL."""
        return self.tiles.evaluate("(canvas) => canvas.toDataURL()")

    @property
    def chart_element(self) -> Locator:
        return self.page.locator(".st-key-curves .plots")

    def chart(self) -> dict[str, Any]:
        """titles, steps, lines: values by name, shown: the first and the last step on screen."""
        return self.chart_element.evaluate(_CHART)

    def points(self) -> list[list[float | None]]:
        """[step, test loss] as drawn."""
        chart = self.chart()
        return [list(point) for point in zip(chart["steps"], chart["lines"]["test loss"], strict=True)]

    def readout(self) -> dict[str, str]:
        """What is written at the cursor, by its first word: step, loss, accuracy, gradient; empty without a cursor."""
        parts = self.page.locator(".st-key-curves .readout .part").all_inner_texts()
        return {name: words for name, _, words in (part.partition(" ") for part in parts)}

    def button(self, name: str) -> Locator:
        return self.page.locator(f".st-key-{name} button:visible")  # one with a tooltip is there twice

    def choose(self, key: str, option: str) -> None:
        """Of a list that opens."""
        self.page.locator(f".st-key-{key} input").click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def train(self) -> None:
        self.button("train").and_(self.page.locator(":enabled")).click()

    def stop(self) -> None:
        """A run that goes on is stopped, so that it is in nobody's way."""
        stop = self.button("stop").and_(self.page.locator(":enabled"))
        if not self.page.is_closed():
            # a click as the page's own, which does nothing where the run has just ended and the button with it
            stop.evaluate_all("(buttons) => buttons.forEach((button) => button.click())")
            self.until(lambda: not stop.count(), "the run stops")

    def status(self) -> str:
        return " ".join(self.page.locator('[data-testid="stProgress"]').all_inner_texts()).strip()

    def alerts(self) -> list[str]:
        return self.page.locator('[data-testid="stAlert"]').all_inner_texts()

    def step(self) -> int:
        """How many steps the visitor is told have been taken; 0 before the first."""
        return self._steps()[0]

    def steps(self) -> int:
        """How many steps the visitor is told the run will take; 0 before the first."""
        return self._steps()[1]

    def _steps(self) -> tuple[int, int]:
        found = re.search(r"[Ss]tep ([\d,]+) of ([\d,]+)", self.status())
        done, of = (int(number.replace(",", "")) for number in found.groups()) if found else (0, 0)
        return done, of

    def until_moving(self, points: int = 3) -> None:
        """Wait until a run has told of itself a few times."""
        self.until(lambda: len(self.points()) >= points and self.step() > 0, "the run moves")

    def until_finished(self) -> None:
        self.until(lambda: self.status().startswith("Finished"), "the run finishes")
        self.page.locator("#results").wait_for()

    def live(self, program: str) -> Any:
        """What a function in JavaScript makes of the exports of live.js, the state that all drawings share; None where
        the page has no such drawings yet."""
        return self.page.evaluate(f"() => ({_LIVE})({program})")

    def chosen(self, view: str) -> str | None:
        """The layer that a ladder marks; view: shapes or parameters."""
        return self.row(view, '[aria-selected="true"]').get_attribute("data-name")

    def row(self, view: str, which: str) -> Locator:
        return self.page.locator(f".st-key-{view} [role=option]{which}")

    def in_url(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}
