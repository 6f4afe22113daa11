"""The table of connections, to be rewired by hand while the network runs."""

from __future__ import annotations

import streamlit as st

from lenet_explain.figures.theme import Scheme
from lenet_explain.frontend import frame as framed
from lenet_explain.network.connection_table import RANDOM_LINKS, described, tables, wirable, wired
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network
from lenet_explain.ui.network import living
from lenet_explain.ui.parts.frame import scheme
from lenet_explain.ui.parts.register import register

_VIEW = register("wire/wiring", living.CONTROLS)


def setup() -> Network:
    """The control that chooses among the networks that have such a table."""
    return living.setup(fits=wirable)


def what_to_look_for(network: Network) -> None:
    step = wired(network)
    name, maps, inputs = step.layer.name, step.after.maps, step.before.maps
    links = sum(map(len, described(network)))
    st.markdown(
        f"A column is one of {name}'s {maps} maps, a row one of the {inputs} maps that it may read. As described, "
        f"{links} of the {maps * inputs} links are there. Choose a column to see its kernels add up. Then cut "
        "a link and watch the counts and the answer."
    )


def table(network: Network) -> None:
    """The grid, its counts, one map's sum and the answers."""
    _VIEW(key="wiring", data=_data(network.key, scheme()), height="content")


@st.cache_resource(max_entries=32, show_spinner=False)
def _data(key: str, shade: Scheme) -> bytes:
    network = network_named(key)
    names = {rows: name for name, rows in tables(network).items()}
    meta = {
        "palette": living.colours(shade),
        "network": key,
        "layer": wired(network).layer.name,
        "presets": [{"name": name, "rows": rows} for name, rows in tables(network).items()],
        "described": names.get(described(network), "its own table"),
        "random": RANDOM_LINKS,
    }
    return framed(meta, {})
