"""What happens once, when the server starts: before any visitor, and outside of every page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lenet_explain.jobs.machine import raise_descriptor_limit


def drawing_a_page() -> bool:
    """Whether app.py is being run for a visitor; the server itself imports it once, at its start."""
    return get_script_run_ctx(suppress_warning=True) is not None


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Until st.navigation has run once, Streamlit takes a folder named pages/ for its older kind of app, which knows no
    page by its address, and greets a direct link with "Page not found"."""
    PagesManager.uses_pages_directory = False
    raise_descriptor_limit()
    yield
