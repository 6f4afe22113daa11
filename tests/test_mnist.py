"""Fetching and reading MNIST, from a mirror on this machine: whole, and failing as mirrors, disks and folders can."""

from __future__ import annotations

import errno
import gc
import gzip
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mirror import COUNTS, NAMES, PUBLISHED, Mirror, serve, small_mnist

from lenet_explain.data import mnist, mnist_files, vision
from lenet_explain.data.datasets import DataError
from lenet_explain.data.mnist import MNIST, fetch_mnist, load_mnist
from lenet_explain.data.mnist_files import RawFile, raw_folder, seems_fetched

MEANWHILE = "until then, the app goes on with the embedded digits"
REAL = Path(os.environ.get("LENET_EXPLAIN_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
needs_mnist = pytest.mark.skipif(
    not seems_fetched(REAL), reason="no MNIST here: let LENET_EXPLAIN_DATA name its folder"
)


def never() -> bool:
    return False


def untold(_received: int, _total: int) -> None:
    pass


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob(".mnist-unfinished-*"))


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror of the small MNIST; what torchvision and the package take for MNIST follows it."""
    server = Mirror()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(MNIST, "mirrors", [server.url])
    serve(server, small_mnist(), monkeypatch)
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()
    socket.setdefaulttimeout(None)


@pytest.fixture
def refused() -> Iterator[None]:
    """After a 404, torchvision leaves the connection to the collector, which must not come in a later test."""
    yield
    gc.collect()


forgotten_connections = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


def test_torchvision_comes_in_beside_this_torch_without_a_warning() -> None:
    code = "from lenet_explain.data.vision import datasets, transforms; print(datasets.MNIST.__name__)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("MNIST", "")


@needs_mnist
def test_the_published_mnist_is_read_whole() -> None:
    data = load_mnist(REAL)
    assert data.train_images.shape == (60_000, 28, 28)
    assert np.bincount(data.train_labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert data.train_labels.dtype == data.test_images.dtype == np.uint8
    assert not data.train_images.flags.writeable


@needs_mnist
def test_the_published_mnist_is_fetched_byte_for_byte(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    serve(mirror, {file.name: file.within(REAL).read_bytes() for file in PUBLISHED}, monkeypatch)
    monkeypatch.setattr(mnist_files, "MNIST_FILES", PUBLISHED)
    assert fetch_mnist(tmp_path, untold, never)
    assert all(file.is_whole(tmp_path) for file in PUBLISHED)


def test_a_fetched_mnist_is_loaded_with_every_image_at_its_label(mirror: Mirror, tmp_path: Path) -> None:
    assert fetch_mnist(tmp_path / "new" / "folder", untold, never)
    data = load_mnist(tmp_path / "new" / "folder")
    contents = small_mnist()
    assert data.train_images.tobytes() == contents[NAMES[0]][16:]
    assert data.train_labels.tobytes() == contents[NAMES[1]][8:]
    assert data.test_images.tobytes() == contents[NAMES[2]][16:]
    assert data.test_labels.tobytes() == contents[NAMES[3]][8:]


def test_a_fetch_leaves_the_four_files_and_nothing_else(mirror: Mirror, tmp_path: Path) -> None:
    assert not seems_fetched(tmp_path)
    fetch_mnist(tmp_path, untold, never)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(NAMES)
    assert not unfinished(tmp_path)
    assert seems_fetched(tmp_path)


def test_a_fetch_writes_nothing_on_the_terminal(
    mirror: Mirror, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fetch_mnist(tmp_path, untold, never)
    assert capfd.readouterr() == ("", "")


def test_a_second_fetch_asks_no_mirror(mirror: Mirror, tmp_path: Path) -> None:
    fetch_mnist(tmp_path, untold, never)
    mirror.asked.clear()
    assert fetch_mnist(tmp_path, untold, never)
    assert mirror.asked == []


def test_progress_grows_from_little_to_all_the_bytes(mirror: Mirror, tmp_path: Path) -> None:
    mirror.conduct["train-images-idx3-ubyte.gz"] = "slow"
    told: list[tuple[int, int]] = []
    fetch_mnist(tmp_path, lambda received, total: told.append((received, total)), never)
    received = [bytes_so_far for bytes_so_far, _ in told]
    assert received == sorted(received)
    assert len(set(received)) > 3
    assert told[-1] == (mnist_files.ARCHIVE_BYTES, mnist_files.ARCHIVE_BYTES)


@pytest.mark.parametrize("conduct", ["slow", "silent"])
def test_a_stopped_fetch_returns_at_once_and_leaves_nothing(mirror: Mirror, tmp_path: Path, conduct: str) -> None:
    mirror.conduct["train-images-idx3-ubyte.gz"] = conduct
    received: list[int] = []
    began = time.monotonic()
    assert not fetch_mnist(tmp_path, lambda so_far, _: received.append(so_far), lambda: max(received) > 0)
    assert time.monotonic() - began < 5  # the mirror would take 60 s or 20 s; the promise is half a second
    assert list(tmp_path.iterdir()) == []
    mirror.conduct.clear()
    assert fetch_mnist(tmp_path, untold, never)


def test_a_caller_that_fails_ends_the_download(mirror: Mirror, tmp_path: Path) -> None:
    mirror.conduct["train-images-idx3-ubyte.gz"] = "slow"

    def closed(_received: int, _total: int) -> None:
        raise BrokenPipeError("nobody listens")

    with pytest.raises(BrokenPipeError, match="nobody listens"):
        fetch_mnist(tmp_path, closed, never)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("conduct", ["cut", "corrupt", "silent"])
@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
def test_an_archive_that_is_not_whole_is_named_and_not_kept(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, conduct: str
) -> None:
    monkeypatch.setattr(mnist, "_STALL_SECONDS", 0.3)
    mirror.conduct[name] = conduct
    began = time.monotonic()
    with pytest.raises(DataError, match=f"MNIST's {name} arrived incomplete or damaged: try again; {MEANWHILE}"):
        fetch_mnist(tmp_path, untold, never)
    assert time.monotonic() - began < 10  # the silent mirror would hold the line for 60 s
    assert list(tmp_path.iterdir()) == []
    mirror.conduct.clear()
    assert fetch_mnist(tmp_path, untold, never)


@forgotten_connections
@pytest.mark.usefixtures("refused")
def test_a_file_no_mirror_has_is_named_with_the_mirrors(mirror: Mirror, tmp_path: Path) -> None:
    mirror.conduct["t10k-images-idx3-ubyte.gz"] = "missing"
    told = rf"no mirror gave t10k-images-idx3-ubyte.gz \(asked 127.0.0.1\): check the connection.*{MEANWHILE}"
    with pytest.raises(DataError, match=told):
        fetch_mnist(tmp_path, untold, never)


def test_without_a_network_the_visitor_is_told_to_check_the_connection(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as closed:  # bound but not listening: connections are refused
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{closed.getsockname()[1]}/"])
        with pytest.raises(DataError, match=f"no mirror gave train-images.*check the connection.*{MEANWHILE}"):
            fetch_mnist(tmp_path, untold, never)


@forgotten_connections
@pytest.mark.usefixtures("refused")
def test_where_one_mirror_fails_the_next_is_asked(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mirror.archives |= {f"absent/{name}.gz": b"" for name in NAMES}
    mirror.conduct |= {f"absent/{name}.gz": "missing" for name in NAMES}
    monkeypatch.setattr(MNIST, "mirrors", [f"{mirror.url}absent/", mirror.url])
    assert fetch_mnist(tmp_path, untold, never)


def test_a_mirror_with_other_contents_under_the_right_checksum_list_is_refused(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mnist_files, "MNIST_FILES", PUBLISHED)
    with pytest.raises(DataError, match=f"The train-images-idx3-ubyte that was fetched is not MNIST's.*{MEANWHILE}"):
        fetch_mnist(tmp_path, untold, never)
    assert list(tmp_path.iterdir()) == []


class FullDisk(FileIO):
    def write(self, _: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told(mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as full:
        full.setattr(vision.downloads, "open", lambda path, mode: FullDisk(path, mode[0]), raising=False)
        with pytest.raises(DataError, match=f"The disk that holds {tmp_path} is full: free some space.*{MEANWHILE}"):
            fetch_mnist(tmp_path, untold, never)
    assert list(tmp_path.iterdir()) == []
    assert fetch_mnist(tmp_path, untold, never)


def test_a_disk_too_full_for_a_folder_is_told(mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(mnist.tempfile, "mkdtemp", full)
    with pytest.raises(DataError, match=f"The disk that holds {tmp_path} is full"):
        fetch_mnist(tmp_path, untold, never)


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def read_only(*_: object, **__: object) -> str:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    told = rf"MNIST cannot be kept in {tmp_path} \(Read-only file system\): let LENET_EXPLAIN_DATA name.*{MEANWHILE}"
    monkeypatch.setattr(mnist.tempfile, "mkdtemp", read_only)
    with pytest.raises(DataError, match=told):
        fetch_mnist(tmp_path, untold, never)


def test_a_folder_below_a_file_is_told_with_the_way_out(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match=r"MNIST cannot be kept in .*file/below \(Not a directory\)"):
        fetch_mnist(tmp_path / "file" / "below", untold, never)
    with pytest.raises(DataError, match=r"There is no MNIST in .*file/below"):
        load_mnist(tmp_path / "file" / "below")


def test_a_folder_without_mnist_is_told_with_the_file_it_lacks(mirror: Mirror, tmp_path: Path) -> None:
    told = (
        rf"There is no MNIST in {tmp_path} \(train-images-idx3-ubyte is missing\): fetch it, or let LENET_EXPLAIN_DATA"
    )
    with pytest.raises(DataError, match=f"{told}.*{MEANWHILE}"):
        load_mnist(tmp_path)
    fetch_mnist(tmp_path, untold, never)
    (raw_folder(tmp_path) / NAMES[3]).unlink()
    with pytest.raises(DataError, match=r"\(t10k-labels-idx1-ubyte is missing\)"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_file_is_named_and_mended_by_the_next_fetch(
    mirror: Mirror, tmp_path: Path, name: str, damage: str
) -> None:
    fetch_mnist(tmp_path, untold, never)
    path = raw_folder(tmp_path) / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] if damage == "cut" else whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(DataError, match=f"{name} is not MNIST's file, or is damaged: fetch MNIST again; {MEANWHILE}"):
        load_mnist(tmp_path)
    assert fetch_mnist(tmp_path, untold, never)
    assert path.read_bytes() == whole


def test_a_file_that_cannot_be_read_is_named(mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fetch_mnist(tmp_path, untold, never)

    def failing(self: RawFile, _: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.name)

    monkeypatch.setattr(RawFile, "content", failing)
    with pytest.raises(DataError, match=rf"train-images-idx3-ubyte cannot be read \(Permission denied\).*{MEANWHILE}"):
        load_mnist(tmp_path)


def test_pickled_tensors_of_old_torchvision_versions_are_not_opened(mirror: Mirror, tmp_path: Path) -> None:
    fetch_mnist(tmp_path, untold, never)
    processed = tmp_path / "MNIST" / "processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        (processed / name).write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    assert len(load_mnist(tmp_path).test_labels) == COUNTS[1]


def test_two_fetches_at_once_both_end_with_whole_files(mirror: Mirror, tmp_path: Path) -> None:
    mirror.conduct["train-images-idx3-ubyte.gz"] = "slow"
    both = threading.Barrier(2, timeout=30)
    waited: set[int] = set()
    fetched: list[bool] = []

    def meet(received: int, _total: int) -> None:
        """Neither goes on before both have begun to receive."""
        if received and threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            both.wait()

    threads = [threading.Thread(target=lambda: fetched.append(fetch_mnist(tmp_path, meet, never))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fetched == [True, True]
    assert mirror.asked.count("train-images-idx3-ubyte.gz") >= 2
    assert len(load_mnist(tmp_path).train_labels) == COUNTS[0]
    assert not unfinished(tmp_path)


def test_what_a_killed_fetch_leaves_hinders_nobody_and_is_cleared_away_later(mirror: Mirror, tmp_path: Path) -> None:
    mirror.conduct["train-images-idx3-ubyte.gz"] = "silent"
    code = (
        "import sys; from pathlib import Path; from lenet_explain.data import mnist\n"
        "mnist.MNIST.mirrors = [sys.argv[1]]\n"
        "mnist.fetch_mnist(Path(sys.argv[2]), lambda got, _: print(got, flush=True) if got else None, bool)"
    )
    command = [sys.executable, "-c", code, mirror.url, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as fetch:
        assert fetch.stdout
        assert int(fetch.stdout.readline()) > 0
        fetch.send_signal(signal.SIGKILL)
    (left,) = unfinished(tmp_path)
    mirror.conduct.clear()
    assert fetch_mnist(tmp_path, untold, never)
    assert left.exists(), "it may belong to a fetch that still runs"
    shutil.rmtree(raw_folder(tmp_path))
    for path in (left, *left.rglob("*")):
        os.utime(path, (0, 0))
    assert fetch_mnist(tmp_path, untold, never)
    assert not left.exists()


# --- files that came another way


def laid(folder: Path, place: str, *, dotted: bool, packed: bool) -> None:
    """The small MNIST, brought by hand: in another folder, with a dot in the names, compressed."""
    (folder / place).mkdir(parents=True, exist_ok=True)
    for name, content in small_mnist().items():
        named = name.replace("-idx", ".idx") if dotted else name
        body = gzip.compress(content, 1) if packed else content
        (folder / place / (f"{named}.gz" if packed else named)).write_bytes(body)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("dotted", [False, True], ids=["dashes", "dotted"])
@pytest.mark.parametrize("place", ["", "MNIST", "raw", "MNIST/raw"])
def test_mnist_is_found_wherever_it_was_put_and_asks_no_mirror(
    mirror: Mirror, tmp_path: Path, place: str, dotted: bool, packed: bool
) -> None:
    laid(tmp_path, place, dotted=dotted, packed=packed)
    assert seems_fetched(tmp_path)
    data, contents = load_mnist(tmp_path), small_mnist()
    assert data.train_images.tobytes() == contents[NAMES[0]][16:]
    assert data.test_labels.tobytes() == contents[NAMES[3]][8:]
    assert mnist_files.read_test_digits(tmp_path)[0].tobytes() == contents[NAMES[2]][16:]
    assert fetch_mnist(tmp_path, untold, never)
    assert mirror.asked == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda body: body[: len(body) // 2], "is cut or is no gzip file"),
        (lambda body: b"no gzip at all", "is cut or is no gzip file"),
        (lambda body: b"", "is not MNIST's file, or is damaged"),
        (lambda body: gzip.compress(b"another file"), "is not MNIST's file, or is damaged"),
        (lambda body: body[:40] + bytes([body[40] ^ 255]) + body[41:], "is (cut or is no gzip|not MNIST's) file"),
        (lambda body: gzip.compress(bytes(10**7)), "is not MNIST's file, or is damaged"),
    ],
    ids=["cut", "foreign", "empty", "another", "changed", "far too long"],
)
def test_a_compressed_file_that_is_not_mnists_is_named(mirror: Mirror, tmp_path: Path, spoil: Any, words: str) -> None:
    laid(tmp_path, "", dotted=False, packed=True)
    path = tmp_path / f"{NAMES[0]}.gz"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(DataError, match=rf"{NAMES[0]}\.gz {words}.*: fetch MNIST again; {MEANWHILE}"):
        load_mnist(tmp_path)
    assert fetch_mnist(tmp_path, untold, never), "what is fetched comes before what was brought"
    assert len(load_mnist(tmp_path).train_labels) == COUNTS[0]
