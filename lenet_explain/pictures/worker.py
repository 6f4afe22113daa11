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
from lenet_explain.pictures.decoding import decoded
from lenet_explain.pictures.interface import Box, PictureError
from lenet_explain.pictures.reader import reading_of_pixels

ALLOWANCE = 150_000_000  # bytes of data beyond what the loaded libraries take


def main() -> None:
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no message
    cv2.setNumThreads(1)
    if hasattr(os, "nice"):
        os.nice(5)  # pages of other visitors first
    _limit_memory()
    wire.send(output, {"ready": True}, b"")
    while answer := _answer():
        wire.send(output, *answer)


def _answer() -> tuple[dict, bytes] | None:
    """Of the next picture; None at the end."""
    if not (message := wire.receive(sys.stdin.buffer)):
        return None
    head, content = message
    try:
        crop = Box(*head["crop"]) if head.get("crop") else None
        colours, shrunk = decoded(content)
        del message, content  # up to 20 MB that reading has no use for
        return wire.packed(reading_of_pixels(colours, shrunk, crop))
    except PictureError as error:
        return wire.refused(error)
    except Exception as error:  # noqa: BLE001 — whatever a picture does to the reader, its visitor gets a sentence
        if isinstance(error, MemoryError) or _without_memory(error):
            return {"error": "The picture needs more memory than one may take here: choose a smaller one."}, b""
        traceback.print_exc()
        return {"error": "The picture could not be read, a fault in this program: try another one."}, b""


def _without_memory(error: Exception) -> bool:
    return isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem  # pyright: ignore[reportAttributeAccessIssue] — set in C++


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
