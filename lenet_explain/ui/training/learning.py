"""One kernel, trained step by step on screen: choices, steps, its numbers, and the answer to a reader's question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.data.datasets import framed
from lenet_explain.figures.kernel import framed_kernel, signed
from lenet_explain.figures.theme import palette
from lenet_explain.network.layers import Convolution
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network, walk
from lenet_explain.results import kernel_lesson
from lenet_explain.results.kernel_lesson import Look
from lenet_explain.ui.parts import components, controls
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import embedded_test_digits

_NARROW = 165  # px of one number
STEPS = "steps"  # the key of the field that counts them, and its name in the URL
ALL, OWN_RATE = "all in turn", "suggested"
SHOWN = (ALL, *map(str, range(10)))
RATES = (OWN_RATE, "0.0001", "0.001", "0.005", "0.02", "0.05", "0.2")

_KERNEL = register("tiles/kernel")


def _learns_from_pixels(network: Network) -> bool:
    """Its first kernels can be shown whole: each reads the one map of the input."""
    first = network.layers[0]
    return isinstance(first, Convolution) and first.table is None


@dataclass(frozen=True, slots=True)
class Setup:
    """steps: how many have been taken; shown: a digit, or ALL."""

    network: Network
    kernel: int
    shown: str
    rate: float
    steps: int

    @property
    def layer(self) -> str:
        return self.network.layers[0].name

    @property
    def next_digit(self) -> int:
        return self.steps % 10 if self.shown == ALL else int(self.shown)


def question() -> None:
    st.markdown(f"> “{kernel_lesson.QUESTION}”  \n> {kernel_lesson.QUESTION_SOURCE}")


def setup() -> Setup:
    """Network, kernel, digits, rate and the count of steps; to be called inside a row."""
    network = controls.one_network(fits=_learns_from_pixels)
    maps = walk(network)[0].after.maps
    kernel = st.selectbox("Kernel", [str(at) for at in range(maps)], key="kernel", bind=controls.IN_URL, width=90)
    shown = st.selectbox("Digits shown", SHOWN, key="shown", bind=controls.IN_URL, width=140)
    rate = st.selectbox("Rate", RATES, key="step_rate", bind=controls.IN_URL, width=130)
    steps = st.number_input(
        "Steps taken", 0.0, float(kernel_lesson.MOST_STEPS), step=1.0, format="%.0f", key=STEPS, bind=controls.IN_URL,
        width=140, help="The minus takes a step back",
    )  # fmt: skip
    value = kernel_lesson.RATES[network.answer] if rate == OWN_RATE else float(rate)
    return Setup(network, int(kernel), shown, value, int(steps))


def buttons(setup: Setup) -> None:
    """To be called inside a row."""
    left = kernel_lesson.MOST_STEPS - setup.steps
    for words, count in (("One step", 1), ("Ten steps", 10), ("A hundred", 100)):
        st.button(
            words, key=f"by-{count}", type="primary" if count == 1 else "secondary", disabled=left < count,
            on_click=_go_to, args=(setup.steps + count,),
        )  # fmt: skip
    st.button("Undo a step", key="undo", disabled=not setup.steps, on_click=_go_to, args=(setup.steps - 1,))
    st.button("Start again", key="again", disabled=not setup.steps, on_click=_go_to, args=(0,))


def _go_to(steps: int) -> None:
    state.choose({STEPS: float(steps)})


@st.cache_resource(max_entries=8, show_spinner=False)
def digits(network: str) -> tuple[np.ndarray, np.ndarray]:
    """One of each digit: (10, 1, H, W) as the network reads them, and what they are."""
    images, labels = embedded_test_digits("digits")
    places = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    described = network_named(network)
    return framed(images[places], described.input.height, described.pixels), labels[places].astype(np.int64)


@st.cache_resource(max_entries=64, show_spinner=False)
def weights_after(network: str, shown: str, rate: float, steps: int) -> Weights:
    """Of all visitors who choose alike: from the last full ten, those from the last full hundred, those from the one
    before, so that a step forward or back is a few steps of work."""
    if not steps:
        return kernel_lesson.first_weights(network)
    base = steps - steps % 10 if steps % 10 else steps - (steps % 100 or 100)
    images, truth = digits(network)
    chosen = slice(None) if shown == ALL else slice(int(shown), int(shown) + 1)
    before = weights_after(network, shown, rate, base)
    return kernel_lesson.advance(network, before, (images[chosen], truth[chosen]), rate, range(base, steps))


def lesson(setup: Setup) -> Look:
    """The numbers of the next step, and what it changes."""
    key = setup.network.key
    images, _ = digits(key)
    digit = setup.next_digit
    image = images[digit : digit + 1]
    weights = weights_after(key, setup.shown, setup.rate, setup.steps)
    look = kernel_lesson.look(key, weights, (image, digit), setup.kernel, setup.rate)
    start = kernel_lesson.kernels_of(key, kernel_lesson.first_weights(key))[setup.kernel]
    _numbers(setup, look, start)
    payload = framed_kernel(look, start, _strongest(look), palette(components.scheme()))
    _KERNEL(key="kernel-view", data=payload, height="content")
    return look


def _strongest(look: Look) -> int:
    return int(np.abs(np.nan_to_num(look.gradient)).argmax())


def _numbers(setup: Setup, look: Look, start: np.ndarray) -> None:
    """Loss, answer and way so far."""
    far = setup.network.answer == "distances"
    before, after, digit = look.before, look.after, setup.next_digit
    if not np.isfinite(look.kernel).all() or not np.isfinite(after.loss):
        st.warning(f"Training diverged: a rate of {setup.rate:g} is too high here. Choose a lower one, or start again.")
    way = np.linalg.norm(look.kernel - start) / np.linalg.norm(start)
    told = {
        "Digit that the next step shows": str(digit),
        "Its loss, before and after the step": f"{before.loss:.3g} → {after.loss:.3g}",
        "Read as, before and after": f"{_answer(before, far)} → {_answer(after, far)}",
        "This kernel has moved, share of its size": f"{way:.1%}",
    }
    grid = st.grid(4, min_column_width=_NARROW, gap="small")
    for words, value in told.items():
        with grid.cell(), st.container(gap=None):
            st.caption(words)
            st.markdown(f"### {value}")


def _answer(reading: kernel_lesson.Reading, far: bool) -> str:
    value = reading.values[reading.answer]
    return f"{reading.answer} (at {value:.3g})" if far else f"{reading.answer} ({value:.0%})"


def _why_patterns(look: Look, start: np.ndarray) -> str:
    """From how alike neighbouring cells are, of the gradient and of the kernel at first and now."""
    found = [kernel_lesson.likeness(grid) for grid in (look.gradient, start, look.kernel)]
    gradient, first, now = ("" if one is None else f"{one:+.2f}".replace("-", "−") for one in found)
    if None in found:
        return "Why no **pattern**? A kernel of one cell has no neighbours: it can only be stronger or weaker."
    return (
        f"Why **patterns**? Neighbouring cells see nearly the same pixels, one place apart, so their gradients are "
        f"alike too: neighbours correlate at {gradient} here. In the random start of this kernel they did at {first}, "
        f"and now they do at {now}: the longer neighbours are pushed alike, the more they become patches and edges."
    )


def where_from(setup: Setup, look: Look) -> None:
    """The answer in words, with the numbers of this step."""
    height, width = look.errors.shape
    back = " → ".join(layer.name for layer in reversed(setup.network.layers))
    row, column = divmod(_strongest(look), len(look.kernel))
    gradient, move = look.gradient[row, column], look.update[row, column]
    start = kernel_lesson.kernels_of(setup.network.key, kernel_lesson.first_weights(setup.network.key))[setup.kernel]
    st.markdown(
        f"1. The loss asks each output to be higher or lower. Going back through {back}, every sum in {setup.layer} "
        f"map {setup.kernel} gets an **error**: how much the loss would grow if that sum grew.\n"
        f"2. The kernel stands at {height}×{width} = {height * width} places, with the same {look.kernel.size} numbers "
        f"at each. So each of the {look.kernel.size} has one **gradient**: the sum over all places of error × the "
        f"pixel that it saw there. Choose a cell above to see its sum.\n"
        f"3. A **step** moves each number against its gradient. The strongest here is row {row}, column {column}: "
        f"{signed(gradient)}, so it moves by −{setup.rate:g} × {signed(gradient)} = {signed(move)}.\n"
        f"4. {_why_patterns(look, start)}"
    )
    st.caption(
        f"Plain gradient descent on {'ten digits, one a step in turn' if setup.shown == ALL else 'one digit'}: no "
        f"momentum, no batches. Every weight of the network moves, not only this kernel. Seed {kernel_lesson.SEED}."
    )
