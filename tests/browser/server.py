"""The app's server in a process of its own, and the workers that it has started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKER = b"lenet_explain.jobs.worker"
_STARTS_WITHIN = 60  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int

    def workers(self) -> list[int]:
        """Its worker processes: at work or ready for it."""
        return [pid for pid in _children(self.pid) if WORKER in _read(Path(f"/proc/{pid}/cmdline"))]

    def tell_workers(self, number: signal.Signals) -> None:
        for pid in self.workers():
            os.kill(pid, number)


@contextmanager
def running(
    folder: Path, app: Path = ROOT / "app.py", cores: int | None = None, *, port: int | None = None, base: str = "",
    more: Sequence[str] = (),
) -> Iterator[Server]:  # fmt: skip
    """A server on a free port, unless one is named; folder: for its log and, empty of MNIST, for its data; cores: how
    many it may use; base: the path below which all its addresses are, such as 'sub/path'; more: options of
    Streamlit's."""
    port = port or free_port()
    url = "/".join(filter(None, (f"http://127.0.0.1:{port}", base)))
    log = folder / "server.log"
    here = [] if cores is None else ["taskset", "-c", ",".join(map(str, sorted(os.sched_getaffinity(0))[:cores]))]
    command = [*here, sys.executable, "-m", "streamlit", "run", str(app), "--server.headless=true"]
    address = ["--server.address=127.0.0.1", f"--server.port={port}", f"--server.baseUrlPath={base}"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, *address, *more],
            cwd=ROOT,
            env={**os.environ, "LENET_EXPLAIN_DATA": str(folder / "data")},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _await(process, f"{url}/_stcore/health", log)
            yield Server(url, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(address, timeout=1) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"the server did not start: {log.read_text()}")


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = _read(stat).rpartition(b")")[2].split()
        if len(fields) > 1 and int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
