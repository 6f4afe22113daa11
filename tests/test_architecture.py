"""The house: which way imports point, what the web process may load, and what a page may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lenet_explain"
SOURCES = sorted(PACKAGE.rglob("*.py")) + sorted((ROOT / "pages").rglob("*.py")) + [ROOT / "app.py"]
PAGES = sorted((ROOT / "pages").rglob("*.py"))

VENDOR = PACKAGE / "frontend" / "vendor"
ELSEWHERE = re.compile(r"""https?://(?!www\.w3\.org/)|['"(]\s*//\w|@import""", re.IGNORECASE)  # another host's address

# Which rooms of lenet_explain/ a room may import from: arrows go down only. A room is a folder, jobs/tasks/ one of its
# own. The core, the rooms that stand on the standard library alone, comes first.
CORE = ("paper", "network", "recipes")
ROOMS = {
    "paper": (),
    "network": ("paper",),
    "recipes": ("network", "paper"),
    "descendants": ("network",),
    "data": ("network", "paper"),
    "pictures": ("paper",),
    "backends": ("network", "paper", "recipes"),
    "engine": ("backends", "data", "network", "paper", "recipes"),
    "results": ("backends", "data", "network", "paper", "recipes"),
    "checkpoints": ("backends", "data", "network", "recipes", "results"),
    "counts": ("checkpoints", "network", "recipes", "results"),
    "export": ("backends", "network", "results"),
    "lore": ("descendants", "network", "paper", "recipes", "results"),
    "quiz": ("network", "paper", "results"),
    "frontend": (),
    "figures": ("backends", "data", "descendants", "frontend", "lore", "network", "paper", "recipes", "results"),
    "training": ("backends", "checkpoints", "data", "lore", "network", "paper", "recipes", "results"),
    "jobs": ("backends", "checkpoints", "recipes", "results"),
    "jobs/tasks": (
        *(
            "backends",
            "checkpoints",
            "data",
            "descendants",
            "jobs",
            "lore",
            "network",
            "recipes",
            "results",
            "training",
        ),
    ),
}
PROGRAMS = ("jobs/worker", "__main__", "__init__")  # they bring rooms together that do not know each other

