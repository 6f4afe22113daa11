"""What the paper prints, each number with its place, so that pages, captions and tests quote one source.

Source: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition",
Proc. IEEE 86(11), November 1998. Pages are those of the authors' 46-page preprint.
Not covered: the IEEE-typeset version, which may print other connection counts for C3 (unverified).
"""

from __future__ import annotations

from dataclasses import dataclass

CITATION = (
    "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition. Proc. IEEE 86(11), 1998"
)

# Eq. 6, p. 8 and Appendix A, p. 41: f(a) = A·tanh(S·a)
AMPLITUDE = 1.7159
SLOPE = (2, 3)  # numerator and denominator

# p. 7: pixel values of paper and of full ink
BACKGROUND = -0.1
INK = 1.175

# p. 10: a digit is at most 20×20 pixels, centred by its mass in 28×28, then extended to 32×32
DIGIT_BOX = 20
CENTRED_FIELD = 28

# p. 41: weights start uniformly within ±2.4 divided by the unit's fan-in
INIT_RANGE = 2.4

# p. 10: the global rate η of each pass, counted from 1, and how long it holds; the last holds to the end
PASSES = 20
RATES = ((0.0005, 2), (0.0002, 3), (0.0001, 3), (0.00005, 4), (0.00001, 8))
# p. 10 and Appendix C: each weight's rate is η/(μ + h); h is estimated on so many digits before each pass
MU = 0.02
CURVATURE_SAMPLES = 500


def rate_of_pass(number: int) -> float:
    """η of a pass, counted from 1."""
    for rate, passes in RATES:
        number -= passes
        if number <= 0:
            return rate
    return RATES[-1][0]


# Fig. 5, p. 11, read off the vector points of the preprint, ±0.03: after each pass the error in %, in training (counted
# while it learns) and on the test digits. The text speaks of 20 passes, the figure has 21 points.
FIGURE_5 = (
    (4.89, 2.65),
    (3.05, 2.24),
    (1.77, 1.48),
    (1.48, 1.43),
    (1.22, 1.43),
    (0.91, 1.09),
    (0.78, 1.04),
    (0.70, 1.06),
    (0.57, 0.99),
    (0.49, 0.96),
    (0.47, 0.96),
    (0.44, 0.99),
    (0.41, 0.96),
    (0.39, 0.96),
    (0.39, 0.96),
    (0.39, 0.96),
    (0.39, 0.96),
    (0.36, 0.96),
    (0.36, 0.96),
    (0.36, 0.96),
    (0.36, 0.96),
)  # fmt: skip — seven points a line
TEST_ERROR = 0.95  # %, Fig. 9, p. 12: LeNet-5 without distortions
TEST_ERROR_DISTORTED = 0.8  # %, Fig. 9
# Fig. 6: training digits, and the error in % on the test digits, without distortions
FIGURE_6 = ((15_000, 1.68), (30_000, 1.14), (60_000, 0.94))
FIGURE_6_DISTORTED = 0.82  # %, the hollow square: 60,000 digits and their distortions

# III.A, p. 10, and Section X, pp. 39-40: what the errors were measured on; the check reader on 646 business checks that
# had been sorted out as machine printed, in % read, misread and rejected: it, the system before it, and what pays
TEST_SET = "MNIST"
CHEQUES = 646
CHEQUES_NOW, CHEQUES_BEFORE, CHEQUES_VIABLE = (82, 1, 17), (68, 1, 31), (50, 1, 49)
CHEQUES_READ, CHEQUES_MISREAD, CHEQUES_REJECTED = CHEQUES_NOW
CHEQUES_SINCE = "June 1996"
CHEQUES_A_DAY = "millions of checks per day"

# What it says of its own choices, by the place
ON_ACTIVATION = f"Eq. 6, p. 8: up to F6 every sum a becomes {AMPLITUDE}·tanh(2a/3)"
ON_POOLING = "II.B, p. 7: each map has a coefficient and a bias of its own, and its result is squashed"
ON_CONNECTIONS = "p. 8: links are left out to keep their number within bounds, and to break a symmetry"
ON_LOSS = f"II.C: Eq. 8 lacks properties that Eq. 9 has; which of them gave {TEST_ERROR} % is not said"
ON_OPTIMISER = "App. C: a rate for each weight from its curvature, one digit a step, in 20 passes"
ON_SIZE = f"Fig. 6, test error on MNIST: {', '.join(f'{error} % from {digits:,} digits' for digits, error in FIGURE_6)}"

