"""What this process may use of its machine: the limits of its container where it has one, else the machine's.

Covers Linux with cgroup v2 or v1; elsewhere memory is unknown and every core counts. Open files are limited wherever
the system is not Windows.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import resource

ROOT = Path("/")
DESCRIPTORS = 65_536  # enough for ten thousand visitors; a limit without bound makes some programs slow


def free_memory(root: Path = ROOT) -> int | None:
    """Bytes that can still be taken before something is ended for it; None where unknown.

    Files kept in memory only because they were read count as free: the system drops them when it must.
    """
    known = [free for free in (_machine_free(root), *_container_free(root)) if free is not None]
    return max(0, min(known)) if known else None


def usable_cores(root: Path = ROOT) -> int:
    """Whole cores this process may keep busy, at least 1."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min([cores, *(int(share) for share in _core_shares(root))]))


def raise_descriptor_limit(most: int = DESCRIPTORS) -> int | None:
    """Let this process have as many open files and connections as the system allows, at most `most`; the limit then,
    None where the system has none (Windows). A limit that is higher already stays."""
    if sys.platform == "win32":
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # some systems have a bound of their own below the hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_descriptors(root: Path = ROOT) -> int | None:
    """How many more files and connections this process may open; None where unknown."""
    if sys.platform == "win32":
        return None
    try:
        used = sum(1 for _ in (root / "proc/self/fd").iterdir())
    except OSError:
        return None
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if soft == resource.RLIM_INFINITY else max(0, soft - used)


def _machine_free(root: Path) -> int | None:
    kilobytes = _table(root / "proc/meminfo").get("MemAvailable:")
    return None if kilobytes is None else kilobytes * 1024


def _container_free(root: Path) -> Iterator[int | None]:
    for folder in _folders(root, ""):
        yield _left(folder, "memory.max", "memory.current", "inactive_file")
    for folder in _folders(root, "memory"):
        yield _left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def _left(folder: Path, limit_file: str, usage_file: str, reclaimable: str) -> int | None:
    limit, usage = _number(folder / limit_file), _number(folder / usage_file)
    if limit is None or usage is None:
        return None
    return limit - usage + _table(folder / "memory.stat").get(reclaimable, 0)


def _core_shares(root: Path) -> Iterator[float]:
    for folder in _folders(root, ""):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if quota.isdigit() and period.isdigit():
            yield int(quota) / int(period)
    for folder in _folders(root, "cpu"):
        quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
        if quota is not None and period is not None and quota > 0:  # −1 says no limit
            yield quota / period


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """This process's group and the groups around it; controller "" for cgroup v2.

    Inside a container the path named may be the host's, and only the outermost folder exists.
    """
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controller not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / controller
        group = Path(path.lstrip("/"))
        yield from (top / folder for folder in dict.fromkeys((group, *group.parents)) if ".." not in folder.parts)


def _table(path: Path) -> dict[str, int]:
    """Lines that begin with a name and a whole number."""
    rows = (line.split() for line in _text(path).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text.lstrip("-").isdigit() else None  # cgroup v2 writes "max" for no limit


def _text(path: Path) -> str:
    """The file without its last line end, "" where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
