"""Bytes and seconds of a first visit to a page and of a second one, through a line with a delay of its own.

A proxy between Chromium and the server counts what goes over the wire and delays each direction. Drawn: the page's own
drawings are there. A second visit has the browser's cache of the first.
Use: python benchmarks/first_visit.py [MS_OF_A_ROUND_TRIP ...]; CHROME_BIN may name the browser.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.server import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROUNDS = 3
READY = {  # by page: what is true once its drawings are there
    "/": ".st-key-tiles canvas.picture, .st-key-curves .plots canvas",
    "/draw": ".st-key-pad .verdict",
}
_DRAWN = """(page) => {
  const within = (root, which) => [root, ...[...root.querySelectorAll("*")].flatMap((one) => one.shadowRoot ?? [])]
    .flatMap((one) => [...one.querySelectorAll(which)]);
  if (page === "/draw") return within(document, ".verdict").some((one) => one.textContent.startsWith("Read as"));
  const [picture] = within(document, "canvas.picture");
  return Boolean(picture && picture.width !== 300 && within(document, ".plots canvas").length);
}"""


@dataclass(slots=True)
class Line:
    """A way to the server: bytes counted, each direction late by `delay` seconds."""

    port: int
    delay: float = 0.0
    bytes: int = 0
    here: int = 0
    connections: int = 0
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: bool) -> None:
        loop, late = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

        async def deliver() -> None:
            while True:
                due, data = await late.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                writer.write(data)
                if not data:
                    writer.close()
                    return
                await writer.drain()

        sending = asyncio.create_task(deliver())
        try:
            while data := await reader.read(65536):
                self.bytes += len(data) if counted else 0
                late.put_nowait((loop.time() + self.delay, data))
        finally:
            late.put_nowait((loop.time() + self.delay, b""))
            await sending

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there, thither = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(
            self._carry(reader, thither, counted=False),
            self._carry(there, writer, counted=True),
            return_exceptions=True,
        )

    async def serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.here = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()


def opened(port: int, delay: float) -> Line:
    line, ready = Line(port, delay), threading.Event()
    threading.Thread(target=lambda: asyncio.run(line.serve(ready)), daemon=True).start()
    ready.wait()
    return line


def visit(context: Any, line: Line, page: str) -> tuple[float, int, int]:
    """Seconds until the page is drawn, bytes to the browser until it stands still, requests for modules of our own."""
    tab, before = context.new_page(), line.bytes
    files: list[str] = []
    tab.on("requestfinished", lambda request: files.append(request.url) if "/frontend/" in request.url else None)
    began = time.perf_counter()
    tab.goto(f"http://127.0.0.1:{line.here}{page}", wait_until="commit")
    tab.wait_for_function(_DRAWN, arg=page, polling=20)
    drawn = time.perf_counter() - began
    tab.wait_for_timeout(2500)
    tab.close()
    return drawn, line.bytes - before, len(files)


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROME_BIN") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def main(round_trips: list[int]) -> None:
    print(
        f"{'page':8}{'round trip':>12}{'':3}{'first: kB':>10}{'drawn':>9}{'second: kB':>13}{'drawn':>9}{'modules':>9}"
    )
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, chromium() as browser:
        port = urlsplit(server.url).port or 0
        warm = browser.new_page()
        for page in READY:
            warm.goto(server.url + page)
            warm.wait_for_function(_DRAWN, arg=page)
        warm.close()
        for trip in round_trips:
            line = opened(port, trip / 2000)
            for page in READY:
                rows = []
                for _ in range(ROUNDS):
                    context = browser.new_context(viewport={"width": 1280, "height": 800})
                    rows.append((visit(context, line, page), visit(context, line, page)))
                    context.close()
                (first, second) = zip(*rows, strict=True)
                median = [[statistics.median(column) for column in zip(*one, strict=True)] for one in (first, second)]
                (drawn, sent, files), (again, resent, _) = median
                print(
                    f"{page:8}{trip:9} ms{'':3}{sent / 1000:10,.0f}{drawn:7.2f} s{resent / 1000:13,.0f}{again:7.2f} s"
                    f"{files:9.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [0, 50])
