"""MNIST, read and fetched through torchvision. For worker processes and the command line, never the web process.

Whatever goes wrong is told as a DataError. Nothing here is unpickled: the four raw files are checked and read,
and `processed/`, where old versions of torchvision kept pickled tensors, is ignored.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import socket
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from lenet_explain.data import mnist_files, vision
from lenet_explain.data.datasets import DATA_VARIABLE, DataError, Digits

_POLL_SECONDS = 0.1
_STALL_SECONDS = 20.0  # a mirror that is silent for so long has failed
_ABANDONED_SECONDS = 3600.0  # an unfinished fetch that has not grown for so long belongs to nobody
_PART = ".mnist-unfinished-"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_MEANWHILE = "until then, the app goes on with the embedded digits."


class MNIST(vision.datasets.MNIST):
    """torchvision's MNIST without `processed/`. It names its folder after the class."""

    def _check_legacy_exist(self) -> bool:
        return False


class _HaltedError(Exception):
    """Ends a download whose result is no longer wanted."""


class _Download(threading.Thread):
    """torchvision's own download, into a folder where nobody else writes. A daemon: a silent mirror keeps no one."""

    def __init__(self, part: Path) -> None:
        super().__init__(name="mnist-download", daemon=True)
        self.part = part
        self.halted = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            MNIST(self.part, download=True)
        except (OSError, RuntimeError, HTTPException, EOFError, zlib.error, _HaltedError) as error:
            self.failure = error

    def received(self) -> int:
        """Bytes of archives so far; a file that is tried again starts again from zero."""
        return sum(archive.stat().st_size for archive in mnist_files.raw_folder(self.part).glob("*.gz"))


class _NoBar:
    """Takes the place of the bar that torchvision draws on the terminal: each call asks whether to go on."""

    def __init__(self, **_: object) -> None:
        self.update(0)

    def __enter__(self) -> _NoBar:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, _: int) -> None:
        download = threading.current_thread()
        if isinstance(download, _Download) and download.halted.is_set():
            raise _HaltedError


vision.downloads.tqdm = _NoBar  # once for the process: its only downloads are these


def load_mnist(folder: Path) -> Digits:
    """MNIST from `folder`, see mnist_files, each file checked as it is read.

    Raises DataError, naming the file, if one is missing, unreadable or not the published one.
    """
    for file in mnist_files.MNIST_FILES:
        if not file.found(folder).is_file():
            raise DataError(
                f"There is no MNIST in {folder} ({file.name} is missing): fetch it, or let {DATA_VARIABLE} name a "
                f"folder that holds MNIST/raw, or the four files themselves; {_MEANWHILE}"
            )
    try:
        return Digits(*mnist_files.read_training_digits(folder), *mnist_files.read_test_digits(folder))
    except DataError as error:
        raise DataError(f"{error}; {_MEANWHILE}") from error


def fetch_mnist(folder: Path, on_progress: Callable[[int, int], None], stop: Callable[[], bool]) -> bool:
    """Bring MNIST into `folder`/MNIST/raw unless it is there already; damaged files are replaced.

    on_progress is told bytes received and bytes in all, about ten times a second; stop is asked as often.
    returns: True if MNIST is there now, False if stopped, which takes less than half a second.
    Files appear in their place one by one, each whole and checked: whoever is killed here, or fetches at the same
    time, spoils nothing. Raises DataError for a mirror, disk or folder that fails.
    """
    with _explaining_folder(folder):
        if all(file.is_whole(folder) for file in mnist_files.MNIST_FILES):
            return True
    with _own_folder(folder) as part:
        if not _downloaded(part, folder, on_progress, stop):
            return False
        with _explaining_folder(folder):
            mnist_files.raw_folder(folder).mkdir(parents=True, exist_ok=True)
            for file in mnist_files.MNIST_FILES:
                file.within(part).replace(file.within(folder))
    return True


def _downloaded(part: Path, folder: Path, on_progress: Callable[[int, int], None], stop: Callable[[], bool]) -> bool:
    """False if stopped; True if all four files lie in `part`, whole."""
    download = _Download(part)
    with _stalling_after(_STALL_SECONDS):
        try:
            download.start()
            while download.is_alive():
                download.join(_POLL_SECONDS)
                on_progress(min(download.received(), mnist_files.ARCHIVE_BYTES), mnist_files.ARCHIVE_BYTES)
                if stop():
                    return False
        finally:
            download.halted.set()
            download.join(2 * _POLL_SECONDS)  # so that it does not write while its folder is being removed
    if download.failure:
        raise _explained(download.failure, part, folder) from download.failure
    for file in mnist_files.MNIST_FILES:
        if not file.is_whole(part):
            raise DataError(f"The {file.name} that was fetched is not MNIST's: try again later; {_MEANWHILE}")
    return True


def _explained(failure: Exception, part: Path, folder: Path) -> DataError:
    """torchvision tells failures in prose, so what lies in `part` says which one it was."""
    if isinstance(failure, OSError) and failure.errno in _FULL:
        return _folder_trouble(failure, folder)
    raw = mnist_files.raw_folder(part)
    for name, md5 in MNIST.resources:
        archive = raw / name
        if not archive.exists():
            hosts = ", ".join(urlsplit(mirror).hostname or mirror for mirror in MNIST.mirrors)
            return DataError(
                f"MNIST could not be fetched, since no mirror gave {name} (asked {hosts}): check the connection "
                f"and try again; {_MEANWHILE}"
            )
        if not vision.downloads.check_md5(archive, md5):
            return DataError(f"MNIST's {name} arrived incomplete or damaged: try again; {_MEANWHILE}")
    return DataError(f"MNIST arrived but could not be unpacked ({failure}): try again; {_MEANWHILE}")


def _folder_trouble(error: OSError, folder: Path) -> DataError:
    if error.errno in _FULL:
        return DataError(f"The disk that holds {folder} is full: free some space and fetch MNIST again; {_MEANWHILE}")
    return DataError(
        f"MNIST cannot be kept in {folder} ({error.strerror}): let {DATA_VARIABLE} name a folder that can be written; "
        f"{_MEANWHILE}"
    )


@contextlib.contextmanager
def _explaining_folder(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _folder_trouble(error, folder) from error


@contextlib.contextmanager
def _own_folder(folder: Path) -> Iterator[Path]:
    """A folder beside the final one, on the same disk, for this fetch alone; it goes when the fetch is over."""
    with _explaining_folder(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder)
        part = Path(tempfile.mkdtemp(prefix=_PART, dir=folder))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _remove_abandoned(folder: Path) -> None:
    """Clear away what fetches that were killed have left."""
    for part in folder.glob(f"{_PART}*"):
        with contextlib.suppress(FileNotFoundError):  # another fetch may be clearing away too
            youngest = max(path.stat().st_mtime for path in (part, *part.rglob("*")))
            if time.time() - youngest > _ABANDONED_SECONDS:
                shutil.rmtree(part, ignore_errors=True)


@contextlib.contextmanager
def _stalling_after(seconds: float) -> Iterator[None]:
    """torchvision sets no time limit on its connections; the process's default is the only way to one."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
