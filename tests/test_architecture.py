"""The house: which way imports point, what the web process may load, and what a page may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lenet_explain"
SOURCES = sorted(PACKAGE.rglob("*.py")) + sorted((ROOT / "pages").rglob("*.py")) + [ROOT / "app.py"]
PAGES = sorted((ROOT / "pages").rglob("*.py"))

VENDOR = PACKAGE / "frontend" / "vendor"
ELSEWHERE = re.compile(r"""https?://(?!www\.w3\.org/)|['"(]\s*//\w|@import""", re.IGNORECASE)  # another host's address

CORE = (
    *("worked", "activations", "layers", "walk", "paper", "strict_json", "description", "fitting"),
    *("networks", "report", "accuracy"),
)
MAY_IMPORT = {  # worked → activations and layers → walk → networks, and paper beside them
    "worked": (),
    "paper": (),
    "activations": ("worked",),
    "layers": ("layers", "activations", "worked"),
    "walk": ("layers", "activations", "worked"),
    "strict_json": (),
    "description": ("walk", "layers", "activations", "paper", "strict_json"),
    "fitting": ("description", "walk", "layers", "activations", "paper", "worked"),
    "networks": ("fitting", "description", "walk", "layers", "activations", "paper"),
}
WORKER = (
    *("build", "weights", "evaluation", "vision", "mnist", "training"),
    *("jobs/worker", "jobs/tasks", "jobs/gallery", "jobs/preferences", "jobs/attribution", "jobs/descendants"),
)

WITHOUT_TORCH = ("training/recipe", "training/bounds", "training/ranges", "training/event", "training/__init__")


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, also inside functions; type-checking-only imports count too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def place(path: Path) -> str:
    """'training/loop' of lenet_explain/training/loop.py; 'app' of app.py."""
    base = PACKAGE if path.is_relative_to(PACKAGE) else ROOT
    return path.relative_to(base).with_suffix("").as_posix()


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)}


def own_imports(path: Path) -> set[str]:
    return {name for name in imports_of(path) if name.split(".")[0] == "lenet_explain"}


def within(where: str, places: tuple[str, ...]) -> bool:
    return any(where == one or where.startswith(f"{one}/") for one in places)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_streamlit_is_imported_in_app_pages_and_ui_only(path: Path) -> None:
    allowed = within(place(path), ("app", "pages", "ui"))
    assert allowed or "streamlit" not in roots(path)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_plotly_is_imported_in_figures_only(path: Path) -> None:
    assert within(place(path), ("figures",)) or "plotly" not in roots(path)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_torch_is_imported_behind_the_workers_door_only(path: Path) -> None:
    where = place(path)
    if within(where, WORKER) and where not in WITHOUT_TORCH:
        return
    assert not roots(path) & {"torch", "torchvision"}


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_torchvision_has_one_door(path: Path) -> None:
    assert place(path) == "vision" or "torchvision" not in roots(path)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_captum_has_one_door(path: Path) -> None:
    assert place(path) == "jobs/attribution" or not roots(path) & {"captum", "matplotlib"}


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_scikit_learn_has_one_door(path: Path) -> None:
    assert place(path) == "training/baselines" or not roots(path) & {"sklearn", "scipy"}


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_nobody_unpickles_or_asks_for_pandas(path: Path) -> None:
    assert not roots(path) & {"pickle", "dill", "joblib", "pandas", "pyarrow"}
    text = path.read_text("utf-8")
    assert "allow_pickle=True" not in text
    assert "torch.load" not in text
    assert "unsafe_allow_html" not in text


@pytest.mark.parametrize("path", [p for p in SOURCES if within(place(p), CORE)], ids=place)
def test_the_core_stands_on_the_standard_library_and_itself(path: Path) -> None:
    own = own_imports(path)
    assert roots(path) <= set(sys.stdlib_module_names) | {"lenet_explain"}
    assert all(within(name.split(".", 1)[1].replace(".", "/"), CORE) for name in own if "." in name)


@pytest.mark.parametrize("path", [p for p in SOURCES if within(place(p), tuple(MAY_IMPORT))], ids=place)
def test_the_core_imports_only_what_lies_below(path: Path) -> None:
    allowed = next(below for part, below in MAY_IMPORT.items() if within(place(path), (part,)))
    for name in own_imports(path) - {"lenet_explain"}:
        assert within(name.split(".", 1)[1].replace(".", "/"), allowed), name


