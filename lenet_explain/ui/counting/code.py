"""A network to take elsewhere: the control that chooses a form, and each form on screen with its file."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from lenet_explain.backends.starting_weights import Weights, starting_weights
from lenet_explain.checkpoints.cards import stopped_in_words
from lenet_explain.data.datasets import DATASETS
from lenet_explain.export.keras import keras_code, keras_loading, missing_in_keras
from lenet_explain.export.mermaid import mermaid
from lenet_explain.export.names import function_name
from lenet_explain.export.onnx import onnx_file, onnx_running
from lenet_explain.export.pytorch import missing_in_pytorch, pytorch_code, pytorch_loading
from lenet_explain.export.summary import summary
from lenet_explain.export.svg import Ink, description, svg
from lenet_explain.export.tables import csv_table, latex_table
from lenet_explain.figures.theme import palette
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.ui.parts import frame, weights_file
from lenet_explain.ui.parts.controls import IN_URL
from lenet_explain.ui.parts.frame import plain, scheme
from lenet_explain.ui.visit.trained import SHIPPED, Trained, sources, trained

_MOST_WRITTEN = 2_000_000  # parameters of an ONNX file: 8 MB
_START = "paper"  # key of STARTS, for a network that nobody has trained
_FONTS, _PICTURES = (10, 36, 16), (40, 240, 90)  # px: lowest, highest, at first
_ONLY_ONE_LINE = "At the end of each layer's line stand its shape and the sum that gives its parameters."


@dataclass(frozen=True, slots=True)
class Chosen:
    """Weights to go with the code. kept: those that were trained, or None where there are none."""

    network: Network
    kept: Trained | None

    @property
    def weights(self) -> Weights:
        """Those before training where none were trained."""
        return self.kept.weights if self.kept else starting_weights(self.network, _START, 0)


@dataclass(frozen=True, slots=True)
class _Form:
    """What a form is, how its file's name ends, and how it is drawn."""

    ending: str
    mime: str
    look_for: Callable[[Network], str]
    shown: Callable[[Network, Chosen], None]


def weights(network: Network) -> Chosen:
    """The newest that the visitor wants; the control is there only where there are several."""
    found = [source for source in sources(network) if source != SHIPPED or network.key in NETWORKS]
    chosen = found[0] if found else None
    if len(found) > 1:
        chosen = st.selectbox("Weights", found, key="weights", bind=IN_URL, width=130)
    kept = trained(network, chosen) if chosen else None
    return Chosen(network, kept)


def form() -> str:
    return st.segmented_control(
        "Form", list(FORMS), default=next(iter(FORMS)), required=True, key="form", bind=IN_URL, wrap=True
    )


def look_for(network: Network, form: str) -> None:
    st.markdown(FORMS[form].look_for(network))


def shown(network: Network, form: str, chosen: Chosen) -> None:
    FORMS[form].shown(network, chosen)


def file_name(network: Network, ending: str) -> str:
    """'lenet_5_pytorch.py'"""
    return f"{function_name(network.title)}{ending}"


def _file(network: Network, form: str, content: str | bytes | Callable[[], bytes]) -> None:
    said = FORMS[form]
    name = file_name(network, said.ending)
    st.download_button(
        f"Download {name}", content, name, said.mime, icon=":material/download:", key=f"file-{form}", on_click="ignore"
    )


def _lacking(names: tuple[str, ...], library: str) -> str:
    if not names:
        return f"{_ONLY_ONE_LINE} {library} has every layer of this network."
    listed = ", ".join(f"`{name}`" for name in names)
    return f"{_ONLY_ONE_LINE} What {library} lacks stands below the network: {listed}."


def _pytorch(network: Network, chosen: Chosen) -> None:
    text = pytorch_code(network)
    _file(network, "pytorch", text)
    st.code(text, language="python")
    _trained_weights(chosen, lambda kept: pytorch_loading(network, kept.weights, weights_file.file_name(kept.card)))


def _keras(network: Network, chosen: Chosen) -> None:
    text = keras_code(network)
    _file(network, "keras", text)
    st.code(text, language="python")
    _trained_weights(chosen, lambda kept: keras_loading(network, kept.weights, weights_file.file_name(kept.card)))


