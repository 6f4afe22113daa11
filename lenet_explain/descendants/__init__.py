"""Later networks as descriptions read out of torchvision's own modules; counts, depth and fields follow from these."""

from lenet_explain.descendants.descendant import Descendant
from lenet_explain.descendants.file import DescentError, Reading, compared, reading_of, shipped
from lenet_explain.descendants.folding import Block, Line, blocks
from lenet_explain.descendants.part import Part, Place
from lenet_explain.descendants.reach import Reach

__all__ = [
    "Block",
    "Descendant",
    "DescentError",
    "Line",
    "Part",
    "Place",
    "Reach",
    "Reading",
    "blocks",
    "compared",
    "reading_of",
    "shipped",
]
