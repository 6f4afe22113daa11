"""What the 1998 paper says in its own words, where a page lets it speak. Pages are those of the authors' preprint.

Source: the text layer of the preprint; its hyphens at line ends are taken out, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quote:
    """words: verbatim; […] where a sentence between is left out."""

    words: str
    place: str


WHY_NOT_DENSE = Quote(
    "Why not connect every S2 feature map to every C3 feature map? The reason is twofold. First, a non-complete "
    "connection scheme keeps the number of connections within reasonable bounds. More importantly, it forces a break "
    "of symmetry in the network. Different feature maps are forced to extract different (hopefully complementary) "
    "features because they get different sets of inputs.",
    "II.B, p. 8",
)
C5_AMOUNTS_TO = Quote(
    "this amounts to a full connection between S4 and C5. C5 is labeled as a convolutional layer, instead of a "
    "fully-connected layer, because if LeNet-5 input were made bigger with everything else kept constant, the feature "
    "map dimension would be larger than 1x1.",
    "II.B, p. 8",
)
WHY_SIMILAR_CODES = Quote(
    "Such a representation is not particularly useful for recognizing isolated digits, but it is quite useful for "
    "recognizing strings of characters taken from the full printable ASCII set. The rationale is that characters that "
    "are similar, and therefore confusable, such as uppercase O, lowercase O, and zero, or lowercase l, digit 1, "
    "square brackets, and uppercase I, will have similar output codes. This is particularly useful if the system is "
    "combined with a linguistic post-processor that can correct such confusions.",
    "II.B, p. 8",
)
WHY_DISTANCES = Quote(
    "Yet another reason is that the classifiers are often used to not only recognize characters, but also to reject "
    "non-characters. RBFs with distributed codes are more appropriate for that purpose because unlike sigmoids, they "
    "are activated within a well circumscribed region of their input space that non-typical patterns are more likely "
    "to fall outside of.",
    "II.B, pp. 8-9",
)
QUOTES: Mapping[str, Quote] = MappingProxyType(
    {name: value for name, value in tuple(globals().items()) if isinstance(value, Quote)}
)
