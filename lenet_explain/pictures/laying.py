"""A character's ink laid on the square that a visitor draws on: put straight, in grey, nothing of its neighbours."""

from __future__ import annotations

import cv2
import numpy as np

from lenet_explain import paper
from lenet_explain.pictures.darkness import Bytes, Darkness, Floats, Labels
from lenet_explain.pictures.interface import LEVELS, SIDE
from lenet_explain.pictures.parts import Character

_BOX = SIDE * 20 // paper.CENTRED_FIELD  # the longer side of a digit, as large as MNIST's in its field


def ink_of(character: Character, labels: Labels, dark: Darkness, tilt: float) -> Bytes:
    """(SIDE, SIDE) uint8, 0 to LEVELS. tilt: degrees by which the paper is turned clockwise."""
    left, top, right, bottom = character.box
    margin = round(0.5 * character.side) + 4
    window = _window(labels.shape, (left - margin, top - margin, right + margin, bottom + margin))
    wanted = np.isin(labels[window], [part.label for part in character.parts]).astype(np.uint8)
    soft = cv2.dilate(wanted, np.ones((3, 3), np.uint8))
    values = dark.values[window].astype(np.float32)
    full = float(np.percentile(values[wanted > 0], 80))
    none = min(float(np.median(dark.faint[window][wanted > 0])), 0.35 * full)
    ink = np.where(soft > 0, (values - none) / max(full - none, 1.0), 0).clip(0, 1).astype(np.float32)
    return laid(straightened(ink, tilt))


def _window(shape: tuple[int, ...], box: tuple[int, int, int, int]) -> tuple[slice, slice]:
    left, top, right, bottom = box
    return slice(max(0, top), min(shape[0], bottom)), slice(max(0, left), min(shape[1], right))


def straightened(ink: Floats, tilt: float) -> Floats:
    """Turned back by so many degrees, on a larger square."""
    if abs(tilt) < 1:
        return ink
    side = int(np.ceil(np.hypot(*ink.shape))) + 2
    turn = cv2.getRotationMatrix2D(((ink.shape[1] - 1) / 2, (ink.shape[0] - 1) / 2), tilt, 1)
    turn[:, 2] += (side - np.array(ink.shape[::-1])) / 2
    return cv2.warpAffine(ink, turn, (side, side), flags=cv2.INTER_LINEAR)


def laid(ink: Floats) -> Bytes:
    """The ink's rectangle, its longer side _BOX, its centre of mass as near the middle as the square allows."""
    rows, columns = (np.flatnonzero((ink > 0.15).any(axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    by = _BOX / max(cut.shape)
    size = tuple(max(1, round(side * by)) for side in cut.shape[::-1])
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA if by < 1 else cv2.INTER_LINEAR)
    square = np.zeros((SIDE, SIDE), np.float32)
    total = max(float(small.sum()), 1e-6)
    place = []
    for axis, side in enumerate(small.shape):
        centre = float(small.sum(1 - axis) @ np.arange(side)) / total
        place.append(int(np.clip(round((SIDE - 1) / 2 - centre), 0, SIDE - side)))
    square[place[0] : place[0] + small.shape[0], place[1] : place[1] + small.shape[1]] = small
    return np.rint(LEVELS * square.clip(0, 1)).astype(np.uint8)
