"""Who is taken for whom, the digits of a pair, and the network's reasons for one of them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lenet_explain.checkpoints.cards import stopped_in_words
from lenet_explain.data.datasets import DATASETS, Bytes, DataError, data_folder
from lenet_explain.figures import matrix as figure
from lenet_explain.figures.matrix import ANOTHER, ANY, Confusion, cell_words
from lenet_explain.figures.thumbs import address
from lenet_explain.network.named import NETWORKS, network_named, short_name
from lenet_explain.recipes.differences import recipe_in_words
from lenet_explain.results.accuracy import Accuracy, accuracy
from lenet_explain.results.reading import Indices, Reading, read
from lenet_explain.ui.parts import frame
from lenet_explain.ui.parts.controls import IN_URL, one_network
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.training.mistake_views import matrix, wall
from lenet_explain.ui.visit import custom_network as own_networks
from lenet_explain.ui.visit import mnist, state
from lenet_explain.ui.visit.cache import embedded_test_digits, mnist_test_digits, visitor
from lenet_explain.ui.visit.trained import FILE, OWN, SHIPPED, Trained, sources, trained

MNIST = "mnist"
LOOKED_AT = 2000  # MNIST's first test digits, for weights whose card says nothing of MNIST: as many in half a second
PAGE = 48  # digits on the wall at once
DIGIT, TRUTH, READ = "digit", "true", "read"  # keys of widgets, and their names in the URL
LAST = 9999  # MNIST's last test digit
_NAMES = tuple(map(str, range(10)))

Digits = tuple[Bytes, Bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """digits: test images and labels, None where they are not on this machine; reading: what was answered for them."""

    trained: Trained
    data: str
    digits: Digits | None
    reading: Reading | None

    @property
    def confusion(self) -> Confusion | None:
        """What the digits say; without them the card, where it speaks of the same ones."""
        if self.reading:
            return self.reading.confusion
        return self.trained.card.confusion if self.trained.card.data == self.data else None


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """pair: true digit and answer, see wanted; found: its test digits, None where they are not here; digit: chosen one
    of all test digits, which may not exist; page: of the wall, from 1."""

    pair: tuple[str, str]
    found: Indices | None = None
    digit: int | None = None
    page: int = 1


def choose() -> Chosen | None:
    """Network, whose weights, and which test digits; None, with the reason on screen, where there is nothing."""
    visitor()
    with frame.row():
        network = one_network()
        source = st.selectbox("Weights", sources(network), key="weights", bind=IN_URL, width=130, help=_SOURCES)
        first = list(DATASETS).index(MNIST) if mnist.ready(MNIST) else 0
        data = st.selectbox("Test digits", list(DATASETS), index=first, key="data", bind=IN_URL, width=170)
    _own(network.key, source)
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    weights = trained(network, source)
    if weights is None:
        return None
    digits = test_digits(data)
    return Chosen(weights, data, digits, _reading(weights, data, digits) if digits else None)


def _ways() -> list[str]:
    """Keys of networks that this visitor may have trained."""
    built = own_networks.running()
    return [*NETWORKS, built.key] if built else [*NETWORKS]


def _own(network: str, source: str) -> None:
    """A way to each of the visitor's own weights that are not on screen."""
    ways = [(key, name) for key in _ways() for name in sources(network_named(key)) if name != SHIPPED]
    with frame.row():
        for key, name in ways:
            if (key, name) != (network, source):
                st.button(
                    f"Your {'run' if name == OWN else 'file'} of {short_name(key)}",
                    key=f"own {key} {name}", icon=":material/person:", on_click=own_networks.choose,
                    args=(key, {"network": own_networks.option(key), "weights": name}),
                )  # fmt: skip


_SOURCES = (
    f"{SHIPPED}: as they come with this app; {OWN}: of your newest run, also where it was stopped; "
    f"{FILE}: from a file that you have loaded. The last two are offered where there are any."
)


def test_digits(data: str) -> Digits | None:
    """None where they are not here; where they are damaged, that is said too."""
    if DATASETS[data].embedded:
        return embedded_test_digits(data)
    if not mnist.ready(data):
        return None
    try:
        return mnist_test_digits(data_folder())
    except DataError as error:
        st.error(sentence(str(error)), icon=":material/broken_image:")
        return None


def _reading(weights: Trained, data: str, digits: Digits) -> Reading:
    card, total = weights.card, len(digits[0])
    if DATASETS[data].embedded:
        return _read(weights.identity, data, weights, digits, None)
    if card.data == data and card.reached.total == total:  # ten thousand take seconds: the card knows where to look
        return _read(weights.identity, data, weights, digits, card.wrong)
    return _read(weights.identity, data, weights, (digits[0][:LOOKED_AT], digits[1][:LOOKED_AT]), None)


@st.cache_resource(max_entries=64, show_spinner="Reading the test digits …")
def _read(identity: str, data: str, _weights: Trained, _digits: Digits, _wrong: tuple[int, ...] | None) -> Reading:
    """identity and data are the key: they decide the other three."""
    return read(_weights.network, _weights.weights, _digits, _wrong)


