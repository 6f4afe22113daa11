"""The process that reads visitors' pictures: one at a time, in bounded memory and time, replaced when it fails."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet_explain.pictures import LEVELS, PREVIEW, SIDE, Box, PictureError, PictureReading, wire
from lenet_explain.pictures.client import Reader
from lenet_explain.pictures.interface import FoundDigit, Measures

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory of a process on Linux only")
SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that stop a process")
ALLOWED = 150_000_000  # bytes more for twenty pictures at once
ROOT = Path(__file__).resolve().parents[1]


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)  # pyright: ignore[reportArgumentType] — Pillow names each format's own
    return buffer.getvalue()


def seven() -> bytes:
    sheet = np.full((120, 120), 255, np.uint8)
    sheet[30:38, 40:80] = 0
    for row in range(30, 90):
        sheet[row, 76 - (row - 30) // 2 : 82 - (row - 30) // 2] = 0
    return saved(Image.fromarray(sheet))


@pytest.fixture
def reader() -> Iterator[Reader]:
    found = Reader(seconds=120, patience=280)  # a busy machine starts it slowly
    yield found
    found.close()


def said(reader: Reader, content: bytes = b"") -> str:
    with pytest.raises(PictureError) as caught:
        reader.read(content)
    return str(caught.value)


MEMORY = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lenet_explain.pictures import PictureError
from lenet_explain.pictures.client import Reader


def memory(pid, line="VmRSS"):
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(one.split()[1]) * 1024 for one in lines if one.startswith(f"{line}:"))


content, reader = Path(sys.argv[1]).read_bytes(), Reader(seconds=120, patience=280)
before, peaks = memory("self"), []


def ask(_):
    try:
        answer = f"{len(reader.read(content).digits)} digits"
    except PictureError as error:
        answer = str(error)
    peaks.append(memory("self", "VmHWM") + (memory(pid, "VmHWM") if (pid := reader.pid) else 0))
    return answer


with ThreadPoolExecutor(20) as threads:
    answers = set(threads.map(ask, range(int(sys.argv[2]))))
reader.close()
print(max(peaks) - before, *answers, sep="\\n")
"""
BOMBS: dict[str, tuple[Callable[[], bytes], int, str]] = {  # the file, how often it is handed over, what is said
    "WebP, 3.6 million": (lambda: saved(Image.new("L", (1900, 1900)), "WEBP", lossless=True), 4, "No writing"),
    "WebP, 24 million": (lambda: saved(Image.new("L", (4898, 4898)), "WEBP", lossless=True), 20, "too many pixels"),
    "BMP of 20 MB": (lambda: saved(Image.new("RGB", (2580, 2580)), "BMP"), 1, "No writing"),
    "TIFF of 20 MB": (lambda: saved(Image.new("RGBA", (2230, 2230)), "TIFF"), 1, "No writing"),
    "TIFF in one strip": (lambda: one_strip(Image.new("F", (2900, 2900))), 1, "No writing"),
    "TIFF of 16 bits": (lambda: saved(Image.new("I;16", (3160, 3160)), "TIFF"), 1, "No writing"),
    "PNG, 37 million": (lambda: saved(Image.new("P", (6100, 6100))), 1, "No writing"),
}  # fmt: skip


def one_strip(image: Image.Image) -> bytes:
    return saved(image, "TIFF", compression="tiff_adobe_deflate", tiffinfo={278: image.height})


