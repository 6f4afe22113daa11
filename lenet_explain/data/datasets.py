"""The data sets: which there are, the embedded ones as arrays, and the frame that a network wants.

Light enough for the web process: NumPy and Pillow only. MNIST itself is read and fetched in `mnist.py`.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lenet_explain import paper
from lenet_explain.network.walk import Pixels

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

SIDES = (28, 32)  # a digit as MNIST stores it, and with the paper's border of 2
DATA_VARIABLE = "LENET_EXPLAIN_DATA"
EMBEDDED_FILE = Path(__file__).with_name("optdigits.npz")
EMBEDDED_SHA256 = "b2dab7b501728c22e9119ad76740b2e17c77a231e42d1e592380d90886f1a05e"
_FULL_INK = 16  # optdigits: every pixel of a 4×4 block is inked
_TEST_EVERY = 5
_FIRST_TEST_SHEET = 1415


class DataError(Exception):
    """Data that cannot be had: one sentence for a visitor, with the thing, the value and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """Images with their labels, in two parts that share no image.

    train_images, test_images: (N, 28, 28) uint8, 0 for paper and 255 for ink; train_labels, test_labels: (N,) uint8.
    The arrays given are set read-only, since all visitors share them.
    Raises DataError, naming the part, where shape, type or count do not fit.
    """

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            images, labels = getattr(self, f"{part}_images"), getattr(self, f"{part}_labels")
            _check_images(f"{part} images", images)
            if labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
                raise DataError(
                    f"The {part} labels are {labels.dtype} {labels.shape}: give one uint8 for each of the "
                    f"{len(images)} images."
                )
            images.flags.writeable = labels.flags.writeable = False

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all four arrays with their shapes, in hex: a key for whatever was learned from them."""
        digest = hashlib.sha256()
        for field in fields(self):
            array = np.ascontiguousarray(getattr(self, field.name))
            digest.update(f"{field.name}{array.shape}".encode())
            digest.update(array.data)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set by name, and where it comes from."""

    key: str
    title: str
    summary: str
    source: str
    licence: str
    embedded: bool


_UCI = "E. Alpaydin, C. Kaynak (1998): Optical Recognition of Handwritten Digits, test file. UCI, doi:10.24432/C50P49"

DATASETS: Mapping[str, DataSet] = MappingProxyType(
    {
        data.key: data
        for data in (
            DataSet(
                key="digits",
                title="Small digits",
                summary="Digits that come with this app, enlarged; every fifth of each kind is for the test.",
                source=_UCI,
                licence="CC BY 4.0",
                embedded=True,
            ),
            DataSet(
                key="digits-by-writer",
                title="Small digits, new writers",
                summary="The same digits; tested is the end of the file, by other writers as its order suggests.",
                source=_UCI,
                licence="CC BY 4.0",
                embedded=True,
            ),
            DataSet(
                key="mnist",
                title="MNIST",
                summary="The digits of the paper; fetched once from the internet and kept on this machine.",
                source="Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits",
                licence="CC BY-SA 3.0, as the Keras documentation states it",
                embedded=False,
            ),
        )
    }
)


def dataset_named(key: str) -> DataSet:
    """Raises DataError listing the names there are."""
    if key not in DATASETS:
        raise DataError(f"There is no data set named {key!r}: choose one of {', '.join(DATASETS)}.")
    return DATASETS[key]


def load_embedded(key: str) -> Digits:
    """The digits that come with the package, enlarged to 28×28 as MNIST frames them and split as `key` says.

    Raises DataError for a name that is not embedded and for a damaged file.
    """
    if not dataset_named(key).embedded:
        raise DataError(f"{DATASETS[key].title} does not come with this app: fetch it first, or choose another.")
    small, labels = read_optdigits()
    tested = _every_fifth_of_each_digit(labels) if key == "digits" else _last_sheets(len(labels))
    images = centred(enlarged(small))
    return Digits(images[~tested], labels[~tested], images[tested], labels[tested])


def read_optdigits() -> tuple[Bytes, Bytes]:
    """The file as published: images (N, 8, 8) from 0 (paper) to 16 (ink), labels (N,). See data/README.md."""
    again = "install lenet-explain again."
    try:
        content = EMBEDDED_FILE.read_bytes()
    except OSError as error:
        raise DataError(f"The embedded digits are missing ({EMBEDDED_FILE}: {error.strerror}): {again}") from error
    if hashlib.sha256(content).hexdigest() != EMBEDDED_SHA256:
        raise DataError(f"The embedded digits are damaged ({EMBEDDED_FILE} has another checksum): {again}")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return arrays["images"], arrays["labels"]


