"""Empty boxes beside each layer, and what is said of every answer right where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

import streamlit as st

from lenet_explain.frontend import text
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.quiz import sheet
from lenet_explain.quiz.answers import LONGEST
from lenet_explain.quiz.hint import hints, stated
from lenet_explain.quiz.mistake import ASKED
from lenet_explain.quiz.score import HINTS, Answered, Mark, answered, boxes, score
from lenet_explain.ui.parts.frame import plain, row
from lenet_explain.ui.visit import state

_ROOM = 210  # px of one box
_MARKS, _BEFORE = "_predicted", "_predicted_before"
_NAME, _LECTURER = "ladder-name", "ladder-lecturer"
_ASKING = ("?", "？")
_ICONS = {"right": ":green[:material/check_circle:]", "wrong": ":orange[:material/error:]", "unread": ":material/help:"}


def what_to_do(network: Network) -> None:
    st.markdown(
        f"The input is **{network.input}**, maps@height×width. Work out what each layer gives and what it has, then "
        "type it: **Enter** checks, **Tab** checks and goes on, **?** asks for a hint."
    )
    st.caption(
        "A shape as 3@10×8, 10×8×3 or (3, 10, 8); a vector as 50 or 1×1×50. A number as 1234, 1,234 or 1 234, or as a "
        "sum: 3·(2 + 1). Connections are the links into a layer's units, biases included."
    )


@st.fragment
def ladder(network: Network) -> None:
    """All boxes, the score and what can be taken home; an answer draws only this anew."""
    st.html(f"<style>{text('page/predict.css')}</style>")
    found = answered(network, [_mark(key) for key in _keys(network)])
    counted = score(found)
    st.progress(counted.right / counted.boxes, f"{counted}.")
    for at in range(0, len(found), len(ASKED)):
        _layer(found[at : at + len(ASKED)])
    _sums(network, found)
    _over_again(network)
    _home(network, found)
    _lecturer(network, found)


def _layer(three: Sequence[Answered]) -> None:
    box = three[0].box
    with st.container(key=f"ladder-row-{box.index}"):
        grid = st.grid(1 + len(ASKED), min_column_width=_ROOM, gap="small")
        with grid.cell():
            st.markdown(f"**{plain(box.step.name)}**  \n{plain(stated(box.step.layer))}")
        for one in three:
            with grid.cell():
                _box(one)


def _box(one: Answered) -> None:
    box, key = one.box, _key(one.box.network, one.box.index, one.box.asked)
    with st.container(key=f"box-{box.index}-{box.asked}", gap="xxsmall"):
        st.text_input(
            f"{plain(box.step.name)} {box.asked}",
            key=key,
            max_chars=LONGEST,
            placeholder="? for a hint",
            autocomplete="off",
            on_change=_check,
            args=(key,),
            persist_state="session",
        )
        if lines := _said(one):
            st.caption("  \n".join(lines))
        _help(one, key)


def _said(one: Answered) -> list[str]:
    """Of a right answer its sum; of another what is off, the hints asked for, and the solution where it is shown."""
    solution = plain(": ".join(one.box.solution))
    if one.verdict.state == "right":
        return [f"{_ICONS['right']} {solution}"]
    lines = [plain(line) for line in one.verdict.lines]
    if lines:
        lines[0] = f"{_ICONS[one.verdict.state]} {lines[0]}"
    lines += [f":material/lightbulb: {plain(hint)}" for hint in hints(one.box.step, one.box.asked)[: one.mark.hints]]
    return [*lines, f":material/visibility: {solution}"] if one.mark.shown else lines


def _help(one: Answered, key: str) -> None:
    """Only at a box that was touched, so that Tab leads from an empty one to the next; for a lecturer at every box."""
    wanted = one.mark.hints or one.verdict.state in ("wrong", "unread") or state.value(_LECTURER)
    if one.verdict.state == "right" or one.mark.shown or not wanted:
        return
    with row():
        if one.mark.hints < HINTS:
            st.button("Hint", key=f"hint-{key}", type="tertiary", on_click=_hint, args=(key,))
        words = "The answer and its sum; this box then counts no point"
        st.button("Show", key=f"show-{key}", type="tertiary", on_click=_show, args=((key,),), help=words)


def _sums(network: Network, found: Sequence[Answered]) -> None:
    """Each column added up, once all its boxes are right or shown."""
    sums = totals(walk(network))
    for asked, added in (("parameters", sums.parameters), ("connections", sums.connections)):
        if all(one.verdict.state == "right" or one.mark.shown for one in found if one.box.asked == asked):
            st.markdown(f"All {asked}: {plain(added.line)}.")


def _over_again(network: Network) -> None:
    keys = _keys(network)
    begun = any(_mark(key) != Mark() for key in keys)
    before = set(keys) & set(state.value(_BEFORE) or {})
    with row():
        st.button("Start again", icon=":material/restart_alt:", disabled=not begun, on_click=_erase, args=(keys,))
        st.button("Undo", icon=":material/undo:", disabled=not before, on_click=_undo, key="ladder-undo")


def _home(network: Network, found: Sequence[Answered]) -> None:
    st.subheader("Take your answers home", anchor="home")
    with row():
        name = st.text_input("Name for the sheet", key=_NAME, max_chars=LONGEST, persist_state="session", width=260)
        _download("CSV", sheet.spreadsheet(network, found), "ladder.csv", "text/csv")
        _download("Sheet (HTML, for A4)", sheet.page(network, found, name, solutions=False), "ladder.html", "text/html")


def _lecturer(network: Network, found: Sequence[Answered]) -> None:
    keys = _keys(network)
    pairs = zip(keys, found, strict=True)
    hidden = tuple(key for key, one in pairs if one.verdict.state != "right" and not one.mark.shown)
    shown = tuple(key for key in keys if _mark(key).shown)
    with row():
        if not st.toggle("For the lecturer", key=_LECTURER, persist_state="session"):
            return
        st.button("Reveal all", icon=":material/visibility:", disabled=not hidden, on_click=_show, args=(hidden,))
        st.button("Hide", icon=":material/visibility_off:", disabled=not shown, on_click=_hide, args=(shown,))
        solution = sheet.page(network, found, state.value(_NAME) or "", solutions=True)
        _download("Sheet with solutions", solution, "ladder-solutions.html", "text/html")


def _download(label: str, data: str | bytes, name: str, kind: str) -> None:
    st.download_button(label, data, name, kind, key=f"save-{name}", on_click="ignore", icon=":material/download:")


@lru_cache(maxsize=64)
def _digest(network: Network) -> str:
    """One for each description: a network changed by its visitor has boxes of its own."""
    return sha256(repr(network).encode()).hexdigest()[:10]


def _key(network: Network, index: int, asked: str) -> str:
    return f"ladder-{_digest(network)}-{index}-{asked}"


def _keys(network: Network) -> tuple[str, ...]:
    return tuple(_key(network, box.index, box.asked) for box in boxes(network))


def _marks() -> Mapping[str, Mark]:
    return state.value(_MARKS) or {}


def _mark(key: str) -> Mark:
    return _marks().get(key, Mark())


def _keep(changed: Mapping[str, Mark]) -> None:
    state.choose({_MARKS: {**_marks(), **changed}})


def _check(key: str) -> None:
    """What was typed is an answer, or asks for a hint and leaves the answer as it was."""
    mark, typed = _mark(key), (state.value(key) or "").strip()
    if typed in _ASKING:
        state.choose({key: mark.text})
        _hint(key)
    elif typed != mark.text:
        _keep({key: replace(mark, text=typed[: LONGEST + 1], tries=mark.tries + bool(typed))})
        state.choose({_BEFORE: None})


def _hint(key: str) -> None:
    _keep({key: replace(_mark(key), hints=min(_mark(key).hints + 1, HINTS))})


def _show(keys: Sequence[str]) -> None:
    _keep({key: replace(_mark(key), shown=True, seen=True) for key in keys})


def _hide(keys: Sequence[str]) -> None:
    """What has been seen still counts no point."""
    _keep({key: replace(_mark(key), shown=False) for key in keys})


def _erase(keys: Sequence[str]) -> None:
    before = {key: _mark(key) for key in keys}
    _put({key: Mark() for key in keys})
    state.choose({_BEFORE: before})


def _undo() -> None:
    """Give back what "Start again" took away."""
    _put(state.value(_BEFORE) or {})
    state.choose({_BEFORE: None})


def _put(marks: Mapping[str, Mark]) -> None:
    """Marks, and what stands in their boxes."""
    _keep(marks)
    state.choose({key: mark.text for key, mark in marks.items()})