@LINUX
@pytest.mark.parametrize("bomb", BOMBS)
def test_pictures_of_many_pixels_or_bytes_take_little_memory(bomb: str, tmp_path: Path) -> None:
    """Measured in a process that does nothing else: the growth of it and all of the reader's."""
    made, times, said = BOMBS[bomb]
    (picture := tmp_path / "picture").write_bytes(made())
    command = [sys.executable, "-c", MEMORY, str(picture), str(times)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()
    assert len(told) == 2
    assert said in told[1]
    assert int(told[0]) <= ALLOWED


@SIGNALS
def test_a_process_that_is_stopped_or_killed_gives_a_sentence_and_is_replaced() -> None:
    reader = Reader(seconds=120)
    try:
        first = reader.read(seven()).digits[0].ink
        stopped = reader.pid
        assert stopped
        os.kill(stopped, signal.SIGSTOP)
        reader._seconds = 1
        assert "not read within 1 seconds" in said(reader, seven())
        reader._seconds = 120
        assert (reader.read(seven()).digits[0].ink == first).all()
        killed = reader.pid
        assert killed not in (None, stopped)
        os.kill(killed, signal.SIGKILL)
        time.sleep(0.2)
        assert (reader.read(seven()).digits[0].ink == first).all()
        assert reader.pid != killed
    finally:
        reader.close()


NO_READING = {
    "ends": "",
    "dies over it": "os.read(0, 9); os._exit(3)",
    "prints": "print('seven')",
    "promises gigabytes": "say(struct.pack('<II', 2**31, 0))",
    "says nothing": "say(struct.pack('<II', 2, 0) + b'{}')",
    "no JSON": "say(struct.pack('<II', 4, 0) + b'nul1')",
}
READY = "import os, struct, sys; say = sys.stdout.buffer.write; say(struct.pack('<II', 2, 0) + b'{}'); "


@pytest.mark.parametrize("program", NO_READING.values(), ids=NO_READING)
def test_a_process_that_says_no_reading_is_ended_with_a_sentence(program: str) -> None:
    reader = Reader((sys.executable, "-c", READY + "sys.stdout.flush(); " + program), seconds=60)
    assert "ended over this one" in said(reader, seven())
    assert reader.pid is None


@pytest.mark.parametrize("program", ["", "print('seven')"], ids=["ends", "prints"])
def test_a_process_that_is_never_ready_is_ended_with_a_sentence(program: str) -> None:
    reader = Reader((sys.executable, "-c", program))
    assert "did not start: try again" in said(reader, seven())
    assert reader.pid is None


def test_the_start_of_the_process_has_seconds_of_its_own(reader: Reader) -> None:
    reader._seconds, reader._command = 30, (sys.executable, "-c", READY + "import time; time.sleep(60)")
    reader._starting = 0.01
    assert "did not start within 0 seconds" in said(reader, seven())


def test_a_process_that_cannot_be_started_is_a_sentence() -> None:
    assert "could not be started" in said(Reader(("/nowhere/at/all",)))


def test_how_many_wait_and_how_long_is_bounded() -> None:
    program = READY + "sys.stdout.flush(); import time; time.sleep(60)"
    reader = Reader((sys.executable, "-c", program), seconds=3, patience=0.2, most_waiting=2)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: said(reader), range(6)))
    assert sum("not read within" in answer for answer in answers) == 1
    assert sum("Many pictures are being read" in answer for answer in answers) == 5


def test_an_idle_process_is_ended_and_the_next_picture_starts_another() -> None:
    reader = Reader(idle=0.1, seconds=120)
    reader.read(seven())
    deadline = time.monotonic() + 20
    while reader.pid is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert reader.pid is None
    assert reader.read(seven()).digits
    reader.close()


def test_a_reading_comes_through_whole() -> None:
    random = np.random.default_rng(0)
    digits = tuple(
        FoundDigit(
            random.integers(0, LEVELS + 1, (SIDE, SIDE)).astype(np.uint8),
            Box(*random.random(4)), Measures(0.1, 0.5, 90.0, 2, 0.75),
        )
        for _ in range(3)
    )  # fmt: skip
    sent = PictureReading(digits, random.integers(0, 256, (7, PREVIEW)).astype(np.uint8), ("One note.", "Another."))
    pipe = io.BytesIO()
    wire.send(pipe, *wire.packed(sent))
    pipe.seek(0)
    message = wire.receive(pipe)
    assert message
    got = wire.unpacked(*message)
    assert [(one.box, one.measures) for one in got.digits] == [(one.box, one.measures) for one in sent.digits]
    assert all((one.ink == other.ink).all() for one, other in zip(got.digits, sent.digits, strict=True))
    assert (got.preview == sent.preview).all()
    assert got.notes == sent.notes


def test_a_picture_without_a_digit_comes_back_in_its_sentence(reader: Reader) -> None:
    with pytest.raises(PictureError, match="No writing") as caught:
        reader.read(saved(Image.new("L", (200, 100), 90)))
    assert caught.value.preview is not None
    assert caught.value.preview.shape == (100, 200)
    assert (caught.value.preview == 90).all()


def test_a_sentence_comes_through(reader: Reader) -> None:
    assert said(reader, b"seven").startswith("The file is not a PNG")
    assert reader.pid  # it goes on


@pytest.mark.parametrize("box", [Box(0, 0, 1, 1), Box(0.9, 0.9, 5, 5), Box(-3, -3, 0, 0), Box(2, 2, 0.1, 0.1)])
def test_any_box_gives_a_reading_or_a_sentence(reader: Reader, box: Box) -> None:
    with suppress(PictureError):
        assert reader.read(seven(), box).digits
