"""The project's sentences: literals of its Python and its JavaScript, texts of lore/*.toml, the prose of the README
and of docs/."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lenet_explain"
_SENTENCE = re.compile(r"[^\W\d_]{2,}['’]?\w* +[^\W\d_]{2,}|[^\W\d_]{2,}[,:] ")  # two words in a row
_CODE = re.compile(r"sans-serif|: absolute;|^\s*(<|@page|body \{|class \w+\(|[\w.-]+\s*\{(?!\}))|\n    def ")
_LITERAL = re.compile(r"""//[^\n]*|/\*.*?\*/|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'""", re.S)
_FILLED = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")

# What looks like a number and is a name, and where in a text something stands: citations say that themselves.
_NAMES = re.compile(
    r"LeNet-\d|\b[CSFB]\d\b|VGG16|Inception-v3|ResNet(?:-\d+)?|Keras 3|JSON Schema 2020-12|float32|uint8|UTF-8|\bA4\b|"
    r"\bL1\b|\b1998\b|0\.0\.0\.0|Python 3\.11|archive|"
    r"\b(?:Eqs?|Figs?|pp?|App|Proc)\.\s?(?:IEEE )?[\dA-Z(]+(?:(?:-|–|, | and )\d+)*\)?|"
    r"\b(?:section|sections|Section|Table|Phase)s? [\d.IVX]+(?:(?: to |, | and )[\d.]+)*|"
    r"(?m:^\d\. )|(?<=[a-z] )(?:19|20)\d\d(?=[).,:;]|$)|\((?:19|20)\d\d\)|doi:\S+|https?://\S+|`[^`]*`"
)
_NUMBER = re.compile(
    r"\d[\d,.]*(?:e-?\d+)?|\b(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|twenty|thirty|"
    r"forty|fifty|sixty|hundred|thousand|million|quarter)s?\b",
    re.I,
)
DENIALS = re.compile(
    r"(?:paper|figure|caption|section)\b[^.;:]*\b(?:not|never|no|nothing|nowhere|without|leaves)\b|\bnobody\b|\bnowhere\b|"
    r"\bnever\b|\bup to [^F\s]",
    re.I,
)


def sentences() -> Iterator[tuple[str, str]]:
    """(file, text): {} stands where a value is filled in."""
    for path in sorted([*PACKAGE.rglob("*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"]):
        yield from ((_named(path), text) for text in _of_python(path))
    for path in sorted(path for path in (PACKAGE / "frontend").rglob("*.js") if "vendor" not in path.parts):
        yield from ((_named(path), text) for text in _of_javascript(path.read_text("utf-8")))
    for path in sorted((PACKAGE / "lore").glob("*.toml")):
        yield from ((_named(path), text) for text in _of_toml(tomllib.loads(path.read_text("utf-8"))))
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        yield from ((_named(path), text) for text in _of_readme(path.read_text("utf-8")))


def numbers(text: str) -> list[str]:
    """Those that a sentence states; 0 and 1 are not among them, and neither are names and places in a text."""
    found = (number.rstrip(".,") for number in _NUMBER.findall(_NAMES.sub(" ", text)))
    return [number for number in found if number not in ("0", "1")]


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _spoken(text: str) -> bool:
    return bool(_SENTENCE.search(text)) and not _CODE.search(text)


def _of_python(path: Path) -> Iterator[str]:
    """All strings but docstrings, those that are joined as one."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            text = node.value
        else:
            continue
        if _spoken(text):
            yield text


def _of_javascript(source: str) -> Iterator[str]:
    for found in _LITERAL.finditer(source):
        text = _FILLED.sub("{}", next(filter(None, found.groups()), ""))
        if _spoken(text):
            yield text


def _of_toml(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("source", "check", "name", "short", "place"):  # where it is from, and what is computed
                yield from _of_toml(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_toml(inner)
    elif isinstance(value, str) and _spoken(value):
        yield value


def _of_readme(text: str) -> Iterator[str]:
    """Paragraphs and items; tables and programs are left out."""
    prose = re.sub(r"(?s:```.*?```|<!--.*?-->)|^\|.*$|^!\[.*$|^\d\. ", "", text, flags=re.M)
    yield from (" ".join(part.split()) for part in re.split(r"\n\s*\n|\n- ", prose) if _spoken(part))
