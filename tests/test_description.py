"""A network as text: one spelling, every field both ways, a sentence for every fault, and a schema that agrees."""

from __future__ import annotations

import base64
import json
import random
import re
import tracemalloc
import zlib
from dataclasses import MISSING, replace
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from jsonschema import Draft202012Validator
from own_networks import drafts, random_draft

from lenet_explain.network.activations import SOFTMAX, TANH
from lenet_explain.network.description import (
    ACTIVATIONS,
    KINDS,
    LARGEST_TEXT,
    LAST_INPUT,
    LIMITS,
    LONGEST_DRAFT,
    MOST_LAYERS,
    PIXELS,
    Draft,
    draft_from,
    draft_of,
    fields_of,
    text_of,
)
from lenet_explain.network.fitting import own_network
from lenet_explain.network.layers import Convolution, Dense, DescriptionError, Layer
from lenet_explain.network.link_code import LONGEST_CODE, code_of, text_of_code
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.network.schema import DIALECT, schema

SLOWLY = settings(deadline=None, max_examples=60)  # on a busy machine too
MANY = 10_000
LONGEST = 1_500  # characters of a sentence: a row of a table may stand in it
VALID = Draft202012Validator(schema())
CONVOLUTION = {"kind": "convolution", "name": "C1", "maps": 6, "kernel": 5}
DENSE = {"kind": "dense", "name": "OUTPUT", "units": 10, "activation": "softmax"}
FIELDS = [(kind, field.name) for kind, made in KINDS.items() for field in fields_of(made)]


def values(*layers: Any, **other: Any) -> dict[str, Any]:
    return {"side": 32, "pixels": "paper", **other, "layers": list(layers)}


def text(*layers: Any, **other: Any) -> str:
    return json.dumps(values(*layers, **other))


def without(layer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in layer.items() if name not in names}


def sentence(read: Any, content: Any) -> str | None:
    """What is wrong, in one sentence of bounded length; None where it can be read. Anything else fails the test."""
    try:
        read(content)
    except DescriptionError as error:
        said = str(error)
        assert said
        assert len(said) < LONGEST
        assert said.isprintable(), repr(said)
        return said
    return None


# --- there and back


@SLOWLY
@for_all(drafts())
def test_a_draft_is_read_back_from_either_spelling_and_from_a_link(draft: Draft) -> None:
    assert draft_of(text_of(draft)) == draft
    assert draft_of(text_of(draft, indent=True)) == draft
    assert draft_of(text_of(draft).encode()) == draft
    assert text_of_code(code_of(text_of(draft))) == text_of(draft)


@SLOWLY
@for_all(drafts())
def test_there_is_one_spelling_of_a_draft(draft: Draft) -> None:
    """Whatever order, spaces and needless fields it was written with."""
    full = json.loads(text_of(draft))
    for written, layer in zip(full["layers"], draft.layers, strict=True):
        for field in fields_of(type(layer)):
            value = getattr(layer, field.name)
            written[field.name] = getattr(value, "name", value)
    turned = {name: full[name] for name in reversed(full)}
    turned["layers"] = [{name: one[name] for name in reversed(one)} for one in turned["layers"]]
    assert text_of(draft_of(json.dumps(turned, indent=3))) == text_of(draft)


@pytest.mark.parametrize("key", NETWORKS)
def test_every_network_of_the_app_can_be_written_and_named(key: str) -> None:
    network = NETWORKS[key]
    written = text_of(draft_from(network))
    again = network_named(written)
    assert (again.layers, again.input, again.pixels, again.answer) == (
        network.layers,
        network.input,
        network.pixels,
        network.answer,
    )
    assert again.key == written


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_every_field_of_every_kind_goes_both_ways(kind: str, field: str) -> None:
    required = {one.name: 3 for one in fields_of(KINDS[kind]) if one.default is MISSING}
    base = {"kind": kind, "name": "L1", **required}
    limit = LIMITS.get(field)
    tried: dict[str, list[Any]] = {
        "activation": list(ACTIVATIONS),
        "bias": [True, False],
        "ceil": [True, False],
        "table": [None, ((0,), (1, 2), (0, LAST_INPUT))],
    }
    for value in [limit.low, limit.high] if limit else tried[field]:
        draft = draft_of(text({**base, field: value}))
        found = getattr(draft.layers[0], field)
        assert found == (ACTIVATIONS[value] if isinstance(value, str) else value)
        assert draft_of(text_of(draft)) == draft


def test_the_papers_table_is_written_by_its_name() -> None:
    written = text_of(draft_from(NETWORKS["lenet5"]))
    assert '"table":"Table I"' in written
    assert draft_of(written).layers[2] == NETWORKS["lenet5"].layers[2]


