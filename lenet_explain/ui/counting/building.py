"""A network put together by hand: its draft with undo, what each layer is and gives, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lenet_explain.network import drafting
from lenet_explain.network.description import PIXELS, SIDES, Draft, draft_from, draft_of, text_of
from lenet_explain.network.fitting import AFTER_IT, Problem, counted, in_the_way_of_counting, problem, shapes
from lenet_explain.network.layers import DescriptionError
from lenet_explain.network.named import COUNTED
from lenet_explain.network.walk import Step, totals, walk
from lenet_explain.network.worked import ATOM
from lenet_explain.ui.counting.layer_form import Attempt, layer_form, summary
from lenet_explain.ui.parts import frame
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.visit import custom_network, links, state
from lenet_explain.ui.visit.values import Drafts

_FIRST = "lenet5"
_ROW = 300  # px of a layer's button
_STEADY = (drafting.changed, drafting.renamed)  # edits after which the layer's form may stay as it is


def draft() -> Draft:
    """What is on screen: a link's network, what was built before, or the network of 1998 to begin with."""
    if not state.drafts().texts:
        custom_network.show(text_of(draft_from(custom_network.network() or COUNTED[_FIRST])))
    known = state.drafts()
    return draft_of(known.texts[known.at])


def turn() -> int:
    """Part of every widget's key: another one makes them say what the draft says."""
    return state.drafts().turn


def beginnings() -> None:
    """Networks to begin with, and the way back and forth; for a row of controls."""
    texts, at = state.drafts().texts, state.drafts().at
    with st.popover("Begin with", icon=":material/content_copy:"):
        for key, network in COUNTED.items():
            st.button(network.title, key=f"begin-{key}", on_click=_push, args=(draft_from(network),), width="stretch")
    st.button("Undo", key="undo", icon=":material/undo:", disabled=at == 0, on_click=_go, args=(-1,))
    st.button("Redo", key="redo", icon=":material/redo:", disabled=at + 1 >= len(texts), on_click=_go, args=(1,))


def reading(now: Draft) -> None:
    """What the network reads; for a row of controls."""
    at = turn()
    st.segmented_control(
        "Input", [f"{side}×{side}" for side in SIDES], default=f"{now.side}×{now.side}", required=True,
        key=f"side {at}", on_change=_set_side, args=(f"side {at}",),
        help="28×28 is MNIST's own size; 32×32 has the paper's border around it.",
    )  # fmt: skip
    st.segmented_control(
        "Pixels", list(PIXELS), default=now.pixels, required=True, key=f"pixels {at}",
        on_change=_set_pixels, args=(f"pixels {at}",),
        help="; ".join(f"{name}: {one.background:g} for paper, {one.ink:g} for ink" for name, one in PIXELS.items()),
    )  # fmt: skip


def ladder(now: Draft) -> Problem | None:
    """A row for each layer, to be opened and changed; what stands in the way is said at its layer, and returned."""
    found, known = problem(now), shapes(now)
    fitting = counted(now)
    steps = walk(fitting) if fitting else ()
    whole = totals(steps).parameters.value
    if notice := state.told():
        st.warning(sentence(plain(notice)), icon=":material/info:")
    st.caption(f"Input: {now.input}")
    for at in range(len(now.layers)):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _layer(now, at)
            if at < len(steps):
                st.markdown(_numbers(steps[at], whole), width="stretch")
            else:
                st.markdown("*does not fit*" if at < len(known) else "*waits for the layer above*", width="stretch")
        if found and found.layer == at:
            _stands_in_the_way(found, too_large=in_the_way_of_counting(now) is None)
    with frame.row():
        _adding(
            len(now.layers), "Add a layer",
            lambda kind: attempt(lambda newest: drafting.added(newest, len(newest.layers), kind)),
        )  # fmt: skip
    return found


def sums(now: Draft) -> None:
    """The whole, added up as far as it fits."""
    fitting = counted(now)
    if fitting is None:
        return
    whole = totals(walk(fitting))
    part = "" if len(fitting.layers) == len(now.layers) else f" of the first {len(fitting.layers)} layers"
    st.markdown(f"**Parameters{part}:** {whole.parameters.line}  \n**Connections{part}:** {whole.connections.line}")


