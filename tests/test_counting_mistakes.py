"""A wrong number betrays its mistake: what each leads to is worked out here by hand, and from no code of the app."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lenet_explain.network.layers import (
    BatchNormalisation,
    Convolution,
    Dense,
    DescriptionError,
    MaxPooling,
    Shape,
    Subsampling,
)
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, walk
from lenet_explain.quiz.hint import hints, stated
from lenet_explain.quiz.mistake import ASKED, Asked, right
from lenet_explain.quiz.score import Mark, answered, boxes, score
from lenet_explain.quiz.verdict import MISTAKES, Box, imagined, judged, solved

LENET5, DENSE, KERAS, BORDER, MODERN = (
    NETWORKS[key] for key in ("lenet5", "lenet5-dense", "lenet-28", "lenet-sigmoid", "lenet-modern")
)
ODD = Network(
    key="odd", title="Odd", summary="", source="", input=Shape(3, 12, 10), pixels=LENET5.pixels,
    layers=(
        Convolution("A", maps=4, kernel=3, stride=2, padding=1, bias=False),  # 4@6×5
        BatchNormalisation("B"),
        MaxPooling("P", size=3, stride=1),  # 4@4×3
        Convolution("T", maps=2, kernel=1, table=((0, 1), (3,))),  # 2@4×3
        Dense("D", units=7, bias=False),
        Dense("E", units=1),
    ),
)  # fmt: skip
UNEVEN = replace(  # its inputs are read by one, three, two and no maps
    ODD, key="uneven", input=Shape(4, 6, 6),
    layers=(Convolution("U", maps=4, kernel=2, table=((1, 0), (1,), (1, 2), (2,))),),
)  # fmt: skip
HALVED = replace(ODD, key="halved", input=Shape(1, 7, 7), layers=(MaxPooling("P", size=4, stride=2),))  # 1@2×2
ALL = (*NETWORKS.values(), ODD, UNEVEN)

TYPED = [
    # C1 reads 1@32×32 and gives 6@28×28; each kernel has 25 cells
    (LENET5, "C1", "shape", "6@27×27", "no + 1"),
    (LENET5, "C1", "shape", "32×32×6", "same padding"),
    (LENET5, "C1", "shape", "24×24×6", "other input"),  # 28 − 5 + 1
    (LENET5, "C1", "shape", "28×28×1", "maps of the layer before"),
    (LENET5, "C1", "shape", "32×32×1", "what it reads"),
    (LENET5, "C1", "shape", "6@6×6", "window side by side"),  # 32/5, rounded down
    (LENET5, "C1", "parameters", "150", "no bias"),
    (LENET5, "C1", "parameters", "151", "one bias"),
    (LENET5, "C1", "parameters", "26", "one map"),
    (LENET5, "C1", "parameters", "36", "one side of the kernel"),  # (5 + 1)·6
    (LENET5, "C1", "parameters", "122,304", "one weight per position"),  # 156·784
    (LENET5, "C1", "parameters", "117,606", "one weight per position"),  # 150·784 + 6
    (LENET5, "C1", "parameters", "4,821,600", "fully connected"),  # 1,025·4,704
    (LENET5, "C1", "parameters", "4704", "outputs"),
    (LENET5, "C1", "parameters", "4854", "bias per position"),  # 150 + 4,704
    (LENET5, "C1", "connections", "156", "parameters"),
    (LENET5, "C1", "connections", "117600", "no bias"),
    (LENET5, "C1", "connections", "117606", "biases once"),
    (LENET5, "C1", "connections", "159744", "positions before"),  # 156·1,024
    (LENET5, "C1", "connections", "4368", "one side"),  # 156·28
    (LENET5, "C1", "connections", "89856", "other input"),  # 156·576
    # S2 reads 6@28×28 and gives 6@14×14
    (LENET5, "S2", "shape", "27×27×6", "stride 1"),
    (LENET5, "S2", "shape", "13×13×6", "no + 1"),
    (LENET5, "S2", "shape", "12×12×6", "other input"),
    (LENET5, "S2", "shape", "14×14×3", "pooled maps"),
    (LENET5, "S2", "parameters", "6", "no coefficient"),
    (LENET5, "S2", "parameters", "0", "pooling trains nothing"),
    (LENET5, "S2", "parameters", "24", "pooling has weights"),
    (LENET5, "S2", "parameters", "30", "pooling has weights"),
    (LENET5, "S2", "parameters", "2", "one pair for all"),
    (LENET5, "S2", "parameters", "150", "pooling as convolution"),  # (4·6 + 1)·6
    (LENET5, "S2", "parameters", "2352", "one pair per unit"),
    (LENET5, "S2", "parameters", "5880", "connections"),
    (LENET5, "S2", "parameters", "1176", "outputs"),
    (LENET5, "S2", "connections", "4704", "pooling without bias"),
    (LENET5, "S2", "connections", "7056", "coefficient as link"),
    (LENET5, "S2", "connections", "2352", "one cell a block"),
    (LENET5, "S2", "connections", "21870", "stride 1"),  # 6·729·5
    (LENET5, "S2", "connections", "29400", "pooling reads all maps"),  # 1,176·25
    # C3 reads 6@14×14 by 60 links and gives 16@10×10
    (LENET5, "C3", "shape", "10×10×96", "maps times inputs"),
    (LENET5, "C3", "shape", "10×10×6", "maps of the layer before"),
    (LENET5, "C3", "parameters", "1500", "no bias"),
    (LENET5, "C3", "parameters", "2,416", "table left out"),
    (LENET5, "C3", "parameters", "2,400", "table left out"),
    (LENET5, "C3", "parameters", "416", "no input maps"),
    (LENET5, "C3", "parameters", "400", "no input maps"),
    (LENET5, "C3", "parameters", "1216", "first map for all"),  # (3·25 + 1)·16
    (LENET5, "C3", "parameters", "4016", "table by rows"),  # each row of Table I has ten X
    (LENET5, "C3", "parameters", "1506", "table by rows"),  # six biases, for the rows
    (LENET5, "C3", "parameters", "1560", "bias per kernel"),
    (LENET5, "C3", "parameters", "76", "only maps"),
    (LENET5, "C3", "connections", "241,600", "table left out"),
    (LENET5, "C3", "connections", "41,600", "no input maps"),
    (LENET5, "C3", "connections", "156,000", "bias per kernel"),
    (LENET5, "C3", "connections", "150,016", "biases once"),
    # C5 reads 16@5×5 whole
    (LENET5, "C5", "shape", "5×5×120", "same padding"),
    (LENET5, "C5", "parameters", "2040", "only maps"),  # (16 + 1)·120
    (LENET5, "C5", "parameters", "48000", "no bias"),
    (LENET5, "C5", "parameters", "3120", "no input maps"),
    (LENET5, "F6", "shape", "120", "what it reads"),
    (LENET5, "F6", "parameters", "10080", "no bias"),
    (LENET5, "F6", "parameters", "204", "added"),
    (LENET5, "F6", "parameters", "10200", "bias per kernel"),
    (LENET5, "OUTPUT", "parameters", "840", "codes counted"),
    (LENET5, "OUTPUT", "parameters", "850", "codes as weights"),
    (LENET5, "OUTPUT", "parameters", "10", "biases of codes"),
    (LENET5, "OUTPUT", "connections", "850", "biases of codes"),
    (LENET5, "OUTPUT", "connections", "0", "no parameters, no links"),
    # other networks
    (DENSE, "S2", "parameters", "12", "pooling as in 1998"),
    (DENSE, "S2", "parameters", "24", "pooling has weights"),
    (DENSE, "S2", "connections", "5880", "pooling with bias"),
    (DENSE, "S2", "connections", "0", "no parameters, no links"),
    (DENSE, "C3", "parameters", "2400", "no bias"),
    (KERAS, "C1", "shape", "28×28×6", "other input"),  # 32 − 5 + 1
    (KERAS, "C5", "parameters", "48120", "other input"),  # (400 + 1)·120
    (KERAS, "C5", "parameters", "2040", "only maps"),
    (KERAS, "C5", "shape", "4×4×120", "picture kept"),
    (KERAS, "C5", "shape", "256", "only flattened"),
    (BORDER, "C1", "shape", "24×24×6", "no padding"),
    (BORDER, "C1", "shape", "26×26×6", "padding at one end"),  # 28 + 2 − 5 + 1
    (MODERN, "C1", "parameters", "156", "bias where none is"),
    (MODERN, "B1", "parameters", "24", "running statistics"),
    (MODERN, "B1", "parameters", "6", "scale or shift alone"),
    (MODERN, "B1", "parameters", "0", "pooling trains nothing"),
    (MODERN, "B1", "connections", "12", "parameters"),
    (ODD, "A", "shape", "4@12×10", "stride 1"),  # a 3×3 kernel with a border of 1 keeps the size
    (ODD, "A", "shape", "4@5×6", "sides changed"),
    (ODD, "A", "parameters", "112", "bias where none is"),  # 4·(27 + 1)
    (ODD, "T", "parameters", "10", "table left out"),  # (4 + 1)·2
    (ODD, "D", "parameters", "14", "only maps"),
    (UNEVEN, "U", "parameters", "52", "table by rows"),  # (3·4 + 1)·4
    (HALVED, "P", "shape", "1@3×3", "rounded otherwise"),  # 3/2 + 1, rounded up
]  # fmt: skip


# Where two mistakes lead to one number, the likelier is named first: which one, and why they meet.
TIES: dict[tuple[Asked, str], tuple[set[str], str]] = {
    ("shape", "other input"): ({"no + 1", "same padding"}, "a 5×5 kernel takes the 4 by which 28 and 32 differ"),
    ("shape", "maps of the layer before"): ({"what it reads"}, "where the size stays, only the maps can be another's"),
    ("parameters", "connections"): (
        {"one weight per position", "one pair per unit", "pooling as convolution", "codes counted"},
        "connections are the parameters at every position, so whoever forgets that weights are shared counts as many",
    ),
    ("parameters", "one map"): ({"only maps"}, "C3 of LeNet-5: 3·5·5 + 1 = 60 + 16"),
    ("connections", "one map"): ({"only maps"}, "the same at every position"),
    ("parameters", "outputs"): ({"biases of codes", "scale or shift alone"}, "a vector has as many outputs as units"),
    ("connections", "outputs"): ({"only maps"}, "without a bias one weight a map is one link a unit"),
    ("connections", "other input"): ({"positions before"}, "the other input is as large as the maps that are read"),
    ("parameters", "fully connected"): (
        {"no bias", "bias where none is"}, "a window as large as the map sees all of it",
    ),
    ("connections", "fully connected"): (
        {"no bias", "bias where none is", "biases of codes"}, "a window as large as the map sees all of it",
    ),
}  # fmt: skip


def box(network: Network, name: str, asked: Asked) -> Box:
    return Box(network, [step.name for step in walk(network)].index(name), asked)


@pytest.mark.parametrize(
    ("network", "name", "asked", "typed", "mistake"), TYPED, ids=[f"{t[0].key}-{t[1]}-{t[3]}-{t[4]}" for t in TYPED]
)
def test_a_number_betrays_its_mistake(network: Network, name: str, asked: Asked, typed: str, mistake: str) -> None:
    verdict = judged(box(network, name, asked), typed)
    assert verdict.state == "wrong"
    assert mistake in verdict.mistakes
    assert verdict.mistakes[0] in {mistake} | TIES.get((asked, mistake), (set(), ""))[0]


def test_every_mistakes_own_number_is_told_as_that_mistake_first_or_by_a_tie_with_its_reason() -> None:
    off = [
        (network.key, one.step.name, one.asked, wrong.answer, mistake.name, first)
        for network in NETWORKS.values()
        for one in boxes(network)
        for mistake, wrong in imagined(one)
        if (first := judged(one, str(wrong.answer)).mistakes[0]) != mistake.name
        and first not in TIES.get((one.asked, mistake.name), ((), ""))[0]
    ]
    assert off == []


def test_a_verdict_names_every_mistake_that_gives_the_number_in_the_order_of_the_list_and_says_the_first() -> None:
    order = {asked: [mistake.name for mistake in MISTAKES if mistake.about == asked] for asked in ASKED}
    for network in NETWORKS.values():
        for one in boxes(network):
            for mistake, wrong in imagined(one):
                verdict = judged(one, str(wrong.answer))
                named = [name for name in order[one.asked] if name in verdict.mistakes]
                giving = {other.name for other, given in imagined(one) if given.answer == wrong.answer}
                assert list(verdict.mistakes) == named
                assert set(named) == giving
                if mistake.name == named[0]:
                    assert verdict.lines[0].startswith(mistake.sentence(one.step, network))


def test_every_mistake_is_in_the_table_above() -> None:
    """But for those of connections that are a parameter's mistake at every position."""
    parameters = {mistake.name for mistake in MISTAKES if mistake.about == "parameters"}
    left = {(m.about, m.name) for m in MISTAKES} - {(asked, mistake) for _, _, asked, _, mistake in TYPED}
    assert {(asked, name) for asked, name in left if asked != "connections" or name not in parameters} == set()


