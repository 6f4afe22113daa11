"""What the server hands the browser: the files of frontend/ as they are, of one version, and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import re
from typing import Any

import pytest
from starlette.applications import Starlette
from streamlit import App

from lenet_explain import frontend
from lenet_explain.ui import routes, serving
from lenet_explain.ui.parts.register import register

HOME = f"/frontend/{frontend.version()}"


def answer(path: str, accepts: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, from the app's own routes without Streamlit's around them."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"accept-encoding", accepts.encode())],
    }  # fmt: skip
    asyncio.run(Starlette(routes=routes.routes())(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:])


def test_every_file_is_served_as_it_is_with_its_type_and_for_good() -> None:
    kinds = {"js": "text/javascript", "css": "text/css", "json": "application/json", "wasm": "application/wasm"}
    assert {"tiles/tiles.js", "tiles/tiles.css", "vendor/uplot/uPlot.min.js"} <= set(frontend.files())
    for path in frontend.files():
        status, headers, body = answer(f"{HOME}/{path}")
        assert status == 200
        assert body == (frontend._HERE / path).read_bytes()
        assert headers["content-type"].startswith(kinds[path.rsplit(".", 1)[1]])
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        status, headers, packed = answer(f"{HOME}/{path}", "gzip, br")
        assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
        assert gzip.decompress(packed) == body


@pytest.mark.parametrize(
    "path",
    [
        "/frontend/0123456789abcdef/tiles/tiles.js",  # of another version
        f"{HOME}/nothing.js",
        f"{HOME}/",
        f"{HOME}/__init__.py",
        f"{HOME}/tiles/tiles.html",
        f"{HOME}/package.json",
        f"{HOME}/vendor",
        f"{HOME}/../ui/routes.py",
        f"{HOME}/..%2f..%2fapp.py",
        f"{HOME}//etc/passwd",
        f"{HOME}/vendor/../tiles.js",
    ],
)
def test_anything_else_is_refused_and_the_refusal_is_not_kept(path: str) -> None:
    status, headers, body = answer(path)
    assert status == 404
    assert headers["cache-control"] == "no-store"
    assert b"Reload the page" in body


@pytest.mark.parametrize("base", ["sub/path", "/sub/path/"])
def test_addresses_follow_the_base_path(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving.config, "get_option", {"server.baseUrlPath": base}.get)
    assert answer(f"/sub/path{HOME}/tiles/tiles.js")[0] == 200
    assert answer(f"{HOME}/tiles/tiles.js")[0] == 404


def test_the_version_changes_with_a_name_and_with_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(**files: bytes) -> str:
        monkeypatch.setattr(frontend, "files", lambda: files)
        return frontend.version.__wrapped__()

    found = [version(a=b"1", b=b""), version(a=b"2", b=b""), version(a=b"1", c=b""), version(a=b"", b=b"1")]
    assert len(set(found)) == 4
    assert version(a=b"1", b=b"") == found[0]


def test_what_a_module_needs_is_all_that_it_imports_through_others_too() -> None:
    assert frontend.needed("page/scheme.js") == ("page/scheme.js",)
    entry, *others = frontend.needed("curves/curves.js")
    assert entry == "curves/curves.js"
    assert {"curves/curves_axes.js", "curves/curves_marks.js", "page/moment.js", "vendor/uplot/uPlot.min.js"} <= set(
        others
    )
    assert len(others) == len(set(others))


def test_an_import_of_a_file_that_is_not_served_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "files", lambda: {"a.js": b'import { b } from "./b.js";\n'})
    with pytest.raises(ValueError, match=r"frontend/a\.js imports '\./b\.js': there is no such file"):
        frontend.needed.__wrapped__("a.js")


def test_no_import_is_written_in_a_way_that_is_not_seen() -> None:
    for path, body in frontend.files().items():
        if path.endswith(".js") and not path.startswith("vendor/") and path != "stub.js":
            source = body.decode()
            assert len(re.findall(r"^import\b|^export\b[^=(]*\bfrom\b", source, re.MULTILINE)) == len(
                frontend._IMPORT.findall(source)
            ), path
            assert not re.search(r"\bimport\(", source), path


def test_modules_share_their_state_as_modules_do() -> None:
    for path, body in frontend.files().items():
        if path.endswith(".js") and not path.startswith("vendor/"):
            assert not re.search(r"\b(globalThis|window|self)\.\w+ (\?\?)?= ", body.decode()), path


def test_a_component_has_the_script_markup_and_styles_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(
        "lenet_explain.ui.parts.register.component", lambda name, **parts: given.update(parts, name=name)
    )
    register("draw/pad", "page/controls.css")
    assert given["name"] == "lenet_pad"
    assert given["html"] == frontend.text("draw/pad.html")
    assert given["css"].endswith(frontend.text("page/controls.css") + frontend.text("draw/pad.css"))
    assert given["js"].startswith(frontend.text("stub.js"))
    last = given["js"].strip().splitlines()[-1]
    assert last.startswith(f'export default component("{frontend.version()}", ["draw/pad.js", "')


@pytest.mark.parametrize(("headless", "opened"), [(False, ["http://localhost:8600/sub/path"]), (True, [])])
def test_the_browser_is_opened_where_somebody_sits_before_it(
    headless: bool, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"server.headless": headless, "server.port": 8600, "server.baseUrlPath": "sub/path"}
    usual, found = serving.config.get_option, []
    monkeypatch.setattr(serving.config, "get_option", lambda key: said.get(key, usual(key)))
    monkeypatch.setattr(serving.cli_util, "open_browser", found.append)
    monkeypatch.setattr(serving, "_STARTS", 0)

    async def start() -> None:
        async with serving.lifespan(App("app.py")):
            await asyncio.sleep(0.05)

    asyncio.run(start())
    assert [address.rstrip("/") for address in found] == opened