def test_what_may_be_left_out_is_the_networks_default() -> None:
    draft = draft_of(json.dumps({"layers": [CONVOLUTION]}))
    assert (draft.side, draft.pixels, draft.layers) == (32, "paper", (Convolution("C1", 6, 5),))


def test_a_whole_number_may_be_written_with_a_point() -> None:
    """JSON has one kind of number, and JSON Schema takes 6.0 for an integer."""
    pointed = text({**CONVOLUTION, "maps": 6.0, "table": [[0.0]] * 6}, side=28.0)
    assert text_of(draft_of(pointed)) == text_of(draft_of(text({**CONVOLUTION, "table": [[0]] * 6}, side=28)))


# --- faults

LONG_ROW = list(range(900))
BAD: list[tuple[str, str, tuple[str, ...]]] = [
    ("nothing", "", ("not JSON",)),
    ("no JSON", "six maps of 5×5", ("not JSON", "line 1 column 1")),
    ("cut short", '{"layers": [', ("not JSON",)),
    ("a comma too many", '{"layers": [],}', ("not JSON", "line 1")),
    ("two texts", "{} {}", ("not JSON", "Extra data")),
    ("NaN", '{"side": NaN}', ("NaN", "no number of JSON")),
    ("infinity", '{"side": -Infinity}', ("-Infinity", "no number of JSON")),
    ("an endless number", '{"side": ' + "9" * 5000 + "}", ("5,000 digits", "1,000")),
    ("deep brackets", "[" * 19_000, ("nested too deeply",)),
    ("too long", " " * (LARGEST_TEXT + 1), ("20,001 characters", "20,000")),
    ("a number", "6", ("the text is 6", "object with side, pixels, layers")),
    ("a list", "[]", ("the text is []", "object")),
    ("null", "null", ("the text is None", "object")),
    ("no layers", "{}", ("layers is None", "list of at least one layer")),
    ("an empty list of layers", text(), ("layers is []", "at least one layer")),
    ("layers in a word", json.dumps({"layers": "C1"}), ("layers is 'C1'", "list")),
    ("an unknown field", text(CONVOLUTION, colour="red"), ("'colour'", "may have side, pixels, layers")),
    ("another side", text(CONVOLUTION, side=64), ("side is 64", "28 or 32")),
    ("a side in a word", text(CONVOLUTION, side="32"), ("side is '32'", "28 or 32")),
    ("a side that is true", text(CONVOLUTION, side=True), ("side is True", "28 or 32")),
    ("no side at all", text(CONVOLUTION, side=None), ("side is None", "28 or 32")),
    ("a list of sides", text(CONVOLUTION, side=[32]), ("side is [32]", "28 or 32")),
    ("other pixels", text(CONVOLUTION, pixels="grey"), ("pixels is 'grey'", "paper, unit")),
    ("a list of pixels", text(CONVOLUTION, pixels=["paper"]), ("pixels is ['paper']", "paper, unit")),
    ("no pixels", text(CONVOLUTION, pixels=None), ("pixels is None", "paper, unit")),
    ("too many layers", text(*[CONVOLUTION] * (MOST_LAYERS + 1)), ("25 layers", "at most 24")),
    ("a layer in a word", text("C1"), ("layer 1 is 'C1'", "kind and name")),
    ("a second layer that is null", text(CONVOLUTION, None), ("layer 2 is None", "kind and name")),
    ("no kind", text({"name": "C1"}), ("layer 1: kind is None", "convolution, subsampling")),
    ("an unknown kind", text({"kind": "dropout", "name": "D1"}), ("kind is 'dropout'", "must be one of")),
    ("a kind that is a list", text({"kind": ["dense"], "name": "D1"}), ("kind is ['dense']", "must be one of")),
    ("no name", text(without(CONVOLUTION, "name")), ("layer 1: name is None", "letters or digits")),
    ("an empty name", text({**CONVOLUTION, "name": ""}), ("name is ''", "letters or digits")),
    ("a name of markup", text({**CONVOLUTION, "name": "<b>"}), ("name is '<b>'", "letters or digits")),
    ("a name of two lines", text({**CONVOLUTION, "name": "C1\n"}), ("name is 'C1\\n'", "letters or digits")),
    ("a long name", text({**CONVOLUTION, "name": "C" * 13}), ("'CCCCCCCCCCCCC'", "12 characters at most")),
    ("a name of PyTorch's", text({**CONVOLUTION, "name": "train"}), ("'train'", "a capital letter")),
    ("half a letter", '{"layers":[{"kind":"dense","name":"\\ud800"}]}', ("ud800", "letters or digits")),
    ("a field of another kind", text({**CONVOLUTION, "units": 6}), ("C1 has a field 'units'", "maps, kernel")),
    ("codes", text({"kind": "radial basis", "name": "O", "codes": [[1]]}), ("O has a field 'codes'", "activation")),
    ("no maps", text(without(CONVOLUTION, "maps")), ("C1: maps is missing", "every convolution layer")),
    ("no kernel", text(without(CONVOLUTION, "kernel")), ("C1: kernel is missing",)),
    ("no units", text(without(DENSE, "units")), ("OUTPUT: units is missing", "every dense layer")),
    ("half a map", text({**CONVOLUTION, "maps": 6.5}), ("C1: maps is 6.5", "whole number")),
    ("maps in a word", text({**CONVOLUTION, "maps": "six"}), ("C1: maps is 'six'", "whole number")),
    ("maps that are true", text({**CONVOLUTION, "maps": True}), ("C1: maps is True", "whole number")),
    ("maps that are null", text({**CONVOLUTION, "maps": None}), ("C1: maps is None", "whole number")),
    ("no map", text({**CONVOLUTION, "maps": 0}), ("C1: maps is 0", "from 1 to 256", "draws every map")),
    ("too many maps", text({**CONVOLUTION, "maps": 257}), ("C1: maps is 257", "from 1 to 256")),
    ("maps beyond counting", '{"layers":[{"kind":"convolution","name":"C1","kernel":5,"maps":1' + "0" * 400 + "}]}",
     ("C1: maps is a whole number of more than 300 digits", "from 1 to 256")),
    ("an infinite map", '{"layers":[{"kind":"convolution","name":"C1","kernel":5,"maps":1e999}]}',
     ("C1: maps is inf", "whole number")),
    ("a kernel below 0", text({**CONVOLUTION, "kernel": -5}), ("C1: kernel is -5", "from 1 to 32", "no input is")),
    ("a wide stride", text({**CONVOLUTION, "stride": 9}), ("C1: stride is 9", "from 1 to 8")),
    ("padding below 0", text({**CONVOLUTION, "padding": -1}), ("C1: padding is -1", "from 0 to 8")),
    ("too many units", text({**DENSE, "units": 1025}), ("OUTPUT: units is 1025", "from 1 to 1,024")),
    ("a window too large", text({"kind": "max pooling", "name": "S2", "size": 33}), ("S2: size is 33", "1 to 32")),
    ("a bias of 1", text({**CONVOLUTION, "bias": 1}), ("C1: bias is 1", "true or false")),
    ("another activation", text({**CONVOLUTION, "activation": "relu"}), ("C1: activation is 'relu'", "ReLU")),
    ("no activation", text({**CONVOLUTION, "activation": None}), ("C1: activation is None", "tanh")),
    ("another table", text({**CONVOLUTION, "table": "Table II"}), ("C1: table is 'Table II'", "'Table I'")),
    ("a table of words", text({**CONVOLUTION, "table": [["a"]]}), ("C1: table is [['a']]", "0 to 1,023")),
    ("a table below 0", text({**CONVOLUTION, "table": [[-1]] * 6}), ("C1: table is", "0 to 1,023")),
    ("a table beyond", text({**CONVOLUTION, "table": [[1024]] * 6}), ("C1: table is", "0 to 1,023")),
    ("a table of truths", text({**CONVOLUTION, "table": [[True]] * 6}), ("C1: table is", "0 to 1,023")),
    ("a flat table", text({**CONVOLUTION, "table": [0, 1]}), ("C1: table is [0, 1]", "for each map a list")),
    ("a short table", text({**CONVOLUTION, "table": [[0]]}), ("C1: the table has 1 rows", "6 maps")),
    ("an empty table", text({**CONVOLUTION, "table": []}), ("C1: the table has 0 rows", "6 maps")),
    ("a row without maps", text({**CONVOLUTION, "table": [[]] * 6}), ("C1: map 0 reads no input map",)),
    ("a map read twice", text({**CONVOLUTION, "table": [[1, 1]] * 6}), ("C1: map 0 reads [1, 1]", "once")),
    ("too long for a link", text({**CONVOLUTION, "maps": 4, "table": [LONG_ROW] * 4}), ("12,000", "link")),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "words"), [(bad, words) for _, bad, words in BAD], ids=[name for name, *_ in BAD])