@pytest.mark.parametrize("path", [p for p in SOURCES if not within(place(p), ("app", "pages", "ui"))], ids=place)
def test_nothing_below_the_pages_knows_them(path: Path) -> None:
    assert not any(name.startswith(("lenet_explain.ui", "pages", "app")) for name in imports_of(path))


@pytest.mark.parametrize("path", [p for p in SOURCES if within(place(p), ("figures",))], ids=place)
def test_figures_know_no_jobs(path: Path) -> None:
    assert not any(name.startswith("lenet_explain.jobs") for name in imports_of(path))


@pytest.mark.parametrize("path", [p for p in SOURCES if within(place(p), ("engine",))], ids=place)
def test_the_engine_stands_on_descriptions_recipes_and_numpy(path: Path) -> None:
    """A plan is made in the web process; of training/ only what is data."""
    allowed = (*CORE, "engine", "start", "datasets", "training/recipe", "training/bounds", "training/ranges")
    assert roots(path) <= set(sys.stdlib_module_names) | {"lenet_explain", "numpy"}
    for name in own_imports(path) - {"lenet_explain", "lenet_explain.engine"}:
        assert within(name.split(".", 1)[1].replace(".", "/"), allowed), name


def test_the_engine_knows_no_network_and_no_layer_by_name() -> None:
    from lenet_explain.networks import NETWORKS

    names = {*NETWORKS, *(layer.name for network in NETWORKS.values() for layer in network.layers)} - {"OUTPUT"}
    known = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)))
    comments = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
    for path in [*PACKAGE.glob("engine/**/*.[ch]"), *PACKAGE.glob("engine/*.js")]:
        assert not (found := known.search(comments.sub("", path.read_text("utf-8")))), (path.name, found)


def test_only_state_touches_the_session() -> None:
    touching = [place(path) for path in SOURCES if "session_state" in path.read_text("utf-8")]
    assert touching == ["ui/state"]


@pytest.mark.parametrize("path", PAGES, ids=place)
def test_a_page_is_a_short_plain_script_in_a_section(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert path.relative_to(ROOT / "pages").parts.__len__() == 2
    assert len(path.read_text("utf-8").splitlines()) <= 80
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Try)]


def test_every_page_is_in_the_table_of_contents_and_the_table_is_short() -> None:
    text = (ROOT / "app.py").read_text("utf-8")
    assert len(text.splitlines()) <= 40
    for path in PAGES:
        assert path.relative_to(ROOT).as_posix() in text


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 250
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= 30, f"{node.name} has {lines} lines"
            given = [one.arg for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in ("self", "cls")]
            assert len(given) <= 5, f"{node.name} takes {len(given)} arguments by position"


def test_the_web_process_loads_neither_torch_nor_pandas() -> None:
    """Every page drawn through app.py, in a process of its own with its queue: some of Streamlit's calls import pandas,
    and a page that brings one of these along is named."""
    program = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "heavy = {'torch', 'torchvision', 'pandas', 'pyarrow', 'sklearn', 'scipy', 'captum', 'matplotlib', 'onnx'}\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        f"for page in {[page.relative_to(ROOT).as_posix() for page in PAGES]!r}:\n"
        "    app.switch_page(page).run()\n"
        "    assert not app.exception and app.title, (page, app)\n"
        "    found = sorted(heavy & set(sys.modules))\n"
        "    if found:\n"
        "        print(page, found)\n"
        "        break\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_no_script_or_style_comes_from_elsewhere() -> None:
    """The app works without a network: no address of another host in what the browser gets."""
    for path in [*PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.css"), *PACKAGE.rglob("*.html"), *SOURCES]:
        if VENDOR not in path.parents:
            assert not ELSEWHERE.search(path.read_text("utf-8")), path


@pytest.mark.parametrize(
    "text",
    ["http://a.org", "'https://a.org'", "url(//a.org/x.png)", 'url( "//a.org")', "from '//a.org/x.js'", "@import 'x'"],
)
def test_an_address_elsewhere_is_noticed(text: str) -> None:
    assert ELSEWHERE.search(text)


@pytest.mark.parametrize("text", ["http://www.w3.org/2000/svg", "url(#shade)", "a(b) // a comment", "n = 7 // 2"])
def test_an_address_that_nobody_fetches_is_let_pass(text: str) -> None:
    assert not ELSEWHERE.search(text)
