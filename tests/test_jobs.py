"""The queue is tested with workers that need no torch, the worker program with tasks of the tests' own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lenet_explain.jobs import Jobs, Policy, Queue, QueueFull, free_memory, usable_cores
from lenet_explain.jobs import event_log as history_module
from lenet_explain.jobs.event_log import History
from lenet_explain.jobs.job import how_it_was_lost
from lenet_explain.jobs.process import ERRORS_BYTES, LINE_BYTES, PROJECT, Process
from lenet_explain.jobs.turns import waits

FAKE = (sys.executable, "-S", str(Path(__file__).with_name("fake_worker.py")))
PATIENCE = 60.0  # seconds until a test gives up; nothing depends on how long anything takes
QUICK = Policy(max_running=1, tick=0.02, terminate_after=0.1, kill_after=0.2)


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"never came about: {what}"
        time.sleep(0.005)


def until_phase(jobs: Queue, job: str, phase: str) -> None:
    until(lambda: jobs.state(job).phase == phase, f"{phase}, but {jobs.state(job)}")


def until_heard(jobs: Queue, job: str) -> None:
    until(lambda: jobs.events(job).entries, f"a first event, but {jobs.state(job)}")


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def children() -> set[str]:
    """Process ids, where the system lists them: each process's entry names its parent, while the lists that threads
    have of those they started change hands when a thread ends, and one that moves meanwhile is in none of them."""
    pids: set[str] = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            if stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1] == str(os.getpid()):
                pids.add(stat.parent.name)
    return pids


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    threads, processes = set(threading.enumerate()), children()
    yield
    until(lambda: set(threading.enumerate()) <= threads, "the end of the queue's threads")
    until(lambda: children() <= processes, "the end of the queue's processes")


@pytest.fixture
def jobs() -> Iterator[Queue]:
    with closing(Queue(QUICK, FAKE)) as queue:
        yield queue


def counted(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by one entry for each process that the queue starts."""
    started: list[int] = []
    launch = queue._workers._launch

    def launch_and_count() -> Process:
        started.append(1)
        return launch()

    monkeypatch.setattr(queue._workers, "_launch", launch_and_count)
    return started


def test_the_queue_is_what_pages_were_promised(jobs: Queue) -> None:
    face: Jobs = jobs
    assert face.state("no such job").phase == "lost"


def test_a_job_tells_its_progress_and_ends_as_finished(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "count", "steps": 5})
    until_phase(jobs, job, "finished")
    events = jobs.events(job)
    assert [event["step"] for event in events.entries] == [0, 1, 2, 3, 4]
    assert jobs.events(job, since=3).entries == events.entries[3:]
    assert jobs.events(job, since=events.next).entries == ()
    assert jobs.first(job) == {"type": "progress", "step": 0}
    assert jobs.latest(job) == {"type": "progress", "step": 4}
    assert (jobs.result(job) or {})["type"] == "done"
    state = jobs.state(job)
    assert state.over
    assert state.message is None
    assert 0 < (state.started_at or 0) <= (state.ended_at or 0)


def test_first_come_is_first_served_and_each_knows_its_place(jobs: Queue) -> None:
    names = [jobs.submit(f"visitor {n}", {"task": "hold"}) for n in range(4)]
    until_heard(jobs, names[0])
    assert [(jobs.state(name).place, jobs.state(name).waiting) for name in names[1:]] == [(1, 3), (2, 3), (3, 3)]
    jobs.cancel(names[0])
    until_heard(jobs, names[1])
    assert [jobs.state(name).place for name in names] == [None, None, 1, 2]
    jobs.cancel(names[1])
    until_heard(jobs, names[2])
    assert jobs.state(names[3]).phase == "waiting"


def test_as_many_run_at_once_as_the_policy_says() -> None:
    with closing(Queue(replace(QUICK, max_running=2), FAKE)) as jobs:
        names = [jobs.submit(f"visitor {n}", {"task": "hold"}) for n in range(3)]
        until_heard(jobs, names[0])
        until_heard(jobs, names[1])
        assert jobs.state(names[2]).phase == "waiting"


def test_the_next_job_starts_when_one_ends_without_a_look_at_the_clock() -> None:
    with closing(Queue(replace(QUICK, tick=999.0), FAKE)) as jobs:
        jobs.submit("ann", {"task": "count"})
        until_phase(jobs, jobs.submit("bob", {"task": "count"}), "finished")