def test_a_fault_is_told_by_layer_field_value_and_rule(bad: str, words: tuple[str, ...]) -> None:
    said = sentence(draft_of, bad)
    assert said
    for word in words:
        assert word in said, said


def test_a_text_of_bytes_in_no_known_code_is_told() -> None:
    for content in (b"\xff\xfe\x00", b"\x80abc", "{}".encode("utf-16")[:-1]):
        assert sentence(draft_of, content)


def mutated(written: str, wild: random.Random) -> str:
    """One to four cuts, doublings, swaps and foreign letters, or another value in place of one."""
    for _ in range(wild.randint(1, 4)):
        at, other = sorted(wild.randrange(len(written) + 1) for _ in range(2))
        match wild.randint(0, 5):
            case 0:
                written = written[:at] + written[other:]
            case 1:
                written = written[:other] + written[at : at + 200] + written[other:]
            case 2:
                letter = wild.choice(
                    ["\x00", "\ud800", "é", "𝄞", '"', "{", "}", "[", "]", ",", ":", "-", "9", "e", "\\"]
                )
                written = written[:at] + letter + written[at:]
            case 3:
                written = re.sub(r"\d+", wild.choice(["0", "-1", "1e400", "2.5", "9" * 30, "null"]), written, count=1)
            case 4:
                word = wild.choice(["null", "true", "[]", "{}", '""', "0", '"Table I"', "[[0]]", "1" * 1200])
                written = re.sub(r'(?<=:)("[^"]*"|\d+|true|false)', lambda _, word=word: word, written, count=at % 5)
            case _:
                written = written[other:] + written[:at]
        written = written or "{"
    return written


