"""Pictures a visitor brings: their digit is found, whatever the paper; what holds none is refused in a sentence."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from lenet_explain.data.datasets import load_embedded
from lenet_explain.pictures import LARGEST_BYTES, LEVELS, SIDE, PictureError
from lenet_explain.pictures.darkness import Darkness
from lenet_explain.pictures.decoding import BUDGET
from lenet_explain.pictures.looks import Look
from lenet_explain.pictures.parts import Character, Part
from lenet_explain.pictures.reader import _refuse, reading_of

DIGITS = load_embedded("digits").test_images
Bytes = NDArray[np.uint8]


FORMS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF", "TIFF")


def ink_of(content: bytes) -> Bytes:
    """Of the one digit in a picture, read in this process."""
    (digit,) = reading_of(content).digits
    return digit.ink


def saved(picture: NDArray | Image.Image, form: str = "PNG", **options: object) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    buffer = io.BytesIO()
    image.save(buffer, form, **options)  # pyright: ignore[reportArgumentType]
    return buffer.getvalue()


def on_white(digit: Bytes, side: int = 28) -> Bytes:
    return 255 - np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.NEAREST))


def small(ink: Bytes) -> NDArray[np.float64]:
    """The drawing as 28×28 of 0 to 255."""
    return ink.reshape(28, 4, 28, 4).mean((1, 3)) * 17


def photographed(digit: Bytes, seed: int, side: int = 500) -> Bytes:
    """The digit on lined paper in uneven light, under a shadow's edge, with the grain of a camera."""
    random = np.random.default_rng(seed)
    ink = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC), np.float64) / 255
    y, x = np.mgrid[:side, :side] / side
    light = (220 - 90 * x - 40 * y) * (1 - 0.35 / (1 + np.exp(-(x + y - 1.2) * 60)))
    lines = 1 - 0.12 * (np.abs((y * 20) % 1 - 0.5) < 0.04)
    seen = light * lines * (1 - 0.75 * ink) + random.normal(0, 6, (side, side))
    return seen.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("polarity", ["dark on light", "light on dark"])
def test_a_clean_digit_keeps_its_grey(polarity: str) -> None:
    for digit in DIGITS[:40]:
        found = small(ink_of(saved(on_white(digit) if polarity == "dark on light" else digit)))
        assert np.abs(found - digit).mean() < 5
        assert np.abs(found - digit).max() < 90


def test_the_drawing_is_a_square_of_whole_levels() -> None:
    ink = ink_of(saved(on_white(DIGITS[0], 280)))
    assert ink.dtype == np.uint8
    assert ink.shape == (SIDE, SIDE)
    assert (ink.min(), ink.max()) == (0, LEVELS)
    assert len(np.unique(ink)) > 10


@pytest.mark.parametrize("seed", range(6))
def test_a_digit_photographed_in_uneven_light_is_found_and_its_paper_is_not(seed: int) -> None:
    digit = DIGITS[7 * seed]
    found = small(ink_of(saved(photographed(digit, seed), "JPEG", quality=85)))
    assert np.corrcoef(found.ravel(), digit.ravel())[0, 1] > 0.9
    far = np.asarray(Image.fromarray(digit).resize((28, 28))) == 0
    assert found[far].mean() < 12


def test_chalk_on_an_unevenly_lit_board_is_ink() -> None:
    board = 255 - photographed(DIGITS[3], 1)
    found = small(ink_of(saved(board)))
    assert np.corrcoef(found.ravel(), DIGITS[3].ravel())[0, 1] > 0.85


def test_specks_are_left_out_and_separate_strokes_are_offered() -> None:
    sheet = np.full((200, 200), 255, np.uint8)
    sheet[40:160, 60:75] = sheet[40:160, 110:125] = 0
    sheet[20:23, 20:23] = 0
    digits = reading_of(saved(sheet)).digits
    assert [round(200 * one.box.left) for one in digits] == [60, 110]
    assert all(abs(200 * one.box.height - 120) <= 2 and one.measures.parts == 1 for one in digits)


