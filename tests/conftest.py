"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder, where app.py lies."""
    return Path(__file__).resolve().parents[1]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The workers share the tests file by file; those in the browser stay together, since they share a server."""
    for item in items:
        together = "browser" if "browser" in item.path.parts else item.path.stem
        item.add_marker(pytest.mark.xdist_group(together))
