"""The living network in headless Chromium: a pass of every network, frames while drawing and pointing, the page's first
answer, and, with minutes given, how the heap grows while somebody draws and points all the time.

Use: python benchmarks/living.py [MINUTES]
Needs Chromium and playwright (requirements-dev.txt). A frame is what requestAnimationFrame says from one to the next;
60 a second are 16.7 ms. Times are of this machine, whatever else it does: repeat it.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lenet_explain.checkpoints.shipped import load_shipped  # noqa: E402
from lenet_explain.figures.living import living_payload  # noqa: E402 — only now can it be found
from lenet_explain.network.named import NETWORKS  # noqa: E402

PASSES, STROKES, MOVES = 400, 120, 300
CHROMIUM = os.environ.get("CHROME_BIN") or shutil.which("chromium") or shutil.which("google-chrome")
FILES = "http://modules.invalid/"  # answered from this folder, by this program
TIMED = """async ([payload, count]) => {
  const { unframe } = await import("/lenet_explain/frontend/page/frame.js");
  const { forward, networkFrom, workspace } = await import("/lenet_explain/frontend/network/network.js");
  const { meta, tensors } = unframe(Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0)));
  const network = networkFrom(meta, tensors);
  const space = workspace(network, network.input.height, network.input.width);
  const times = [];
  for (let pass = 0; pass < count; pass += 1) {
    const pixels = space.input.data.map((_, at) => Math.sin(at * (1 + pass / count)));
    const began = performance.now();
    forward(space, pixels);
    times.push(performance.now() - began);
  }
  return times;
}"""
WATCH = """() => {
  const seen = (globalThis.frames_seen = []);
  let before = performance.now();
  const look = (now) => { seen.push(now - before); before = now; requestAnimationFrame(look); };
  requestAnimationFrame(look);
}"""


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    with sync_playwright() as playwright, _served() as url:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        _passes(page)
        _page(browser.new_page(viewport={"width": 1280, "height": 800}), url, minutes)
        browser.close()


@contextmanager
def _served() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).read()
                break
            except OSError:
                continue
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _passes(page: Page) -> None:
    def answer(route: Route) -> None:
        path = ROOT / route.request.url.removeprefix(FILES)
        body = path.read_bytes() if path.is_file() else b"<p>"
        route.fulfill(body=body, content_type="text/javascript" if path.suffix == ".js" else "text/html")

    page.route(f"{FILES}**", answer)
    page.goto(f"{FILES}none")
    print(f"{'network':14} {'ms a pass':>10} {'p95':>6} {'payload, bytes':>15}")
    for key, network in NETWORKS.items():
        payload = living_payload(network, load_shipped(key)[0])
        times = page.evaluate(TIMED, [base64.b64encode(payload).decode(), PASSES])
        print(f"{key:14} {statistics.median(times):10.2f} {_p95(times):6.2f} {len(payload):15,}")


def _page(page: Page, url: str, minutes: float) -> None:
    page.goto(url)
    page.wait_for_selector("h1")
    page.wait_for_timeout(3000)
    began = time.perf_counter()
    page.goto(f"{url}/draw")
    page.wait_for_selector("h1")
    heading = time.perf_counter()
    page.locator(".st-key-pad .verdict", has_text="Read as").wait_for()
    print(f"/draw: heading after {heading - began:.2f} s, first answer {time.perf_counter() - heading:.2f} s later")
    page.wait_for_timeout(1000)
    page.evaluate(WATCH)
    paper, flow = _boxes(page)
    _report("drawing", page, lambda: _draw(page, paper, STROKES))
    _report("pointing as a hand moves", page, lambda: _sweep(page, flow, MOVES))
    _report("each move to another layer", page, lambda: _point(page, flow, MOVES))
    if minutes:
        _heap(page, paper, flow, minutes)


def _boxes(page: Page) -> tuple[Any, Any]:
    """The paper, and the maps scrolled into sight: they lie below each other, so both are asked for where they are."""
    return page.locator(".st-key-pad .paper"), page.locator(".st-key-flow .canvas")


def _sweep(page: Page, flow: Any, moves: int) -> None:
    """2.5 pixels to the right with each move, slowly down and up again."""
    flow.scroll_into_view_if_needed()
    box = flow.bounding_box()
    for move in range(moves):
        page.mouse.move(box["x"] + 150 + 2.5 * move, box["y"] + 80 + move % 60)


def _draw(page: Page, paper: Any, strokes: int) -> None:
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    page.mouse.move(box["x"] + 90, box["y"] + 60)
    page.mouse.down()
    for stroke in range(strokes):
        page.mouse.move(box["x"] + 60 + (37 * stroke) % 170, box["y"] + 50 + (23 * stroke) % 190, steps=3)
        if stroke % 12 == 11:
            page.mouse.up()
            page.mouse.down()
    page.mouse.up()


def _point(page: Page, flow: Any, moves: int) -> None:
    flow.scroll_into_view_if_needed()
    box = flow.bounding_box()
    for move in range(moves):
        page.mouse.move(box["x"] + (29 * move) % box["width"], box["y"] + 60 + (17 * move) % (box["height"] - 90))


def _report(what: str, page: Page, act: Any) -> None:
    page.evaluate("() => { globalThis.frames_seen.length = 0; }")
    act()
    frames = page.evaluate("() => globalThis.frames_seen.slice(1)")
    print(f"{what}: {len(frames)} frames, median {statistics.median(frames):.1f} ms, p95 {_p95(frames):.1f} ms")


def _heap(page: Page, paper: Any, flow: Any, minutes: float) -> None:
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.enable")
    until = time.perf_counter() + 60 * minutes
    while time.perf_counter() < until:
        for _ in range(3):
            _draw(page, paper, 40)
            page.get_by_role("button", name="Clear").click()
            _point(page, flow, 60)
        client.send("HeapProfiler.collectGarbage")
        used = client.send("Runtime.getHeapUsage")["usedSize"]
        print(f"heap after {minutes - (until - time.perf_counter()) / 60:5.1f} min: {used / 1e6:.1f} MB", flush=True)


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


if __name__ == "__main__":
    main()
