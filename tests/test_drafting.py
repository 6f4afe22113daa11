"""Edits of a draft: any row of them leaves one that can be written and read, and each does what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from own_networks import Wild, random_draft

from lenet_explain import paper
from lenet_explain.network import drafting
from lenet_explain.network.activations import RELU, SOFTMAX, TANH
from lenet_explain.network.description import (
    ACTIVATIONS,
    KINDS,
    LIMITS,
    LONGEST_DRAFT,
    MOST_LAYERS,
    Draft,
    draft_from,
    draft_of,
    fields_of,
    text_of,
)
from lenet_explain.network.fitting import problem
from lenet_explain.network.layers import Convolution, Dense, DescriptionError, MaxPooling, RadialBasis
from lenet_explain.network.named import NETWORKS

LENET = draft_from(NETWORKS["lenet5"])
NAMES = ["C1", "F6", "", "a", "A" * 13, "<b>", "Ä", "Same", "OUTPUT", "X\n"]


def value_for(field: str, wild: Wild) -> Any:
    """Any value that a form or a hostile browser could send."""
    if field == "activation":
        return wild.choice(list(ACTIVATIONS.values()))
    if field in ("bias", "ceil"):
        return wild.random() < 0.5
    limit = LIMITS[field]
    return wild.choice([limit.low, limit.high, wild.randint(limit.low, limit.high), limit.high + 1, -1, 10**12, 2.5])


def edited(draft: Draft, wild: Wild) -> Draft:
    """One edit of any kind, at any place, also one that is not there."""
    at = wild.randint(-1, len(draft.layers)) if wild.random() < 0.1 else wild.randrange(len(draft.layers))
    place = min(max(at, 0), len(draft.layers) - 1)
    match wild.randint(0, 8):
        case 0:
            return drafting.added(draft, wild.randint(0, len(draft.layers)), wild.choice(list(KINDS)))
        case 1:
            return drafting.removed(draft, at)
        case 2:
            return drafting.moved(draft, at, wild.choice([-1, 1]))
        case 3:
            return drafting.turned_into(draft, at, wild.choice(list(KINDS)))
        case 4:
            return drafting.renamed(draft, at, wild.choice(NAMES))
        case 5:
            return drafting.answers_added(draft)
        case 6 if isinstance(layer := draft.layers[place], Convolution):
            table = wild.choice(list(drafting.tables(layer, wild.randint(1, 300)).values()))
            return drafting.changed(draft, at, "table", table)
    known = [field.name for field in fields_of(type(draft.layers[place])) if field.name != "table"]
    field = wild.choice(known)
    return drafting.changed(draft, at, field, value_for(field, wild))


@settings(deadline=None, max_examples=60)
@for_all(st.randoms(use_true_random=False))
def test_any_row_of_edits_leaves_a_draft_that_can_be_written_and_read(wild: Wild) -> None:
    draft = random_draft(wild)
    for _ in range(30):
        try:
            new = edited(draft, wild)
        except DescriptionError as error:
            assert 0 < len(str(error)) < 500  # noqa: PT017
            continue
        assert draft_of(text_of(new)) == new
        assert draft_of(text_of(new, indent=True)) == new
        assert 1 <= len(new.layers) <= MOST_LAYERS
        draft = new


def test_thousands_of_edits_in_a_row_are_made_or_refused_in_a_sentence() -> None:
    wild, draft, refused = Wild(3), LENET, 0
    for _ in range(1200):
        try:
            draft = edited(draft, wild)
        except DescriptionError:
            refused += 1
        assert draft_of(text_of(draft)) == draft
    assert 100 < refused < 1000


def one_map_each(draft: Draft) -> Draft:
    wide = drafting.changed(drafting.added(draft, 0, "convolution"), 0, "maps", 256)
    layer = wide.layers[0]
    assert isinstance(layer, Convolution)
    return drafting.changed(wide, 0, "table", drafting.tables(layer, 256)["one map each"])


@dataclass(frozen=True)
class Asked:
    """An edit as the page asks for it: of a layer of the draft that was on screen."""

    seen: Draft
    at: int
    edit: Callable[..., Draft]
    values: tuple[Any, ...]

    def made(self, newest: Draft) -> Draft:
        names = tuple(layer.name for layer in self.seen.layers)
        return self.edit(newest, drafting.place_of(newest, self.at, names), *self.values)


def asked(seen: Draft, wild: Wild) -> Asked:
    """Any widget of any layer on screen, with any value that it could send."""
    at = wild.randrange(len(seen.layers))
    layer = seen.layers[at]
    match wild.randint(0, 7):
        case 0:
            return Asked(seen, at, drafting.added, (wild.choice(list(KINDS)),))
        case 1:
            return Asked(seen, at, drafting.removed, ())
        case 2:
            return Asked(seen, at, drafting.moved, (wild.choice([-1, 1]),))
        case 3:
            return Asked(seen, at, drafting.turned_into, (wild.choice(list(KINDS)),))
        case 4:
            return Asked(seen, at, drafting.renamed, (wild.choice(NAMES),))
        case 5 if isinstance(layer, Convolution):
            table = wild.choice(list(drafting.tables(layer, wild.randint(1, 300)).values()))
            return Asked(seen, at, drafting.changed, ("table", table))
    field = wild.choice([field.name for field in fields_of(type(layer)) if field.name != "table"])
    return Asked(seen, at, drafting.changed, (field, value_for(field, wild)))


@settings(deadline=None, max_examples=12)
@for_all(st.randoms(use_true_random=False))
def test_edits_that_come_late_doubled_or_in_another_order_are_made_or_refused_in_a_sentence(wild: Wild) -> None:
    """As from a browser whose server is busy: each asks something of a draft that may be several edits old."""
    screens = [random_draft(wild)]
    waiting: list[Asked] = []
    for _ in range(40):
        one = asked(screens[-wild.randint(1, min(4, len(screens)))], wild)
        waiting += [one] * wild.choice([1, 1, 1, 2])
        wild.shuffle(waiting)
        for late in [waiting.pop() for _ in range(wild.randint(0, len(waiting)))]:
            try:
                new = late.made(screens[-1])
            except DescriptionError as error:
                assert 0 < len(str(error)) < 500  # noqa: PT017
                continue
            assert draft_of(text_of(new)) == new
            screens.append(new)


def test_a_change_follows_its_layer_wherever_another_edit_has_put_it() -> None:
    names = tuple(layer.name for layer in LENET.layers)
    for at, name in enumerate(names):
        moved = drafting.moved(LENET, at, 1)
        assert moved.layers[drafting.place_of(moved, at, names)].name == name
        wider = drafting.added(LENET, 0, "dense")
        assert wider.layers[drafting.place_of(wider, at, names)].name == name
        renamed = drafting.renamed(LENET, at, "Other")
        assert drafting.place_of(renamed, at, names) == at
        with pytest.raises(DescriptionError, match=f"^{name} is not there any more: .* was left out$"):
            drafting.place_of(drafting.removed(LENET, at), at, names)


def test_a_number_that_the_new_kind_does_not_have_is_left_out_with_a_sentence() -> None:
    dense = drafting.turned_into(LENET, 0, "dense")
    with pytest.raises(DescriptionError, match=r"^C1: a dense layer has no kernel: its change was left out$"):
        drafting.changed(dense, 0, "kernel", 3)
    assert drafting.turned_into(dense, 0, "dense") == dense, "the same choice twice changes nothing"


def test_the_ten_answers_are_added_once() -> None:
    with pytest.raises(DescriptionError, match=r"^OUTPUT gives the ten answers already"):
        drafting.answers_added(drafting.answers_added(Draft(28, "unit", (MaxPooling("S1"),))))


def test_tables_that_together_are_too_long_for_a_link_are_refused() -> None:
    """By hand: convolutions of 256 maps, one map each, until the text would be too long to be read again."""
    draft = Draft(32, "paper", (Dense("OUTPUT", 10, activation=SOFTMAX),))
    while len(draft.layers) < 8:
        draft = one_map_each(draft)
    with pytest.raises(DescriptionError, match=r"characters in its shortest spelling, and may have 12,000"):
        one_map_each(draft)
    assert len(text_of(draft)) <= LONGEST_DRAFT
    assert draft_of(text_of(draft)) == draft


# --- each edit


def test_a_number_is_changed_and_nothing_else() -> None:
    new = drafting.changed(LENET, 0, "maps", 8)
    assert new.layers[0] == replace(LENET.layers[0], maps=8)
    assert new.layers[1:] == LENET.layers[1:]


@pytest.mark.parametrize(("field", "limit"), LIMITS.items(), ids=LIMITS)
def test_a_number_beyond_its_limits_is_refused(field: str, limit: Any) -> None:
    at = next(i for i, one in enumerate(NETWORKS["lenet-modern"].layers) if hasattr(one, field))
    draft = draft_from(NETWORKS["lenet-modern"])
    for value in (limit.low - 1, limit.high + 1):
        with pytest.raises(DescriptionError, match=f"{draft.layers[at].name}: {field} is .*{limit.reason}"):
            drafting.changed(draft, at, field, value)
    for value in (limit.low, limit.high):
        assert getattr(drafting.changed(draft, at, field, value).layers[at], field) == value


def test_the_maps_of_a_table_are_its_rows() -> None:
    with pytest.raises(DescriptionError, match=r"C3: maps is 8, and its table has 16 rows: let each map read all maps"):
        drafting.changed(LENET, 2, "maps", 8)
    free = drafting.changed(LENET, 2, "table", None)
    assert getattr(drafting.changed(free, 2, "maps", 8).layers[2], "maps", 0) == 8


def test_a_name_is_taken_where_a_layer_may_have_it() -> None:
    assert drafting.renamed(LENET, 0, "Conv1").layers[0].name == "Conv1"
    assert drafting.renamed(LENET, 0, "C1") == LENET
    with pytest.raises(DescriptionError, match="C3 is the name of another layer"):
        drafting.renamed(LENET, 0, "C3")
    for name in ("", "conv", "C 1", "C" * 13, "C1\n", "<i>"):
        with pytest.raises(DescriptionError, match=r"the name is .* must be a capital letter"):
            drafting.renamed(LENET, 0, name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_of_any_kind_is_added_anywhere_under_a_name_of_its_own(kind: str) -> None:
    for at in range(len(LENET.layers) + 1):
        new = drafting.added(LENET, at, kind)
        assert new.layers[at].kind == kind
        assert (*new.layers[:at], *new.layers[at + 1 :]) == LENET.layers
        assert len({layer.name for layer in new.layers}) == len(new.layers)


def test_no_more_layers_than_a_page_has_rows_for() -> None:
    draft = LENET
    while len(draft.layers) < MOST_LAYERS:
        draft = drafting.added(draft, 0, "batch normalisation")
    for add in (lambda: drafting.added(draft, 3, "dense"), lambda: drafting.answers_added(draft)):
        with pytest.raises(DescriptionError, match="there are 24 layers, and may not be more"):
            add()


def test_the_last_layer_of_all_stays() -> None:
    one = Draft(32, "paper", (MaxPooling("S2"),))
    with pytest.raises(DescriptionError, match="S2 is the only layer"):
        drafting.removed(one, 0)
    assert drafting.removed(LENET, 6).layers == LENET.layers[:-1]


def test_a_place_that_is_not_there_is_told() -> None:
    """As when a button is pressed twice before the page has followed."""
    for at in (-1, 7):
        for edit in (
            lambda at=at: drafting.removed(LENET, at),
            lambda at=at: drafting.moved(LENET, at, 1),
            lambda at=at: drafting.renamed(LENET, at, "X"),
            lambda at=at: drafting.changed(LENET, at, "maps", 3),
            lambda at=at: drafting.turned_into(LENET, at, "dense"),
        ):
            with pytest.raises(DescriptionError, match=f"there is no layer {at + 1}: the network has 7"):
                edit()


def test_down_and_up_again_is_as_before_and_beyond_the_ends_nothing_moves() -> None:
    for at in range(len(LENET.layers) - 1):
        down = drafting.moved(LENET, at, 1)
        assert down.layers[at + 1] == LENET.layers[at]
        assert drafting.moved(down, at + 1, -1) == LENET
    assert drafting.moved(LENET, 0, -1) == LENET
    assert drafting.moved(LENET, 6, 1) == LENET


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_becomes_any_kind_and_keeps_its_name(kind: str) -> None:
    for at, old in enumerate(LENET.layers):
        new = drafting.turned_into(LENET, at, kind).layers[at]
        assert (new.kind, new.name) == (kind, old.name)
    pooled = drafting.turned_into(draft_from(NETWORKS["lenet-modern"]), 2, "average pooling").layers[2]
    assert (getattr(pooled, "size", 0), getattr(pooled, "stride", 0)) == (2, 2)
    halved = drafting.turned_into(LENET, 0, "max pooling").layers[0]
    assert (getattr(halved, "size", 0), getattr(halved, "stride", 0)) == (2, 2)  # not the kernel's step of 1
    unbiased = drafting.turned_into(Draft(32, "paper", (Convolution("C1", 6, 5, bias=False),)), 0, "dense").layers[0]
    assert getattr(unbiased, "bias", True) is False


def test_the_ten_answers_make_a_network_of_what_fits() -> None:
    new = drafting.answers_added(Draft(28, "unit", (Convolution("C1", 6, 5, activation=RELU),)))
    assert problem(new) is None
    assert new.layers[-1] == Dense("OUTPUT", 10, activation=SOFTMAX)
    again = drafting.answers_added(Draft(28, "unit", (Dense("OUTPUT", 84, activation=TANH),)))
    assert [layer.name for layer in again.layers] == ["OUTPUT", "OUTPUT2"]


def test_tables_to_choose_from_fit_the_layer() -> None:
    layer = Convolution("C3", 16, 5)
    assert list(drafting.tables(layer, 6)) == ["all maps", "Table I", "one map each"]
    assert list(drafting.tables(layer, 5)) == ["all maps", "one map each"]
    assert list(drafting.tables(layer, 1)) == ["all maps"]
    assert list(drafting.tables(replace(layer, maps=8), 6)) == ["all maps", "one map each"]
    for inputs in range(1, 20):
        for table in drafting.tables(layer, inputs).values():
            replace(layer, table=table).links(NETWORKS["lenet5"].input if inputs == 1 else _maps(inputs))


def _maps(count: int) -> Any:
    return Convolution("C1", count, 5).shape_after(NETWORKS["lenet5"].input)


def test_glyphs_are_the_papers() -> None:
    new = drafting.added(LENET, 0, "radial basis").layers[0]
    assert new == RadialBasis("OUTPUT2", paper.GLYPH_CODES)