def test_a_waiting_job_is_cancelled_at_once_and_those_behind_move_up(jobs: Queue) -> None:
    first, second, third = (jobs.submit(name, {"task": "hold"}) for name in ("ann", "bob", "cy"))
    jobs.cancel(second)
    assert jobs.state(second).phase == "stopped"
    assert jobs.state(third).place == 1
    jobs.cancel(first)
    until_heard(jobs, third)
    assert jobs.events(second).entries == ()


def test_a_running_job_that_is_cancelled_is_stopped_and_keeps_what_it_ended_with(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "hold"})
    until_heard(jobs, job)
    jobs.cancel(job)
    until_phase(jobs, job, "stopped")
    assert (jobs.result(job) or {})["type"] == "done"
    jobs.cancel(job)
    assert jobs.state(job).phase == "stopped"


def test_a_worker_that_hears_neither_the_end_of_its_input_nor_terminate_is_killed(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "deaf"})
    until_heard(jobs, job)
    pid = jobs.events(job).entries[0]["pid"]
    jobs.cancel(job)
    assert jobs.state(job).phase == "stopping"
    until_phase(jobs, job, "stopped")
    assert not exists(pid)


def test_a_killed_worker_is_told_as_lost_and_the_next_job_starts(jobs: Queue) -> None:
    lost = jobs.submit("ann", {"task": "die"})
    following = jobs.submit("bob", {"task": "count"})
    until_phase(jobs, lost, "lost")
    assert jobs.state(lost).message == (
        "the training process was ended by the system (signal 9), often because memory ran out: start again"
    )
    until_phase(jobs, following, "finished")


def test_the_end_of_what_a_lost_worker_wrote_to_its_errors_is_kept(
    jobs: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    job = jobs.submit("ann", {"task": "die"})
    until_phase(jobs, job, "lost")
    assert jobs.diagnostics(job).endswith("the last words")
    assert len(jobs.diagnostics(job)) <= ERRORS_BYTES
    assert "the last words" in caplog.text


def test_a_line_that_death_cut_short_counts_as_death_not_as_garbage(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "break off"})
    until_phase(jobs, job, "lost")


def test_a_worker_that_leaves_early_is_lost_with_its_exit_code(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "leave"})
    until_phase(jobs, job, "lost")
    assert "exit code 3" in (jobs.state(job).message or "")


def test_only_the_kill_signal_is_blamed_on_memory() -> None:
    assert "memory" in how_it_was_lost(-signal.SIGKILL)
    assert "memory" not in how_it_was_lost(-signal.SIGSEGV)


def test_a_task_that_fails_says_why(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "fail"})
    until_phase(jobs, job, "failed")
    assert jobs.state(job).message == "C9: a 5×5 kernel does not fit in 1@4×4"


@pytest.mark.parametrize(
    ("line", "times", "fault"),
    [
        ("Epoch 1", 1, "not JSON"),
        ("[", 100_000, "not JSON"),
        ("[1, 2]", 1, "no known type"),
        ('{"type": "gone"}', 1, "no known type"),
        ('{"type": []}', 1, "no known type"),
        ("x", LINE_BYTES + 1, "longer than 8 MB"),
    ],
)
def test_a_line_that_is_no_event_fails_the_job_and_the_next_one_starts(
    jobs: Queue, line: str, times: int, fault: str
) -> None:
    job = jobs.submit("ann", {"task": "say", "line": line, "times": times})
    following = jobs.submit("bob", {"task": "count"})
    until_phase(jobs, job, "failed")
    assert fault in (jobs.state(job).message or "")
    until_phase(jobs, following, "finished")


def test_a_line_without_an_end_is_not_waited_for(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "say", "line": "x", "times": LINE_BYTES + 1, "end": ""})
    until_phase(jobs, job, "failed")
    assert "longer than 8 MB" in (jobs.state(job).message or "")


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with closing(Queue(QUICK, (str(tmp_path / "missing"),))) as jobs:
        one, two = jobs.submit("ann", {}), jobs.submit("bob", {})
        for job in (one, two):
            until_phase(jobs, job, "lost")
            assert "could not be started (No such file or directory)" in (jobs.state(job).message or "")
        jobs.warm()


def test_a_flood_of_events_is_thinned_and_keeps_its_first_and_its_last(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "count", "steps": 50_000})
    until_phase(jobs, job, "finished")
    events = jobs.events(job)
    steps = [event["step"] for event in events.entries]
    assert len(steps) <= history_module.ENTRIES
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1], events.next) == (0, 49_999, 50_000)
    assert [event["step"] for event in jobs.events(job, since=40_000).entries] == [s for s in steps if s >= 40_000]


