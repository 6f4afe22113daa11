"""A picture that a visitor brings, a photograph of paper or a file, as the drawing it holds.

NumPy and Pillow only. What becomes of the drawing then is prepared in the browser: frontend/picture.js.
Not covered: several digits in one picture, coloured ink as light as its paper, and ink that fades towards one side.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from lenet_explain import paper
from lenet_explain.pictures.face import PictureError

Floats = NDArray[np.float32]

SIDE = 112  # of the drawing: four of its pixels are one of MNIST's 28; RAW of picture.js
LEVELS = 15  # full ink
LARGEST_BYTES = 5_000_000
LARGEST_PIXELS = 24_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")

_KINDS = "a PNG, JPEG, WebP, GIF or BMP picture"
_PHONE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
_WORKING = 3 * SIDE  # the longer side at which ink is looked for
_EVEN = 16  # grey values between the 10th and 90th percentile of an even border
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    MemoryError,
    UserWarning,
    struct.error,
    zlib.error,
)  # fmt: skip — whatever Pillow's readers raise


def ink_of(content: bytes) -> NDArray[np.uint8]:
    """The drawing in a picture file: (SIDE, SIDE), 0 (paper) to LEVELS (full ink), dark on light or the reverse.

    Raises PictureError for what is too large, of another format, animated, broken or without writing.
    """
    if len(content) > LARGEST_BYTES:
        raise PictureError(
            f"The file has {len(content) / 1e6:.1f} MB: choose one of at most {LARGEST_BYTES / 1e6:.0f} MB."
        )
    try:
        with _opened(content) as image:
            grey = _grey(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(_too_many("more than its reader takes")) from error
    except _BROKEN as error:
        raise PictureError(f"The picture is damaged and cannot be read: choose {_KINDS} that opens.") from error
    return np.rint(LEVELS * _square(_separated(grey))).astype(np.uint8)


def _too_many(count: str) -> str:
    return f"The picture has too many pixels ({count}): choose one of at most {LARGEST_PIXELS / 1e6:.0f} million."


def _opened(content: bytes) -> Image.Image:
    """The picture by its header, not yet decoded."""
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        if content[4:8] == b"ftyp" and content[8:12] in _PHONE_BRANDS:
            raise PictureError(
                f"The picture is in a phone's own format (HEIC or AVIF): save it as {_KINDS}."
            ) from error
        raise PictureError(f"The file is not {_KINDS}: choose one of these.") from error
    if image.width * image.height > LARGEST_PIXELS:
        raise PictureError(_too_many(f"{image.width}×{image.height}"))
    if image.format != "MPO" and getattr(image, "is_animated", False):  # an MPO is a JPEG with more views of the same
        raise PictureError("The picture is animated: choose a still one, or save one of its frames.")
    return image


def _grey(image: Image.Image) -> Floats:
    """Decoded, upright and small: (H, W), 0 (black) to 255 (white), the longer side at most _WORKING."""
    image.draft(None, (_WORKING, _WORKING))  # a JPEG is decoded at a fraction of its size
    if image.mode.startswith("I"):  # 16 bits a pixel
        image_8 = Image.fromarray(np.rint(np.asarray(image, np.float32) / 257).clip(0, 255).astype(np.uint8))
        image_8.info, image_8.format = {}, image.format
        return _grey(image_8)
    clear = image.has_transparency_data
    small = image.convert("RGBA" if clear else "L")
    small.thumbnail((_WORKING, _WORKING), Image.Resampling.BOX)
    small = ImageOps.exif_transpose(small)
    if not clear:
        return np.asarray(small, np.float32)
    grey, opaque = np.asarray(small.convert("L"), np.float32), np.asarray(small.getchannel("A"), np.float32) / 255
    seen = grey[opaque > 0.5]
    backdrop = 0 if seen.size and seen.min() >= 128 else 255  # light writing on nothing needs a dark ground
    return (grey * opaque + backdrop * (1 - opaque)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Split:
    """Where writing parts from paper, in contrast: 0 is paper, 1 is black on white."""

    noise: float  # contrast up to which paper alone reaches
    parting: float
    full: float


def _separated(grey: Floats) -> Floats:
    """Ink from 0 to 1 in the picture's own place: (H, W). Raises PictureError where there is none."""
    border = np.concatenate([_frame(grey, across) for across in (0, 1)])
    low, level, high = np.percentile(border, (10, 50, 90))
    even = high - low <= _EVEN
    if not even:
        grey = _smooth(grey, ImageFilter.MedianFilter(3))
        deviation = grey - _smooth(grey, ImageFilter.GaussianBlur(max(grey.shape) / 8))
    else:
        deviation = grey - level
    if np.sum(deviation.astype(np.float64) ** 3) > 0:  # the few pixels that stand out are light: a blackboard
        grey, level = 255 - grey, 255 - level
    lit = np.float32(level) if even else _paper_light(grey)
    contrast = np.clip(1 - grey / np.maximum(lit, 1), 0, 1).astype(np.float32)
    split = _split(contrast)
    least = split.noise if even else max(split.noise, split.parting / 2)  # faint lines of paper are not writing
    ink = np.clip((contrast - least) / max(split.full - least, 1e-6), 0, 1)
    return np.where(_near(_main_parts(contrast > split.parting), _reach(grey)), ink, 0).astype(np.float32)