def test_ten_thousand_spoilt_texts_are_read_or_told_in_a_sentence() -> None:
    wild = random.Random(1998)
    sound = [text_of(draft_from(network), indent=at % 2 == 0) for at, network in enumerate(NETWORKS.values())]
    sound += [text_of(random_draft(wild)) for _ in range(20)]
    told = sum(sentence(network_or_draft, mutated(wild.choice(sound), wild)) is not None for _ in range(MANY))
    assert MANY * 0.5 < told < MANY  # some spoiling is harmless


def network_or_draft(written: str) -> None:
    """As the page reads a text, whose draft need not fit."""
    assert len(text_of(draft_of(written))) <= LONGEST_DRAFT


# --- links


def spoilt_code(wild: random.Random, sound: list[str]) -> str:
    code = wild.choice(sound)
    match wild.randint(0, 6):
        case 0:
            return base64.urlsafe_b64encode(wild.randbytes(wild.randint(0, 300))).decode()
        case 1:
            return code[: wild.randrange(len(code))]
        case 2:
            at = wild.randrange(len(code))
            return code[:at] + wild.choice("AZaz09-_+/=%. é\x00𝄞\ud800") + code[at + 1 :]
        case 3:
            return "".join(chr(wild.randrange(1, 0x2FFF)) for _ in range(wild.randint(1, 60)))
        case 4:
            return base64.urlsafe_b64encode(zlib.compress(wild.randbytes(wild.randint(0, 300)))).decode()
        case 5:
            return code_of(mutated(text_of_code(code), wild).encode(errors="replace").decode())
        case _:
            return code + wild.choice(["A", "AA", "AAAA", "=", "====", code])


def test_ten_thousand_spoilt_links_are_read_or_told_in_a_sentence() -> None:
    wild = random.Random(5)
    sound = [code_of(text_of(draft_from(network))) for network in NETWORKS.values()]
    sound += [code_of(text_of(random_draft(wild))) for _ in range(20)]

    def read(code: str) -> None:
        draft_of(text_of_code(code))

    told = sum(sentence(read, spoilt_code(wild, sound)) is not None for _ in range(MANY))
    assert MANY * 0.5 < told < MANY


def bomb(megabytes: int, end: bytes = b"") -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes))
    return packed + packer.compress(end) + packer.flush()