def test_of_large_fields_only_the_first_and_the_newest_are_kept() -> None:
    history = History()
    tracemalloc.start()
    for step in range(300):
        history.add({"type": "progress", "step": step, "weights": f"{step:06}" * 20_000, "filters": [[0.5] * 99] * 9})
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1_000_000  # two events of 120 kB and 300 small ones, not 36 MB
    assert (history.first or {})["step"] == 0
    assert (history.latest or {})["weights"].startswith("000299")
    assert history.since(299).entries == ({"type": "progress", "step": 299},)


def test_small_events_between_do_not_hide_the_newest_large_one() -> None:
    history = History()
    for event in ({"step": 0}, {"step": 1, "weights": "w" * 999}, {"step": 2}):
        history.add(event)
    assert (history.latest or {})["step"] == 1


def test_numbers_short_texts_and_short_lists_count_as_small() -> None:
    history = History()
    small = {"loss": 0.5, "step": 3, "best": True, "layer": "C1", "none": None, "sizes": [1.0, 2.0]}
    history.add(small | {"long": [0] * 99, "nested": [[1]], "table": {"a": 1}})
    assert history.since(0).entries == (small,)


def test_a_visitor_who_leaves_is_given_a_while_then_the_run_is_stopped_with_the_reason_and_later_forgotten() -> None:
    with closing(Queue(replace(QUICK, grace=0.1, keep_left=0.5), FAKE)) as jobs:
        jobs.claim("ann")
        running, waiting = jobs.submit("ann", {"task": "hold"}), jobs.submit("bob", {"task": "count"})
        until_heard(jobs, running)
        jobs.release("ann")
        until_phase(jobs, running, "stopped")
        assert "its page was away for" in (jobs.state(running).message or "")
        assert jobs.events(running).entries  # for a visitor who comes back after all
        until(lambda: "no longer kept" in (jobs.state(running).message or ""), "forgotten")
        assert jobs.events(running).entries == ()
        assert jobs.latest(running) is None
        until_phase(jobs, waiting, "finished")


def test_a_leavers_waiting_job_is_taken_out_of_the_queue() -> None:
    with closing(Queue(replace(QUICK, grace=0.1), FAKE)) as jobs:
        jobs.submit("ann", {"task": "hold"})
        waiting, behind = jobs.submit("bob", {"task": "hold"}), jobs.submit("cy", {"task": "hold"})
        jobs.release("bob")
        until(lambda: jobs.state(behind).place == 1, "moved up")
        assert jobs.state(waiting).phase == "stopped"


def test_a_visitor_who_comes_back_in_time_keeps_the_job() -> None:
    with closing(Queue(replace(QUICK, grace=2.0), FAKE)) as jobs:
        job, other = jobs.submit("ann", {"task": "hold"}), jobs.submit("bob", {"task": "hold"})
        until_heard(jobs, job)
        jobs.release("ann")
        jobs.claim("ann")
        jobs.release("bob")  # left later and is gone: by then ann's grace would be over too
        until(lambda: "was away" in (jobs.state(other).message or ""), "bob given up")
        assert jobs.state(job).phase == "running"


def test_one_unfinished_job_for_each_visitor(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "hold"})
    with pytest.raises(QueueFull, match="has not ended yet: stop it"):
        jobs.submit("ann", {"task": "count"})
    jobs.cancel(job)
    until_phase(jobs, jobs.submit("ann", {"task": "count"}), "finished")


def test_all_tabs_of_a_browser_together_have_a_bound(jobs: Queue) -> None:
    for tab in range(102):
        jobs.claim(f"tab {tab}", "one browser")
    for tab in range(3):
        jobs.submit(f"tab {tab}", {"task": "hold"})
    for tab in range(3, 102):
        with pytest.raises(QueueFull, match="3 runs of your browser have not ended yet"):
            jobs.submit(f"tab {tab}", {"task": "hold"})
    jobs.claim("ann", "another browser")
    assert jobs.state(jobs.submit("ann", {"task": "hold"})).place == 1  # before the second of the tabs


def test_visitors_of_one_machine_without_cookies_count_as_one_browser(jobs: Queue) -> None:
    for tab in "abcd":
        jobs.claim(tab, None, "10.0.0.7")
    for tab in "abc":
        jobs.submit(tab, {"task": "hold"})
    with pytest.raises(QueueFull, match="3 runs of your browser"):
        jobs.submit("d", {"task": "hold"})


def test_everyones_first_job_comes_before_anyones_second() -> None:
    with closing(Queue(replace(QUICK, max_of_one=9), FAKE)) as jobs:
        for tab in "abcd":
            jobs.claim(tab, "one")
        names = {tab: jobs.submit(tab, {"task": "hold"}) for tab in ("a", "b", "c", "ann", "d", "bob")}
        places = {tab: jobs.state(name).place for tab, name in names.items()}
        assert places == {"a": None, "ann": 1, "bob": 2, "b": 3, "c": 4, "d": 5}
        jobs.cancel(names["a"])
        until_heard(jobs, names["ann"])


