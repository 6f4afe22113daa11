"""Claims to vote on: the visitor says first, then the app computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from lenet_explain.lore.claims import RIGHT_VOTE, VOTES, Claim, Judged, asked_of, read_claims, tally, verdict_on
from lenet_explain.ui.parts.controls import IN_URL
from lenet_explain.ui.parts.frame import row
from lenet_explain.ui.visit import state

ALL = "all"
PAGE = "pages/counting/claims.py"
_VOTES = "claim_votes"  # of this visitor: the first vote on each claim, by the claim's id
_VOTE_WIDTH = 150  # px


@dataclass(frozen=True, slots=True)
class Chosen:
    """The claims to show, in the file's order, and whether their verdicts are shown before a vote."""

    claims: tuple[Claim, ...]
    open: bool


def choose() -> Chosen:
    """One claim or all, of one source or of all."""
    known = read_claims()
    with row():
        keys = [ALL, *(one.key for one in known.sources)]
        source = st.selectbox("Said by", keys, key="source", bind=IN_URL, width=160)
        among = known.claims if source == ALL else known.of(source)
        ids = [ALL, *(claim.id for claim in known.claims)]
        one = st.selectbox("Claim", ids, key="claim", bind=IN_URL, width=270)
        shown = st.toggle("Show all verdicts", key="verdicts", bind=IN_URL, help="For a lecturer: nobody votes then.")
    if one != ALL:
        with st.container(horizontal=True):
            _step("Previous claim", "arrow_back", ids, ids.index(one) - 1)
            _step("Next claim", "arrow_forward", ids, (ids.index(one) + 1) % len(ids))
        among = tuple(claim for claim in known.claims if claim.id == one)
    return Chosen(among, shown)


def _step(label: str, icon: str, ids: Sequence[str], place: int) -> None:
    """A button to the claim at this place; before the first and after the last comes the list of all."""
    key = label.partition(" ")[0].lower()
    st.button(label, icon=f":material/{icon}:", key=key, on_click=state.choose, args=({"claim": ids[place]},))


def votes() -> Mapping[str, str]:
    return state.value(_VOTES) or {}


def _vote(claim: str, vote: str) -> None:
    state.choose({_VOTES: {claim: vote, **votes()}})


def _forget() -> None:
    state.choose({_VOTES: {}})


def listed(chosen: Chosen) -> None:
    """Every claim with its vote; only this part is drawn again at a vote."""
    st.fragment(_listed)(chosen)


def _listed(chosen: Chosen) -> None:
    _tally(chosen)
    for claim in chosen.claims:
        with st.container(border=True, key=f"claim-{claim.id}"):
            _one(claim, chosen)


def _tally(chosen: Chosen) -> None:
    voted, right = tally(votes())
    count, here = len(read_claims().claims), len(chosen.claims)
    some = "" if here == count else f" Shown here: {here}."
    with st.container(horizontal=True, vertical_alignment="center"):
        words = f"**{right} of your {voted} votes right**, of {count} claims." if voted else f"{count} claims."
        st.markdown(f"{words}{some}", width="content")
        if voted:
            st.button("Vote again", icon=":material/restart_alt:", key="again", on_click=_forget)


def _one(claim: Claim, chosen: Chosen) -> None:
    alone = len(chosen.claims) == 1
    st.markdown(f"{'###' if alone else '#####'} {claim.words}")
    st.caption(f"Said by: {'; '.join(source.title for source in claim.sources)}.")
    vote = votes().get(claim.id)
    if vote is None and not chosen.open:
        _ask(claim, alone)
        return
    verdict = verdict_on(claim)
    if vote is not None:
        right = RIGHT_VOTE[verdict.verdict] == vote
        st.markdown(f"You said: {vote}. {'✓ That is right.' if right else '✗ That is not right.'}")
    st.markdown(in_words(claim, verdict))
    st.markdown("\n".join(f"- {line}" for line in verdict.lines))
    st.markdown(f"**{_why(verdict)}** {claim.why}")
    _link(claim, alone)


def _link(claim: Claim, alone: bool) -> None:
    """To this claim alone, whose address can be handed on."""
    if not alone:
        st.page_link(PAGE, label="This claim alone", icon=":material/link:", query_params={"claim": claim.id})


def _ask(claim: Claim, alone: bool) -> None:
    with row():
        for vote in VOTES:
            press = partial(_vote, claim.id, vote)
            key = f"vote-{claim.id}-{vote.partition(' ')[0]}"
            st.button(vote.capitalize(), key=key, on_click=press, width=_VOTE_WIDTH)
        _link(claim, alone)


def in_words(claim: Claim, judged: Judged) -> str:
    """The verdict with its sign, which tells as much as a colour would."""
    match judged.verdict:
        case "true":
            return ":green-background[**✓ True**]"
        case "in effect":
            return ":green-background[**✓ True in effect**] though it has another name"
        case "false":
            return ":red-background[**✗ False**]"
        case "elsewhere":
            titles = _joined([network.title for network in judged.elsewhere])
            return f":red-background[**✗ Not of {asked_of(claim)}**] but true of {titles}"
        case "contradicted":
            return ":orange-background[**⇄ The paper contradicts itself**]"
    return ":orange-background[**? Not known**]"


def _why(judged: Judged) -> str:
    return "Why it is doubted:" if judged.verdict in ("true", "in effect") else "Why it is believed:"


def _joined(titles: Sequence[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