@pytest.mark.parametrize(
    ("name", "asked", "typed", "term"),
    [
        ("C1", "parameters", "150", "bias is missing"),
        ("C1", "parameters", "122304", "One weight for each position?"),
        ("C1", "shape", "27×27×6", "+ 1 is missing"),
        ("C1", "shape", "24×24×6", "this network reads 1@32×32"),
        ("S2", "parameters", "6", "a coefficient and a bias"),
        ("S2", "shape", "27×27×6", "moves 2 at a time"),
        ("C3", "parameters", "2416", "All 6 input maps are counted"),
        ("C3", "connections", "1516", "These are the parameters"),
        ("OUTPUT", "parameters", "840", "codes are counted"),
    ],
)
def test_the_first_sentence_names_the_term_that_is_off(name: str, asked: Asked, typed: str, term: str) -> None:
    assert term in judged(box(LENET5, name, asked), typed).lines[0]


@pytest.mark.parametrize(
    ("network", "name", "asked", "typed"),
    [
        (LENET5, "C5", "parameters", "48000"), (LENET5, "C5", "connections", "48,000"),
        (MODERN, "C5", "parameters", "48,120"), (LENET5, "OUTPUT", "connections", "850"),
        (LENET5, "OUTPUT", "parameters", "850"), (KERAS, "C5", "parameters", "30720"),
    ],
)  # fmt: skip
def test_a_layer_that_reads_everything_is_not_told_that_it_was_counted_so(
    network: Network, name: str, asked: Asked, typed: str
) -> None:
    verdict = judged(box(network, name, asked), typed)
    assert verdict.state == "wrong"
    assert len(verdict.mistakes) == 1
    assert "fully connected" not in " ".join(verdict.lines)


