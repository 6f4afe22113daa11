"""The browser's modules as it fetches them: below which address, in what order, and of one version only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from lenet_explain.frontend import version

from .line import line_to
from .server import ROOT, free_port, running
from .visitor import Visit, Visitor

_DRAWN = ".st-key-wiring table"
_FETCHED = (
    "() => performance.getEntriesByType('resource').map((one) => one.name).filter((name) => /frontend/.test(name))"
)
_PRELOADED = "() => [...document.querySelectorAll('link[rel=modulepreload]')].map(({ href }) => href)"
_IN_A_WORKER = """async (home) => {
  const source = `import { networkFrom } from "${home}network/network.js"; postMessage(typeof networkFrom);`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
  return new Promise((done, failed) => Object.assign(worker, { onmessage: ({ data }) => done(data), onerror: failed }));
}"""
_STATE = """async (home) => {
  const { live } = await import(`${home}live/live.js`);
  return live().network;
}"""


def fetched(visitor: Visitor) -> list[str]:
    return visitor.page.evaluate(_FETCHED)


def versions(visitor: Visitor) -> set[str]:
    found = [re.search("/frontend/([0-9a-f]+)/", name) for name in fetched(visitor)]
    return {match[1] for match in found if match}


def test_a_page_fetches_its_modules_side_by_side_and_its_drawings_share_them(visitor: Visitor) -> None:
    visitor.open("/table/")  # a page's name and a slash after it, as some links have
    visitor.page.locator(_DRAWN).first.wait_for()
    home = f"{visitor.url}/frontend/{version()}/"
    names = fetched(visitor)
    assert all(name.startswith(home) for name in names)
    assert {name.removeprefix(home) for name in names} >= {
        "wire/wiring.js",
        "live/carrier.js",
        "live/live.js",
        "network/network.js",
    }
    assert len(names) == len(set(names))
    entries = {f"{home}{name}.js" for name in ("page/scheme", "page/visit", "wire/wiring", "live/carrier", "draw/pad")}
    assert set(names) - entries <= set(visitor.page.evaluate(_PRELOADED))
    assert visitor.page.evaluate(_IN_A_WORKER, home) == "function"
    assert visitor.page.evaluate(_STATE, home) == "lenet5"
    assert visitor.faults == []


def test_a_module_that_does_not_come_is_told_in_its_place_and_the_rest_goes_on(visitor: Visitor) -> None:
    visitor.page.route("**/frontend/*/wire/wiring_grid.js", lambda route: route.abort())
    visitor.page.goto(f"{visitor.url}/table")
    told = visitor.page.locator(".st-key-wiring").get_by_role("alert")
    told.wait_for()
    assert "could not be loaded" in told.inner_text()
    visitor.page.locator(".st-key-carrier-main", has_text="runs in your browser").wait_for()
    visitor.page.unroute("**/frontend/*/wire/wiring_grid.js")
    told.get_by_role("button", name="Reload the page").click()
    visitor.page.locator(_DRAWN).first.wait_for()


def test_modules_are_found_below_a_base_path_and_a_proxys_prefix(visit: Visit, tmp_path: Path) -> None:
    with running(tmp_path, base="sub/path") as server, line_to(server.url, "/~/+") as line:
        for root in (server.url, f"{line.url}/sub/path"):
            visitor = visit(root)
            visitor.open("/")  # before that, Streamlit greets a link to another page with "Page not found"
            visitor.open("/table")
            visitor.page.locator(_DRAWN).first.wait_for()
            assert all(name.startswith(f"{root}/frontend/{version()}/") for name in fetched(visitor))
            assert len(fetched(visitor)) > 10
            assert visitor.faults == []


def copied(folder: Path) -> Path:
    """The app in a folder of its own, whose frontend may be changed; the rest are links."""
    package = folder / "lenet_explain"
    package.mkdir()
    for source, target in ((ROOT, folder), (ROOT / "lenet_explain", package)):
        for one in source.iterdir():
            if one.name not in ("lenet_explain", "frontend", "app.py", "__pycache__", ".git"):
                (target / one.name).symlink_to(one)
    shutil.copytree(ROOT / "lenet_explain" / "frontend", package / "frontend")
    shutil.copy(ROOT / "app.py", folder)
    return folder / "app.py"


def test_a_tab_opened_before_an_update_is_told_to_reload_and_mixes_no_versions(visit: Visit, tmp_path: Path) -> None:
    app, port = copied(tmp_path), free_port()
    with running(tmp_path, app, port=port) as server:
        visitor = visit(server.url)
        visitor.open("/")
        visitor.open("/table")
        visitor.page.locator(_DRAWN).first.wait_for()
    [old] = versions(visitor)
    module = tmp_path / "lenet_explain" / "frontend" / "page/dom.js"
    module.write_text(f"{module.read_text('utf-8')}// changed\n", "utf-8")
    with running(tmp_path, app, port=port) as server:
        visitor.until(visitor.connected, "the tab finds the new server")
        visitor.page.keyboard.press("r")  # until something asks the server, the tab goes on as it is
        told = visitor.page.locator(".st-key-wiring").get_by_role("alert")
        told.wait_for()
        assert "This app has been updated since you opened it." in told.inner_text()
        assert versions(visitor) == {old}  # nothing of the new one
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{server.url}/frontend/{old}/page/dom.js")
        told.get_by_role("button", name="Reload the page").click()
        visitor.page.locator(_DRAWN).first.wait_for()
        [new] = versions(visitor)
        assert new != old
