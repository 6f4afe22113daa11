"""What the browser runs: ES modules and style sheets beside this file, and how Python hands them over.

Streamlit loads a component's script from a blob address, where `import "./x.js"` cannot be resolved: hence `bundle`.
It passes bytes untouched and anything nested in them as text: hence `frame`.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

_HERE = Path(__file__).parent
_IMPORT = re.compile(r"^import .*\n", flags=re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", flags=re.MULTILINE)


def text(name: str) -> str:
    """A file of this folder, such as 'tiles.css'."""
    return (_HERE / name).read_text("utf-8")


def bundle(*names: str) -> str:
    """One script of several modules, in the order of their names; the last one has the default export.

    Imports between them are left out, each on one line by this project's habit; so are the named exports.
    """
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text(name))) for name in names)


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
