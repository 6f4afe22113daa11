"""What the browser runs: ES modules, style sheets and markup beside this file, and how Python hands them over.

Modules are served as files, below an address that holds the hash of them all: see ui/routes.py. Streamlit passes bytes
untouched and anything nested in them as text: hence `frame`.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm"}
_HERE = Path(__file__).parent
_IMPORT = re.compile(r"""^(?:import|export)\s(?:[^"';]*?\sfrom\s+)?"(?P<path>\.[^"]+)";""", flags=re.MULTILINE)


def text(name: str) -> str:
    """A file of this folder, such as 'tiles.css'."""
    return (_HERE / name).read_text("utf-8")


@cache
def files() -> Mapping[str, bytes]:
    """What is served, by its path in this folder, such as 'vendor/uplot/uPlot.min.js': read once, so that one process
    serves one version, whatever becomes of the folder."""
    paths = sorted(path for path in _HERE.rglob("*") if path.suffix in TYPES and path.name != "package.json")
    return MappingProxyType({path.relative_to(_HERE).as_posix(): path.read_bytes() for path in paths})


@cache
def version() -> str:
    """The hash of all that is served: names and contents."""
    whole = hashlib.sha256()
    for name, body in files().items():
        whole.update(f"{name} {len(body)}\n".encode() + body)
    return whole.hexdigest()[:16]


@cache
def needed(name: str) -> tuple[str, ...]:
    """A module and all that it imports, directly or through others, each once: what a browser has to fetch.

    Raises ValueError, naming both files, where a module imports what is not served.
    """
    found, left = [name], [name]
    while left:
        one = left.pop()
        for match in _IMPORT.finditer(files()[one].decode()):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(one), match["path"]))
            if other not in files():
                raise ValueError(f"frontend/{one} imports {match['path']!r}: there is no such file")
            if other not in found:
                found.append(other)
                left.append(other)
    return tuple(found)


def frame(meta: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> bytes:
    """One payload: length of the JSON (uint32, little endian), the JSON, then every tensor, little endian: as float32,
    after those the ones that are float16 already, as float16.

    The JSON is `meta` with the keys `tensors` and, where there are any, `halves`: lists of (name, shape) in the order
    of the bytes. frame.js reads it.
    Raises ValueError if meta holds NaN or infinity, which JSON has no word for; tensors may.
    """
    halves = {name: array for name, array in tensors.items() if array.dtype == np.float16}
    whole = {name: array for name, array in tensors.items() if name not in halves}
    shapes = {"tensors": _shapes(whole), **({"halves": _shapes(halves)} if halves else {})}
    head = json.dumps({**meta, **shapes}, ensure_ascii=False, allow_nan=False).encode()
    body = [np.ascontiguousarray(array, dtype="<f4").tobytes() for array in whole.values()]
    body += [np.ascontiguousarray(array, dtype="<f2").tobytes() for array in halves.values()]
    return b"".join((struct.pack("<I", len(head)), head, *body))


def _shapes(tensors: Mapping[str, np.ndarray]) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, array.shape) for name, array in tensors.items()]