def test_a_page_loaded_anew_ends_what_it_left_running_at_once(jobs: Queue) -> None:
    jobs.claim("before", "one")
    job = jobs.submit("before", {"task": "hold"})
    until_heard(jobs, job)
    jobs.release("before")
    jobs.claim("after", "one")
    assert jobs.state(job).phase == "stopping"  # not after a grace of 60 s
    until_phase(jobs, job, "stopped")
    assert "loaded anew" in (jobs.state(job).message or "")


def test_a_second_tab_ends_nothing_and_other_visitors_of_the_machine_neither(jobs: Queue) -> None:
    for first, second, browser, address in (("a", "b", "one", None), ("c", "d", None, "10.0.0.7")):
        jobs.claim(first, browser, address)
        job = jobs.submit(first, {"task": "hold"})
        if browser is None:
            jobs.release(first)
        jobs.claim(second, browser, address)
        assert jobs.state(job).phase in ("waiting", "starting", "running")


def test_a_lost_connection_of_two_tabs_ends_nothing_when_they_come_back_one_by_one(jobs: Queue) -> None:
    jobs.claim("a", "one")
    jobs.claim("b", "one")
    job = jobs.submit("a", {"task": "hold"})
    jobs.release("a")
    jobs.release("b")
    jobs.claim("b", "one")
    jobs.claim("a", "one")
    until_heard(jobs, job)
    assert jobs.state(job).phase == "running"


def test_a_job_left_behind_is_ended_only_when_nobody_is_here_who_wants_it(jobs: Queue) -> None:
    jobs.claim("a")
    job = jobs.submit("a", {"task": "hold"})
    until_heard(jobs, job)
    assert not jobs.left_behind(job)
    jobs.release("a")
    assert jobs.left_behind(job)
    until_phase(jobs, job, "stopped")
    assert jobs.left_behind("no such job")


SHARING = replace(QUICK, share_results=frozenset({"count", "hold"}), share_work=frozenset({"listen"}))


def test_the_same_task_is_done_once_for_all_who_ask_and_its_result_is_kept() -> None:
    with closing(Queue(SHARING, FAKE)) as jobs:
        one, other = jobs.submit("ann", {"task": "count"}), jobs.submit("bob", {"task": "count"})
        assert one == other
        until_phase(jobs, one, "finished")
        assert jobs.submit("cy", {"task": "count"}) == one
        assert jobs.submit("cy", {"task": "count", "steps": 4}) != one


def test_a_shared_job_goes_on_until_the_last_one_stops_it() -> None:
    with closing(Queue(SHARING, FAKE)) as jobs:
        job = jobs.submit("ann", {"task": "hold"})
        assert jobs.submit("bob", {"task": "hold"}) == job
        until_heard(jobs, job)
        assert jobs.cancel(job, "ann")
        assert jobs.state(job).phase == "running"
        assert not jobs.cancel(job, "bob")
        until_phase(jobs, job, "stopped")
        assert jobs.submit("ann", {"task": "hold"}) != job  # what was stopped is done anew


def test_what_only_leaves_files_is_shared_while_it_goes_on_and_done_anew_after() -> None:
    with closing(Queue(replace(QUICK, share_work=frozenset({"count"})), FAKE)) as jobs:
        job = jobs.submit("ann", {"task": "count"})
        until_phase(jobs, job, "finished")
        assert jobs.submit("bob", {"task": "count"}) != job


def test_the_wait_follows_the_progress_of_what_runs_and_is_bounded_by_the_limit(jobs: Queue) -> None:
    running = jobs.submit("ann", {"task": "half way"})
    until_heard(jobs, running)
    time.sleep(0.5)
    waiting = jobs.submit("bob", {"task": "count"})
    first = jobs.state(waiting).turn
    assert first is not None
    assert first.likely < 60 < first.latest <= 20 * 60 + QUICK.kill_after
    time.sleep(0.3)
    second = jobs.state(waiting).turn
    assert second is not None
    assert second.latest < first.latest
    jobs.cancel(running)
    until_phase(jobs, waiting, "finished")
    assert jobs.state(waiting).turn is None


def test_waits_are_those_of_a_line_before_busy_places() -> None:
    assert waits([10.0, 4.0], [5.0, 1.0, 1.0]) == [4.0, 9.0, 10.0]
    assert waits([], [5.0, 1.0]) == [0.0, 5.0]