def summary(chosen: Chosen) -> None:
    """What was trained on what, and how much of these digits it reads: better or worse than there."""
    card, network, title = chosen.trained.card, chosen.trained.network, DATASETS[chosen.data].title
    there = DATASETS[card.data].title
    made = f"**{network.title}** {chosen.trained.words}, trained on {there} by recipe "
    parts = [f"{made}{recipe_in_words(card.recipe, network)}{stopped_in_words(card)}."]
    if chosen.confusion:
        here = accuracy(chosen.confusion)
        parts.append(f"Of {_amount(chosen, here)} it reads **{here.right:,}**: {here}.")
        if card.data != chosen.data:
            parts.append(_compared(here, card.reached, there))
    st.markdown(" ".join(parts))
    if chosen.confusion is None:
        st.info(f"Its card says nothing of {title}, so that there is nothing to show before the digits are here.")
    if chosen.digits is None:
        mnist.offer(chosen.data)


def _amount(chosen: Chosen, here: Accuracy) -> str:
    """'the 355 test digits of Small digits'"""
    whole = chosen.digits is None or len(chosen.digits[0]) == here.total
    return f"the {'' if whole else 'first '}{here.total:,} test digits of {DATASETS[chosen.data].title}"


def _compared(here: Accuracy, there: Accuracy, title: str) -> str:
    worse = here.share < there.share
    return (
        f"That is {'worse' if worse else 'no worse'} than the {there.share:.1%} of {title}'s {there.total:,} test "
        f"digits: these were written by other hands and scanned otherwise, {'and' if worse else 'and yet'} it has seen "
        "none of them in training."
    )


def table(chosen: Chosen, want: Wanted) -> None:
    if chosen.confusion:
        matrix(figure.matrix(chosen.confusion), " ".join(want.pair), key="matrix", on_choose=_choose_pair)


def wanted(chosen: Chosen) -> Wanted:
    """The pair on screen, a true digit or any and an answer or another, and a test digit of the visitor's choice."""
    with frame.row():
        truth = st.selectbox("True digit", [ANY, *_NAMES], key=TRUTH, bind=IN_URL, width=105, on_change=_forget_digit)
        answer = st.selectbox("Read as", [ANOTHER, *_NAMES], key=READ, bind=IN_URL, width=115, on_change=_forget_digit)
        if chosen.reading is None:
            return Wanted((truth, answer))
        found = chosen.reading.digits(*(None if name in (ANY, ANOTHER) else int(name) for name in (truth, answer)))
        number = st.number_input(
            "Test digit", min_value=0.0, max_value=float(LAST), value=None, step=1.0, format="%.0f", key=DIGIT,
            bind=IN_URL, width=150, placeholder="first below", help="Also one that is read.",
        )  # fmt: skip
        pages = [str(one + 1) for one in range(-(-len(found) // PAGE))]
        part = st.selectbox("Page", pages, key="page", bind=IN_URL, width=80) if len(pages) > 1 else "1"
    return Wanted((truth, answer), found, None if number is None else int(number), int(part))


def wall_of(chosen: Chosen, want: Wanted) -> int | None:
    """The digits of the pair as pictures; returns the one to be explained, None where there is none."""
    if chosen.reading is None or chosen.digits is None or want.found is None:
        if chosen.confusion:
            title = DATASETS[chosen.data].title
            st.caption(f"Which test digits these are, and how they look, can be shown when {title} is on this machine.")
        return None
    total, picked = len(chosen.reading.truth), want.digit
    if picked is not None and picked >= total:
        st.warning(f"There is no test digit {picked:,} here: choose one of 0 to {total - 1:,}.")
        picked = None
    listed = f"{len(want.found):,} {cell_words(*want.pair)}"
    st.caption(f"{listed}, the surest answer first." if len(want.found) > 1 else sentence(listed))
    shown = want.found[(want.page - 1) * PAGE : want.page * PAGE].tolist()
    picked = picked if picked is not None or not shown else shown[0]
    if shown:
        wall([_item(chosen, index) for index in shown], str(picked), listed, key="wall", on_choose=_choose_digit)
    return picked


def _item(chosen: Chosen, index: int) -> dict[str, str]:
    assert chosen.reading is not None
    assert chosen.digits is not None
    truth, answer = int(chosen.reading.truth[index]), int(chosen.reading.answers[index])
    right = truth == answer
    return {
        "name": str(index),
        "title": f"{truth} ✓" if right else f"{truth} > {answer}",
        "words": f"test digit {index}: a {truth}, {'read' if right else f'read as {answer}'}",
        "kind": "right" if right else "wrong",
        "picture": address(chosen.digits[0][index]),
    }


def _choose_pair(said: str) -> None:
    truth, _, answer = said.partition(" ")
    if truth in (ANY, *_NAMES) and answer in (ANOTHER, *_NAMES):
        state.choose({TRUTH: truth, READ: answer, DIGIT: None})


def _choose_digit(said: str) -> None:
    if said.isascii() and said.isdigit() and int(said) <= LAST:
        state.choose({DIGIT: float(said)})


def _forget_digit() -> None:
    state.choose({DIGIT: None})
