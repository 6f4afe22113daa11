"""The four files of MNIST on disk: where they lie, whether they are whole, and the test digits in them. No torch, so
a page may ask."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lenet_explain.datasets import Bytes, DataError
from lenet_explain.paper import CENTRED_FIELD


@dataclass(frozen=True, slots=True)
class RawFile:
    """One uncompressed IDX file. size in bytes; md5 in hex."""

    name: str
    size: int
    md5: str

    def within(self, folder: Path) -> Path:
        return raw_folder(folder) / self.name

    def is_whole(self, folder: Path) -> bool:
        """Read it all and compare the checksum; False where it is missing. Raises OSError if it cannot be read."""
        path = self.within(folder)
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False))
        return digest.hexdigest() == self.md5


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
        return all(file.within(folder).stat().st_size == file.size for file in MNIST_FILES)
    except OSError:
        return False


def read_test_digits(folder: Path) -> tuple[Bytes, Bytes]:
    """Images (10,000, 28, 28), 0 for paper and 255 for ink, and labels (10,000,), read-only: 8 MB.

    Raises DataError, naming the file, if one is missing, unreadable or not the published one.
    """
    of_images, of_labels = MNIST_FILES[2:]
    images = np.frombuffer(_content(of_images, folder), np.uint8, offset=_IMAGES_HEADER)
    labels = np.frombuffer(_content(of_labels, folder), np.uint8, offset=_LABELS_HEADER)
    return images.reshape(-1, CENTRED_FIELD, CENTRED_FIELD), labels


def _content(file: RawFile, folder: Path) -> bytes:
    """The whole file, checked as it was read; never more than it should hold."""
    path = file.within(folder)
    try:
        with path.open("rb") as opened:
            content = opened.read(file.size + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): fetch MNIST again, or make it readable.") from error
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != file.md5:
        raise DataError(f"{path} is not MNIST's file, or is damaged: fetch MNIST again.")
    return content
