"""The 82 test digits that LeNet-5 misread in 1998, and which of them the networks here read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lenet_explain.checkpoints.cards import Card, CheckpointError
from lenet_explain.data.datasets import Bytes
from lenet_explain.figures.thumbs import address
from lenet_explain.network.named import NETWORKS
from lenet_explain.paper.misread import MISREAD_1998, PROVENANCE, TEST_DIGITS, Misread, Overlap, overlap
from lenet_explain.recipes.differences import listed
from lenet_explain.ui.parts import frame
from lenet_explain.ui.parts.controls import IN_URL
from lenet_explain.ui.parts.frame import sentence
from lenet_explain.ui.training import reasons
from lenet_explain.ui.training.mistake_views import wall
from lenet_explain.ui.training.mistakes import MNIST, Chosen, test_digits
from lenet_explain.ui.visit import mnist, state
from lenet_explain.ui.visit.cache import shipped
from lenet_explain.ui.visit.trained import SHIPPED, Trained

ALL, READ_BY_ALL, MISSED_BY_ALL = "all 82", "read by all", "missed by all"
ORDERS = {
    "test file": lambda one, missed: one.index,
    "true digit": lambda one, missed: (one.truth, one.answer, one.index),
    "answer of 1998": lambda one, missed: (one.answer, one.truth, one.index),
    "most missed": lambda one, missed: (-missed, one.index),
}
_CLEARLY = 2  # times what chance gives
PICKED = "of82"  # key of the widget, and its name in the URL

Wrong = Mapping[str, frozenset[int]]  # network → the test digits that it misreads


@dataclass(frozen=True, slots=True)
class Shown:
    """wrong: of every network that is compared; mine: which of them is chosen; rows: those of the 82 on screen."""

    wrong: Wrong
    mine: str
    rows: tuple[Misread, ...]

    def missed(self, one: Misread) -> list[str]:
        return [name for name, wrong in self.wrong.items() if one.index in wrong]

    def readers(self, one: Misread) -> list[str]:
        return [name for name, wrong in self.wrong.items() if one.index not in wrong]


def compared(chosen: Trained) -> tuple[Wrong, str]:
    """By the cards of the networks that come with this app, and of the visitor's own where it knows MNIST's test
    digits; and the name of the chosen one, or of its network where its card does not."""
    cards: dict[str, Card] = {}
    for key in NETWORKS:
        try:
            cards[key] = shipped(key)[1]
        except CheckpointError:
            continue  # said where this network is chosen
    mine = chosen.network.key
    if chosen.source != SHIPPED and _whole(chosen.card):
        mine = f"{mine}, {chosen.source}"
        cards[mine] = chosen.card
    return {name: frozenset(card.wrong) for name, card in cards.items() if _whole(card)}, mine


def _whole(card: Card) -> bool:
    return card.data == MNIST and card.reached.total == TEST_DIGITS


def choose(chosen: Trained) -> Shown:
    """Which of the 82, and in what order."""
    wrong, mine = compared(chosen)
    with frame.row():
        missed_by = {f"missed by {name}": name for name in wrong}
        shown = st.selectbox("Show", [ALL, READ_BY_ALL, MISSED_BY_ALL, *missed_by], key="show", bind=IN_URL, width=240)
        order = st.selectbox("Order", list(ORDERS), key="order", bind=IN_URL, width=170)
    everything = Shown(wrong, mine, MISREAD_1998)
    rules = {
        ALL: lambda one: True,
        READ_BY_ALL: lambda one: not everything.missed(one),
        MISSED_BY_ALL: lambda one: not everything.readers(one),
    }
    rule = rules.get(shown) or (lambda one: one.index in wrong[missed_by[shown]])
    by = ORDERS[order]
    rows = sorted(filter(rule, MISREAD_1998), key=lambda one: by(one, len(everything.missed(one))))
    return Shown(wrong, mine, tuple(rows))


def totals(chosen: Trained) -> None:
    """How many of the 82 each network reads, and whether that is chance; first of all the chosen one."""
    wrong, mine = compared(chosen)
    if mine in wrong:
        st.markdown(_against_chance(mine, overlap(wrong[mine])))
    everything = Shown(wrong, mine, MISREAD_1998)
    read = sum(not everything.missed(one) for one in MISREAD_1998)
    missed = sum(not everything.readers(one) for one in MISREAD_1998)
    counts = [(f"`{name}`", overlap(indices)) for name, indices in wrong.items()]
    st.markdown(
        f"Of the 82, {', '.join(f'{name} reads {found.read}' for name, found in counts)}. "
        f"**{read} are read by all of them, {missed} by none.**"
    )


def _against_chance(name: str, found: Overlap) -> str:
    """'lenet5 here reads **61 of the 82**. …'"""
    head = f"`{name}` here reads **{found.read} of the 82**."
    if not found.errors:
        return f"{head} It misreads none of the {TEST_DIGITS:,} test digits."
    times = found.shared / found.by_chance
    still = " What was hard in 1998 still is." if times >= _CLEARLY else ""
    return (
        f"{head} It misreads {found.errors:,} of the {TEST_DIGITS:,} test digits, and {found.shared} of those are "
        f"among the 82. If errors fell on all digits alike, {found.by_chance:.1f} would be; it is {times:.0f} times as "
        f"many.{still}"
    )


def shown(found: Shown, chosen: Chosen) -> None:
    """The 82 as a wall, as Fig. 8 prints them, the picked one explained, and all of it as a table."""
    if not found.rows:
        st.caption("There is none of the 82 of which this is true.")
        return
    digits = test_digits(MNIST)
    left, right = frame.halves()
    with left:
        st.caption(_legend(found, digits is not None))
        picked = _picked(found)
        items = [_item(found, one, address(digits[0][one.index]) if digits else None) for one in found.rows]
        alt = f"{len(items)} of the 82 test digits that were misread in 1998"
        wall(items, str(picked.index), alt, key="wall-82", on_choose=_pick)
    with right:
        st.markdown(_about(found, picked))
        if digits is None:
            _offer(chosen)
        else:
            _explained(chosen.trained, digits[0][picked.index], picked.truth)
    with st.expander(f"These {len(found.rows)} as a table", icon=":material/table:"):
        st.markdown(_table(found))


def _offer(chosen: Chosen) -> None:
    """Once on the page: where MNIST is chosen above, it is offered there."""
    st.caption("How they look can be shown when MNIST is on this machine.")
    if chosen.data != MNIST:
        mnist.offer(MNIST)


def _explained(trained: Trained, image: Bytes, truth: int) -> None:
    found = reasons.answered(trained, image)
    reasons.in_words(trained, found, image, truth)
    reasons.scores(found, truth, key="of82-bars")
    reasons.glyphs(found, truth, key="of82-glyphs")


def _picked(found: Shown) -> Misread:
    by_name = {str(one.index): one for one in found.rows}
    return by_name[st.selectbox("Test digit", list(by_name), key=PICKED, bind=IN_URL, width=150)]


def _pick(said: str) -> None:
    if said in {str(one.index) for one in MISREAD_1998}:
        state.choose({PICKED: said})


def _legend(found: Shown, pictures: bool) -> str:
    marks = f"✓ where **{found.mine}** reads it, ✗ where it does not"
    return (
        f"{'Under each' if pictures else 'Each is'}: true digit > the answer of 1998, as the paper prints it; {marks}."
    )


def _item(found: Shown, one: Misread, picture: str | None) -> dict[str, Any]:
    read = one.index not in found.wrong.get(found.mine, frozenset())
    here = "read here" if read else "misread here"
    return {
        "name": str(one.index),
        "title": f"{one.printed} {'✓' if read else '✗'}",
        "words": f"test digit {one.index}: a {one.truth}, read as {one.answer} in 1998, {here}",
        "kind": "right" if read else "wrong",
        "picture": picture,
    }


def _about(found: Shown, one: Misread) -> str:
    readers, missed = (listed([f"`{name}`" for name in names]) for names in (found.readers(one), found.missed(one)))
    parts = [f"read by {readers}" if readers else "", f"misread by {missed}" if missed else ""]
    return (
        f"**Test digit {one.index:,} is a {one.truth}; the network of 1998 answered {one.answer}.** "
        f"{sentence('here it is ' + ', and '.join(filter(None, parts)))}"
    )


def _table(found: Shown) -> str:
    names = list(found.wrong)
    head = ["test digit", "true", "1998", *(f"`{name}`" for name in names)]
    rows: list[Sequence[str]] = [
        [
            str(one.index),
            str(one.truth),
            str(one.answer),
            *("✗" if one.index in found.wrong[name] else "✓" for name in names),
        ]
        for one in found.rows
    ]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])


def provenance() -> None:
    st.caption(PROVENANCE)
