"""What happens once, when the server starts: before any visitor, and outside of every page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit import cli_util, config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server import server_util

from lenet_explain.jobs.machine import raise_descriptor_limit

_STARTS = 0.5  # seconds: by then the server listens


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Until st.navigation has run once, Streamlit takes a folder named pages/ for its older kind of app, which knows no
    page by its address, and greets a direct link with "Page not found"."""
    PagesManager.uses_pages_directory = False
    raise_descriptor_limit()
    if not config.get_option("server.headless"):
        _open_browser()
    yield


def _open_browser() -> None:
    """`streamlit run` leaves that to an app with its own routes."""
    asked = "browser.serverAddress" if config.is_manually_set("browser.serverAddress") else "server.address"
    where = config.get_option(asked) if config.is_manually_set(asked) else "localhost"
    address = server_util.get_url(server_util.get_display_address(where))
    asyncio.get_running_loop().call_later(_STARTS, cli_util.open_browser, address)
