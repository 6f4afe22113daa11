"""A visitor's runs of this session: which go on, and what is kept of those that have ended."""

from __future__ import annotations

from dataclasses import replace

from lenet_explain.results.record import Outcome, Record, lane_entries, outcome
from lenet_explain.ui.visit import state
from lenet_explain.ui.visit.cache import jobs


def going_on() -> list[Record]:
    """Runs that have not ended; the others' final figures are kept, so that they outlive the queue's memory."""
    state.change_records(_settled)
    return [record for record in state.records() if record.outcome is None]


def _settled(record: Record) -> Record:
    if record.outcome is not None or not jobs().state(record.job).over:
        return record
    return replace(record, outcome=_outcome(record))


def _outcome(record: Record) -> Outcome:
    now, latest = jobs().state(record.job), jobs().latest(record.job) or {}
    entries = lane_entries(jobs().events(record.job).entries, record.lane)
    before = f"{record.lane}_" if record.lane else ""
    fault = latest.get(f"{before}fault")
    phase = "diverged" if fault else now.phase
    if now.phase == "stopped" and latest.get(f"{before}last") and entries[-1]["step"] == entries[-1]["steps"]:
        phase = "finished"  # this lane was through when the race was stopped
    return outcome(phase, fault or now.message, entries, latest.get(f"{before}confusion"))