DESCRIPTION = {  # inside network/: worked → activations and layers → walk → named
    "network/worked": (),
    "network/strict_json": (),
    "network/activations": ("worked",),
    "network/layers": ("layers", "activations", "worked"),
    "network/html_table": (),
    "network/walk": ("html_table", "layers", "activations", "worked"),
    "network/description": ("walk", "layers", "activations", "strict_json"),
    "network/alternatives": ("description", "walk", "layers"),
    "network/fitting": ("alternatives", "description", "walk", "layers", "activations", "worked"),
    "network/named": ("fitting", "description", "walk", "layers", "activations", "strict_json"),
}
TORCH = (
    *(
        "backends/torch_engine",
        "backends/torch_loss",
        "backends/torch_module",
        "backends/torch_weights",
        "backends/threads",
    ),
    *("data/vision", "training", "jobs/tasks"),
)


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's syntax tree, parsed once for all rules."""
    return tuple(ast.walk(ast.parse(text_of(path))))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Every module that a file imports, also inside functions; type-checking-only imports count too."""
    found: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def place(path: Path) -> str:
    """'training/loop' of lenet_explain/training/loop.py; 'app' of app.py."""
    base = PACKAGE if path.is_relative_to(PACKAGE) else ROOT
    return path.relative_to(base).with_suffix("").as_posix()


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)}


def own_imports(path: Path) -> set[str]:
    return {name for name in imports_of(path) if name.split(".")[0] == "lenet_explain"}


def for_each(paths: Sequence[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """A rule about one file becomes one test about all of them, which names every file that breaks it and how."""

    def looking(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            assert paths, "there is no file to look at"
            broken = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as error:
                    broken.append(f"{place(path)}: {str(error).splitlines()[0] if str(error) else 'no reason given'}")
            if broken:
                raise AssertionError("\n".join(broken))

        test.__name__, test.__doc__ = rule.__name__, rule.__doc__
        return test

    return looking


def within(where: str, places: tuple[str, ...]) -> bool:
    return any(where == one or where.startswith(f"{one}/") for one in places)


@for_each(SOURCES)
def test_streamlit_is_imported_in_app_pages_and_ui_only(path: Path) -> None:
    allowed = within(place(path), ("app", "pages", "ui"))
    assert allowed or "streamlit" not in roots(path)


@for_each(SOURCES)
def test_plotly_is_imported_in_figures_only(path: Path) -> None:
    assert within(place(path), ("figures",)) or "plotly" not in roots(path)


@for_each(SOURCES)
def test_torch_is_imported_behind_the_workers_door_only(path: Path) -> None:
    assert within(place(path), TORCH) or not roots(path) & {"torch", "torchvision"}


@for_each(SOURCES)
def test_torchvision_has_one_door(path: Path) -> None:
    assert place(path) == "data/vision" or "torchvision" not in roots(path)


@for_each(SOURCES)
def test_captum_has_one_door(path: Path) -> None:
    assert place(path) == "jobs/tasks/attribution" or not roots(path) & {"captum", "matplotlib"}


@for_each(SOURCES)
def test_opencv_stays_in_the_readers_process(path: Path) -> None:
    seen_by_the_web = ("pictures/__init__", "pictures/interface", "pictures/client", "pictures/wire")
    if "cv2" in roots(path):
        assert within(place(path), ("pictures",))
        assert place(path) not in seen_by_the_web


@for_each(SOURCES)
def test_scikit_learn_has_one_door(path: Path) -> None:
    assert place(path) == "training/baselines" or not roots(path) & {"sklearn", "scipy"}


@for_each(SOURCES)
def test_nobody_unpickles_or_asks_for_pandas(path: Path) -> None:
    assert not roots(path) & {"pickle", "dill", "joblib", "pandas", "pyarrow"}
    text = text_of(path)
    assert "allow_pickle=True" not in text
    assert "torch.load" not in text
    assert "unsafe_allow_html" not in text


def room(name: str) -> str:
    """'jobs/tasks' of 'jobs/tasks/table', 'network' of 'network/layers/dense'."""
    return "jobs/tasks" if within(name, ("jobs/tasks",)) else name.partition("/")[0]


def below(path: Path) -> set[str]:
    """The places in lenet_explain/ that a file imports from, such as 'network/walk'."""
    return {name.split(".", 1)[1].replace(".", "/") for name in own_imports(path) if "." in name}


@for_each([p for p in SOURCES if not within(place(p), ("app", "pages", "ui", *PROGRAMS))])
def test_a_room_imports_from_the_rooms_below_it_only(path: Path) -> None:
    here = room(place(path))
    assert here in ROOMS, "it is in no known room"
    found = {room(name) for name in below(path)} - {here, *ROOMS[here]}
    assert not found, f"{here} may not import from {', '.join(sorted(found))}"


def test_the_arrows_between_rooms_go_in_no_circle() -> None:
    for number, (here, others) in enumerate(ROOMS.items()):
        assert set(others) <= set(list(ROOMS)[:number]), here


def test_every_arrow_is_gone_by_some_import() -> None:
    gone = {(room(place(path)), room(name)) for path in SOURCES if path.is_relative_to(PACKAGE) for name in below(path)}
    assert [(here, other) for here, others in ROOMS.items() for other in others if (here, other) not in gone] == []


@for_each([p for p in SOURCES if within(place(p), CORE)])
def test_the_core_stands_on_the_standard_library_and_itself(path: Path) -> None:
    assert roots(path) <= set(sys.stdlib_module_names) | {"lenet_explain"}


@for_each([p for p in SOURCES if within(place(p), tuple(DESCRIPTION))])
def test_the_description_is_built_from_below(path: Path) -> None:
    allowed = next(others for part, others in DESCRIPTION.items() if within(place(path), (part,)))
    for name in below(path):
        assert within(name, ("paper", *(f"network/{one}" for one in allowed))) or name == "network", name


@for_each([p for p in SOURCES if not within(place(p), ("app", "pages", "ui"))])
def test_nothing_below_the_pages_knows_them(path: Path) -> None:
    assert not any(name.startswith(("lenet_explain.ui", "pages", "app")) for name in imports_of(path))


@for_each([p for p in SOURCES if within(place(p), ("engine",))])
def test_the_engine_stands_on_numpy(path: Path) -> None:
    """Its plan is made in the web process."""
    assert roots(path) <= set(sys.stdlib_module_names) | {"lenet_explain", "numpy"}


def test_the_engine_knows_no_network_and_no_layer_by_name() -> None:
    from lenet_explain.network.named import NETWORKS

    names = {*NETWORKS, *(layer.name for network in NETWORKS.values() for layer in network.layers)} - {"OUTPUT"}
    known = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)))
    comments = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
    for path in [*PACKAGE.glob("engine/**/*.[ch]"), *PACKAGE.glob("engine/*.js")]:
        assert not (found := known.search(comments.sub("", path.read_text("utf-8")))), (path.name, found)


def test_only_state_touches_the_session() -> None:
    touching = [place(path) for path in SOURCES if "session_state" in text_of(path)]
    assert touching == ["ui/visit/state"]


@for_each(PAGES)
def test_a_page_is_a_short_plain_script_in_a_section(path: Path) -> None:
    assert path.relative_to(ROOT / "pages").parts.__len__() == 2
    assert len(text_of(path).splitlines()) <= 80
    assert not [node for node in nodes_of(path) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Try)]


def test_every_page_is_in_the_table_of_contents_and_the_table_is_short() -> None:
    text = (ROOT / "app.py").read_text("utf-8")
    assert len(text.splitlines()) <= 50
    for path in PAGES:
        assert path.relative_to(ROOT).as_posix() in text


@for_each(SOURCES)
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert len(text_of(path).splitlines()) <= 300
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= 30, f"{node.name} has {lines} lines"
            given = [one.arg for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in ("self", "cls")]
            assert len(given) <= 5, f"{node.name} takes {len(given)} arguments by position"


def test_a_rule_about_files_names_each_file_that_breaks_it() -> None:
    @for_each(SOURCES[:3])
    def rule(path: Path) -> None:
        assert path == SOURCES[1], "it is another"

    with pytest.raises(AssertionError) as found:
        rule()
    told = str(found.value).splitlines()
    assert [line for line in told if "it is another" in line] == told
    assert [line.partition(":")[0] for line in told] == [place(SOURCES[0]), place(SOURCES[2])]


def test_the_web_process_loads_neither_torch_nor_pandas() -> None:
    """Every page drawn through app.py, in a process of its own with its queue: some of Streamlit's calls import pandas,
    and a page that brings one of these along is named."""
    program = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "heavy = {'torch', 'torchvision', 'pandas', 'pyarrow', 'sklearn', 'scipy', 'captum', 'matplotlib', 'onnx'}\n"
        "heavy.add('cv2')\n"
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


NAMES_A_FILE = {  # where a text that is not written there becomes part of a path, and why it may
    "checkpoints/shipped": "the key is looked up among the named networks first",
    "training/reproduce": "the command line's own choices, beside --out",
    "data/mnist_files": "the four files' names",
    "data/mnist": "the four files' names, and torchvision's folder",
    "data/datasets": "folders that the environment names",
    "jobs/machine": "the kernel's files of this process",
    "frontend/__init__": "names of the files that lie in this folder",
}


PLACE = re.compile(r"path|folder|here|root|raw|out$|dir", re.IGNORECASE)


def joined(path: Path) -> bool:
    """Whether a file puts a path together of anything but texts written there."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                texts = [isinstance(one, ast.JoinedStr | ast.Constant) and not _number(one) for one in (left, right)]
                looks = any(texts) or PLACE.search(ast.unparse(left))
                if looks and not isinstance(right, ast.Constant):
                    return True
            case ast.Call(func=ast.Name(id="Path"), args=[one]) if not isinstance(one, ast.Constant | ast.Name):
                return True
            case ast.Call(func=ast.Attribute(attr="joinpath" | "with_name" | "with_stem"), args=[one]):
                if not isinstance(one, ast.Constant):
                    return True
            case ast.Call(func=ast.Name(id="open")):
                return True
    return False


def _number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_paths_are_put_together_at_known_doors_only(path: Path) -> None:
    assert not joined(path) or place(path) in NAMES_A_FILE