def test_what_reaches_in_from_the_border_is_not_the_digit() -> None:
    sheet = photographed(DIGITS[0], 0)
    sheet[:, :25] = 20
    found = small(ink_of(saved(sheet)))
    assert not found[4:-4, 0].any()
    assert np.corrcoef(found[:, 3:].ravel(), DIGITS[0][:, 3:].ravel())[0, 1] > 0.85


def test_a_digit_that_is_small_in_its_picture_is_brought_nearer() -> None:
    sheet = np.full((400, 700), 240, np.uint8)
    sheet[150:206, 300:356] = on_white(DIGITS[0], 56).clip(0, 240)
    ink = ink_of(saved(sheet))
    assert np.ptp(np.flatnonzero(ink.any(1))) > 60


def test_a_long_picture_is_padded_not_stretched() -> None:
    sheet = np.full((60, 300), 255, np.uint8)
    sheet[20:40, 10:290] = 0
    rows, columns = (np.flatnonzero(ink_of(saved(sheet)).any(axis)) for axis in (1, 0))
    assert np.ptp(columns) / np.ptp(rows) > 10


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_read(mode: str) -> None:
    grey = on_white(DIGITS[5], 112)
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    image = deep if mode == deep.mode else Image.fromarray(grey).convert(mode)
    found = small(ink_of(saved(image, "JPEG" if mode == "CMYK" else "PNG")))
    assert np.corrcoef(found.ravel(), DIGITS[5].ravel())[0, 1] > (0.9 if mode == "1" else 0.97)


@pytest.mark.parametrize("form", FORMS)
def test_every_format_is_read(form: str) -> None:
    found = small(ink_of(saved(on_white(DIGITS[5], 112), form)))
    assert np.corrcoef(found.ravel(), DIGITS[5].ravel())[0, 1] > 0.97


@pytest.mark.parametrize("ink", [0, 255])
def test_a_see_through_picture_is_laid_on_the_ground_that_shows_it(ink: int) -> None:
    picture = np.full((28, 28, 4), ink, np.uint8)
    picture[..., 3] = DIGITS[2]
    assert np.abs(small(ink_of(saved(picture))) - DIGITS[2]).mean() < 5


def test_a_palette_with_a_clear_entry_is_read() -> None:
    image = Image.fromarray(on_white(DIGITS[5], 112)).convert("P")
    found = small(ink_of(saved(image, transparency=255)))
    assert np.corrcoef(found.ravel(), DIGITS[5].ravel())[0, 1] > 0.97


def test_a_turned_photograph_stands_upright() -> None:
    image = Image.fromarray(on_white(DIGITS[5], 280))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise by a quarter
    turned = saved(image.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95)
    found = small(ink_of(turned))
    assert np.corrcoef(found.ravel(), DIGITS[5].ravel())[0, 1] > 0.97


def test_a_photograph_with_further_views_is_a_still_picture() -> None:
    image = Image.fromarray(on_white(DIGITS[5], 112))
    content = saved(image, "MPO", save_all=True, append_images=[image])
    assert small(ink_of(content)).max() > 200


def refused(content: bytes, match: str) -> None:
    with pytest.raises(PictureError, match=match):
        ink_of(content)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_an_animation_is_refused(form: str) -> None:
    first, second = (Image.fromarray(on_white(digit)) for digit in DIGITS[:2])
    refused(saved(first, form, save_all=True, append_images=[second]), "animated: choose a still one")


@pytest.mark.parametrize(
    "picture",
    [
        np.full((28, 28), 255, np.uint8),
        np.zeros((300, 200), np.uint8),
        np.full((1, 1), 90, np.uint8),
        np.full((1, 900), 90, np.uint8),
        np.tile(np.linspace(120, 220, 300).astype(np.uint8), (300, 1)),
        np.random.default_rng(0).integers(0, 256, (200, 200)).astype(np.uint8),
        np.random.default_rng(0).normal(200, 8, (200, 200)).clip(0, 255).astype(np.uint8),
        np.zeros((28, 28, 4), np.uint8),
    ],
    ids=["white", "black", "1×1", "1×900", "gradient", "noise", "grain", "clear"],
)
def test_a_picture_without_writing_is_refused(picture: NDArray) -> None:
    refused(saved(picture), "No writing was found|so narrow a strip")


