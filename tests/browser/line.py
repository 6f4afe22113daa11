"""A line between a visitor and the server that a test can cut, as a network does: Chromium's own offline mode keeps
a websocket that is open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Line:
    """url: where to knock instead of at the server. Cut: every connection breaks, and new ones are refused.
    prefix: of all its addresses, such as '/~/+'; the server hears them without."""

    def __init__(self, server: str, prefix: str = "") -> None:
        parts = urlsplit(server)
        self._server = (parts.hostname, parts.port)
        self._open = threading.Event()
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._prefix = prefix.encode()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}{prefix}"
        self.broken = 0  # connections that a cut has ended
        self._threads = [threading.Thread(target=self._listen)]
        self.mend()
        self._threads[0].start()

    def cut(self) -> None:
        with self._lock:
            self._open.clear()
            self.broken += len(self._ends) // 2
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._open.set()

    def close(self) -> None:
        self.cut()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if not self._open.is_set():
                    near.close()
                    continue
                try:
                    far = socket.create_connection(self._server)
                except OSError:  # nobody is there
                    near.close()
                    continue
                self._ends |= {near, far}
            thread = threading.Thread(target=self._carry_both, args=(near, far))
            self._threads.append(thread)
            thread.start()

    def _carry_both(self, near: socket.socket, far: socket.socket) -> None:
        back = threading.Thread(target=_carry, args=(far, near))
        back.start()
        _carry(near, far, self._prefix)
        back.join()
        with self._lock:
            self._ends -= {near, far}
        near.close()
        far.close()


def _carry(source: socket.socket, target: socket.socket, prefix: bytes = b"") -> None:
    """prefix: left out of the address that a request begins with."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data.replace(b"GET " + prefix, b"GET ") if prefix else data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(server: str, prefix: str = "") -> Iterator[Line]:
    line = Line(server, prefix)
    try:
        yield line
    finally:
        line.close()