def ways_on(now: Draft, found: Problem | None) -> None:
    """Where this network can be used, once it can run."""
    if in_the_way_of_counting(now):
        st.caption("As soon as every layer fits, the network can be trained, drawn on and counted on the other pages.")
        return
    if found:
        st.caption("It can be counted, compared and written as a program as it is.")
    params = custom_network.params(text_of(now))
    raced = {custom_network.PARAM: params[custom_network.PARAM], "b_network": custom_network.YOURS}
    running = (
        ("pages/lesson/side_by_side.py", "Train it", "exercise", params),
        ("pages/training/race.py", "Race it", "flag", raced),
        ("pages/network/living.py", "Draw on it", "draw", params),
    )
    with frame.row():
        for page, words, icon, query in (
            *(() if found else running),
            ("pages/counting/numbers.py", "Every number", "calculate", params),
            ("pages/counting/code.py", "Its code", "code", params),
        ):
            st.page_link(page, label=words, icon=f":material/{icon}:", query_params=query)
        with st.popover("Share", icon=":material/link:"):
            st.caption("This link opens the network here, for whoever has it.")
            st.code(
                links.address("yours", {custom_network.PARAM: params[custom_network.PARAM]}),
                language=None,
                wrap_lines=True,
            )


def in_link(now: Draft) -> None:
    """The address brings what is on screen, once it was built by hand and while it can be counted."""
    built = custom_network.network()
    if in_the_way_of_counting(now) is None and built and built.key == text_of(now):
        custom_network.put_in_link(built)


def attempt(edit: Callable[[Draft], Draft], *, steady: bool = False) -> None:
    """Make an edit of the newest draft, in a callback: two may come at once, as when a number is typed and a button
    pressed. Where it is refused, or no longer fits, the draft stays and the page says why."""
    try:
        _push(edit(draft()), turned=not steady)
    except DescriptionError as error:
        state.tell(str(error))
        state.remember_drafts(replace(state.drafts(), turn=turn() + 1))


def attempt_on(seen: Draft, at: int) -> Attempt:
    """`attempt` of edits of one layer, which is found again where another edit has moved it."""
    names = tuple(layer.name for layer in seen.layers)

    def made(edit: Callable[..., Draft], *values: object) -> None:
        attempt(lambda now: edit(now, drafting.place_of(now, at, names), *values), steady=edit in _STEADY)

    return made


def _push(new: Draft, *, turned: bool = True) -> None:
    """The draft is on screen from now on; what had been undone is gone."""
    custom_network.show(text_of(new), turned=turned)
    custom_network.keep(new)


def _go(by: int) -> None:
    known = state.drafts()
    if not known.texts:
        return
    to = min(max(known.at + by, 0), len(known.texts) - 1)
    state.remember_drafts(Drafts(known.texts, to, known.turn + 1))
    custom_network.keep(draft_of(known.texts[to]))


def _set_side(key: str) -> None:
    if said := state.value(key):
        attempt(lambda now: replace(now, side=int(said.partition("×")[0])))


def _set_pixels(key: str) -> None:
    if said := state.value(key):
        attempt(lambda now: replace(now, pixels=said))


def _layer(now: Draft, at: int) -> None:
    layer = now.layers[at]
    with st.popover(f"{layer.name} · {summary(layer)}", key=f"layer {at}", width=_ROW):
        on_it = attempt_on(now, at)
        layer_form(now, at, str(turn()), on_it)
        _moving(now, at, on_it)


def _numbers(step: Step, whole: float) -> str:
    """Shape, the sum of a side, parameters, and their share of all."""
    share = f" ({step.parameters.value / whole:.0%} of all)" if step.parameters.value else ""
    side = "" if step.size.height.binding == ATOM else f"{step.size.height.line} · "
    return f"**{step.after}** · {side}{step.parameters.line} parameters{share}"


def _moving(now: Draft, at: int, on_it: Attempt) -> None:
    last = len(now.layers) - 1
    with frame.row():
        for words, by, off in (("Up", -1, at == 0), ("Down", 1, at == last)):
            st.button(
                words, key=f"{words} {at}", icon=f":material/arrow_{words.lower()}ward:", disabled=off,
                on_click=on_it, args=(drafting.moved, by),
            )  # fmt: skip
        st.button(
            "Remove", key=f"remove {at}", icon=":material/delete:", disabled=last == 0,
            on_click=on_it, args=(drafting.removed,),
        )  # fmt: skip
        _adding(at, "Add above", lambda kind: on_it(drafting.added, kind))


def _adding(at: int, words: str, add: Callable[[str], None]) -> None:
    key = f"{words} {at} {turn()}"
    st.selectbox(
        words, list(drafting.KINDS), index=None, placeholder=words, key=key, label_visibility="collapsed", width=190,
        on_change=lambda: add(state.value(key)) if state.value(key) else None,
    )  # fmt: skip


def _stands_in_the_way(found: Problem, *, too_large: bool) -> None:
    if too_large:
        st.info(sentence(found.sentence), icon=":material/scale:")
        return
    st.error(sentence(found.sentence), icon=":material/block:")
    if any(words.endswith(AFTER_IT) for words in found.fits):
        st.button(
            "Add the ten answers", key="answers", icon=":material/add:", on_click=attempt,
            args=(drafting.answers_added,),
        )  # fmt: skip