def test_a_frozen_worker_is_told_and_stop_is_obeyed_at_once() -> None:
    with closing(Queue(replace(QUICK, terminate_after=99.0, kill_after=99.0, deaf_after=0.5), FAKE)) as jobs:
        job = jobs.submit("ann", {"task": "deaf"})
        until_heard(jobs, job)
        pid = jobs.events(job).entries[0]["pid"]
        os.kill(pid, signal.SIGSTOP)
        until(lambda: jobs.state(job).silent > 0.3, "silence")
        jobs.cancel(job)
        until_phase(jobs, job, "stopped")
        assert not exists(pid)


def test_a_worker_that_stays_silent_is_ended_and_the_reason_is_not_memory() -> None:
    with closing(Queue(replace(QUICK, silent_limit=0.5), FAKE)) as jobs:
        job, following = jobs.submit("ann", {"task": "deaf"}), jobs.submit("bob", {"task": "count"})
        until_phase(jobs, job, "lost")
        assert "gave no sign of life for" in (jobs.state(job).message or "")
        assert "memory" not in (jobs.state(job).message or "")
        until_phase(jobs, following, "finished")


def test_a_worker_gives_signs_of_life_while_its_task_says_nothing() -> None:
    with closing(Queue(replace(QUICK, silent_limit=3.0), SERVER)) as jobs:  # a beat a second
        job = jobs.submit("ann", {"task": "listen"})
        until_heard(jobs, job)
        time.sleep(4.0)
        assert jobs.state(job).phase == "running"
        assert len(jobs.events(job).entries) == 1  # signs of life are no progress


def test_a_look_that_comes_late_does_not_count_as_the_workers_silence(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "deaf"})
    until_heard(jobs, job)
    with jobs._lock:
        [process] = jobs._workers
        process._heard_at -= 500
        jobs._workers.attend(500.0)
    assert jobs.state(job).phase == "running"


def test_a_server_without_descriptors_to_spare_refuses_politely() -> None:
    with (
        closing(Queue(replace(QUICK, spare_descriptors=10**9), FAKE)) as jobs,
        pytest.raises(QueueFull, match="as many visitors as it can serve"),
    ):
        jobs.submit("ann", {"task": "count"})


def test_the_descriptor_limit_is_raised_to_the_hard_one_within_a_bound() -> None:
    program = textwrap.dedent("""
        import resource
        from lenet_explain.jobs.machine import free_descriptors, raise_descriptor_limit
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        few = free_descriptors()
        print(raise_descriptor_limit(300), raise_descriptor_limit(10**7), hard, few, free_descriptors())
    """)
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, cwd=PROJECT, check=True, text=True)
    bounded, most, hard, few, many = map(int, done.stdout.split())
    assert (bounded, most) == (300, hard)
    assert few < 256 < many <= hard


def test_a_full_queue_says_so() -> None:
    with closing(Queue(replace(QUICK, max_waiting=2), FAKE)) as jobs:
        names = [jobs.submit(f"visitor {n}", {"task": "hold"}) for n in range(3)]
        with pytest.raises(QueueFull, match="2 runs are waiting already: a place is free in about 20 minutes"):
            jobs.submit("one too many", {"task": "hold"})
        jobs.cancel(names[2])
        jobs.submit("one too many", {"task": "hold"})


def test_a_task_too_long_for_a_pipe_is_refused(jobs: Queue) -> None:
    with pytest.raises(ValueError, match="put what is large into a file"):
        jobs.submit("ann", {"task": "count", "images": "0" * 40_000})


def test_a_job_over_its_time_is_stopped_with_what_it_reached_and_the_reason() -> None:
    with closing(Queue(replace(QUICK, limit=0.3), FAKE)) as jobs:
        slow, following = jobs.submit("ann", {"task": "hold"}), jobs.submit("bob", {"task": "count"})
        until_phase(jobs, slow, "stopped")
        assert (jobs.result(slow) or {})["type"] == "done"
        assert "a job may take 0.005 minutes here" in (jobs.state(slow).message or "")
        until(lambda: jobs.state(following).started_at, "the next job starts")


def test_a_job_over_its_time_that_does_not_listen_is_ended_and_the_next_one_starts() -> None:
    with closing(Queue(replace(QUICK, limit=0.3), FAKE)) as jobs:
        slow, following = jobs.submit("ann", {"task": "deaf"}), jobs.submit("bob", {"task": "count"})
        until_phase(jobs, slow, "stopped")
        assert "so this one was stopped" in (jobs.state(slow).message or "")
        until(lambda: jobs.state(following).started_at, "the next job starts")


