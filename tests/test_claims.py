"""Claims: every verdict is computed, follows the description, and an entry that does not fit is told in a sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from visit import shown

from lenet_explain import paper
from lenet_explain.lore import claims as lore
from lenet_explain.lore.claims import KINDS, RIGHT_VOTE, VOTES, Claim, bridge, judge, read_claims, tally, verdict_on
from lenet_explain.lore.count_checks import Count
from lenet_explain.lore.paper_checks import Contradicted
from lenet_explain.lore.reading import LoreError
from lenet_explain.network.layers import AveragePooling, Convolution
from lenet_explain.network.named import ARTICLES, NETWORKS
from lenet_explain.network.walk import Network

PAGE = "pages/counting/claims.py"
CLAIMS = {claim.id: claim for claim in read_claims().claims}

# An independent witness: what a person who has read the paper says, without this project's checks.
TRUE = """60000-parameters 340908-connections c1-shares input-32 c5-sees-all c3-table c3-breaks-symmetry pooling-learns
    c5-convolution f6-84 rbf-output one-digit-a-step cheques-82 millions-a-day"""
FALSE = """c3-41600-connections stride-1-same-parameters zero-padding ink-1.75 mnist-trimmed stride-1-keeps-14 c3-sees-5
    c3-10-of-16 c3-merged-first c3-for-60000 matches-but-output plain-sgd error-0.8-plain 82-errors best-of-all
    error-on-usps"""
ELSEWHERE = {
    "61706-parameters": "lenet5-dense lenet-sigmoid",
    "44426-parameters": "lenet-28",
    "c3-dense-2400": "lenet-modern",
    "input-28": "lenet-28 lenet-sigmoid",
    "c3-reads-all": "lenet5-dense lenet-28 lenet-sigmoid lenet-modern",
    "average-pooling": "lenet5-dense lenet-28 lenet-sigmoid",
    "max-pooling": "lenet-modern",
    "s2-unsquashed": "lenet5-dense lenet-28 lenet-sigmoid lenet-modern",
    "softmax": "lenet5-dense lenet-28 lenet-sigmoid lenet-modern",
    "plain-tanh": "lenet5-dense lenet-28",
    "sigmoid": "lenet-sigmoid",
    "relu": "lenet-modern",
}
IN_EFFECT = "c5-dense"
CONTRADICTED = "401000-macs s2-averages variance-1 seven-trained-layers"
OPEN = "loss-mse rubbish-3 tenth-of-us-cheques"
EXPECTED = {
    **dict.fromkeys(TRUE.split(), "true"),
    **dict.fromkeys(IN_EFFECT.split(), "in effect"),
    **dict.fromkeys(FALSE.split(), "false"),
    **dict.fromkeys(ELSEWHERE, "elsewhere"),
    **dict.fromkeys(CONTRADICTED.split(), "contradicted"),
    **dict.fromkeys(OPEN.split(), "open"),
}
SOURCE = '[[source]]\nkey = "often"\ntitle = "many texts"\n'
GOOD = """
[[claim]]
id = "units"
words = "C1 has 4,704 units."
sources = ["often"]
why = "They are many."
check = { kind = "count", network = "lenet5", layer = "C1", what = "units", says = 4_704 }
"""


def lines_of(claim: str) -> str:
    return "\n".join(verdict_on(CLAIMS[claim]).lines)


def written(tmp_path: Path, text: str) -> Path:
    """Read anew: the reader remembers by path."""
    path = tmp_path / "claims.toml"
    path.write_text(text, "utf-8")
    read_claims.cache_clear()
    return path


@pytest.mark.parametrize("key", CLAIMS)
def test_each_verdict_is_the_one_that_a_reader_of_the_paper_gives(key: str) -> None:
    found = verdict_on(CLAIMS[key])
    assert found.verdict == EXPECTED[key]
    assert " ".join(network.key for network in found.elsewhere) == ELSEWHERE.get(key, "")


def test_there_are_many_claims_and_right_ones_and_the_papers_contradictions_among_them() -> None:
    assert set(EXPECTED) == set(CLAIMS)
    assert len(CLAIMS) >= 24
    assert len(TRUE.split()) >= 6
    told = {check.subject for claim in CLAIMS.values() for check in claim.checks if isinstance(check, Contradicted)}
    assert told >= {"Work for one image", "Sum or average in S2 and S4", "Spread of the input"}
    assert told <= {one.subject for one in paper.CONTRADICTIONS}
    assert {"A", "B", "C", "D"} <= {source.key for claim in CLAIMS.values() for source in claim.sources}


def test_every_kind_of_check_decides_a_claim() -> None:
    assert {check.kind for claim in CLAIMS.values() for check in claim.checks} == set(KINDS)


@pytest.mark.parametrize("key", CLAIMS)
def test_a_number_that_is_checked_stands_in_the_claims_words(key: str) -> None:
    claim = CLAIMS[key]
    for check in claim.checks:
        says = getattr(check, "says", None)
        stands = not isinstance(says, int) or isinstance(says, bool) or says < 2 or not isinstance(check, Count)
        assert stands or f"{says:,}" in claim.words, says
    assert claim.words.endswith(".")
    assert re.fullmatch(r"[a-z0-9][a-z0-9.\-]*", claim.id), "an id goes into a link"


@pytest.mark.parametrize("key", CLAIMS)
def test_words_are_one_sentence_and_so_is_the_reason(key: str) -> None:
    claim = CLAIMS[key]
    for words in (claim.words, claim.why):
        assert words == words.strip()
        assert len(re.findall(r"[.!?](?:\s|$)", words.replace("Fig. ", ""))) == 1, words
    assert all(line.endswith((".", "”", "”.")) for line in verdict_on(claim).lines)


def test_61706_is_reached_from_60000_layer_by_layer() -> None:
    assert "60,000 − 12 (S2) + 900 (C3) − 32 (S4) + 850 (OUTPUT) = 61,706 parameters" in lines_of("61706-parameters")


@pytest.mark.parametrize("one", NETWORKS.values(), ids=list(NETWORKS))
@pytest.mark.parametrize("other", NETWORKS.values(), ids=list(NETWORKS))
def test_a_bridge_between_two_totals_adds_up(one: Network, other: Network) -> None:
    terms, _, end = bridge(one, other).replace(",", "").replace("−", "-").partition(" = ")
    assert _added(terms) == int(end)


def _added(terms: str) -> int:
    bare = re.sub(r"\([A-Z0-9]+\)", "", terms)
    return sum(int(one.replace(" ", "")) for one in re.findall(r"[+-]? ?\d+", bare))


def test_the_sentences_show_the_arithmetic_and_the_place() -> None:
    assert "(28 + 2·0 − 2)/1 + 1 = 27" in lines_of("stride-1-keeps-14")
    assert "27×27×6, not 14×14×6" in lines_of("stride-1-keeps-14")
    assert "545,546 parameters" in lines_of("stride-1-same-parameters")
    assert "1,516·10·10 = 151,600 connections" in lines_of("c3-41600-connections")
    assert "6 + (5 − 1)·2 = 14" in lines_of("c3-sees-5")
    assert "60 of 6·16 = 96" in lines_of("c3-reads-all")
    assert "read by 10 of them" in lines_of("c3-10-of-16")
    assert "Fig. 9, p. 12" in lines_of("error-0.8-plain")
    assert "82/10,000 = 0.82 %" in lines_of("82-errors")
    assert "Boosted LeNet-4" in lines_of("best-of-all")
    assert "340,908 connections" in lines_of("401000-macs")
    assert "328,096 multiply-accumulates" in lines_of("401000-macs")
    assert "II.B, p. 7: the four inputs are added" in lines_of("s2-averages")
    assert "average pooling against subsampling in S2 and S4" in lines_of("matches-but-output")


def test_no_pixels_in_the_papers_range_can_have_a_variance_of_1() -> None:
    import numpy as np

    assert "= 0.41" in lines_of("variance-1")
    low, high = paper.BACKGROUND, paper.INK
    assert np.var([low, high]) == pytest.approx(0.41, abs=0.005)  # half paper, half ink: the widest spread there is
    random = np.random.default_rng(3)
    assert max(np.var(random.choice([low, high], 50)) for _ in range(200)) <= np.var([low, high]) + 1e-12


def changed(**layers: object) -> dict[str, Network]:
    """NETWORKS with layers of LeNet-5 replaced, by name."""
    network = NETWORKS["lenet5"]
    other = replace(network, layers=tuple(layers.get(layer.name, layer) for layer in network.layers))  # pyright: ignore
    return {**NETWORKS, "lenet5": other}


def layer_of(name: str) -> object:
    return next(layer for layer in NETWORKS["lenet5"].layers if layer.name == name)


def test_a_dense_c3_turns_the_verdicts_that_depend_on_it() -> None:
    c3 = layer_of("C3")
    assert isinstance(c3, Convolution)
    networks = changed(C3=replace(c3, table=None))
    turned = {key for key, claim in CLAIMS.items() if judge(claim, networks).verdict != EXPECTED[key]}
    assert turned == {"60000-parameters", "340908-connections", "c3-reads-all", "c3-table"}
    assert judge(CLAIMS["c3-reads-all"], networks).verdict == "true"
    assert "60,900 parameters, not 60,000" in judge(CLAIMS["60000-parameters"], networks).lines[0]


def test_plain_pooling_turns_the_verdicts_that_depend_on_it() -> None:
    networks = changed(S2=AveragePooling("S2"), S4=AveragePooling("S4"))
    turned = {key for key, claim in CLAIMS.items() if judge(claim, networks).verdict != EXPECTED[key]}
    assert turned == {
        *("60000-parameters", "340908-connections", "pooling-learns", "average-pooling", "s2-unsquashed"),
    }
    assert judge(CLAIMS["average-pooling"], networks).verdict == "true"


def test_c5_is_dense_in_effect_only_while_its_kernel_covers_the_whole_map() -> None:
    assert "(5·5·16 + 1)·120 = 48,120 parameters and 48,120 connections" in lines_of("c5-dense")
    assert "this amounts to a full connection between S4 and C5" in lines_of("c5-dense")
    c5 = layer_of("C5")
    assert isinstance(c5, Convolution)
    smaller = judge(CLAIMS["c5-dense"], changed(C5=replace(c5, kernel=4)))
    assert smaller.verdict == "elsewhere"
    assert "(4·4·16 + 1)·120 = 30,840 parameters" in smaller.lines[0]
    plain = judge(CLAIMS["c5-dense"], {"lenet5": NETWORKS["lenet-sigmoid"]})
    assert plain.verdict == "true"


def test_where_the_layers_do_not_fit_the_layer_is_named() -> None:
    c1 = layer_of("C1")
    assert isinstance(c1, Convolution)
    found = judge(CLAIMS["c5-sees-all"], changed(C1=replace(c1, stride=2)))
    assert found.verdict == "elsewhere"
    assert "S4: the height 3 of 16@3×3 is not a multiple of 2" in found.lines[0]


def test_a_good_entry_is_read_and_judged(tmp_path: Path) -> None:
    found = read_claims(written(tmp_path, SOURCE + GOOD))
    [claim] = found.claims
    assert judge(claim).verdict == "true"
    assert [source.key for source in found.sources] == [*ARTICLES, "often"]
    assert found.of("often") == (claim,)
    assert found.of("A") == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "units"\n', "", r"claims.toml, \[\[claim\]\] number 1: id is missing, and must be a text"),
        ('words = "C1 has 4,704 units."\n', "", "claims.toml, claim 'units': words is missing"),
        ('why = "They are many."\n', 'wy = "They are many."\n', "claim 'units': why is missing"),
        ('why = "They are many."\n', 'why = "a"\nnote = "b"\n', "claim 'units': note is not a field of such an entry"),
        ('why = "They are many."\n', 'why = " "\n', "claim 'units': why is empty, and must be a text"),
        (
            'sources = ["often"]',
            'sources = ["oftn"]',
            "claim 'units': sources has 'oftn', and may have A, B, C, D, often",
        ),
        ('sources = ["often"]', "sources = []", "sources is empty, and must have at least one text"),
        ('sources = ["often"]', 'sources = "often"', "sources is 'often', and must be a list of texts"),
        ('kind = "count"', 'kind = "cuont"', "claim 'units', check: kind is 'cuont', and must be one of count, shape"),
        ('"lenet5", layer', '"lenet", layer', "check: network is 'lenet', and must be one of lenet5, lenet5-dense"),
        ('layer = "C1"', 'layer = "C9"', "check: layer is 'C9', and must be one of INPUT, C1, S2"),
        ('what = "units"', 'what = "weigths"', "check: what is 'weigths', and must be one of parameters, connections"),
        ("says = 4_704", 'says = "4704"', "check: says is '4704', and must be a whole number"),
        ("says = 4_704", "says = true", "check: says is True, and must be a whole number"),
        ("says = 4_704", "say = 4_704", "check: says is missing, and must be a whole number"),
        ("says = 4_704", "says = 4_704, colour = 1", "check: colour is not a field of such an entry"),
        ("says = 4_704", "says = 1, change = { layer = 'C1', strid = 2 }", "change: strid is not a field"),
        ("says = 4_704", "says = 1, change = { layer = 'C1' }", "change: nothing of C1 is changed: give one of"),
        ("says = 4_704", "says = 1, change = { layer = 'C8', stride = 2 }", "change: layer is 'C8'"),
        ("check = {", "check = [] #", "claim 'units': check is empty, and must be one check or a list"),
        ("check = {", "check = 3 #", "claim 'units', check: this is 3, and must be a table of fields"),
        ("[[claim]]", "[[claims]]", r"claims.toml: \[claims\] is not a table of this file, only source, claim"),
        ("[[claim]]", "[claim]", r"claims.toml: there is no \[\[claim\]\] in it"),
        ("[[claim]]", "[[claim", "claims.toml is not TOML that can be read"),
    ],
)
def test_what_does_not_fit_is_told_with_file_entry_and_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(LoreError, match=message):
        read_claims(written(tmp_path, SOURCE + GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ('{ kind = "paper", name = "PI", of = "x", says = 1, place = "p. 1" }', "name is 'PI', and must be one of"),
        ('{ kind = "paper", name = "INK", of = "x", says = "1", place = "p. 1" }', "says is '1', and must be a number"),
        ('{ kind = "paper", name = "INK", of = "x", says = 1 }', "place is missing"),
        ('{ kind = "quote", name = "WHY", mentions = "x" }', "name is 'WHY', and must be one of WHY_NOT_DENSE"),
        ('{ kind = "contradiction", subject = "Sum" }', "subject is 'Sum', and must be one of Sum or average"),
        ('{ kind = "best", method = "LeNet-6" }', "method is 'LeNet-6', and must be one of"),
        ('{ kind = "open", known = "nothing" }', "place is missing"),
        ('{ kind = "recipe", what = "colour", says = "x", place = "y" }', "what is 'colour'"),
        ('{ kind = "layer", network = "lenet5", what = "trainable", says = "yes" }', "says is 'yes', and must be true"),
    ],
)
def test_checks_that_look_up_refuse_what_is_not_there(tmp_path: Path, check: str, message: str) -> None:
    text = re.sub(r"check = .*", f"check = {check}", GOOD)
    with pytest.raises(LoreError, match=f"claims.toml, claim 'units', check: {message}"):
        read_claims(written(tmp_path, SOURCE + text))


def test_two_claims_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LoreError, match=r"claims\.toml: the claim 'units' is there twice"):
        read_claims(written(tmp_path, SOURCE + GOOD + GOOD))
    with pytest.raises(LoreError, match=r"claims\.toml: the source 'often' is there twice"):
        read_claims(written(tmp_path, SOURCE + SOURCE + GOOD))
    with pytest.raises(LoreError, match=r"claims\.toml: the source 'A' is there twice"):
        read_claims(written(tmp_path, SOURCE.replace("often", "A") + SOURCE + GOOD))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LoreError, match=r"none\.toml cannot be read: No such file"):
        read_claims(tmp_path / "none.toml")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*CLAIMS, "unknown"]), st.sampled_from(VOTES)))
def test_the_tally_counts_votes_on_claims_that_there_are(votes: dict[str, str]) -> None:
    voted, right = tally(votes)
    known = {key: vote for key, vote in votes.items() if key != "unknown"}
    assert voted == len(known)
    assert right == sum(RIGHT_VOTE[verdict_on(CLAIMS[key]).verdict] == vote for key, vote in known.items())


def pages_text(app: AppTest) -> str:
    return "\n".join(one.value for one in app.markdown)


def test_a_vote_shows_the_verdict_and_counts_once(app: AppTest) -> None:
    shown(app, PAGE, {})
    assert f"{len(CLAIMS)} claims." in pages_text(app)
    assert "✗" not in pages_text(app)
    app.button(key="vote-61706-parameters-true").click().run()
    assert "**0 of your 1 votes right**" in pages_text(app)
    assert "You said: true. ✗ That is not right." in pages_text(app)
    assert "✗ Not of LeNet-5 (1998)**] but true of Dense LeNet (tanh) and LeNet with sigmoids" in pages_text(app)
    app.button(key="vote-softmax-false").click().run()
    app.button(key="vote-rubbish-3-cannot").click().run()
    assert "**2 of your 3 votes right**" in pages_text(app)
    assert "vote-softmax-false" not in [button.key for button in app.button]


def test_votes_outlive_a_change_of_page_and_a_filter(app: AppTest) -> None:
    shown(app, PAGE, {})
    app.button(key="vote-softmax-false").click().run()
    app.selectbox(key="source").set_value("gultom").run()
    assert "**1 of your 1 votes right**" in pages_text(app)
    assert "Shown here: 1." in pages_text(app)
    assert [button.key for button in app.button if button.key and button.key.startswith("vote-")] == [
        "vote-ink-1.75-true",
        "vote-ink-1.75-false",
        "vote-ink-1.75-cannot",
    ]
    app.switch_page("pages/sources/paper.py").run()
    app.switch_page(PAGE).run()
    assert "**1 of your 1 votes right**" in pages_text(app)
    app.button(key="again").click().run()
    assert "votes right" not in pages_text(app)


def test_a_link_opens_one_claim_and_buttons_go_on(app: AppTest) -> None:
    shown(app, PAGE, {"claim": "ink-1.75"})
    assert CLAIMS["ink-1.75"].words in pages_text(app)
    assert CLAIMS["softmax"].words not in pages_text(app)
    app.button(key="next").click().run()
    assert app.selectbox(key="claim").value == "mnist-trimmed"
    for _ in range(2):
        app.button(key="previous").click().run()
    assert app.selectbox(key="claim").value == "zero-padding"


def test_for_a_lecturer_all_verdicts_are_shown_and_nobody_votes(app: AppTest) -> None:
    shown(app, PAGE, {"verdicts": "true"})
    assert not [button for button in app.button if button.key and button.key.startswith("vote-")]
    text = pages_text(app)
    for sign in ("✓ True", "✗ False", "✗ Not of", "⇄ The paper contradicts itself", "? Not known"):
        assert sign in text
    for claim in CLAIMS.values():
        assert claim.why in text


def test_a_link_to_a_claim_that_there_is_not_shows_all(app: AppTest) -> None:
    shown(app, PAGE, {"claim": "<b>"})
    assert f"{len(CLAIMS)} claims." in pages_text(app)


def test_the_file_is_the_one_that_is_shown() -> None:
    read_claims.cache_clear()
    assert {claim.id for claim in read_claims(lore.FILE).claims} == set(CLAIMS)
    assert all(isinstance(claim, Claim) for claim in CLAIMS.values())
