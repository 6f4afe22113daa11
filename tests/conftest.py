"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder, where app.py lies."""
    return Path(__file__).resolve().parents[1]
