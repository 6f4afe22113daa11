"""The browser's components: each is registered once, by the name that its files in frontend/ share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from streamlit.components.v2 import component

from lenet_explain.frontend import files, needed, text, version

_HIDDEN = """\
:host(:not([data-drawn])) {
  visibility: hidden; /* no half-empty markup while the module is on its way */
}
"""


def register(name: str, *styles: str) -> Callable[..., Any]:
    """The component that name.js draws in the markup of name.html, dressed by name.css, if there is one; name: its path
    in frontend/ without an ending, such as 'tiles/tiles'.

    styles: sheets that go before it, such as 'page/controls.css'. Call what this returns to put it on a page.
    """
    css = _HIDDEN + "".join(text(one) for one in (*styles, f"{name}.css") if one in files())
    return component(f"lenet_{PurePosixPath(name).name}", html=text(f"{name}.html"), css=css, js=_script(f"{name}.js"))


def _script(module: str) -> str:
    which = f"{json.dumps(version())}, {json.dumps(needed(module))}"
    return f"{text('stub.js')}\nexport default component({which});\n"
