"""The embedded digits: what is in them, how they are split, enlarged and framed, and what is refused."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lenet_explain.data import datasets
from lenet_explain.data.datasets import DATASETS, DataError, Digits, data_folder, dataset_named, framed, load_embedded
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Pixels

EMBEDDED = [key for key, data in DATASETS.items() if data.embedded]
FINGERPRINTS = {
    "digits": "8fa39868aff59759d0ff23317f06fcc1c2f3d0ba377b6e8fe0ac614befeea61e",
    "digits-by-writer": "60e10b020ff111b701a565ab3333e9e8e8fa2ec013683eaa40877ac5caad860f",
}


def everything(data: Digits) -> np.ndarray:
    return np.concatenate([data.train_images, data.test_images])


def rows_of(images: np.ndarray) -> list[bytes]:
    return sorted(image.tobytes() for image in images)


def test_the_embedded_file_is_what_scikit_learn_ships_in_the_same_order() -> None:
    from sklearn.datasets import load_digits  # heavy: for this test alone

    shipped: Any = load_digits()
    images, labels = datasets.read_optdigits()
    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(images, shipped.images)
    np.testing.assert_array_equal(labels, shipped.target)


def test_the_readme_beside_the_embedded_file_states_its_checksum() -> None:
    checksum = hashlib.sha256(datasets.EMBEDDED_FILE.read_bytes()).hexdigest()
    assert checksum in datasets.EMBEDDED_FILE.with_name("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", EMBEDDED)
def test_the_same_bytes_arise_on_every_machine(key: str) -> None:
    assert load_embedded(key).fingerprint == FINGERPRINTS[key]


@pytest.mark.parametrize("key", EMBEDDED)
def test_every_image_is_in_exactly_one_part(key: str) -> None:
    small, labels = datasets.read_optdigits()
    data = load_embedded(key)
    assert rows_of(everything(data)) == rows_of(datasets.centred(datasets.enlarged(small)))
    assert not set(rows_of(data.train_images)) & set(rows_of(data.test_images))
    parts = np.bincount(data.train_labels, minlength=10) + np.bincount(data.test_labels, minlength=10)
    np.testing.assert_array_equal(parts, np.bincount(labels))


@pytest.mark.parametrize("key", EMBEDDED)
def test_images_keep_their_labels(key: str) -> None:
    small, labels = datasets.read_optdigits()
    label_of = dict(zip(map(np.ndarray.tobytes, datasets.centred(datasets.enlarged(small))), labels, strict=True))
    data = load_embedded(key)
    assert [label_of[image.tobytes()] for image in data.train_images] == list(data.train_labels)
    assert [label_of[image.tobytes()] for image in data.test_images] == list(data.test_labels)


def test_the_stratified_split_tests_a_fifth_of_each_digit() -> None:
    data = load_embedded("digits")
    tested, trained = np.bincount(data.test_labels), np.bincount(data.train_labels)
    assert (abs(tested - (tested + trained) / 5) < 1).all()


def test_the_split_by_writer_cuts_the_file_once_where_a_sheet_begins() -> None:
    _, labels = datasets.read_optdigits()
    data = load_embedded("digits-by-writer")
    assert [*data.train_labels, *data.test_labels] == list(labels)
    assert list(data.test_labels[:30]) == 3 * list(range(10))
    assert len(data.test_labels) / len(labels) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("key", EMBEDDED)
def test_the_mass_of_every_digit_is_centred_to_half_a_pixel(key: str) -> None:
    images = everything(load_embedded(key)).astype(float)
    place, mass = np.arange(28), images.sum(axis=(1, 2))
    for along in (1, 2):
        assert abs(images.sum(axis=along) @ place / mass - 13.5).max() <= 0.5


def test_an_off_centre_box_is_moved_along_its_own_axes() -> None:
    box = np.zeros((1, 20, 20))
    box[0, 2, 17] = 1  # row 2 → 13 or 14, column 17 → 13 or 14, but a box moves by no more than the field allows
    (image,) = datasets.centred(box)
    assert np.argwhere(image).tolist() == [[10, 17]]
    box = np.zeros((1, 20, 20))
    box[0, 7:9, 11:13] = 1
    (image,) = datasets.centred(box)
    assert np.argwhere(image).tolist() == [[13, 13], [13, 14], [14, 13], [14, 14]]


def test_ink_reaches_full_value_and_the_border_stays_paper() -> None:
    images = everything(load_embedded("digits"))
    assert np.percentile(images.max(axis=(1, 2)), 5) > 250
    assert images.max() == 255
    assert not images[:, [0, -1]].any()
    assert not images[:, :, [0, -1]].any()


def test_enlarging_keeps_plain_areas_plain_and_the_orientation() -> None:
    full = datasets.enlarged(np.full((1, 8, 8), 16, np.uint8))
    np.testing.assert_allclose(full, np.ones((1, 20, 20)), atol=0.002)
    corner = np.zeros((1, 8, 8), np.uint8)
    corner[0, 0, 7] = 16  # top right
    (large,) = datasets.enlarged(corner)
    assert large[:2, -2:].min() > 0.8
    assert not large[6:].any()
    assert not large[:, :-6].any()


def test_the_arrays_cannot_be_changed() -> None:
    data = load_embedded("digits")
    with pytest.raises(ValueError, match="read-only"):
        data.train_images[0, 0, 0] = 1


def test_the_fingerprint_tells_one_changed_byte_and_one_moved_image() -> None:
    data = load_embedded("digits")
    images, labels = everything(data), np.concatenate([data.train_labels, data.test_labels])
    cut = len(data.train_labels)
    again = Digits(images[:cut].copy(), labels[:cut].copy(), images[cut:].copy(), labels[cut:].copy())
    assert again.fingerprint == data.fingerprint
    moved = Digits(images[: cut - 1], labels[: cut - 1], images[cut - 1 :], labels[cut - 1 :])
    changed = images.copy()
    changed[-1, 27, 27] ^= 1
    other = Digits(changed[:cut], labels[:cut].copy(), changed[cut:], labels[cut:].copy())
    assert len({data.fingerprint, moved.fingerprint, other.fingerprint}) == 3


@pytest.mark.parametrize("network", NETWORKS.values(), ids=lambda network: network.key)
def test_a_frame_fits_the_network_and_spans_its_paper_and_ink(network: Network) -> None:
    image = np.zeros((2, 28, 28), np.uint8)
    image[0, 0, 0], image[1, 27, 27] = 255, 51
    frame, pixels = framed(image, network.input.height, network.pixels), network.pixels
    border = (network.input.height - 28) // 2
    assert frame.dtype == np.float32
    assert frame.shape == (2, 1, network.input.height, network.input.width)
    assert frame[0, 0, border, border] == np.float32(pixels.ink)
    fifth = pixels.background + 0.2 * (pixels.ink - pixels.background)
    assert frame[1, 0, -1 - border, -1 - border] == pytest.approx(fifth)
    assert (frame == np.float32(pixels.background)).sum() == frame.size - 2


def test_frames_of_parts_are_parts_of_the_frame() -> None:
    images, pixels = load_embedded("digits").test_images, Pixels(-0.1, 1.175)
    whole = framed(images, 32, pixels)
    parts = [framed(images[first : first + 100], 32, pixels) for first in range(0, len(images), 100)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_other_frames_are_refused() -> None:
    with pytest.raises(DataError, match="cannot be framed in 30×30: choose a network that reads 28×28 or 32×32"):
        framed(np.zeros((1, 28, 28), np.uint8), 30, Pixels(0, 1))


@pytest.mark.parametrize("images", [np.zeros((1, 28, 28)), np.zeros((1, 8, 8), np.uint8), np.zeros(3, np.uint8)])
def test_images_that_are_not_28_by_28_bytes_are_refused(images: np.ndarray) -> None:
    with pytest.raises(DataError, match="give uint8 images of 28×28 pixels"):
        framed(images, 28, Pixels(0, 1))


def test_a_label_for_each_image_is_demanded() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    with pytest.raises(DataError, match=r"The test labels are uint8 \(1,\): give one uint8 for each of the 2 images"):
        Digits(images, np.zeros(2, np.uint8), images, np.zeros(1, np.uint8))


@pytest.mark.parametrize(("content", "told"), [(b"PK\x03\x04", "are damaged"), (None, "are missing")])
def test_a_wrong_embedded_file_is_told_and_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "optdigits.npz"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(datasets, "EMBEDDED_FILE", path)
    with pytest.raises(
        DataError, match=rf"The embedded digits {told} \(.*optdigits.npz.*\): install lenet-explain again"
    ):
        load_embedded("digits")


def test_every_entry_is_found_by_its_key() -> None:
    assert all(dataset_named(key).key == key for key in DATASETS)


def test_an_unknown_data_set_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(DataError, match="no data set named 'letters': choose one of digits, digits-by-writer, mnist"):
        load_embedded("letters")


def test_mnist_is_not_embedded() -> None:
    with pytest.raises(DataError, match="MNIST does not come with this app: fetch it first"):
        load_embedded("mnist")


@pytest.mark.skipif(sys.platform == "win32", reason="no users by name there")
def test_a_data_folder_in_an_unknown_home_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENET_EXPLAIN_DATA", "~nosuchuser/x")
    told = "There is no place for MNIST .'~nosuchuser/x' names a home folder that is not known here.: let LENET_EXPLAIN"
    with pytest.raises(DataError, match=told):
        data_folder()


def test_the_data_folder_is_the_one_named_or_lies_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    monkeypatch.setenv("LENET_EXPLAIN_DATA", "~/lessons")
    assert data_folder() == tmp_path / "lessons"
    monkeypatch.delenv("LENET_EXPLAIN_DATA")
    assert data_folder() == tmp_path / ".cache" / "lenet_explain"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert data_folder() == tmp_path / "elsewhere" / "lenet_explain"


def test_the_web_process_stays_light() -> None:
    heavy = "{'torch', 'torchvision', 'pandas', 'sklearn', 'scipy'}"
    modules = "lenet_explain.data.datasets, lenet_explain.data.mnist_files"
    code = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
