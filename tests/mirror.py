"""A mirror of MNIST on this machine, which behaves or misbehaves as it is told."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from lenet_explain.data import mnist_files
from lenet_explain.data.mnist import MNIST
from lenet_explain.data.mnist_files import RawFile

PUBLISHED = mnist_files.MNIST_FILES
NAMES = tuple(file.name for file in PUBLISHED)
COUNTS = (300, 10)  # images for training and for the test


class Mirror(ThreadingHTTPServer):
    """Serves `archives`, each in the way that `conduct` says: whole (also if unsaid), cut, corrupt, missing,
    silent (half, then nothing) or slow."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.archives: dict[str, bytes] = {}
        self.conduct: dict[str, str] = {}
        self.asked: list[str] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves early is part of these tests."""


class Answer(BaseHTTPRequestHandler):
    server: Mirror  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        name = self.path.strip("/")
        self.server.asked.append(name)
        body, conduct = self.server.archives[name], self.server.conduct.get(name, "whole")
        if conduct == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if conduct == "corrupt":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if conduct == "slow":
            for first in range(0, len(body), len(body) // 40):
                self.wfile.write(body[first : first + len(body) // 40])
                self.server.closing.wait(0.05)
            return
        self.wfile.write(body if conduct in ("whole", "corrupt") else body[: len(body) // 2])
        if conduct == "silent":
            self.server.closing.wait(60)

    def log_message(self, format: str, *args: object) -> None:
        pass


def idx(array: np.ndarray) -> bytes:
    """The format of the raw files: 0, 0, type 8 (bytes), dimensions; each length; the bytes."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def small_mnist() -> dict[str, bytes]:
    """Few images under the names of the real files; of noise, so that archives exceed torchvision's steps of 32 KiB."""
    random = np.random.default_rng(1998)
    images = [random.integers(0, 256, (count, 28, 28), np.uint8) for count in COUNTS]
    labels = [(np.arange(count) % 10).astype(np.uint8) for count in COUNTS]
    return dict(zip(NAMES, map(idx, (images[0], labels[0], images[1], labels[1])), strict=True))


def serve(server: Mirror, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the mirror offer `contents`, and let torchvision and the package take them for MNIST."""
    server.archives = {f"{name}.gz": gzip.compress(raw, 1) for name, raw in contents.items()}
    monkeypatch.setattr(MNIST, "resources", [(name, md5(body)) for name, body in server.archives.items()])
    files = tuple(RawFile(name, len(raw), md5(raw)) for name, raw in contents.items())
    monkeypatch.setattr(mnist_files, "MNIST_FILES", files)
    monkeypatch.setattr(mnist_files, "ARCHIVE_BYTES", sum(map(len, server.archives.values())))


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
