"""A worker without torch, for tests of the queue: the task says how it is to behave, or to misbehave."""

from __future__ import annotations

import json
import os
import signal
import sys
import time


def say(kind: str, **fields: object) -> None:
    print(json.dumps(fields | {"type": kind}), flush=True)


def behave(task: dict) -> None:
    match task["task"]:
        case "count":
            for step in range(task.get("steps", 3)):
                say("progress", step=step)
        case "hold":
            say("progress", step=0)
            sys.stdin.read()
        case "half way":
            say("progress", share=0.5)
            sys.stdin.read()
        case "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            say("progress", pid=os.getpid())
            while True:
                time.sleep(1)
        case "die":
            say("progress", step=0)
            sys.stderr.write("x" * 100_000 + "the last words")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        case "break off":
            sys.stdout.write('{"type": "progress", "st')
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        case "leave":
            sys.exit(3)
        case "say":
            sys.stdout.write(task["line"] * task["times"] + task.get("end", "\n"))
            sys.stdout.flush()
            sys.stdin.read()
        case "fail":
            say("failed", message="C9: a 5×5 kernel does not fit in 1@4×4")


say("ready")
order = sys.stdin.readline()
if order:
    behave(json.loads(order))
    say("done", pid=os.getpid())
