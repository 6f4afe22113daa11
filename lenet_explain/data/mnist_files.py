"""The four files of MNIST on disk: where they lie, whether they are whole, and the digits in them. No torch, so a page
may ask.

They are kept in MNIST/raw, as torchvision does. Found are also those that lie in MNIST, in raw or in the folder itself,
with a dot in their names (train-images.idx3-ubyte), and compressed (.gz), as the mirrors serve them.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lenet_explain.data.datasets import Bytes, DataError
from lenet_explain.paper import CENTRED_FIELD

COMPRESSED = ".gz"
_LENGTH = 4  # bytes at the end of a gzip file: how many it unpacks to (RFC 1952)


@dataclass(frozen=True, slots=True)
class RawFile:
    """One IDX file. size in bytes and md5 in hex, both of what is in it when it is not compressed."""

    name: str
    size: int
    md5: str

    def within(self, folder: Path) -> Path:
        """Where a fetch puts it."""
        return raw_folder(folder) / self.name

    def found(self, folder: Path) -> Path:
        """Where it lies; `within` where it is nowhere."""
        places = (Path(), Path("MNIST"), Path("raw"), Path("MNIST", "raw"))[::-1]
        names = [
            f"{name}{ending}" for ending in ("", COMPRESSED) for name in (self.name, self.name.replace("-idx", ".idx"))
        ]
        there = (folder / place / name for place in places for name in names)
        return next((path for path in there if path.is_file()), self.within(folder))

    def content(self, folder: Path) -> bytes:
        """All of it, and never more than a byte beyond its size, whatever a compressed file unpacks to.

        Raises OSError where it cannot be read, and DataError, naming it, where it is not the published one.
        """
        path = self.found(folder)
        try:
            with gzip.open(path) if path.suffix == COMPRESSED else path.open("rb") as opened:
                content = opened.read(self.size + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"{path} is cut or is no gzip file ({error}): fetch MNIST again") from error
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != self.md5:
            raise DataError(f"{path} is not MNIST's file, or is damaged: fetch MNIST again")
        return content

    def is_whole(self, folder: Path) -> bool:
        """Read it all and compare the checksum; False where it is missing. Raises OSError if it cannot be read."""
        if not self.seems_whole(folder):
            return False
        try:
            self.content(folder)
        except DataError:
            return False
        return True

    def seems_whole(self, folder: Path) -> bool:
        """Whether it has its full length; of a compressed one, whether it says so at its end. Raises OSError."""
        path = self.found(folder)
        if not path.is_file():
            return False
        if path.suffix != COMPRESSED:
            return path.stat().st_size == self.size
        with path.open("rb") as opened:
            opened.seek(-min(_LENGTH, path.stat().st_size), os.SEEK_END)
            return int.from_bytes(opened.read(), "little") == self.size


# the sizes follow from the IDX header (8 or 16 bytes) and 60,000 or 10,000 bytes or images of 28×28 bytes
MNIST_FILES = (
    RawFile("train-images-idx3-ubyte", 47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
    RawFile("train-labels-idx1-ubyte", 60_008, "a25bea736e30d166cdddb491f175f624"),
    RawFile("t10k-images-idx3-ubyte", 7_840_016, "2646ac647ad5339dbf082846283269ea"),
    RawFile("t10k-labels-idx1-ubyte", 10_008, "27ae3e4e09519cfbb04c329615203637"),
)
_IMAGES_HEADER, _LABELS_HEADER = 16, 8  # bytes: magic number, counts
ARCHIVE_BYTES = 9_912_422 + 28_881 + 1_648_877 + 4_542  # the same four, compressed, as the mirrors serve them


def raw_folder(folder: Path) -> Path:
    """Where torchvision looks for the files of a data folder."""
    return folder / "MNIST" / "raw"


def seems_fetched(folder: Path) -> bool:
    """Whether the four files are there in full length: quick enough to ask at every click; contents are not read."""
    try:
        return all(file.seems_whole(folder) for file in MNIST_FILES)
    except OSError:
        return False


def read_training_digits(folder: Path) -> tuple[Bytes, Bytes]:
    """As read_test_digits: 60,000 of them, 47 MB."""
    return _read(MNIST_FILES[:2], folder)


def read_test_digits(folder: Path) -> tuple[Bytes, Bytes]:
    """Images (10,000, 28, 28), 0 for paper and 255 for ink, and labels (10,000,), read-only: 8 MB.

    Raises DataError, naming the file, if one is missing, unreadable or not the published one.
    """
    return _read(MNIST_FILES[2:], folder)


def _read(files: Sequence[RawFile], folder: Path) -> tuple[Bytes, Bytes]:
    of_images, of_labels = files
    images = np.frombuffer(_content(of_images, folder), np.uint8, offset=_IMAGES_HEADER)
    labels = np.frombuffer(_content(of_labels, folder), np.uint8, offset=_LABELS_HEADER)
    return images.reshape(-1, CENTRED_FIELD, CENTRED_FIELD), labels


def _content(file: RawFile, folder: Path) -> bytes:
    try:
        return file.content(folder)
    except OSError as error:
        path = file.found(folder)
        raise DataError(f"{path} cannot be read ({error.strerror}): fetch MNIST again, or make it readable") from error
