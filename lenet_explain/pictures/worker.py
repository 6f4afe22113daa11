"""The reader's process: a picture in, a reading out, until its input ends. `client.py` starts it.

Its memory is limited where the system can (Linux); everywhere the bounds on pixels hold.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import cv2

from lenet_explain.pictures import wire
from lenet_explain.pictures.interface import Box, PictureError, PictureReading
from lenet_explain.pictures.reader import reading_of

ALLOWANCE = 150_000_000  # bytes of data beyond what the loaded libraries take


def main() -> None:
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no message
    cv2.setNumThreads(1)
    if hasattr(os, "nice"):
        os.nice(5)  # pages of other visitors first
    _limit_memory()
    wire.send(output, {"ready": True}, b"")
    while message := wire.receive(sys.stdin.buffer):
        wire.send(output, *_answer(*message))


def _answer(head: dict, content: bytes) -> tuple[dict, bytes]:
    try:
        return wire.packed(_read(content, Box(*head["crop"]) if head.get("crop") else None))
    except PictureError as error:
        return wire.refused(error)
    except MemoryError:
        return {"error": "The picture needs more memory than one may take here: choose a smaller one."}, b""
    except Exception:  # noqa: BLE001 — whatever a picture does to the reader, its visitor gets a sentence
        traceback.print_exc()
        return {"error": "The picture could not be read, a fault in this program: try another one."}, b""


def _read(content: bytes, crop: Box | None) -> PictureReading:
    try:
        return reading_of(content, crop)
    except cv2.error as error:
        raise (MemoryError if error.code == cv2.Error.StsNoMem else error) from error  # pyright: ignore[reportAttributeAccessIssue] — set in C++


def _limit_memory() -> None:
    if sys.platform != "linux":
        return
    import resource  # Windows has none

    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        used = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
        resource.setrlimit(resource.RLIMIT_DATA, (used + ALLOWANCE, used + ALLOWANCE))


if __name__ == "__main__":
    main()
