"""A killed worker, a full house: each visitor is told what happened and what to do, and no one loses more than that.

These tests have servers of their own, so that no other test's run is in their way.
"""

from __future__ import annotations

from pathlib import Path

from .server import running
from .visitor import LONG, SHORT, Visit


def test_a_killed_worker_is_reported_and_training_works_again(visit: Visit, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        visitor = visit(server.url)
        visitor.open_lesson(LONG)
        visitor.train()
        visitor.until_moving()
        points = len(visitor.points())
        server.kill_workers()
        visitor.until(visitor.alerts, "the visitor is told")
        [told] = visitor.alerts()
        assert "The training process was ended by the system (signal 9)" in told
        assert "start again" in told
        assert len(visitor.points()) >= points  # what was learned stays on screen
        visitor.until(lambda: visitor.button("train").is_enabled(), "Train may be pressed again")
        assert visitor.faults == []
        visitor.open_lesson(SHORT)
        visitor.train()
        visitor.until_finished()
        assert visitor.alerts() == []
        assert visitor.faults == []


def test_a_second_visitor_waits_in_sight_and_sees_only_its_own_run(visit: Visit, tmp_path: Path) -> None:
    with running(tmp_path, cores=1) as server:
        first, second = visit(server.url), visit(server.url)
        first.open_lesson(LONG)
        second.open_lesson(SHORT)
        first.train()
        first.until_moving()
        assert second.points() == []
        assert second.button("train").is_enabled()
        second.train()
        second.until(lambda: second.status().startswith("Number 1 of 1 in the queue: "), "the second is told its turn")
        assert second.points() == []
        first.button("stop").click()
        first.until(lambda: first.status().startswith("Stopped"), "the first stops")
        second.until_finished()
        assert second.steps() < first.steps()
        assert first.status().startswith("Stopped")
        assert first.faults == second.faults == []


def test_a_fetch_that_fails_says_why_and_the_embedded_digits_go_on(visit: Visit, tmp_path: Path) -> None:
    """The server's data folder is a file, so no download begins: the click itself must lead to the message."""
    (tmp_path / "data").write_text("not a folder", "utf-8")
    with running(tmp_path) as server:
        visitor = visit(server.url)
        visitor.open_lesson("/?data=mnist")
        assert visitor.button("train").is_disabled()
        visitor.page.locator(".st-key-fetch button").click()
        error = visitor.page.locator('[data-testid="stAlertContentError"]')
        visitor.until(lambda: error.count() == 1, "the message appears")
        assert str(tmp_path / "data") in error.inner_text()
        visitor.until(lambda: visitor.button("fetch").is_enabled(), "it may be tried again")
        visitor.open_lesson("/?data=digits")
        assert visitor.button("train").is_enabled()