def _frame(grey: Floats, axis: int) -> Floats:
    """The outer 4 % of the picture at both ends of an axis, at least a pixel."""
    width = max(1, grey.shape[axis] // 25)
    lines = np.moveaxis(grey, axis, 0)
    return np.concatenate([lines[:width].ravel(), lines[-width:].ravel()])


def _smooth(grey: Floats, by: ImageFilter.Filter) -> Floats:
    return np.asarray(Image.fromarray(np.rint(grey).astype(np.uint8)).filter(by), np.float32)


def _paper_light(grey: Floats) -> Floats:
    """How bright the paper is in every place: strokes closed by the light around them, then smoothed."""
    reach = max(2, max(grey.shape) // 8)
    closed = -_highest(-_highest(grey, reach), reach)
    return _smooth(closed, ImageFilter.GaussianBlur(reach / 2))


def _highest(values: NDArray, reach: int) -> NDArray:
    """The maximum over a square of ±reach around every place."""
    for axis in (0, 1):
        margin = [(reach, reach) if axis == along else (0, 0) for along in (0, 1)]
        padded = np.pad(values, margin, mode="edge")
        values = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis).max(-1)
    return values


def _split(contrast: Floats) -> _Split:
    """Otsu's parting of two classes. Raises PictureError where they are hardly two."""
    count, edges = np.histogram(contrast, 256, (0, 1))
    below = np.cumsum(count)
    value = np.cumsum(count * (edges[:-1] + edges[1:]) / 2)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (value / below - (value[-1] - value) / above) ** 2
    parting = float(edges[1 + int(np.argmax(np.nan_to_num(between)))])
    writing, blank = contrast[contrast > parting], contrast[contrast <= parting]
    middle = float(np.median(blank)) if blank.size else 0.0
    spread = 1.4826 * float(np.median(np.abs(blank - middle))) if blank.size else 0.0
    apart = float(writing.mean() - middle) if writing.size else 0.0
    if apart < max(0.12, 4 * spread) or writing.size > 0.6 * contrast.size:
        raise PictureError(
            "The picture has no dark writing on light paper, or the reverse: choose one with more contrast."
        )
    return _Split(middle + 3 * spread, parting, float(np.percentile(writing, 95)))


def _main_parts(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The connected parts without specks and, if enough remains, without what reaches in from the border."""
    names = _part_names(mask)
    size = np.bincount(names[mask], minlength=mask.size)
    rim = np.unique(np.concatenate([names[0], names[-1], names[:, 0], names[:, -1]]))
    inner = size.copy()
    inner[rim[rim >= 0]] = 0
    if inner.sum() >= 0.2 * size.sum() or inner.max() >= 0.01 * mask.size:
        size = inner
    return mask & (size >= max(1, 0.03 * size.max()))[names]


def _part_names(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A number for each connected part, corners touching: the highest index of its pixels; −1 elsewhere."""
    names = np.where(mask, np.arange(mask.size).reshape(mask.shape), -1)
    while True:
        higher = np.where(mask, _highest(names, 1), -1)
        higher = np.where(mask, higher.ravel()[higher], -1)
        if np.array_equal(higher, names):
            return names
        names = higher


def _reach(grey: Floats) -> int:
    """How far soft edges go: two of MNIST's pixels, were this one of its digits."""
    return max(1, round(2 * max(grey.shape) / paper.CENTRED_FIELD))


def _near(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    return _highest(mask, reach)


def _square(ink: Floats) -> Floats:
    """Padded with paper to (SIDE, SIDE); a drawing that is small in its picture is brought nearer."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if max(np.ptp(rows), np.ptp(columns)) < max(ink.shape) / 2:
        ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        ink = np.pad(ink, max(1, max(ink.shape) // 5))
    side = max(ink.shape)
    spare = [(side - length) // 2 for length in ink.shape]
    square = np.pad(ink, [(first, side - length - first) for first, length in zip(spare, ink.shape, strict=True)])
    if side == paper.CENTRED_FIELD:
        return square.repeat(SIDE // side, 0).repeat(SIDE // side, 1)  # MNIST's own pixels stay what they are
    by = Image.Resampling.BOX if side > SIDE else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(square).resize((SIDE, SIDE), by)).clip(0, 1)