def _trained_weights(chosen: Chosen, loading: Callable[[Trained], str]) -> None:
    """The file with the weights, and lines that put them into the program above."""
    st.subheader("Trained weights", anchor="weights")
    if chosen.kept is None:
        st.caption("There are none of this network yet: train it in the lab, and they are offered here.")
        return
    st.markdown(f"{weights_file.about(chosen.kept.card)}. Put the file beside the program; these lines load it.")
    weights_file.download(chosen.kept)
    st.code(loading(chosen.kept), language="python")


def _most(network: Network) -> str:
    steps = walk(network)
    largest, whole = max(steps, key=lambda step: step.parameters.value), totals(steps).parameters.value
    if not whole:
        return "No layer has anything to learn."
    share = largest.parameters.value / whole
    return f"Follow the column of parameters: {plain(largest.name)} alone has {share:.0%} of them."


def _summary(network: Network, _: Chosen) -> None:
    text = summary(network)
    _file(network, "summary", text)
    st.code(text, language=None)


def _mermaid(network: Network, _: Chosen) -> None:
    text = mermaid(network)
    _file(network, "mermaid", text)
    left, right = frame.halves()
    with left:
        st.code(text, language=None)
    with right:
        st.mermaid_chart(text, width="content", alt=description(network))


def _svg(network: Network, _: Chosen) -> None:
    left, right = st.columns(2)
    low, high, first = _FONTS
    font = left.slider("Font size, px", low, high, first, key="font", bind=IN_URL)
    low, high, first = _PICTURES
    picture = right.slider("Largest map, px", low, high, first, step=10, key="picture", bind=IN_URL)
    _file(network, "svg", svg(network, font, picture))
    colours = palette(scheme())
    drawn = svg(network, font, picture, Ink(colours.text, colours.background))
    st.html(_scrolling(drawn, description(network)))


def _scrolling(drawn: str, alt: str) -> str:
    """A figure at its own size: one wider than the screen scrolls by itself, not with the page."""
    content = base64.b64encode(drawn.encode()).decode()
    image = f'<img src="data:image/svg+xml;base64,{content}" alt="{escape(alt)}" style="max-width: none">'
    return f'<div style="overflow-x: auto" tabindex="0" role="group" aria-label="the figure">{image}</div>'


def _latex(network: Network, _: Chosen) -> None:
    text = latex_table(network)
    _file(network, "latex", text)
    st.code(text, language="latex")


def _csv(network: Network, _: Chosen) -> None:
    text = csv_table(network)
    _file(network, "csv", text.encode("utf-8-sig"))  # the mark by which spreadsheets know UTF-8
    st.code(text, language=None)


def _onnx(network: Network, chosen: Chosen) -> None:
    card = chosen.kept.card if chosen.kept else None
    count = int(totals(walk(network)).parameters.value)
    if count > _MOST_WRITTEN:
        st.info(f"The file holds every weight: {count:,} here, and at most {_MOST_WRITTEN:,} are written.")
        return
    said = "before training"
    if card:
        said = f"trained on {DATASETS[card.data].title}{stopped_in_words(card)}; reads {card.reached}"
    _file(network, "onnx", lambda: onnx_file(network, chosen.weights, said))
    st.markdown(f"{weights_file.about(card) if card else 'The weights are those before training'}.")
    st.code(onnx_running(network, file_name(network, FORMS["onnx"].ending)), language="python")


FORMS: Mapping[str, _Form] = {
    "pytorch": _Form(
        "_pytorch.py", "text/x-python", lambda network: _lacking(missing_in_pytorch(network), "PyTorch"), _pytorch
    ),
    "keras": _Form("_keras.py", "text/x-python", lambda network: _lacking(missing_in_keras(network), "Keras"), _keras),
    "summary": _Form(
        "_summary.txt", "text/plain", _most, _summary
    ),
    "svg": _Form(
        ".svg", "image/svg+xml",
        lambda _: "Maps are drawn to scale, the small square is the kernel's window. The file is black on white.", _svg,
    ),
    "mermaid": _Form(
        ".mmd", "text/plain",
        lambda _: "Text that README files and notebooks draw as a flowchart; what a layer does stands at its arrow.",
        _mermaid,
    ),
    "latex": _Form(".tex", "text/x-tex", lambda _: "A table with booktabs; the last row is the sum.", _latex),
    "csv": _Form(".csv", "text/csv", lambda _: "The same numbers for a spreadsheet; the last row is the sum.", _csv),
    "onnx": _Form(
        ".onnx", "application/octet-stream",
        lambda _: "One file with operators and weights, which other programs run without this project.", _onnx,
    ),
}  # fmt: skip