def enlarged(small: Bytes) -> NDArray[np.float64]:
    """Resample smoothly to the paper's box.

    small: (N, 8, 8), 0 to 16; returns: (N, 20, 20), 0 (paper) to 1 (ink)
    Resampling is linear, so resizing the rows of the identity gives the matrix that resizes any image. Its entries
    are rounded to 1/4096: then every sum is exact, and the same bytes arise on every machine.
    """
    side = small.shape[-1]
    box = Image.fromarray(np.eye(side, dtype=np.float32)).resize((side, paper.DIGIT_BOX), Image.Resampling.BICUBIC)
    rows = np.rint(np.asarray(box, np.float64) * 4096) / 4096  # (20, 8)
    return np.clip(rows @ (small / _FULL_INK) @ rows.T, 0, 1)  # bicubic overshoots at edges


def centred(boxes: NDArray[np.float64]) -> Bytes:
    """Place each box so that its ink's centre of mass falls on the middle of the field, to the nearest whole pixel.

    boxes: (N, S, S), 0 to 1, none without ink; returns: (N, 28, 28) uint8, 0 (paper) to 255 (ink)
    Source: LeCun et al. 1998, section III.A, p. 10.
    """
    ink = np.rint(boxes * 255).astype(np.uint8)
    count, side = ink.shape[:2]
    place = np.arange(side, dtype=np.float64)
    mass = ink.sum(axis=(1, 2), dtype=np.float64)
    middle = (paper.CENTRED_FIELD - 1) / 2

    def first(along: int) -> NDArray[np.int64]:
        """(N, S): where in the field the box's rows (along=2) or columns (along=1) come to lie."""
        centre = ink.sum(axis=along, dtype=np.float64) @ place / mass
        corner = np.clip(np.rint(middle - centre), 0, paper.CENTRED_FIELD - side)
        return corner.astype(np.int64)[:, None] + np.arange(side)

    field = np.zeros((count, paper.CENTRED_FIELD, paper.CENTRED_FIELD), np.uint8)
    field[np.arange(count)[:, None, None], first(2)[:, :, None], first(1)[:, None, :]] = ink
    return field


def _every_fifth_of_each_digit(labels: Bytes) -> NDArray[np.bool_]:
    """(N,): True for test. Counted in file order, so that no random stream decides."""
    tested = np.zeros(len(labels), np.bool_)
    for digit in np.unique(labels):
        tested[np.flatnonzero(labels == digit)[_TEST_EVERY - 1 :: _TEST_EVERY]] = True
    return tested


def _last_sheets(count: int) -> NDArray[np.bool_]:
    """(N,): True for test: from the position on where the twelfth of fourteen sheets begins, about a fifth.

    The file is ordered by writer but marks no boundary. Its labels repeat one sequence of about 130 digits
    fourteen times, which reads as a form that was filled in by one hand; the cut falls between two of them.
    The repository names thirteen writers, so one seems to have filled in two forms; if those were the eleventh and
    the twelfth, that writer would be on both sides.
    """
    return np.arange(count) >= _FIRST_TEST_SHEET


def framed(images: Bytes, side: int, pixels: Pixels) -> Floats:
    """Images as a network reads them; called batch by batch, since the result takes four times the memory.

    images: (N, 28, 28) uint8; returns: (N, 1, side, side), `pixels.background` for paper to `pixels.ink` for ink
    Raises DataError if side is neither 28 (unchanged) nor 32 (a border of paper), or the images are not 28×28 bytes.
    """
    _check_images("images", images)
    if side not in SIDES:
        raise DataError(f"Digits cannot be framed in {side}×{side}: choose a network that reads 28×28 or 32×32.")
    value = pixels.background + (pixels.ink - pixels.background) * np.arange(256) / 255
    border = (side - paper.CENTRED_FIELD) // 2
    result = np.full((len(images), 1, side, side), pixels.background, np.float32)
    result[:, 0, border : side - border, border : side - border] = value.astype(np.float32)[images]
    return result


def _check_images(name: str, images: Bytes) -> None:
    square = (paper.CENTRED_FIELD, paper.CENTRED_FIELD)
    if images.dtype != np.uint8 or images.shape[1:] != square:
        raise DataError(f"The {name} are {images.dtype} {images.shape}: give uint8 images of 28×28 pixels.")


def data_folder() -> Path:
    """Where MNIST is looked for and kept: the folder LENET_EXPLAIN_DATA names, or the user's cache folder.

    Raises DataError where that depends on a home folder that nobody knows.
    """
    named = os.environ.get(DATA_VARIABLE)
    try:
        return Path(named).expanduser() if named else _cache_folder() / "lenet_explain"
    except RuntimeError as error:
        why = f"{named or '~/.cache'!r} names a home folder that is not known here"
        raise DataError(f"There is no place for MNIST ({why}): let {DATA_VARIABLE} name a folder in full.") from error


def _cache_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    cache = Path(os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", ""))
    return cache if cache.is_absolute() else Path.home() / ".cache"
