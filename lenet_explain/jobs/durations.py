"""How long something takes, in words."""

from __future__ import annotations


def in_time(seconds: float) -> str:
    """'40 s', '7 minutes'"""
    return f"{max(1, round(seconds))} s" if seconds < 100 else f"{round(seconds / 60)} minutes"
