"""The output codes of the full printable ASCII set: 7 × 12 bitmaps, which F6's 84 values are compared with.

Source: the 96 images of Fig. 3 in the authors' preprint, p. 9, read at their own size of 7 × 12 pixels: black is +1,
white is −1. The figure names each of them. The paper calls them initial: what training made of them it does not say.
Not covered: the check reader's 96th class, "rubbish"; the figure's images of the space and of what follows ~ are blank.
"""

from __future__ import annotations

from lenet_explain import paper

# all but the ten digits, which paper/__init__.py holds; rows as there
_ROWS = {
    " ": "000000000000000000000000",
    "!": "0c0c0c0c0c0c0c000c0c0000",
    '"': "363636360000000000000000",
    "#": "0036367f7f367f7f36360000",
    "$": "3e14143e773c1e17773e1400",
    "%": "7353760c0c18183765670000",
    "&": "3c6666663c3c6766663f0000",
    "'": "1e0e0e0c1800000000000000",
    "(": "0306040c0c0c0c0c0c040603",
    ")": "3018080c0c0c0c0c0c081830",
    "*": "00086b3e1c771c3e6b080000",
    "+": "00000c0c3f3f0c0c00000000",
    ",": "0000000000001e0e0e0c1800",
    "-": "000000007f7f000000000000",
    ".": "000000000000000c1e0c0000",
    "/": "0003070e0c0c0c0c1c383000",
    ":": "00000c1e0c00000c1e0c0000",
    ";": "00000c1e0c001e0e0e0c1800",
    "<": "0003060c1830180c06030000",
    "=": "0000003f3f00003f3f000000",
    ">": "0030180c0603060c18300000",
    "?": "3e636303060c0c000c0c0000",
    "@": "003e7f676f69696f703f0000",
    "A": "3e2263637f63636363630000",
    "B": "3e60607e73636363737e0000",
    "C": "3e00003f70606060703f0000",
    "D": "3f03033f67636363673f0000",
    "E": "7f6160607c606060617f0000",
    "F": "3e3f3030307e303030300000",
    "G": "3e00003f606c6f6d613f0000",
    "H": "636363637f63636363630000",
    "I": "1e0c0c0c0c0c0c0c0c1e0000",
    "J": "3e0c0c001c0c0c0c0c6c6e7e",
    "K": "7e6060666c78786c66630000",
    "L": "6060606060606060617f0000",
    "M": "3e0000367f6b6b6363630000",
    "N": "3e00007e7363636363630000",
    "O": "3e00003e63636363633e0000",
    "P": "3e00007e73636363737e6060",
    "Q": "3e00003f67636363673f0303",
    "R": "7e6363637e7c666663630000",
    "S": "3e00003e633c1e03633e0000",
    "T": "7f0c0c0c0c0c0c0c0c0c0000",
    "U": "3e00006363636363673f0000",
    "V": "3e00006363636336361c0800",
    "W": "3e00006363636b6b7f360000",
    "X": "3e000063633e1c3e63630000",
    "Y": "3e000063636363673f03633e",
    "Z": "3e00007f060c1830607f0000",
    "[": "0f0c0c0c0c0c0c0c0c0c0f00",
    "\\": "0030381c0c0c0c0c0e070300",
    "]": "3c0c0c0c0c0c0c0c0c0c3c00",
    "^": "081c36630000000000000000",
    "_": "000000000000000000007f00",
    "`": "1e1c1c0c0600000000000000",
    "a": "0000003e033f6363673f0000",
    "b": "6060607e73636363737e0000",
    "c": "0000003f70606060703f0000",
    "d": "0303033f67636363673f0000",
    "e": "0000003e63637f60633e0000",
    "f": "1e333030307e303030300000",
    "g": "0000003e676363673f03633e",
    "h": "6060607e7363636363630000",
    "i": "000c0c001c0c0c0c0c1e0000",
    "j": "000c0c001c0c0c0c0c6c6e7e",
    "k": "606060666c78786c66630000",
    "l": "1c0c0c0c0c0c0c0c0c1e0000",
    "m": "000000367f6b6b6363630000",
    "n": "0000007e7363636363630000",
    "o": "0000003e63636363633e0000",
    "p": "0000007e73636363737e6060",
    "q": "0000003f67636363673f0303",
    "r": "0000007e7360606060600000",
    "s": "0000003e633c1e03633e0000",
    "t": "303030307f303030371e0000",
    "u": "0000006363636363673f0000",
    "v": "0000006363636336361c0800",
    "w": "0000006363636b6b7f360000",
    "x": "00000063633e1c3e63630000",
    "y": "00000063636363673f03633e",
    "z": "0000007f060c1830607f0000",
    "{": "03060c0c061c1c060c0c0603",
    "|": "000c0c0c0c0c0c0c0c0c0c00",
    "}": "30180c0c180e0e180c0c1830",
    "~": "00397f4e0000000000000000",
}  # fmt: skip — three characters a line

_FIRST, _LAST = " ", "~"
CHARACTERS = tuple(map(chr, range(ord(_FIRST), ord(_LAST) + 1)))
CODES = tuple(
    paper.GLYPH_CODES[int(one)] if one.isdigit() else paper.glyph(_ROWS[one]) for one in CHARACTERS
)  # of each character 84 values, row by row

# p. 8 names them as "similar, and therefore confusable"
CONFUSABLE = ("Oo0", "l1[]I")


def hamming(one: str, other: str) -> int:
    """In how many of the 84 units two characters' codes differ; their squared distance is four times as much."""
    codes = dict(zip(CHARACTERS, CODES, strict=True))
    return sum(a != b for a, b in zip(codes[one], codes[other], strict=True))
