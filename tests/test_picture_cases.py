"""Photographs and files kept beside the project, each with its right answer: read right by lenet5, or truly refused."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lenet_explain.pictures import PictureError
from lenet_explain.pictures.client import Reader

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

CASES = ROOT.parent / "shared" / "cases"
READ = {
    "photographs": {
        "ballpoint_ruled_edge_6.jpg": "6",
        "ballpoint_ruled_hand_5.jpg": "5",
        "ballpoint_white_gradient_4.jpg": "4",
        "felt_ruled_edge_phone_7.jpg": "7",
        "felt_squared_phone_9.jpg": "9",
        "pencil_squared_edge_3.jpg": "3",
        "pencil_white_5.jpg": "5",
        "pencil_white_edge_gradient_7.jpg": "7",
        "pencil_yellowish_phone_8.jpg": "8",
        "red_ruled_edge_8.jpg": "8",
        "red_ruled_edge_phone_2.jpg": "2",
        "red_yellowish_4.jpg": "4",
        "two_37.jpg": "37",
    },
    "pictures": {
        "ballpoint_graph_3.jpg": "3",
        "ballpoint_plain_large_2.jpg": "2",
        "ballpoint_ruled_3.jpg": "3",
        "control_thick_3.png": "3",
        "line_2px_of_300_8.png": "8",
        "phone_24mp_7.png": "7",
        "phone_6.avif": "6",
        "photo5_thin.jpg": "5",
        "row_1973.png": "1973",
        "savefig_gray_3.png": "3",
        "scan_1bit_6.tif": "6",
        "shadow_small_5.jpg": "5",
        "two_digits_42.png": "42",
    },
}  # what is read today and has to stay read
SENTENCES = {
    "empty_ruled_edge.jpg": "No writing was found",
    "printed_page_edge_hand.jpg": "characters were found, as on a printed page",
}
SEVERAL = {"word.jpg"}  # letters, offered as several characters to choose from


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    if not CASES.is_dir():
        pytest.skip("the kept pictures are not beside this copy of the project")
    if not shutil.which("node"):
        pytest.skip("node, which prepares a picture as the browser does, is not installed")
    found = Reader(seconds=120, patience=280)
    yield found
    found.close()


def test_the_kept_pictures_are_read_right_or_truly_refused(reader: Reader) -> None:
    from photographs import Found, digits_of  # pyright: ignore[reportMissingImports] — a folder of scripts, no package

    offered, found, sentences = [], {}, {}
    for folder in READ:
        for path in sorted((CASES / folder).iterdir()):
            if path.suffix == ".md":
                continue
            try:
                digits = reader.read(path.read_bytes()).digits
            except PictureError as error:
                sentences[path.name] = str(error)
            else:
                found[path.name] = len(digits)
                offered += [Found(digit.ink, digit.measures) for digit in digits]
    read_by_network = iter(digits_of(offered, "lenet5"))
    read = {name: "".join(next(read_by_network).digit for _ in range(count)) for name, count in found.items()}
    several = {name: read.pop(name) for name in SEVERAL & read.keys()}
    assert read == READ["photographs"] | READ["pictures"]
    assert sentences.keys() == SENTENCES.keys()
    assert all(sentence in sentences[name] for name, sentence in SENTENCES.items())
    assert several.keys() == SEVERAL
    assert all(len(answer) > 1 for answer in several.values())
