"""A picture file as pixels: upright, in colour, no larger than the reader works on. Pillow, in bounded memory.

What the file takes and what its format costs to decode decide how many pixels of it are taken; a JPEG is decoded at a
fraction of its size, and the rest is shrunk strip by strip.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lenet_explain.pictures.interface import LARGEST_BYTES, PictureError

WORKING = 1600  # pixels, the longer side at most
LARGEST_PIXELS = 64_000_000  # of any picture
BUDGET = 76_000_000  # bytes that decoding may take, the file and shrinking included; what is decoded takes as many
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF", "TIFF")

_COST = {"WEBP": 21, "AVIF": 13, "GIF": 6, "JPEG": 1, "MPO": 1}  # bytes a pixel, measured
_GREYS = {"1": 2, "L": 2, "P": 2, "I;16": 4, "I;16B": 4, "I;16L": 4}  # the same for PNG, BMP and TIFF by their mode
_COLOUR = 5  # and of every other mode
_PACKED = 9  # and of every other mode of a compressed TIFF, which may be one strip that is held twice
_PROGRESSIVE = 8  # the same for such a JPEG, which is held whole before it can be shrunk
_STRIP = 4_000_000  # bytes of a strip in full colour
_KINDS = "a PNG, JPEG, WebP, AVIF, GIF, TIFF or BMP picture"
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
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
    UserWarning,
    struct.error,
    zlib.error,
)  # fmt: skip — whatever Pillow's readers raise

Image.MAX_IMAGE_PIXELS = 2 * LARGEST_PIXELS  # our own bound speaks first


def decoded(content: bytes) -> tuple[NDArray[np.uint8], float]:
    """((H, W, 3) of red, green and blue, the longer side at most WORKING; pixels of the file to one of these).

    Raises PictureError for what is too large, of another format, animated or broken, MemoryError beyond the limit.
    """
    if len(content) > LARGEST_BYTES:
        raise PictureError(
            f"The file has {len(content) / 1e6:.1f} MB: choose one of at most {LARGEST_BYTES / 1e6:.0f} MB."
        )
    try:
        small, longer = _small(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(_too_many("more than its reader takes", LARGEST_PIXELS)) from error
    except _BROKEN as error:
        raise PictureError(f"The picture is damaged and cannot be read: choose {_KINDS} that opens.") from error
    return _on_ground(small), longer / max(small.size)


def _small(content: bytes) -> tuple[Image.Image, int]:
    """Upright and shrunk, and the longer side of the whole; nothing else of it stays in memory."""
    with _opened(content) as image:
        longer = max(image.size)
        return ImageOps.exif_transpose(_shrunk(image)), longer


def _too_many(count: str, most: float) -> str:
    return f"The picture has too many pixels ({count}): choose one of at most {most / 1e6:.0f} million."


def _opened(content: bytes) -> Image.Image:
    """The picture by its header, not yet decoded."""
    width, height = _webp_size(content)
    left = BUDGET - len(content)
    if width * height > left / _COST["WEBP"]:  # Pillow makes room for all of it to see the header
        raise PictureError(_too_many(f"{width}×{height}", left / _COST["WEBP"]))
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
            raise PictureError(
                f"The picture is in a phone's own format (HEIC): on the phone share it as JPEG, or save it as {_KINDS}."
            ) from error
        raise PictureError(f"The file is not {_KINDS}: choose one of these.") from error
    packed = image.format == "TIFF" and image.info.get("compression") != "raw"
    plain = _GREYS.get(image.mode, _PACKED if packed else _COLOUR)
    cost = _PROGRESSIVE if image.info.get("progressive") else _COST.get(image.format or "", plain)
    most = min(LARGEST_PIXELS, left / cost)
    if image.width * image.height > most:
        raise PictureError(_too_many(f"{image.width}×{image.height}", most))
    if image.format not in ("MPO", "TIFF") and getattr(image, "is_animated", False):  # these two: views and pages
        raise PictureError("The picture is animated: choose a still one, or save one of its frames.")
    return image


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height by the header; zeros for another format. Source: RFC 9649, sections 2.5 to 2.7."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return 0, 0
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF


def _shrunk(image: Image.Image) -> Image.Image:
    """Decoded in RGB or RGBA, the longer side at most WORKING, with the EXIF data of the file."""
    by = min(1, WORKING / max(image.size))
    wide, high = (max(1, round(side * by)) for side in image.size)
    image.draft(None, (wide, high))
    image.load()
    mode = "RGBA" if image.has_transparency_data else "RGB"
    white = _white(image)
    small = Image.new(mode, (wide, high))
    down = image.height / high
    rows = max(1, int(_STRIP / (4 * image.width * down)))  # of the small picture in a strip
    for top in range(0, high, rows):
        bottom = min(high, top + rows)
        first, last = int(top * down), min(image.height, math.ceil(bottom * down))
        strip = image.crop((0, first, image.width, last))
        strip.info = image.info
        box = (0, top * down - first, image.width, min(bottom * down, last) - first)
        part = _coloured(strip, mode, white).resize((wide, bottom - top), Image.Resampling.BOX, box)
        small.paste(part, (0, top))
    small.getexif().update(image.getexif())
    return small


def _white(image: Image.Image) -> float:
    """The value of white where a pixel has more than eight bits."""
    if image.mode == "F":
        return 1.0 if cast("float", image.getextrema()[1]) <= 1 else 255.0
    return 65_535.0


def _coloured(image: Image.Image, mode: str, white: float) -> Image.Image:
    """In RGB or RGBA; more than eight bits a pixel are scaled down, not cut off."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.nan_to_num(np.asarray(image, np.float32), posinf=0, neginf=0)
        return Image.fromarray(np.rint(values * (255 / white)).clip(0, 255).astype(np.uint8)).convert(mode)
    return image.convert(mode)


def _on_ground(image: Image.Image) -> NDArray[np.uint8]:
    """What is see-through lies on white; light writing on nothing needs a dark ground."""
    if image.mode == "RGB":
        return np.asarray(image)
    pixels = np.asarray(image)
    seen = pixels[pixels[..., 3] > 127][:, :3]
    backdrop = 0 if seen.size and seen.min() >= 128 else 255
    ground = Image.new("RGBA", image.size, (backdrop, backdrop, backdrop, 255))
    return np.asarray(Image.alpha_composite(ground, image).convert("RGB"))
