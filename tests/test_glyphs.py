"""The codes of the printable characters: what is known of the paper's figure, and the page that shows them."""

from __future__ import annotations

import json
import struct
from itertools import combinations
from statistics import mean
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visit import PAPER, drawn, shown

from lenet_explain import paper
from lenet_explain.network.named import NETWORKS
from lenet_explain.paper import quotes
from lenet_explain.paper.glyphs import CHARACTERS, CODES, CONFUSABLE, hamming

PAGE = "pages/network/glyphs.py"
OVERLINE = 5  # the cells of a bar above the letter: so the figure marks a capital


def sent(app: AppTest) -> tuple[dict[str, Any], np.ndarray]:
    [proto] = drawn(app, "lenet_glyphs")
    (length,) = struct.unpack_from("<I", proto.bytes)
    return json.loads(proto.bytes[4 : 4 + length]), np.frombuffer(proto.bytes, "<f2", offset=4 + length)


def test_there_are_95_characters_of_84_signs_and_no_two_are_alike() -> None:
    assert "".join(CHARACTERS) == "".join(chr(code) for code in range(32, 127))
    assert all(len(code) == 84 and set(code) <= {-1, 1} for code in CODES)
    assert len(set(CODES)) == 95
    assert set(CODES[0]) == {-1}


def test_the_digits_codes_are_those_that_the_network_is_compared_with() -> None:
    assert tuple(CODES[CHARACTERS.index(str(digit))] for digit in range(10)) == paper.GLYPH_CODES


@pytest.mark.parametrize("letter", "CMNOPQSUVWXYZ")
def test_some_capitals_are_the_small_letter_under_a_bar(letter: str) -> None:
    small, capital = (CODES[CHARACTERS.index(one)] for one in (letter.lower(), letter))
    bar = (-1, 1, 1, 1, 1, 1, -1)
    assert capital[:7] == bar
    assert capital[7:] == small[7:]
    assert hamming(letter, letter.lower()) == OVERLINE


def test_what_the_paper_calls_confusable_differs_less_than_characters_do() -> None:
    average = mean(hamming(one, other) for one, other in combinations(CHARACTERS, 2))
    for family in CONFUSABLE:
        assert all(hamming(one, other) < average / 2 for one, other in combinations(family, 2))
    assert [hamming("0", "O"), hamming("1", "l"), hamming("1", "I"), hamming("6", "8")] == [10, 6, 7, 12]


def test_the_page_sends_every_code(app: AppTest) -> None:
    meta, codes = sent(shown(app, PAGE, {}))
    assert meta["characters"] == "".join(CHARACTERS)
    assert np.array_equal(codes.reshape(95, 84), np.array(CODES))


def test_only_networks_that_answer_with_distances_are_offered_and_the_others_are_named(app: AppTest) -> None:
    shown(app, PAGE, {})
    [choice] = [one for one in app.selectbox if one.label == "Network"]
    with_glyphs = [network for network in NETWORKS.values() if network.answer == "distances"]
    assert len(choice.options) == len(with_glyphs)
    [caption] = [one.value for one in app.caption if "glyphs" in one.value]
    assert all((network.title in caption) == (network.answer != "distances") for network in NETWORKS.values())


def test_a_network_without_glyphs_in_the_link_leads_to_one_with_them(app: AppTest) -> None:
    app.run().switch_page(PAPER).run()
    app.query_params["network"] = "lenet-28"
    app.switch_page(PAGE).run()
    assert not app.exception
    assert [one.value for one in app.selectbox if one.label == "Network"] == ["lenet5"]
    assert len(drawn(app, "lenet_glyphs")) == 1


def test_the_page_lets_the_paper_say_why(app: AppTest) -> None:
    said = " ".join(one.value for one in shown(app, PAGE, {}).markdown)
    assert quotes.WHY_SIMILAR_CODES.words in said
    assert quotes.WHY_DISTANCES.words in said
