"""What decides an answer: occlusion in the browser, and two methods of captum in the worker for the drawn digit."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from lenet_explain.jobs.wire import packed
from lenet_explain.network.walk import Network
from lenet_explain.ui.network import living
from lenet_explain.ui.parts import start_stop
from lenet_explain.ui.parts.frame import plain, scheme, sentence
from lenet_explain.ui.parts.job_status import in_line, silent
from lenet_explain.ui.parts.register import register
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs, visitor

TICK = 0.3  # seconds between two looks at the worker
_EVIDENCE = register("evidence/evidence", living.CONTROLS)


def show(network: Network) -> None:
    """The pictures; while the worker is at it, they look for news."""
    visitor()
    jobs().warm()
    going = _going()
    st.fragment(_views, run_every=TICK if going else None)(network, going)


def _going() -> bool:
    job = (state.evidence() or {}).get("job")
    return job is not None and not jobs().state(job).over


def _views(network: Network, was_going: bool) -> None:
    asked = state.evidence()
    status, result = _told(asked)
    data = {"palette": living.colours(scheme()), "going": _going(), "status": status, "result": result}
    found = _EVIDENCE(key="evidence", data=[data], on_ask_change=lambda: None, height="content")
    wanted = found["ask"]
    if wanted and wanted.get("at") != (asked or {}).get("at"):  # each question is taken up once
        job = _ask(network, wanted)
        state.remember_evidence({**wanted, "job": job, "network": network.key})
        st.rerun()
    if notice := state.told():
        st.warning(sentence(notice), icon=":material/info:")
    if was_going and not _going():
        st.rerun()


def _ask(network: Network, wanted: Mapping[str, Any]) -> str | None:
    """The job, or None and a sentence for the next run.

    wanted: what the browser says, not to be trusted: {"image": base64 of side×side bytes, "digit", "at": when}
    """
    side, text, digit = network.input.height, wanted.get("image"), wanted.get("digit")
    try:
        ink = np.frombuffer(base64.b64decode(str(text), validate=True), np.uint8)
    except ValueError:  # also letters beyond ASCII
        ink = np.zeros(0, np.uint8)
    if ink.size != side * side:
        state.tell("The drawing did not arrive whole: ask again")
        return None
    task = {"network": network.key, "image": packed(ink.reshape(side, side)), "digit": digit}
    return start_stop.start({"task": "attribution", **task})


def _told(asked: Mapping[str, Any] | None) -> tuple[str, dict[str, Any] | None]:
    """Where the worker stands, and what it found."""
    if asked is None or asked["job"] is None:
        return "The worker needs a second or two.", None
    now, result = jobs().state(asked["job"]), jobs().result(asked["job"])
    if result and "pixels" in result:
        return "", _found(asked, result)
    if now.phase == "waiting":
        return in_line(now), None
    if now.over:
        return plain(sentence(now.message or "The worker was stopped: ask again")), None
    if silence := silent(now, "worker"):
        return silence, None
    return "The worker is at it …", None


def _found(asked: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    digit, total, wanted = result["digit"], result["sum"], result["difference"]
    return {
        "image": asked["image"],
        "network": asked["network"],
        "digit": digit,
        "pixels": result["pixels"],
        "spread": result["spread"],
        "words": (
            f"They add up to {total:+.2f}; the score of the {digit} is {wanted:+.2f} above that of blank paper."
        ).replace("-", "−"),
        "camWords": f"Where the maps of {result['layer']} that raise the score of the {digit} are active.",
    }
