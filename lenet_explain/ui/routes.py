"""What the server answers beside Streamlit's own addresses: the browser's modules, as files."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit import config

from lenet_explain import frontend

_FOREVER = "public, max-age=31536000, immutable"  # the address changes with the contents
_ANOTHER = "Of this version the server has no such file. Reload the page."


def routes() -> list[BaseRoute]:
    """To be given to st.App; they follow server.baseUrlPath, as Streamlit's own addresses do."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return [Route(f"{base and f'/{base}'}/frontend/{{version}}/{{path:path}}", _module)]


def _module(request: Request) -> Response:
    """A file of the version that this process serves; of any other there is none, so that no tab mixes two."""
    path = request.path_params["path"]
    if request.path_params["version"] != frontend.version() or path not in frontend.files():
        return PlainTextResponse(_ANOTHER, status_code=404, headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": _FOREVER, "X-Content-Type-Options": "nosniff"}
    kind = frontend.TYPES[PurePosixPath(path).suffix]
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(frontend.files()[path], media_type=kind, headers=headers)
    headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(_packed(path), media_type=kind, headers=headers)


@cache
def _packed(path: str) -> bytes:
    return gzip.compress(frontend.files()[path], mtime=0)
