"""The project as a library: its public names, what it needs, and the notebook that shows it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

import lenet_explain

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_public_name_is_there_and_hides_no_folder() -> None:
    for name in lenet_explain.__all__:
        assert getattr(lenet_explain, name) is not None, name
        assert not (ROOT / "lenet_explain" / name / "__init__.py").exists(), name
    assert set(lenet_explain.__all__) <= set(dir(lenet_explain))


def test_counting_loads_no_torch() -> None:
    program = (
        "import sys, lenet_explain as one; print(one.totals(one.walk(one.NETWORKS['lenet5'])).parameters.value);"
        "print(sorted({'torch', 'numpy', 'streamlit', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["60000", "[]"]


def _required(*extras: str) -> dict[str, Requirement]:
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    found = [Requirement(line) for line in lines]
    return {one.name: one for one in found if one.name != PROJECT["name"]}


def test_requirements_and_the_package_ask_for_the_same() -> None:
    pinned = {}
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, version = re.fullmatch(r"([\w-]+)==([\w.]+)", line).groups()  # pyright: ignore[reportOptionalMemberAccess] - a line of another form fails here
            pinned[name] = version
    asked = _required("app", "train")
    assert set(pinned) == set(asked)
    for name, requirement in asked.items():
        assert requirement.specifier.contains(pinned[name]), f"{name} {pinned[name]} is not {requirement}"


def test_without_the_extras_everything_but_training_works() -> None:
    """In a process that finds none of the packages that only the extras ask for."""
    program = (
        "import sys\n"
        f"missing = {sorted(_imported(*(set(_required('app', 'train')) - set(_required()))))!r}\n"
        "sys.modules |= dict.fromkeys(missing)\n"  # an import of any of these raises ImportError
        "import lenet_explain as one\n"
        "net = one.NETWORKS['lenet5']\n"
        "weights, card = one.load_shipped('lenet5')\n"
        "print(one.count(net)['total']['parameters'], card.reached.total, one.load_checkpoint, one.Recipe().seed)\n"
        "print(len(one.pytorch_code(net)), len(one.keras_code(net)), len(one.svg(net)), len(one.csv_table(net)))\n"
        "try: one.train\n"
        "except ImportError as error: print('no', error.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counted, _, trained = done.stdout.splitlines()
    assert counted.startswith("60000 10000 ")
    assert trained == "no torch"


def _imported(*names: str) -> set[str]:
    """By what name each package is imported."""
    others = {"scikit-learn": "sklearn", "opencv-python-headless": "cv2"}
    return {others.get(name, name) for name in names}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client")  # of its own use of paths
def test_the_notebook_runs() -> None:
    notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = "\n".join(str(cell.get("outputs")) for cell in notebook.cells)
    assert "156 + 12 + 1,516" in shown
    assert "test error" in shown
    assert "<script" not in shown
