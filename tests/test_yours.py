"""Build your own, through app.py: every edit is counted at once, refused in a sentence, undone, and kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from own_networks import Wild
from streamlit.testing.v1 import AppTest
from visit import PAPER, shown

from lenet_explain.network.activations import SOFTMAX, TANH
from lenet_explain.network.description import KINDS, LARGEST_TEXT, MOST_LAYERS, Draft, draft_from, draft_of, text_of
from lenet_explain.network.fitting import own_network, problem
from lenet_explain.network.layers import Convolution, Dense, MaxPooling
from lenet_explain.network.link_code import code_of, text_of_code
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.schema import schema
from lenet_explain.network.walk import totals, walk

PAGE = "pages/counting/yours.py"
LENET = draft_from(NETWORKS["lenet5"])
SMALL = Draft(28, "unit", (Convolution("C1", 4, 5, activation=TANH), Dense("OUTPUT", 10, activation=SOFTMAX)))


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return shown(app, PAGE, {})


@pytest.fixture
def small(app: AppTest) -> AppTest:
    return shown(app, PAGE, {"own": code_of(text_of(SMALL))})


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def on_screen(app: AppTest) -> Draft:
    """As the text form writes it."""
    return draft_of(str(app.text_area[0].value))


def in_link(app: AppTest) -> Draft:
    code = app.query_params["own"]
    return draft_of(text_of_code(code if isinstance(code, str) else code[0]))


def widget(kind: Any, label: str, at: int = 0) -> Any:
    """The field of this label in the layer at this place."""
    return next(one for one in kind if one.label == label and str(one.key).split()[1] == str(at))


def words(app: AppTest) -> str:
    return " ".join(one.value for one in (*app.markdown, *app.caption)).replace("\\", "")


def errors(app: AppTest) -> list[str]:
    return [one.value.replace("\\", "") for one in app.error]


def refusals(app: AppTest) -> list[str]:
    return [one.value.replace("\\", "") for one in app.warning]


def type_text(app: AppTest, text: str) -> AppTest:
    app.text_area[0].set_value(text)
    return run(app)


# --- what is counted


def test_the_page_begins_with_the_network_of_1998_counted(page: AppTest) -> None:
    assert on_screen(page) == LENET
    whole = totals(walk(own_network(text_of(LENET))))
    assert f"**Parameters:** {whole.parameters.line}" in words(page)
    assert f"**Connections:** {whole.connections.line}" in words(page)
    assert "own" not in page.query_params, "nothing was built yet"


def test_a_number_changes_and_every_count_follows_at_once(page: AppTest) -> None:
    widget(page.selectbox, "Each map reads", 2).set_value("all maps")
    run(page)
    widget(page.number_input, "Maps").set_value(8)
    run(page)
    new = on_screen(page)
    assert [getattr(one, "maps", None) for one in new.layers[:3]] == [8, None, 16]
    for step in walk(own_network(text_of(new))):
        assert f"**{step.after}**" in words(page)
        assert f"{step.parameters.line} parameters" in words(page)
    assert in_link(page) == new


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_of_layer_can_be_changed(small: AppTest, kind: str) -> None:
    widget(small.selectbox, "Kind").set_value(kind)
    run(small)
    assert on_screen(small).layers[0].kind == kind
    for field in ("Maps", "Kernel", "Stride", "Padding", "Size", "Units"):
        if any(one.label == field and str(one.key).split()[1] == "0" for one in small.number_input):
            widget(small.number_input, field).set_value(3)
            run(small)
            assert getattr(on_screen(small).layers[0], field.lower()) == 3
    widget(small.selectbox, "Activation").set_value("sigmoid")
    run(small)
    assert on_screen(small).layers[0].activation.name == "sigmoid"
    if any(str(one.key).startswith("bias 0") for one in small.toggle):
        widget(small.toggle, "Bias").set_value(False)
        run(small)
        assert getattr(on_screen(small).layers[0], "bias", True) is False


def test_layers_are_added_moved_and_removed(small: AppTest) -> None:
    small.selectbox(key="Add a layer 2 " + turn(small)).set_value("max pooling")
    run(small)
    assert [one.kind for one in on_screen(small).layers] == ["convolution", "dense", "max pooling"]
    small.button(key="Up 2").click()
    run(small)
    assert [one.kind for one in on_screen(small).layers] == ["convolution", "max pooling", "dense"]
    assert in_link(small) == on_screen(small)
    small.selectbox(key="Add above 0 " + turn(small)).set_value("batch normalisation")
    run(small)
    small.button(key="remove 1").click()
    run(small)
    assert [one.kind for one in on_screen(small).layers] == ["batch normalisation", "max pooling", "dense"]
    small.button(key="Down 0").click()
    run(small)
    assert [one.kind for one in on_screen(small).layers] == ["max pooling", "batch normalisation", "dense"]


def turn(app: AppTest) -> str:
    return str(widget(app.selectbox, "Kind").key).split()[-1]


def test_the_input_can_be_another(small: AppTest) -> None:
    small.get("button_group")[0].set_value("32×32")  # pyright: ignore[reportAttributeAccessIssue]
    run(small)
    assert on_screen(small).side == 32
    small.get("button_group")[1].set_value("paper")  # pyright: ignore[reportAttributeAccessIssue]
    run(small)
    assert on_screen(small).pixels == "paper"
    assert on_screen(small).layers == SMALL.layers


# --- what is refused, and undone


def test_an_impossible_layer_says_why_and_what_would_fit(small: AppTest) -> None:
    widget(small.number_input, "Kernel").set_value(30)
    run(small)
    [said] = errors(small)
    assert said.startswith(
        "C1: a 30×30 kernel does not fit in 1@28×28. What would fit: kernel 1 to 28; or padding 1 or"
    )
    assert "*does not fit*" in words(small)
    assert "*waits for the layer above*" in words(small)
    assert "**Parameters" not in words(small)
    assert in_link(small) == SMALL, "the link keeps the last that can run"
    small.button(key="undo").click()
    run(small)
    assert on_screen(small) == SMALL
    assert not errors(small)


def test_undo_and_redo_give_back_exactly_what_was(small: AppTest) -> None:
    seen = [on_screen(small)]
    for label, value in (("Maps", 6), ("Kernel", 3), ("Stride", 2), ("Padding", 1)):
        widget(small.number_input, label).set_value(value)
        run(small)
        seen.append(on_screen(small))
    small.button(key="remove 0").click()
    run(small)
    seen.append(on_screen(small))
    assert len(set(seen)) == len(seen)
    for before in reversed(seen[:-1]):
        small.button(key="undo").click()
        run(small)
        assert on_screen(small) == before == in_link(small)
    assert small.button(key="undo").disabled
    for after in seen[1:]:
        small.button(key="redo").click()
        run(small)
        assert on_screen(small) == after
    assert small.button(key="redo").disabled


def test_after_undo_every_field_shows_what_is_so_again(small: AppTest) -> None:
    widget(small.number_input, "Maps").set_value(9)
    run(small)
    small.button(key="undo").click()
    run(small)
    assert widget(small.number_input, "Maps").value == 4


def test_what_was_undone_is_gone_after_another_edit(small: AppTest) -> None:
    widget(small.number_input, "Maps").set_value(9)
    run(small)
    small.button(key="undo").click()
    run(small)
    widget(small.number_input, "Maps").set_value(5)
    run(small)
    assert small.button(key="redo").disabled
    assert getattr(on_screen(small).layers[0], "maps", 0) == 5
    small.button(key="undo").click()
    run(small)
    assert on_screen(small) == SMALL


def test_a_number_typed_and_a_button_pressed_at_once_are_both_made(small: AppTest) -> None:
    """The field is left by pressing the button: the page learns of both together."""
    widget(small.number_input, "Maps").set_value(7)
    small.button(key="Down 0").click()
    run(small)
    new = on_screen(small)
    assert [one.name for one in new.layers] == ["OUTPUT", "C1"]
    assert getattr(new.layers[1], "maps", 0) == 7


def test_a_number_typed_into_a_layer_that_becomes_another_is_left_out_with_a_sentence(small: AppTest) -> None:
    """While the server is busy: the page learns of both together, and the dense layer has no kernel."""
    widget(small.number_input, "Kernel").set_value(3)
    widget(small.selectbox, "Kind").set_value("dense")
    run(small)
    assert on_screen(small).layers[0].kind == "dense"
    assert refusals(small) in ([], ["C1: a dense layer has no kernel: its change was left out."])


def test_whatever_is_changed_together_ends_in_no_exception(small: AppTest) -> None:
    wild = Wild(5)
    for _ in range(8):
        for one in wild.sample(list(small.number_input), 2):
            one.set_value(wild.choice([1, 2, 3]))
        wild.choice(list(small.text_input)).set_value(wild.choice(["Same", "X1", ""]))
        kinds = [one for one in small.selectbox if one.label == "Kind"]
        wild.choice(kinds).set_value(wild.choice(list(KINDS)))
        wild.choice([one for one in small.button if not one.disabled]).click()
        run(small)
        assert all(one.endswith(".") for one in refusals(small))


def test_two_fields_changed_at_once_are_both_changed(small: AppTest) -> None:
    widget(small.number_input, "Maps").set_value(7)
    widget(small.number_input, "Kernel").set_value(3)
    run(small)
    assert (getattr(on_screen(small).layers[0], "maps", 0), getattr(on_screen(small).layers[0], "kernel", 0)) == (7, 3)


def test_a_refused_edit_says_why_once_and_changes_nothing(page: AppTest) -> None:
    widget(page.number_input, "Maps", 2).set_value(8)
    run(page)
    assert any("C3: maps is 8, and its table has 16 rows" in one for one in refusals(page))
    assert on_screen(page) == LENET
    assert widget(page.number_input, "Maps", 2).value == 16
    run(page)
    assert not refusals(page)


@pytest.mark.parametrize("name", ["", "train", "C3", "<img src=x>", "![a](b)", "Ä"])
def test_a_name_that_no_layer_can_have_is_refused(page: AppTest, name: str) -> None:
    widget(page.text_input, "Name").set_value(name)
    run(page)
    assert len(refusals(page)) == 1
    assert on_screen(page) == LENET
    assert widget(page.text_input, "Name").value == "C1"


def test_no_more_layers_than_there_may_be(app: AppTest) -> None:
    layers = (*(MaxPooling(f"S{at}", 1, 1) for at in range(MOST_LAYERS - 1)), SMALL.layers[-1])
    shown(app, PAGE, {"own": code_of(text_of(Draft(28, "unit", layers)))})
    app.selectbox(key=f"Add a layer {MOST_LAYERS} " + turn(app)).set_value("dense")
    run(app)
    assert refusals(app) == ["There are 24 layers, and may not be more: each has a row."]
    assert len(on_screen(app).layers) == MOST_LAYERS


def test_the_ten_answers_are_offered_only_where_they_help(small: AppTest) -> None:
    small.button(key="remove 1").click()
    run(small)
    assert "must be dense with 10 units, or radial basis" in errors(small)[0]
    small.button(key="answers").click()
    run(small)
    assert problem(on_screen(small)) is None
    small.button(key="remove 1").click()
    run(small)
    widget(small.number_input, "Kernel").set_value(32)
    run(small)
    assert "does not fit" in errors(small)[0]
    assert not [one for one in small.button if one.key == "answers"]


def test_a_value_beyond_the_field_from_a_hostile_browser_is_refused(small: AppTest) -> None:
    from lenet_explain.network.drafting import changed
    from lenet_explain.network.layers import DescriptionError

    with pytest.raises(DescriptionError, match="maps is 1000000000000, and must be from 1 to 256"):
        changed(on_screen(small), 0, "maps", 10**12)


# --- presets


@pytest.mark.parametrize("key", NETWORKS)
def test_any_network_of_the_app_is_a_beginning(small: AppTest, key: str) -> None:
    small.button(key=f"begin-{key}").click()
    run(small)
    assert on_screen(small) == draft_from(NETWORKS[key]) == in_link(small)
    small.button(key="undo").click()
    run(small)
    assert on_screen(small) == SMALL


# --- the text form


def test_a_text_is_taken_and_can_be_undone(page: AppTest) -> None:
    type_text(page, text_of(SMALL))
    assert on_screen(page) == SMALL == in_link(page)
    assert page.text_area[0].value == text_of(SMALL, indent=True)
    page.button(key="undo").click()
    run(page)
    assert on_screen(page) == LENET


def test_a_wrong_text_stays_in_its_field_with_a_sentence(page: AppTest) -> None:
    wrong = text_of(SMALL, indent=True).replace('"maps": 4', '"maps": "four"')
    type_text(page, wrong)
    assert page.text_area[0].value == wrong
    assert errors(page) == ["C1: maps is 'four', and must be a whole number."]
    assert "own" not in page.query_params
    type_text(page, wrong.replace('"four"', "5"))
    assert not errors(page)
    assert getattr(on_screen(page).layers[0], "maps", 0) == 5


@pytest.mark.parametrize(
    "wrong", ["", "{", "null", "[]", "\x00", "9" * 3000, "[" * 3000, "<b>x</b>", '{"layers":[{}]}']
)
def test_any_wrong_text_gets_one_sentence(page: AppTest, wrong: str) -> None:
    type_text(page, wrong)
    assert len(errors(page)) == 1
    assert errors(page)[0].endswith(".")


def test_a_text_whose_layers_do_not_fit_is_taken_as_a_draft(page: AppTest) -> None:
    type_text(page, json.dumps({"layers": [{"kind": "max pooling", "name": "S1", "size": 32, "stride": 8}]}))
    assert on_screen(page).layers == (MaxPooling("S1", 32, 8),)
    assert len(errors(page)) == 1
    assert "own" not in page.query_params


def test_text_and_schema_can_be_taken_home(page: AppTest) -> None:
    labels = [one.proto.label for one in page.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
    assert labels == ["Download the network", "Download the schema"]
    assert len(text_of(LENET, indent=True)) < LARGEST_TEXT
    assert schema()["properties"]


# --- the link, and the way on


def test_a_link_brings_the_network_and_the_other_pages_know_it(app: AppTest) -> None:
    shown(app, PAGE, {"own": code_of(text_of(SMALL))})
    assert on_screen(app) == SMALL
    app.switch_page(PAPER).run().switch_page("pages/counting/numbers.py").run()
    assert not app.exception
    assert "yours" in app.selectbox(key="network").options
    app.switch_page(PAGE).run()
    assert on_screen(app) == SMALL


def test_ways_on_carry_the_network_once_it_can_run(small: AppTest) -> None:
    links = [one.proto for one in small.get("page_link")]  # pyright: ignore[reportAttributeAccessIssue]
    assert [one.label for one in links] == ["Train it", "Race it", "Draw on it", "Every number", "Its code"]
    for one in links:
        assert f"own={code_of(text_of(SMALL))}" in str(one)
        assert "network=yours" in str(one)
    widget(small.number_input, "Kernel").set_value(32)
    run(small)
    assert not small.get("page_link")


def test_a_second_link_takes_the_place_of_what_was_built_and_can_be_undone(small: AppTest) -> None:
    widget(small.number_input, "Maps").set_value(9)
    run(small)
    small.query_params["own"] = code_of(text_of(LENET))
    run(small)
    assert on_screen(small) == LENET
    small.button(key="undo").click()
    run(small)
    assert getattr(on_screen(small).layers[0], "maps", 0) == 9


def test_a_broken_link_leaves_what_was_built(small: AppTest) -> None:
    small.query_params["own"] = "broken"
    run(small)
    assert on_screen(small) == SMALL
    assert any("cannot be used" in one for one in refusals(small))
