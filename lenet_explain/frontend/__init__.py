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
_IMPORT = re.compile(r"""^import \{(?P<names>[^}]*)\} from "\./(?P<file>[\w.]+)";$""", flags=re.MULTILINE)
_EXPORT = re.compile(r"^export (?P<what>(?:async )?(?:function\*?|const|let|class)) (?P<name>\w+)", flags=re.MULTILINE)


def text(name: str) -> str:
    """A file of this folder, such as 'tiles.css'."""
    return (_HERE / name).read_text("utf-8")


def bundle(entry: str, *scripts: str) -> str:
    """One script of a module and all that it imports, each of these in a scope of its own; `entry` has the default
    export. scripts: plain ones, which go first.

    Raises ValueError, naming the modules, where they import each other in a circle.
    """
    return "\n".join((*map(text, scripts), *(_scoped(name) for name in _needed(entry)), _rewritten(text(entry))))


def _needed(name: str, above: tuple[str, ...] = ()) -> list[str]:
    """The modules that one needs, each after those that it needs itself."""
    found: list[str] = []
    for other in (match["file"] for match in _IMPORT.finditer(text(name))):
        if other in (*above, name):
            raise ValueError(f"{' imports '.join((*above, name, other))}: modules must not import in a circle")
        found += [one for one in (*_needed(other, (*above, name)), other) if one not in found]
    return found


def _scoped(name: str) -> str:
    source = text(name)
    exported = ", ".join(match["name"] for match in _EXPORT.finditer(source))
    return f"const {_scope(name)} = (() => {{\n{_rewritten(source)}\nreturn {{ {exported} }};\n}})();"


def _rewritten(source: str) -> str:
    """Imports become constants of the modules' scopes, named exports plain declarations."""

    def taken(match: re.Match[str]) -> str:
        return f"const {{{match['names'].replace(' as ', ': ')}}} = {_scope(match['file'])};"

    return _EXPORT.sub(r"\g<what> \g<name>", _IMPORT.sub(taken, source))


def _scope(name: str) -> str:
    return f"_{re.sub(r'[^a-z0-9]', '_', name.removesuffix('.js'))}"


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