ONE_MAP = replace(
    ODD, key="one map", input=Shape(2, 8, 8),
    layers=(
        Convolution("F", maps=2, kernel=3, table=((0, 1), (0, 1))),  # a table that leaves nothing out
        Convolution("G", maps=2, kernel=3, table=((0,), (1,))),  # maps that read one map each
        Convolution("H", maps=1, kernel=1), Subsampling("S"),  # pooling of one map
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "asked", "typed", "only"),
    [
        ("F", "parameters", "36", "no bias"),  # 9·2·2; nothing is left out by the table
        ("G", "parameters", "18", "no bias"),  # 9·2; no input map is missing
        ("S", "connections", "16", "pooling without bias"),  # 4·4; there are no other maps to read
    ],
)
def test_no_mistake_is_named_that_cannot_be_made_here(name: str, asked: Asked, typed: str, only: str) -> None:
    assert judged(box(ONE_MAP, name, asked), typed).mistakes == (only,)


@pytest.mark.parametrize(("typed", "number"), [("28", "28"), (" 28 px.", "28"), ("= 6", "6"), ("1024", "1,024")])
def test_one_number_is_one_side_and_not_a_shape(typed: str, number: str) -> None:
    verdict = judged(box(LENET5, "C1", "shape"), typed)
    assert (verdict.state, verdict.mistakes) == ("unread", ())
    assert verdict.lines[0].startswith(f"{number} alone is one number: write the maps and both sides")
    assert judged(box(LENET5, "F6", "shape"), "84").state == "right"
    assert judged(box(LENET5, "F6", "shape"), "120").mistakes == ("what it reads",)
    assert judged(box(LENET5, "C1", "shape"), "28@1×1").state == "wrong"


