"""What several test files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from visit import Scripted, in_place


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of browser tests, which mostly wait, among those that mostly compute: side by side they share the cores."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting = sorted((path for path in files if path.parent.name == "browser"), key=lambda path: -len(files[path]))
    computing = [path for path in files if path.parent.name != "browser"]
    every = max(1, len(computing) // (len(waiting) + 1))
    order = list(waiting[:1])
    for at, path in enumerate(computing, start=1):
        order.append(path)
        if at % every == 0:
            order += waiting[at // every : at // every + 1]
    order += [path for path in waiting if path not in order]
    items[:] = [item for path in order for item in files[path]]


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