def test_a_visitors_own_stop_needs_no_reason(jobs: Queue) -> None:
    job = jobs.submit("ann", {"task": "hold"})
    until_heard(jobs, job)
    jobs.cancel(job)
    until_phase(jobs, job, "stopped")
    assert jobs.state(job).message is None


def test_ended_jobs_are_forgotten_after_a_while() -> None:
    with closing(Queue(replace(QUICK, keep=0.1), FAKE)) as jobs:
        job = jobs.submit("ann", {"task": "count"})
        until(lambda: "no longer kept" in (jobs.state(job).message or ""), "forgotten")


def test_only_so_many_ended_jobs_are_kept_and_the_oldest_go_first() -> None:
    with closing(Queue(replace(QUICK, max_kept=2), FAKE)) as jobs:
        names = [jobs.submit(f"visitor {n}", {"task": "count"}) for n in range(4)]
        until_phase(jobs, names[3], "finished")
        until(lambda: [jobs.state(name).phase for name in names[:2]] == ["lost"] * 2, "the oldest forgotten")
        assert [jobs.state(name).phase for name in names[2:]] == ["finished"] * 2


def test_two_visitors_at_once_are_both_served_and_no_more_run_than_may(
    jobs: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = counted(jobs, monkeypatch)
    names: list[str] = []
    gate = threading.Barrier(8)

    def visit(owner: str) -> None:
        gate.wait()
        names.append(jobs.submit(owner, {"task": "count"}))

    visitors = [threading.Thread(target=visit, args=(f"visitor {n}",)) for n in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    running: set[int] = set()

    def all_over() -> bool:
        running.add(len(list(jobs._workers)))
        return all(jobs.state(name).over for name in names)

    until(all_over, "all served")
    assert running <= {0, 1}
    assert len(set(names)) == len(started) == 8


def test_one_visitor_twice_at_once_is_served_once(jobs: Queue) -> None:
    gate, outcomes = threading.Barrier(2), []

    def visit() -> None:
        gate.wait()
        try:
            outcomes.append(jobs.submit("ann", {"task": "hold"}))
        except QueueFull:
            outcomes.append("refused")

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert outcomes.count("refused") == 1


def test_a_worker_made_ready_takes_the_job_and_is_the_only_one(jobs: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    started = counted(jobs, monkeypatch)
    jobs.warm()
    jobs.warm()
    until(lambda: jobs._workers.ready and jobs._workers.ready.ready, "a ready worker")
    ready = jobs._workers.ready
    job = jobs.submit("ann", {"task": "hold"})
    assert jobs.state(job).phase == "running"  # no start to wait for
    assert list(jobs._workers) == [ready]
    jobs.warm()
    assert len(started) == 1  # none is made ready while a job runs
    jobs.cancel(job)
    until(lambda: jobs._workers.ready and jobs._workers.ready.ready, "another ready worker after the job")
    assert len(started) == 2


def test_a_second_job_waits_for_memory_and_the_first_never_does() -> None:
    free = [100_000_000]
    with closing(Queue(replace(QUICK, max_running=2), FAKE, lambda: free[0])) as jobs:
        first, second = jobs.submit("ann", {"task": "hold"}), jobs.submit("bob", {"task": "hold"})
        until_heard(jobs, first)
        assert jobs.state(second).place == 1
        free[0] = 900_000_000
        until_heard(jobs, second)
        assert jobs.state(first).phase == "running"


def test_no_worker_is_made_ready_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def short_of_memory() -> int:
        looks.append(1)
        return 699_000_000

    with closing(Queue(QUICK, FAKE, short_of_memory)) as jobs:
        started = counted(jobs, monkeypatch)
        jobs.warm()
        until(lambda: len(looks) > 3, "several looks at the memory")
        assert started == []


def test_a_ready_worker_is_given_up_when_memory_gets_short_and_not_restarted_at_once() -> None:
    free = [2_000_000_000]
    with closing(Queue(QUICK, FAKE, lambda: free[0])) as jobs:
        jobs.warm()
        until(lambda: jobs._workers.ready, "a ready worker")
        free[0] = 299_000_000
        until(lambda: not jobs._workers.ready and not list(jobs._workers), "given up")
        free[0] = 510_000_000  # what giving it up has freed
        jobs.warm()
        assert not jobs._workers.ready
        free[0] = 2_000_000_000
        until(lambda: jobs._workers.ready, "ready again")


def test_a_ready_worker_waits_while_a_visitor_is_here_and_not_for_ever_after() -> None:
    looks: list[int] = []
    with closing(Queue(replace(QUICK, warm_unused=0.05), FAKE, lambda: looks.append(1))) as jobs:
        jobs.claim("ann")
        jobs.warm()
        until(lambda: len(looks) > 10, "several looks")
        assert jobs._workers.ready
        jobs.release("ann")
        until(lambda: not jobs._workers.ready and not list(jobs._workers), "given up")
        seen = len(looks)
        jobs.claim("bob")
        assert len(looks) == seen
        assert not jobs._workers.ready


def test_a_program_that_cannot_get_ready_is_not_tried_again_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Queue(QUICK, (sys.executable, "-S", "-c", "raise SystemExit(1)"))) as jobs:
        started = counted(jobs, monkeypatch)
        jobs.warm()
        until(lambda: jobs._workers.ready_wanted_at is None, "no longer wanted")
        with jobs._lock:
            jobs._keep_one_ready()
            assert jobs._workers.ready is None
        assert len(started) == 1


def test_closing_ends_even_a_deaf_worker_and_refuses_further_jobs() -> None:
    jobs = Queue(replace(QUICK, kill_after=999.0, terminate_after=999.0), FAKE)
    job = jobs.submit("ann", {"task": "deaf"})
    until_heard(jobs, job)
    jobs.close()
    jobs.close()
    assert not exists(jobs.events(job).entries[0]["pid"])
    assert jobs.state(job).phase == "stopped"
    with pytest.raises(QueueFull, match="shutting down"):
        jobs.submit("bob", {"task": "count"})


SERVE = """
import time
from lenet_explain.jobs.serving import Tasks, serve

def spin(task, stop):
    print("a stray print")
    yield {"pid": __import__("os").getpid(), "nice": __import__("os").nice(0), "type": "theirs", "kind": 1}
    while True:
        sum(range(100_000))

def listen(task, stop):
    yield {"pid": __import__("os").getpid()}
    while not stop():
        time.sleep(0.01)
    return {"stopped": True}

def refuse(task, stop):
    raise LookupError("that cannot be had: ask for something else")
    yield

def crash(task, stop):
    raise ZeroDivisionError("secret")
    yield

TASKS = {"spin": spin, "listen": listen, "refuse": refuse, "crash": crash}
serve(lambda: Tasks(TASKS, (LookupError,)), grace=0.2)
"""
SERVER = (sys.executable, "-c", SERVE)


@pytest.fixture
def served() -> Iterator[Queue]:
    with closing(Queue(replace(QUICK, kill_after=999.0, terminate_after=999.0), SERVER)) as queue:
        yield queue


def test_a_task_that_listens_is_stopped_and_returns_what_it_has(served: Queue) -> None:
    job = served.submit("ann", {"task": "listen"})
    until_heard(served, job)
    served.cancel(job)
    until_phase(served, job, "stopped")
    assert served.result(job) == {"type": "done", "stopped": True}


def test_a_task_that_does_not_listen_is_ended_by_its_own_process(served: Queue) -> None:
    job = served.submit("ann", {"task": "spin"})
    until_heard(served, job)
    served.cancel(job)
    until_phase(served, job, "stopped")


def test_stray_prints_and_fields_called_type_do_not_garble_the_wire(served: Queue) -> None:
    job = served.submit("ann", {"task": "spin"})
    until_heard(served, job)
    (event,) = served.events(job).entries
    assert (event["type"], event["kind"]) == ("progress", 1)
    assert event["nice"] == min(19, os.nice(0) + 10)  # the test itself may be run politely


def test_a_known_error_is_told_in_its_own_words(served: Queue) -> None:
    job = served.submit("ann", {"task": "refuse"})
    until_phase(served, job, "failed")
    assert served.state(job).message == "that cannot be had: ask for something else"


def test_an_unexpected_error_is_told_by_its_kind_and_kept_for_the_operator(served: Queue) -> None:
    job = served.submit("ann", {"task": "crash"})
    until_phase(served, job, "failed")
    assert served.state(job).message == "the training process stopped unexpectedly: ZeroDivisionError"
    until(lambda: "ZeroDivisionError: secret" in served.diagnostics(job), "the traceback")


def test_the_worker_program_names_the_tasks_it_knows() -> None:
    with closing(Queue(QUICK)) as jobs:
        job = jobs.submit("ann", {"task": "sing"})
        until_phase(jobs, job, "failed")
        message = jobs.state(job).message or ""
        assert message.startswith("sing: there is no such task, only ")
        assert {"train", "fetch"} <= set(message.partition("only ")[2].split(", "))


def test_a_worker_without_a_task_goes_when_its_input_ends() -> None:
    assert (
        subprocess.run(SERVER, stdin=subprocess.DEVNULL, capture_output=True, cwd=PROJECT, check=False).returncode == 0
    )


@pytest.mark.parametrize("task", ["spin", "listen"])
def test_workers_die_with_a_killed_parent(task: str) -> None:
    parent = textwrap.dedent(f"""
        import time
        from lenet_explain.jobs import Policy, Queue
        jobs = Queue(Policy(max_running=1, tick=0.02), {SERVER!r})
        job = jobs.submit("ann", {{"task": {task!r}}})
        while not jobs.events(job).entries:
            time.sleep(0.01)
        print(jobs.events(job).entries[0]["pid"], flush=True)
        time.sleep(999)
    """)
    with subprocess.Popen((sys.executable, "-c", parent), stdout=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        assert exists(pid)
        process.kill()
    until(lambda: not exists(pid), "the worker is gone")


def test_an_unclosed_queue_ends_its_workers_when_the_program_ends() -> None:
    program = textwrap.dedent(f"""
        import time
        from lenet_explain.jobs import Policy, Queue
        jobs = Queue(Policy(max_running=1), {FAKE!r})
        job = jobs.submit("ann", {{"task": "deaf"}})
        while not jobs.events(job).entries:
            time.sleep(0.01)
        print(jobs.events(job).entries[0]["pid"])
    """)
    done = subprocess.run((sys.executable, "-W", "error", "-c", program), capture_output=True, cwd=PROJECT, check=True)
    assert not exists(int(done.stdout))
    assert done.stderr == b""


def test_the_web_side_imports_nothing_heavy() -> None:
    program = "import sys, lenet_explain.jobs; print({'torch', 'numpy', 'streamlit'} & set(sys.modules))"
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, cwd=PROJECT, check=True)
    assert done.stdout.strip() == b"set()"


def machine(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


MEMINFO = {"proc/meminfo": "MemTotal: 8000 kB\nMemAvailable:    4000 kB\n"}


def test_free_memory_is_the_machines_without_a_container(tmp_path: Path) -> None:
    assert free_memory(machine(tmp_path, MEMINFO)) == 4000 * 1024


def test_free_memory_is_unknown_where_nothing_tells(tmp_path: Path) -> None:
    assert free_memory(tmp_path) is None


def test_a_cgroup_v2_limit_counts_and_files_only_read_are_free(tmp_path: Path) -> None:
    group = {
        "proc/self/cgroup": "0::/app/web\n",
        "sys/fs/cgroup/app/web/memory.max": "max\n",
        "sys/fs/cgroup/app/web/memory.current": "500\n",
        "sys/fs/cgroup/app/memory.max": "1000\n",
        "sys/fs/cgroup/app/memory.current": "700\n",
        "sys/fs/cgroup/app/memory.stat": "anon 400\ninactive_file 200\n",
    }
    assert free_memory(machine(tmp_path, MEMINFO | group)) == 1000 - 700 + 200


def test_a_cgroup_v1_limit_counts_also_where_the_path_is_the_hosts(tmp_path: Path) -> None:
    group = {
        "proc/self/cgroup": "4:memory:/docker/0123\n3:cpu,cpuacct:/docker/0123\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "1200\n",
        "sys/fs/cgroup/memory/memory.stat": "inactive_file 1\ntotal_inactive_file 50\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "150000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    }
    root = machine(tmp_path, MEMINFO | group)
    assert free_memory(root) == 0
    assert usable_cores(root) == 1


@pytest.mark.parametrize(("limit", "cores"), [("50000 100000", 1), ("100000 100000", 1)])
def test_a_share_of_the_processor_counts_in_whole_cores(tmp_path: Path, limit: str, cores: int) -> None:
    root = machine(tmp_path, {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": f"{limit}\n"})
    assert usable_cores(root) == cores


def test_without_a_limit_every_core_this_process_may_use_counts(tmp_path: Path) -> None:
    unlimited = {
        "proc/self/cgroup": "0::/\n2:cpu:/\n",
        "sys/fs/cgroup/cpu.max": "max 100000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    }
    assert usable_cores(machine(tmp_path, unlimited)) == len(os.sched_getaffinity(0))


def test_job_names_cannot_be_guessed_and_tasks_arrive_as_they_were(jobs: Queue) -> None:
    line = json.dumps({"type": "failed", "message": "5×5 “quoted”\n"})
    job = jobs.submit("ann", {"task": "say", "line": line, "times": 1})
    until_phase(jobs, job, "failed")
    assert jobs.state(job).message == "5×5 “quoted”\n"
    assert len(job) >= 20
