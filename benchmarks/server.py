"""What one server costs and how fast it answers: memory, a neighbour who trains, a hundred visitors at once.

Starts `streamlit run app.py` on a free port of 127.0.0.1, visits it as `benchmarks/visitor.py` does, prints one table
and ends what it started. Client and server share the cores: trust the ratios before the milliseconds.
MB are 10^6 bytes resident (VmRSS); a sum of them counts shared pages twice, the proportional share (PSS) once.
Use: LENET_EXPLAIN_DATA=... python benchmarks/server.py     (two minutes; without MNIST it trains on digits)
"""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.visitor import Visitor, visit
from lenet_explain.data.datasets import DATA_VARIABLE, data_folder
from lenet_explain.data.mnist_files import seems_fetched

ROOT = Path(__file__).resolve().parents[1]
PAIRS, RERUNS, WARM_UP = 5, 10, 3  # blocks of each kind, measured reruns in a block, reruns before them
PAUSE = 0.13  # seconds between a visitor's reruns, so that they meet a neighbour's ticks at every phase
SESSIONS, CROWD_SECONDS, AT_A_TIME = 100, 8.0, 10  # visitors, how long they all rerun, how many arrive together
LONGEST = 600.0  # seconds for everything; a run of one epoch takes 20 s, and minutes beside other work
LAYERS = ("C3", "C1")
PROC = Path("/proc")


class Row(NamedTuple):
    """One line of the table; limit None: there is none."""

    what: str
    value: float
    unit: str = "MB"
    limit: float | None = None

    def __str__(self) -> str:
        against = f"{self.limit:8g}{self.value / self.limit:8.2f}" if self.limit else ""
        return f"{self.what:62}{self.value:9.{2 if self.value < 10 else 0}f} {self.unit:9}{against}".rstrip()


class Server(NamedTuple):
    """The web process; its children are the workers."""

    port: int
    pid: int

    @property
    def workers(self) -> list[int]:
        """Process ids, oldest first: while one trains it is the first, as another is started only when it is gone."""
        stats = {int(folder.name): _stat(int(folder.name)) for folder in PROC.iterdir() if folder.name.isdigit()}
        return sorted((i for i, s in stats.items() if s and int(s[1]) == self.pid), key=lambda i: int(stats[i][19]))

    async def calm(self, seconds: float = 20) -> None:
        """Wait until neither the web process nor a worker computes any more, at most so many seconds."""
        deadline, used, before = time.monotonic() + seconds, 0.0, -1.0
        while abs(used - before) > 0.04 and time.monotonic() < deadline:
            await asyncio.sleep(0.7)
            before, used = used, sum(map(processor_seconds, (self.pid, *self.workers)))


def megabytes(pid: int, file: str = "status", name: str = "VmRSS") -> float:
    """Resident memory; with "smaps_rollup" and "Pss" the proportional share. 0 for a process that is gone."""
    with suppress(OSError):
        lines = (PROC / str(pid) / file).read_text().splitlines()
        return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(f"{name}:")), 0.0)
    return 0.0


def processor_seconds(pid: int) -> float:
    """Processor time used so far; 0 for a process that is gone."""
    stat = _stat(pid)
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK") if stat else 0.0


def _stat(pid: int) -> list[str]:
    """The fields of proc_pid_stat(5) from the third, the state, on; none for a process that is gone."""
    with suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return []


@contextmanager
def running() -> Iterator[Server]:
    """The server, once it answers. Afterwards it is gone, and its workers with it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ("--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}", "--logger.level=error")
    command = (sys.executable, "-m", "streamlit", "run", "app.py", *options)
    environment = {**os.environ, DATA_VARIABLE: str(data_folder().resolve())}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, process_group=0)
    try:
        _until_it_answers(port, process)
        yield Server(port, process.pid)
    finally:
        _end(process)


def _until_it_answers(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().read() == b"ok":
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server has ended, or does not answer within {seconds:g} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, which ends its workers; one that is left after that is killed."""
    handles = [os.pidfd_open(worker) for worker in Server(0, process.pid).workers]
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(15)
    process.kill()
    process.wait()
    for handle in handles:  # of this worker and no other process, even where its number is used again
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        os.close(handle)


