"""The 82 test digits that LeNet-5 misread in 1998, and how many of them another network may be expected to share.

Source: LeCun et al. 1998, Fig. 8, which prints each with "true > answer". The 82 images embedded in the
preprint were matched to MNIST's test file for this project: each has one near twin there (squared error at most 1,695,
the second best at least 668,724), all labels agree, and they are printed in the order of the test file.
The caption says LeNet-5; whether trained with distortions or without, it leaves open. 82 of 10,000 is the 0.82 % that
Fig. 6 gives for LeNet-5 trained with distortions; the 0.95 % without them would be 95.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lenet_explain import paper

TEST_DIGITS = 10_000
FIGURE = "Fig. 8"


@dataclass(frozen=True, slots=True)
class Misread:
    """index: in MNIST's test file, from 0; answer: what the 1998 network took it for."""

    index: int
    truth: int
    answer: int

    @property
    def printed(self) -> str:
        """'4>6', as under the picture in the paper."""
        return f"{self.truth}>{self.answer}"


_PRINTED = """
    247:4>6 449:3>5 582:8>2 659:2>1 674:5>3 829:4>8 926:2>8 938:3>5 1014:6>5 1039:7>3 1232:9>4 1319:8>0 1328:7>8
    1393:5>3 1530:8>7 1621:0>6 1681:3>7 1790:2>7 1878:8>3 1901:9>4 1955:8>2 2035:5>3 2043:4>8 2109:3>9 2118:6>0
    2129:9>8 2130:4>9 2135:6>1 2293:9>4 2387:9>1 2414:9>4 2462:2>0 2654:6>1 2921:3>5 2927:3>2 2939:9>5 3030:6>0
    3422:6>0 3520:6>0 3762:6>8 3780:4>6 3808:7>3 3869:9>4 3941:4>6 4176:2>7 4224:9>7 4265:4>3 4369:9>4 4405:9>4
    4425:9>4 4497:8>7 4575:4>2 4601:8>4 4740:3>5 4956:8>4 5736:6>5 5749:8>5 5955:3>8 5973:3>8 6091:9>8 6101:1>5
    6173:9>8 6538:6>3 6557:0>2 6558:6>5 6571:9>5 6597:0>7 6783:1>6 7434:4>9 8059:2>1 8094:2>8 8408:8>5 8527:4>9
    9009:7>2 9015:7>2 9679:6>5 9692:9>7 9698:6>1 9729:5>6 9770:5>0 9792:4>9 9904:2>8
"""


def _misread(words: str) -> Misread:
    """'247:4>6'"""
    index, _, pair = words.partition(":")
    truth, _, answer = pair.partition(">")
    return Misread(int(index), int(truth), int(answer))


MISREAD_1998 = tuple(map(_misread, _PRINTED.split()))
PERCENT = round(100 * len(MISREAD_1998) / TEST_DIGITS, 2)
WITHOUT_DISTORTIONS = round(paper.TEST_ERROR * TEST_DIGITS / 100)  # errors
PROVENANCE = (
    f"The caption of {FIGURE} says that LeNet-5 misread these digits, and not whether distorted digits were among "
    f"those that it learned from. Their number says so: {len(MISREAD_1998)} of {TEST_DIGITS:,} is {PERCENT} %, as in "
    f"Fig. 6 with distortions ({paper.FIGURE_6_DISTORTED} %); the {paper.TEST_ERROR} % without them would be "
    f"{WITHOUT_DISTORTIONS}. Their places in MNIST's test file were found for this project by matching the pictures "
    "printed in the paper; all labels agree."
)


@dataclass(frozen=True, slots=True)
class Overlap:
    """errors: of another network on the 10,000 test digits; shared: how many of those are among the 82."""

    errors: int
    shared: int

    @property
    def read(self) -> int:
        """How many of the 82 the other network reads."""
        return len(MISREAD_1998) - self.shared

    @property
    def by_chance(self) -> float:
        """How many would be shared if the errors lay anywhere among the test digits: the mean of the hypergeometric
        distribution."""
        return self.errors * len(MISREAD_1998) / TEST_DIGITS


def overlap(wrong: Collection[int]) -> Overlap:
    """wrong: the test digits that the other network misreads, from 0."""
    missed = set(wrong)
    return Overlap(len(missed), sum(one.index in missed for one in MISREAD_1998))
