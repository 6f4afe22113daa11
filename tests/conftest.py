"""What several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from visit import Scripted, in_place


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder, where app.py lies."""
    return Path(__file__).resolve().parents[1]


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