def test_a_link_that_would_unpack_to_a_hundred_megabytes_takes_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of such a bomb is too long; with the bound lifted, the unpacking itself stops in time."""
    code = base64.urlsafe_b64encode(bomb(100)).decode()
    assert len(code) > LONGEST_CODE
    with pytest.raises(DescriptionError, match=r"may have 8,000"):
        text_of_code(code)
    monkeypatch.setattr("lenet_explain.network.link_code.LONGEST_CODE", len(code))
    tracemalloc.start()
    with pytest.raises(DescriptionError, match="too long"):
        text_of_code(code)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_small_bomb_within_the_bound_of_a_link_is_refused() -> None:
    code = base64.urlsafe_b64encode(bomb(5)).decode()
    assert len(code) <= LONGEST_CODE
    with pytest.raises(DescriptionError, match="too long"):
        text_of_code(code)


def test_what_is_longer_than_a_text_is_not_unpacked_and_what_is_as_long_is() -> None:
    assert len(text_of_code(code_of("x" * LARGEST_TEXT))) == LARGEST_TEXT
    with pytest.raises(DescriptionError, match="cut short or too long"):
        text_of_code(code_of("x" * (LARGEST_TEXT + 1)))


def test_something_behind_the_network_in_a_link_is_refused() -> None:
    packed = zlib.compress(text(DENSE).encode()) + b"more"
    with pytest.raises(DescriptionError, match="ask for the link again"):
        text_of_code(base64.urlsafe_b64encode(packed).decode().rstrip("="))


def test_the_longest_draft_has_a_link_and_a_text_form() -> None:
    """A table drawn at random is what packs worst."""
    wild = random.Random(0)

    def draft(each: int) -> Draft:
        rows = tuple(tuple(wild.sample(range(LAST_INPUT + 1), each)) for _ in range(200))
        table = Convolution("C2", 200, 1, table=rows, activation=TANH)
        return Draft(32, "paper", (Dense("F1", 1024), table, Dense("OUTPUT", 10, activation=SOFTMAX)))

    found = None
    for each in range(1, 40):
        try:
            found = draft(each)
        except DescriptionError as error:
            assert "so that a link can hold it" in str(error)  # noqa: PT017
            break
    assert found
    assert len(text_of(found)) > 0.9 * LONGEST_DRAFT
    assert len(code_of(text_of(found))) <= LONGEST_CODE
    assert draft_of(text_of(found, indent=True)) == found


# --- the schema


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == DIALECT
    assert json.loads(json.dumps(schema())) == schema()


@pytest.mark.parametrize("key", NETWORKS)
def test_the_schema_takes_every_network_of_the_app(key: str) -> None:
    VALID.validate(json.loads(text_of(draft_from(NETWORKS[key]))))


@SLOWLY
@for_all(drafts())
def test_the_schema_takes_every_draft(draft: Draft) -> None:
    VALID.validate(json.loads(text_of(draft)))


UNEXPRESSED = ("a short table", "too long for a link", "a name of two lines")  # Python's $ lets a line end pass
NOT_JSON = {"not JSON", "no number of JSON", "nested too deeply", "5,000 digits", "20,000"}


@pytest.mark.parametrize(
    "bad", [bad for name, bad, words in BAD if name not in UNEXPRESSED and not set(words) & NOT_JSON]
)
def test_the_schema_refuses_what_is_refused(bad: str) -> None:
    assert not VALID.is_valid(json.loads(bad))


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_knows_the_limits_and_defaults_of_every_field(kind: str) -> None:
    [rules] = [one for one in schema()["properties"]["layers"]["items"]["oneOf"] if
               one["properties"]["kind"]["const"] == kind]  # fmt: skip
    for field in fields_of(KINDS[kind]):
        rule = rules["properties"][field.name]
        assert (field.name in rules["required"]) == (field.default is MISSING)
        if field.name in LIMITS:
            assert (rule["minimum"], rule["maximum"]) == (LIMITS[field.name].low, LIMITS[field.name].high)
        if field.default is not MISSING and field.name != "table":
            assert rule["default"] == getattr(field.default, "name", field.default)


def test_schema_and_reader_agree_on_ten_values_of_every_field() -> None:
    """Each sound value of one field put in place of another's."""
    tried = [None, True, 0, 1, 6.0, 6.5, -1, 33, 1025, "tanh", "softmax", "Table I", [], {}, [[0]], [[0, 0]], "", "C1"]
    for kind, made in KINDS.items():
        required = {one.name: 1 for one in fields_of(made) if one.default is MISSING}
        for name in ["kind", "name", *(field.name for field in fields_of(made)), "codes"]:
            for value in tried:
                written = values({"kind": kind, "name": "L1", **required, name: value})
                known = sentence(draft_of, json.dumps(written)) is None
                rows = value == "Table I" and name == "table"  # of six maps, which the schema cannot count
                assert rows or known == VALID.is_valid(written), written


def test_a_draft_is_refused_where_its_parts_are() -> None:
    layers: tuple[Layer, ...] = (Dense("OUTPUT", 10, activation=SOFTMAX),)
    with pytest.raises(DescriptionError, match="side is 30, and must be 28 or 32"):
        Draft(30, "paper", layers)
    with pytest.raises(DescriptionError, match="pixels is 'ink', and must be one of paper, unit"):
        Draft(32, "ink", layers)
    sound = Draft(32, "unit", layers)
    assert own_network(text_of(sound)).pixels == PIXELS["unit"]
    assert own_network(text_of(replace(sound, side=28))).input.width == 28