def test_a_diagnosis_shows_the_sum_that_gives_the_number() -> None:
    assert judged(box(LENET5, "C1", "parameters"), "150").lines == (
        "The bias is missing: every map adds one. Yours is 5·5·1·6 = 150.",
    )


def test_the_likeliest_of_two_mistakes_is_named_first_and_the_other_after_it() -> None:
    lines = judged(box(LENET5, "S4", "shape"), "4×4×16").lines
    assert lines[0].startswith("The + 1 is missing")
    assert lines[1].startswith("Or: The sum starts from another input")


@pytest.mark.parametrize("network", ALL, ids=lambda network: network.key)
def test_no_mistake_leads_to_what_is_right_and_each_is_recognised(network: Network) -> None:
    for one in boxes(network):
        assert judged(one, solved(one)[0]).state == "right"
        for mistake, wrong in imagined(one):
            verdict = judged(one, str(wrong.answer))
            assert wrong.answer != one.right
            assert verdict.state == "wrong"
            assert mistake.name in verdict.mistakes
            shown = f"{wrong.answer:,}" if isinstance(wrong.answer, int) else str(wrong.answer)
            assert wrong.working.endswith(shown)


@pytest.mark.parametrize("network", ALL, ids=lambda network: network.key)
def test_what_is_right_shows_its_sum_and_no_hint_tells_it(network: Network) -> None:
    for one in boxes(network):
        answer, sums = solved(one)
        assert judged(one, answer).lines == one.solution
        first, second = hints(one.step, one.asked)
        assert sums == () or first != second
        assert f"= {answer}" not in first + second
        assert stated(one.step.layer)