# Table I, p. 8: for each C3 map the S2 maps that it reads
TABLE_I = (
    (0, 1, 2),
    (1, 2, 3),
    (2, 3, 4),
    (3, 4, 5),
    (0, 4, 5),
    (0, 1, 5),
    (0, 1, 2, 3),
    (1, 2, 3, 4),
    (2, 3, 4, 5),
    (0, 3, 4, 5),
    (0, 1, 4, 5),
    (0, 1, 2, 5),
    (0, 1, 3, 4),
    (1, 2, 4, 5),
    (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip — the paper's three groups, one below the other

# Fig. 3, p. 9: the ten target bitmaps, 7 wide and 12 high; each byte is a row, its highest of 7 bits on the left
GLYPH_WIDTH, GLYPH_HEIGHT = 7, 12
_GLYPH_ROWS = (
    "3e001c3663636363361c0000",
    "0c1c3c0c0c0c0c0c0c3f0000",
    "3e003e6343061c30607f0000",
    "7f03060c1e030303633e0000",
    "3e00003333736363673f0303",
    "3e007f60603c1e03633e0000",
    "1e3060607e736363733e0000",
    "7f0303060c0c181818180000",
    "3e6363633e636363633e0000",
    "3e676363673f0303063c0000",
)


def glyph(rows: str) -> tuple[int, ...]:
    """84 values, row by row: +1 for ink, −1 for paper."""
    return tuple(
        1 if byte >> (GLYPH_WIDTH - 1 - column) & 1 else -1
        for byte in bytes.fromhex(rows)
        for column in range(GLYPH_WIDTH)
    )


GLYPH_CODES = tuple(map(glyph, _GLYPH_ROWS))


@dataclass(frozen=True, slots=True)
class PrintedLayer:
    """A layer's numbers as section II.B prints them."""

    name: str
    maps: int
    side: int
    parameters: int
    connections: int


# Section II.B, pp. 7-8; the output's 0 and 840 are what its totals imply
LAYERS = (
    PrintedLayer("C1", 6, 28, 156, 122_304),
    PrintedLayer("S2", 6, 14, 12, 5_880),
    PrintedLayer("C3", 16, 10, 1_516, 151_600),
    PrintedLayer("S4", 16, 5, 32, 2_000),
    PrintedLayer("C5", 120, 1, 48_120, 48_120),
    PrintedLayer("F6", 84, 1, 10_164, 10_164),
    PrintedLayer("OUTPUT", 10, 1, 0, 840),
)
# At the end of II.A, p. 7, where weight sharing is explained
PARAMETERS = 60_000
CONNECTIONS = 340_908
ON_COUNTS = "II.A, p. 7"
MACS_THOUSANDS = 401  # Fig. 11


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What the paper says, what speaks against it (mostly the paper itself), and what this project does about it."""

    subject: str
    one: str
    other: str
    here: str


CONTRADICTIONS = (
    Contradiction(
        "Sum or average in S2 and S4",
        "II.A, p. 6: a unit computes the average of its four inputs",
        "II.B, p. 7: the four inputs are added",
        "the sum, as in II.B and in the authors' later library; the coefficient absorbs the factor of 4",
    ),
    Contradiction(
        "Work for one image",
        f"p. 7: {CONNECTIONS:,} connections",
        f"Fig. 11: {MACS_THOUSANDS} thousand multiply-accumulates",
        "connections and multiply-accumulates are each counted from the description; neither gives "
        f"{MACS_THOUSANDS} thousand",
    ),
    Contradiction(
        "Which layers are trained",
        "p. 7: seven layers, all of which contain trainable parameters",
        f"p. 8: the output's vectors are fixed by hand, at least initially; only then are there {PARAMETERS:,}",
        "the glyph codes are fixed and not counted as parameters",
    ),
    Contradiction(
        "Spread of the input",
        "p. 7: these pixel values give a variance of roughly 1",
        "measured here on MNIST: 0.12 on 32×32, 0.15 on 28×28",
        f"the printed values, −{-BACKGROUND} for paper and {INK} for ink",
    ),
    Contradiction(
        "Length of training",
        "p. 10: 20 passes",
        "Fig. 5 plots 21 points a curve",
        "passes are counted as the text does",
    ),
)
