"""The bent digit: a second network to compare with, and the sliders, whose responses the browser works out."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network
from lenet_explain.ui.network import living
from lenet_explain.ui.parts import components, controls
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import custom_network

_NONE = "none"
_BENDER = register("bend/bender", living.CONTROLS)


def compared_with(network: Network) -> Network | None:
    """The control that chooses a second network, for a row of controls; None where there is to be none."""
    built = custom_network.running()
    keys = [*NETWORKS, custom_network.YOURS] if built else [*NETWORKS]
    others = [key for key in keys if key != custom_network.option(network.key)]
    chosen = st.selectbox("Compare with", [_NONE, *others], key="other", bind=controls.IN_URL, width=200)
    if chosen == custom_network.YOURS and built:
        custom_network.put_in_link(built)
        return built
    return None if chosen == _NONE else NETWORKS[chosen]


def look_for() -> None:
    st.markdown(
        "Bend the digit until the network no longer reads it. Each curve tells beforehand: it is the share of the "
        "digit over the slider's whole range, with the other sliders as they are. Look for cliffs, and for bends that "
        "a person would not even notice."
    )


def bring(network: Network, other: Network | None) -> bool:
    """Hand both networks to the browser, in one place, so that the page below stays where it is when one leaves."""
    with st.container():
        return living.bring(network) and (other is None or living.bring(other, role="other"))


def beside() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places for the paper and, three times as wide, for the sliders; on a phone one below the other."""
    left, right = st.columns([1, 3], gap="medium")
    return left, right


def sliders() -> None:
    _BENDER(key="bender", data=[{"palette": living.colours(components.scheme())}], height="content")


def caution() -> None:
    st.caption(
        "One digit tells of one digit: draw another, and it breaks elsewhere. The paper estimates these ranges and "
        "gives no measurement. Noise inverts pixels, always the same ones for an amount; a share is the softmax of "
        "the network's scores, of −distance where it gives distances."
    )
