"""The later networks read out of torchvision's modules again, and held against the file that comes with the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lenet_explain.descendants import DescentError, Reading, compared, reading_of
from lenet_explain.lore.descendants import heritage_of
from lenet_explain.ui.parts import background_task
from lenet_explain.ui.parts.frame import plain, sentence
from lenet_explain.ui.visit.cache import jobs

REQUEST = background_task.Request(
    key="read-out",
    label="Read them out again",
    help="In a worker process, on torch's meta device: shapes without numbers, no weights.",
    task={"task": "descendants"},
)


def again(shown: Reading) -> None:
    """Start, stop and follow the reading; at its end, whether it agrees with what is shown."""
    background_task.run(REQUEST, lambda job: _views(job, shown))


def _views(job: str, shown: Reading) -> None:
    result = jobs().result(job)
    if result and "networks" in result:
        _verdict(result, shown)
        return
    now, event = jobs().state(job), jobs().latest(job) or {}
    done, of = int(event.get("done", 0)), int(event.get("of", 1))
    said = f"{done} of {of} networks read" if event else "nothing read yet"
    if event and now.phase == "running":
        said = f"{said}, now {heritage_of(str(event['reading'])).title}"
    background_task.progress(now, done / of, said)


def _verdict(result: Mapping[str, Any], shown: Reading) -> None:
    try:
        found = reading_of(result)
    except DescentError as error:
        st.error(plain(sentence(str(error))))
        return
    differ, parts = compared(shown, found), sum(len(one.parts) for one in found.networks.values())
    if differ:
        lines = "\n".join(f"- {plain(one)}" for one in differ)
        st.warning(
            f"Not the same as shown above ({plain(shown.software)}), read out of {plain(found.software)}:\n{lines}"
        )
    else:
        st.success(
            f"The same as shown above: all {parts:,} parts of {len(found.networks)} networks, read out of "
            f"{plain(found.software)}.",
            icon=":material/check:",
        )
