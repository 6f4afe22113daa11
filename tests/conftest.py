"""What several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest
from visit import Scripted, in_place


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder, where app.py lies."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _scripts_run_without_what_does_not_concern_them() -> Iterator[None]:
    """Each AppTest looks for components in every installed package, and finds the same; after each script Streamlit
    clears Keras' session, once some test has imported Keras, which collects all garbage: four fifths of their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """The app's queue for one test; what the test says of a job is so."""
    scripted = Scripted()
    with in_place(scripted, monkeypatch):
        yield scripted


@pytest.fixture
def app(root: Path) -> AppTest:
    return AppTest.from_file(str(root / "app.py"), default_timeout=60)


@pytest.fixture
def no_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """MNIST has not been fetched on this machine."""
    monkeypatch.setenv("LENET_EXPLAIN_DATA", str(tmp_path))
