"""The worker program: `python -m lenet_explain.jobs.worker`. One process, one task, events as lines of JSON.

  out   {"type": "ready"} once what is heavy is imported
  in    one line, the task, such as {"task": "fetch", "data": "mnist"}
  out   {"type": "progress", ...} as often as the task says; "share": of its work that is done, 0 to 1, where it knows
  out   {"type": "done", ...} or {"type": "failed", "message": one sentence for the visitor}

  out   {"type": "alive"} every second, from a thread of its own: it stops when the process does not run, and when a
        call does not let other threads run

The end of the input, or any further line, asks it to stop. A worker whose task does not listen ends itself soon after,
so none outlives the process that started it.
"""

from __future__ import annotations

from lenet_explain.jobs.serving import Tasks, serve


def _load() -> Tasks:
    from lenet_explain.jobs.tasks.table import KNOWN_ERRORS, TASKS, prepare

    prepare()
    return Tasks(TASKS, KNOWN_ERRORS)


if __name__ == "__main__":
    serve(_load)