def test_the_worked_sums_of_c1_are_those_of_the_paper() -> None:
    assert judged(box(LENET5, "C1", "shape"), "28×28×6").lines == ("6@28×28", "(32 + 2·0 − 5)/1 + 1 = 28")
    assert judged(box(LENET5, "C1", "parameters"), "156").lines == ("(5·5·1 + 1)·6 = 156",)


def test_a_wrong_shape_is_followed_into_the_next_layer() -> None:
    """Whoever has 27×27 for C1 and goes on rightly is told so: C3 on S2's 13×13 gives 9×9."""
    marks = [Mark() for _ in boxes(LENET5)]
    marks[3] = Mark("13×13×6")  # S2
    marks[6] = Mark("9×9×16")  # C3
    marks[8] = Mark("122,796")  # 1,516·81
    found = answered(LENET5, marks)
    for at in (6, 8):
        assert found[at].verdict.mistakes == ("follows from the shape before",)
        assert "your 6@13×13" in found[at].verdict.lines[0]
    assert found[7].verdict.state == "empty"


def test_a_point_is_a_right_answer_that_was_not_seen_before() -> None:
    marks = [Mark() for _ in boxes(LENET5)]
    marks[0] = Mark("6@28×28", tries=2)
    marks[1] = Mark("156", hints=1)
    marks[2] = Mark("122304", shown=True, seen=True)
    marks[4] = Mark("12", seen=True)
    marks[5] = Mark("7")
    found = score(answered(LENET5, marks))
    assert (found.boxes, found.right, found.hinted, found.seen) == (21, 2, 1, 2)
    assert str(found) == "2 of 21 right, 1 of them with a hint, 2 shown, which count nothing"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("157", "Close, and a little too large."), ("999", "Too large, by a factor of about 6."),
        ("9", "Too small, by a factor of about 20."), ("100", "Too small, by less than a factor of 2."),
        ("0", "Too small."),
    ],
)  # fmt: skip
def test_a_number_that_no_mistake_gives_gets_a_neutral_hint(typed: str, sentence: str) -> None:
    verdict = judged(box(LENET5, "C1", "parameters"), typed)
    assert (verdict.lines, verdict.mistakes) == ((sentence,), ())


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("29×29×6", "The maps are right; the sides are one too long."),
        ("20×20×6", "The maps are right; the sides are too short."),
        ("28×28×7", "Right: height and width. Off: maps too large."),
        ("5×40×9", "Off: maps too large, height too small, width too large."),
    ],
)
def test_a_shape_that_no_mistake_gives_says_which_part_is_off(typed: str, sentence: str) -> None:
    assert judged(box(LENET5, "C1", "shape"), typed).lines[0] == sentence


def _drawn(seed: int) -> Network | None:
    """A random network of any layers in any order; None where they do not fit together."""
    draw, layers, shape = random.Random(seed), [], Shape(1, 32, 32)
    shape = replace(shape, maps=draw.randint(1, 4), height=draw.randint(6, 40), width=draw.randint(6, 40))
    for index in range(draw.randint(1, 6)):
        name = f"L{index}"
        layers.append(
            draw.choice(
                [
                    Convolution(
                        name, draw.randint(1, 9), draw.randint(1, 5), draw.randint(1, 3), draw.randint(0, 2),
                        bias=draw.random() < 0.7,
                    ),
                    Subsampling(name), MaxPooling(name, draw.randint(1, 4), draw.randint(1, 3)),
                    BatchNormalisation(name), Dense(name, draw.randint(1, 99), bias=draw.random() < 0.7),
                ]
            )
        )  # fmt: skip
    network = replace(ODD, key=f"drawn {seed}", input=shape, layers=tuple(layers))
    try:
        walk(network)
    except DescriptionError:
        return None
    return network


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_any_network_in_any_order_is_judged(seed: int, number: int) -> None:
    network = _drawn(seed)
    for one in boxes(network) if network else ():
        assert judged(one, solved(one)[0]).state == "right"
        assert all(wrong.answer != right(one.step, one.asked) for _, wrong in imagined(one))
        assert judged(one, str(number)).lines
        assert all(hints(one.step, one.asked))


def test_there_are_at_least_fifteen_mistakes_with_names_of_their_own() -> None:
    pairs = [(mistake.about, mistake.name) for mistake in MISTAKES]
    assert len(pairs) == len(set(pairs)) >= 15
    assert {about for about, _ in pairs} == set(ASKED)