def test_a_speck_on_a_photograph_is_told_its_size() -> None:
    sheet = photographed(np.zeros((8, 8), np.uint8), 0)
    sheet[200:210, 240:243] = 30
    refused(saved(sheet), r"Come nearer: what was found is only 1\d pixels large, and 15 are needed")


@pytest.mark.parametrize(("stroke", "thread"), [(2.0, True), (4.0, False)])
def test_a_thread_is_no_digit(stroke: float, thread: bool) -> None:
    values = np.zeros((900, 900), np.uint8)
    line = Character([Part(1, 100, 100, 60, 500, 900, 120.0, stroke, 0.5)])
    dark = Darkness(values, values + 9, values + 5, 22)
    look = Look(dark, [line], values.astype(np.int32), [], light=False, smaller=1, contrast=120.0)
    assert look.rank == (0 if thread else 2)
    if thread:
        with pytest.raises(PictureError, match="only a line 250 times as long as it is wide"):
            _refuse(look, 1.0)
    else:
        _refuse(look, 1.0)


def header_only(width: int, height: int) -> bytes:
    """A PNG that promises more pixels than it has."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    data = b"IDAT" + zlib.compress(bytes(100))
    chunk += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return b"\x89PNG\r\n\x1a\n" + chunk


@pytest.mark.parametrize("side", [6200, 9600, 60000])
def test_too_many_pixels_are_refused_by_the_header(side: int) -> None:
    assert 2 * side * side > BUDGET
    refused(header_only(side, side), "too many pixels")


def test_too_many_bytes_are_refused() -> None:
    refused(bytes(LARGEST_BYTES + 1), r"20\.0 MB: choose one of at most 20 MB")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_ends_early_is_refused(form: str) -> None:
    content = saved(photographed(DIGITS[0], 0, 200), form)
    for part in (2, 3, 10):
        refused(content[: len(content) * (part - 1) // part], "damaged|not a PNG")


@pytest.mark.parametrize("content", [b"", b"seven", b"<svg/>", b"%PDF-1.7", saved(on_white(DIGITS[0]), "PPM")])
def test_another_kind_of_file_is_refused(content: bytes) -> None:
    refused(content, "The file is not a PNG, JPEG, WebP, AVIF, GIF, TIFF or BMP picture")


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"hevc"])
def test_a_phones_own_format_is_named(brand: bytes) -> None:
    refused(b"\0\0\0\x18ftyp" + brand + bytes(40), r"phone's own format \(HEIC\)")


VALID = [saved(photographed(DIGITS[0], 0, 80), form) for form in FORMS]


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM"]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_do_more_than_be_refused(content: bytes, start: bytes) -> None:
    with pytest.raises(PictureError, match=r"\.$"):
        ink_of(start + content)


@given(st.sampled_from(VALID), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_changed_file_is_read_or_refused(content: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(content)
    for place, value in changes:
        changed[place % len(changed)] = value
    try:
        digits = reading_of(bytes(changed)).digits
    except PictureError:
        return
    assert all(one.ink.shape == (SIDE, SIDE) and 0 < one.ink.max() <= LEVELS for one in digits)


@given(st.integers(1, 40) | st.just(900), st.integers(1, 40) | st.just(900), st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_any_small_picture_is_read_or_refused(height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    picture = (random.random((height, width)) < random.random()).astype(np.uint8) * random.integers(
        1, 256, dtype=np.uint8
    )
    try:
        digits = reading_of(saved(picture)).digits
    except PictureError:
        return
    assert all(one.ink.shape == (SIDE, SIDE) and 0 < one.ink.max() <= LEVELS for one in digits)
