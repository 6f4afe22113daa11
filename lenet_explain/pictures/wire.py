"""What the web process and the reader's process say to each other: a head in JSON, then bytes. Nothing is unpickled.

A message is the lengths of the two (uint32, little endian), the head, the body. Each side bounds what it takes.
"""

from __future__ import annotations

import json
import struct
from dataclasses import astuple
from typing import IO, Any

import numpy as np

from lenet_explain.pictures.interface import (
    LARGEST_BYTES,
    LEVELS,
    MOST_DIGITS,
    PREVIEW,
    SIDE,
    Box,
    FoundDigit,
    Measures,
    PictureError,
    PictureReading,
)

_HEAD = 65_536
_BODY = max(LARGEST_BYTES, MOST_DIGITS * SIDE * SIDE + PREVIEW * PREVIEW)
_LENGTHS = struct.Struct("<II")


def send(pipe: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    text = json.dumps(head, allow_nan=False).encode()
    pipe.write(_LENGTHS.pack(len(text), len(body)))
    pipe.write(text)
    pipe.write(body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """None at the end. Raises ValueError for what is no message."""
    lengths = pipe.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    of_head, of_body = _LENGTHS.unpack(lengths)
    if of_head > _HEAD or of_body > _BODY:
        raise ValueError(f"a message of {of_head} and {of_body} bytes")
    text, body = pipe.read(of_head), pipe.read(of_body)
    if len(text) < of_head or len(body) < of_body:
        return None
    head = json.loads(text)
    if not isinstance(head, dict):
        raise ValueError("a head that is no object")
    return head, body


def packed(reading: PictureReading) -> tuple[dict[str, Any], bytes]:
    digits = [{"box": astuple(digit.box), "measures": astuple(digit.measures)} for digit in reading.digits]
    head = {"digits": digits, "preview": reading.preview.shape, "notes": reading.notes}
    return head, b"".join([*(digit.ink.tobytes() for digit in reading.digits), reading.preview.tobytes()])


def refused(error: PictureError) -> tuple[dict[str, Any], bytes]:
    if error.preview is None:
        return {"error": str(error)}, b""
    return {"error": str(error), "preview": error.preview.shape}, error.preview.tobytes()


def unpacked(head: dict[str, Any], body: bytes) -> PictureReading:
    """Of what `packed` made. Raises PictureError with the reader's own sentence, ValueError, TypeError, KeyError or
    OverflowError for what is no reading."""
    if "error" in head:
        preview = np.frombuffer(body, np.uint8).reshape(*head["preview"]) if "preview" in head else None
        raise PictureError(str(head["error"]), preview)
    values = np.frombuffer(body, np.uint8)
    count, area = len(head["digits"]), SIDE * SIDE
    inks = values[: count * area].reshape(count, SIDE, SIDE)
    if not 1 <= count <= MOST_DIGITS or inks.max() > LEVELS:
        raise ValueError("no ink")
    digits = tuple(
        FoundDigit(ink, Box(*map(float, one["box"])), _measures(*one["measures"]))
        for ink, one in zip(inks, head["digits"], strict=True)
    )
    height, width = head["preview"]
    return PictureReading(digits, values[count * area :].reshape(height, width), tuple(map(str, head["notes"])))


def _measures(stroke: float, share: float, pixels: float, parts: int, contrast: float) -> Measures:
    return Measures(float(stroke), float(share), float(pixels), int(parts), float(contrast))