def nth(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def _watch(server: Server, peak: dict[str, float]) -> None:
    """Until cancelled, keep the highest of the web process and the oldest worker together."""
    while True:
        both = (server.pid, *server.workers[:1])
        total = sum(map(megabytes, both))
        if total > peak.get("total", 0):
            shares = (megabytes(pid, "smaps_rollup", "Pss") for pid in both)
            peak.update(total=total, web=megabytes(server.pid), share=sum(shares))
        await asyncio.sleep(0.1)


async def block(visitor: Visitor) -> list[float]:
    """Milliseconds that the page takes to follow each change of the layer."""
    return (await visitor.reruns("layer", LAYERS, WARM_UP + RERUNS, PAUSE))[WARM_UP:]


async def beside_training(server: Server, other: Visitor, trainer: Visitor) -> list[Row]:
    """Blocks in turns: nobody else does anything, then somebody else trains and watches."""
    idle, training, ratios, renewed, own = [], [], [], [], 0.0
    for _ in range(PAIRS):
        await server.calm()
        before = processor_seconds(server.pid)
        idle += (alone := await block(other))
        own += processor_seconds(server.pid) - before
        await trainer.press("train")
        await trainer.until("the first step", lambda: "images/s" in trainer.progress)
        ticks, began = trainer.ticks, time.monotonic()
        training += (beside := await block(other))
        renewed += [(trainer.ticks - ticks) / (time.monotonic() - began)]
        ratios.append(nth(beside, 50) / nth(alone, 50))
        await trainer.press("stop")
        await trainer.until("the end after Stop", lambda: trainer.can_press("train"))
        await trainer.press("reset")
    ratio, pairs = nth(training, 50) / nth(idle, 50), f"{min(ratios):.2f} to {max(ratios):.2f}"
    return [
        Row(f"a visitor's rerun, server idle: median of {len(idle)}", nth(idle, 50), "ms"),
        Row("   90 of 100 are faster than", nth(idle, 90), "ms"),
        Row("   processor time of the web process, mean", own / PAIRS / (RERUNS + WARM_UP) * 1000, "ms"),
        Row(f"the same while somebody trains: median of {len(training)}", nth(training, 50), "ms"),
        Row("   90 of 100 are faster than", nth(training, 90), "ms"),
        Row("   the trainer's own views renewed", statistics.mean(renewed), "a second"),
        Row(f"   training : idle (single pairs {pairs})", ratio, "", 1.5),
    ]


async def crowd(server: Server, stack: AsyncExitStack) -> list[Row]:
    """Many arrive, then all change the layer again and again, none waiting for another."""
    before, began, visitors = megabytes(server.pid), time.monotonic(), []
    for _ in range(SESSIONS // AT_A_TIME):
        visitors += await asyncio.gather(*(stack.enter_async_context(visit(server.port)) for _ in range(AT_A_TIME)))
    arrived = time.monotonic() - began
    with_all, own, began = megabytes(server.pid), time.process_time(), time.monotonic()
    everyone = (visitor.reruns("layer", LAYERS, 10_000, 0, began + CROWD_SECONDS) for visitor in visitors)
    taken = list(chain(*await asyncio.gather(*everyone)))
    seconds, own = time.monotonic() - began, time.process_time() - own
    return [
        Row(f"web process with {SESSIONS} more sessions", with_all, limit=170),
        Row("   after they have all rerun at once", megabytes(server.pid), limit=170),
        Row("   each further session", (with_all - before) / SESSIONS),
        Row(f"{SESSIONS} arriving, {AT_A_TIME} at a time", SESSIONS / arrived, "a second"),
        Row(f"{SESSIONS} rerunning at once (client: {own / seconds:.0%} of a core)", len(taken) / seconds, "a second"),
        Row("   median", nth(taken, 50), "ms"),
        Row("   95 of 100 are faster than", nth(taken, 95), "ms"),
    ]


async def whole_run(server: Server, data: str) -> Row:
    """Train one epoch to its end, with the results on screen."""
    async with visit(server.port, f"data={data}&epochs=1") as guest:
        await guest.press("train")
        await guest.until("the end of the run", lambda: guest.can_press("train"), 300)
        return Row(f"   after a whole run on {data} with its results", megabytes(server.pid), limit=170)


async def measure(server: Server, data: str) -> list[Row]:
    rows = [Row("web process, started", megabytes(server.pid), limit=170)]
    peak: dict[str, float] = {}
    async with asyncio.timeout(LONGEST), AsyncExitStack() as stack:
        other = await stack.enter_async_context(visit(server.port))
        rows.append(Row("   after the first page", megabytes(server.pid), limit=170))
        await server.calm()
        rows.append(Row("ready worker, beside it and idle", sum(map(megabytes, server.workers))))
        watching = asyncio.create_task(_watch(server, peak))
        try:
            async with visit(server.port, f"data={data}&epochs=100") as trainer:
                answers = await beside_training(server, other, trainer)
            rows.append(await whole_run(server, data))
        finally:
            watching.cancel()
        rows.append(Row(f"web + worker training on {data}, highest sum", peak["total"], limit=600))
        rows += [Row("   of it the web process", peak["web"]), Row("   the sum as PSS", peak["share"])]
        rows += await crowd(server, stack)
    return rows + answers


def main() -> None:
    if not (PROC / "self" / "smaps_rollup").exists():
        sys.exit("This benchmark reads memory from /proc/<pid>/smaps_rollup, which this system does not have.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to end as Ctrl-C does
    data = "mnist" if seems_fetched(data_folder()) else "digits"
    why = "" if data == "mnist" else f" ({DATA_VARIABLE} names no folder with MNIST)"
    print(f"Training on {data}{why}. {os.cpu_count()} cores; load before {os.getloadavg()[0]:.1f}", end="", flush=True)
    with running() as server:
        rows = asyncio.run(measure(server, data))
    print(f", after {os.getloadavg()[0]:.1f}\n\n{'':62}{'value':>9} {'unit':9}{'limit':>8}{'ratio':>8}")
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
