"""Predict the ladder: boxes that judge what is typed, hints and answers on request, and sheets to take home."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest
from test_counting_mistakes import ALL, LENET5, ODD
from visit import PAPER, shown

from lenet_explain.network.activations import SOFTMAX
from lenet_explain.network.description import Draft, text_of
from lenet_explain.network.layers import Convolution, Dense, MaxPooling
from lenet_explain.network.link_code import code_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, walk
from lenet_explain.quiz import sheet
from lenet_explain.quiz.mistake import ASKED
from lenet_explain.quiz.score import Answered, Mark, answered, boxes
from lenet_explain.quiz.verdict import solved
from lenet_explain.ui.visit import custom_network

PAGE = "pages/counting/predict.py"
OWN = f"""
import sys; sys.path.insert(0, {__file__!r}.rpartition("/")[0])
from test_counting_mistakes import ODD
from lenet_explain.ui.counting import predicting
predicting.what_to_do(ODD)
predicting.ladder(ODD)
"""


def opened(app: AppTest, network: str = "lenet5") -> AppTest:
    return shown(app, PAGE, {"network": network})


def type_in(app: AppTest, label: str, text: str) -> None:
    [found] = [one for one in app.text_input if one.label == label]
    found.set_value(text).run()
    assert not app.exception


def boxes_of(app: AppTest) -> dict[str, str]:
    return {one.label: one.value or "" for one in app.text_input if one.label.split()[-1] in ASKED}


def captions(app: AppTest) -> list[str]:
    return [one.value.replace("\\", "") for one in app.caption]


def said(app: AppTest, words: str) -> bool:
    return any(words in one for one in captions(app))


def standing(app: AppTest) -> str:
    return app.get("progress")[0].proto.text  # pyright: ignore[reportAttributeAccessIssue]


def press(app: AppTest, label: str, at: int = 0) -> None:
    """The first button of this label, or a later one."""
    [one for one in app.button if one.label == label][at].click().run()
    assert not app.exception


def written(network: Network, texts: dict[int, Mark]) -> tuple[Answered, ...]:
    """A ladder with these marks by the number of the box."""
    return answered(network, [texts.get(at, Mark()) for at in range(len(boxes(network)))])


@pytest.mark.parametrize("key", NETWORKS)
def test_every_layer_has_three_empty_boxes(app: AppTest, key: str) -> None:
    opened(app, key)
    names = [f"{step.name} {asked}" for step in walk(NETWORKS[key]) for asked in ASKED]
    assert boxes_of(app) == dict.fromkeys(names, "")
    assert standing(app) == f"0 of {len(names)} right."
    assert f"**{NETWORKS[key].input}**" in app.markdown[0].value


def test_a_right_answer_shows_its_sum_and_a_wrong_one_its_mistake(app: AppTest) -> None:
    opened(app)
    type_in(app, "C1 shape", "28×28×6")
    assert said(app, "6@28×28: (32 + 2·0 − 5)/1 + 1 = 28")
    type_in(app, "C1 parameters", "150")
    assert said(app, "The bias is missing: every map adds one. Yours is 5·5·1·6 = 150.")
    assert standing(app) == "1 of 21 right."
    type_in(app, "C1 parameters", "156 parameters")
    assert said(app, "(5·5·1 + 1)·6 = 156")
    assert not said(app, "The bias is missing")
    assert standing(app) == "2 of 21 right."


def test_no_answer_stands_on_the_page_before_it_is_given(app: AppTest) -> None:
    opened(app)
    text = " ".join([*captions(app), *(one.value for one in app.markdown)])
    for box in boxes(LENET5):
        answer, sums = solved(box)
        assert len(answer) < 4 or answer not in text
        assert not [line for line in sums if line in text]


def test_nonsense_gets_a_sentence_in_plain_letters(app: AppTest) -> None:
    opened(app)
    type_in(app, "C1 parameters", "**60k**")
    [caption] = [one.value for one in app.caption if "exact number" in one.value]
    assert "\\*\\*60k\\*\\*" in caption
    assert standing(app) == "0 of 21 right."


def test_a_question_mark_asks_for_a_hint_and_leaves_the_answer(app: AppTest) -> None:
    opened(app)
    type_in(app, "C1 shape", "27×27×6")
    type_in(app, "C1 shape", "?")
    assert boxes_of(app)["C1 shape"] == "27×27×6"
    assert said(app, "A side: (side before + 2·padding − kernel)/stride + 1.")
    assert not said(app, "It reads 1@32×32")
    press(app, "Hint")
    assert said(app, "It reads 1@32×32; a side: (32 + 2·0 − 5)/1 + 1.")
    assert not said(app, "= 28")
    assert "Hint" not in [one.label for one in app.button]
    type_in(app, "C1 shape", "28×28×6")
    assert standing(app) == "1 of 21 right, 1 of them with a hint."


def test_what_is_shown_counts_no_point_though_it_is_typed_after(app: AppTest) -> None:
    opened(app)
    type_in(app, "C3 parameters", "2416")
    press(app, "Show")
    assert said(app, ":material/visibility: 60·5·5 + 16 = 1,516")
    type_in(app, "C3 parameters", "1516")
    assert standing(app) == "0 of 21 right, 1 shown, which counts nothing."


def test_answers_outlive_a_change_of_page_and_are_kept_for_each_network(app: AppTest) -> None:
    opened(app)
    type_in(app, "C1 shape", "28×28×6")
    app.switch_page(PAPER).run().switch_page(PAGE).run()
    app.selectbox(key="network").select("lenet5").run()
    assert boxes_of(app)["C1 shape"] == "28×28×6"
    app.selectbox(key="network").select("lenet-28").run()
    assert boxes_of(app)["C1 shape"] == ""
    assert standing(app) == "0 of 21 right."
    app.selectbox(key="network").select("lenet5").run()
    assert boxes_of(app)["C1 shape"] == "28×28×6"
    assert standing(app) == "1 of 21 right."


def test_to_start_again_can_be_undone(app: AppTest) -> None:
    opened(app)
    assert app.button(key="ladder-undo").disabled
    type_in(app, "C1 shape", "28×28×6")
    type_in(app, "S2 parameters", "?")
    press(app, "Start again")
    assert set(boxes_of(app).values()) == {""}
    assert standing(app) == "0 of 21 right."
    app.button(key="ladder-undo").click().run()
    assert boxes_of(app)["C1 shape"] == "28×28×6"
    assert standing(app) == "1 of 21 right."
    assert said(app, "Each map has a coefficient")
    assert app.button(key="ladder-undo").disabled


def test_only_the_lecturer_reveals_all_and_hides_it_again(app: AppTest) -> None:
    opened(app)
    assert "Reveal all" not in [one.label for one in app.button]
    type_in(app, "C1 shape", "28×28×6")
    app.toggle(key="ladder-lecturer").set_value(True).run()
    press(app, "Reveal all")
    assert standing(app) == "1 of 21 right, 20 shown, which count nothing."
    assert all(said(app, line) for box in boxes(LENET5) for line in solved(box)[1])
    sums = [one.value.replace("\\", "") for one in app.markdown][-2:]
    assert sums[0] == "All parameters: 156 + 12 + 1,516 + 32 + 48,120 + 10,164 = 60,000."
    assert sums[1] == "All connections: 122,304 + 5,880 + 151,600 + 2,000 + 48,120 + 10,164 + 840 = 340,908."
    press(app, "Hide")
    assert not said(app, "= 1,516")
    assert said(app, "6@28×28")


def test_any_layers_in_any_order_are_asked_for_on_maps_that_are_not_square() -> None:
    alone = AppTest.from_string(OWN, default_timeout=60).run()
    assert not alone.exception
    for box in boxes(ODD):
        type_in(alone, f"{box.step.name} {box.asked}", solved(box)[0])
    assert standing(alone) == f"{len(boxes(ODD))} of {len(boxes(ODD))} right."


def test_a_network_that_a_link_brings_is_asked_for(app: AppTest) -> None:
    layers = (MaxPooling("P"), Convolution("K", 3, 5, padding=1, bias=False), Dense("O", 10, activation=SOFTMAX))
    shown(
        app, PAGE, {"network": custom_network.YOURS, custom_network.PARAM: code_of(text_of(Draft(32, "paper", layers)))}
    )
    assert len(boxes_of(app)) == 9
    type_in(app, "P shape", "16×16×1")
    type_in(app, "K parameters", "78")  # 75, and three biases that are not there
    assert said(app, "1@16×16: (32 + 2·0 − 2)/2 + 1 = 16")
    assert said(app, "A bias is counted, and this layer is described without biases.")
    assert standing(app) == "1 of 9 right."


def test_a_lecturer_reveals_one_box_after_the_other(app: AppTest) -> None:
    opened(app)
    assert "Show" not in [one.label for one in app.button]
    app.toggle(key="ladder-lecturer").set_value(True).run()
    assert [one.label for one in app.button].count("Show") == 21
    press(app, "Show", at=1)
    assert said(app, "(5·5·1 + 1)·6 = 156")
    assert [one.label for one in app.button].count("Show") == 20


def test_the_spreadsheet_holds_own_answers_and_no_solutions_and_no_formulas() -> None:
    ladder = written(
        LENET5, {0: Mark("28×28×6", tries=1), 1: Mark("=150", tries=3, hints=2), 3: Mark("@SUM", seen=True)}
    )
    rows = list(csv.DictReader(io.StringIO(sheet.spreadsheet(LENET5, ladder).decode("utf-8-sig"))))
    assert len(rows) == 21
    assert rows[0] | {"judged": "right", "points": "1", "answer": "28×28×6", "layer": "C1"} == rows[0]
    assert (
        rows[1] | {"judged": "wrong", "mistake": "no bias", "points": "0", "answer": "'=150", "tries": "3"} == rows[1]
    )
    assert rows[3] | {"judged": "cannot be read", "answer": "'@SUM", "shown": "yes"} == rows[3]
    assert "60,000" not in str(rows)
    assert "1,516" not in str(rows)


class Tags(HTMLParser):
    """What an HTML file is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("network", ALL, ids=lambda network: network.key)
def test_the_sheet_is_an_exercise_without_solutions_and_solved_with_them(network: Network) -> None:
    ladder = written(network, {})
    empty, full = (Tags(sheet.page(network, ladder, "", solutions=solutions)) for solutions in (False, True))
    for box in boxes(network):
        assert all(line in full.text and line not in empty.text for line in solved(box)[1])
    assert empty.tags.count("td") == len(boxes(network))
    for found in (empty, full):
        assert network.title in found.text
        assert network.source in found.text
        assert set(found.tags).isdisjoint({"script", "link", "img", "iframe"})


def test_the_sheet_of_lenet5_ends_in_its_totals_only_with_solutions() -> None:
    ladder = written(LENET5, {})
    assert "60,000" in sheet.page(LENET5, ladder, "", solutions=True)
    assert "340,908" not in sheet.page(LENET5, ladder, "", solutions=False)


def test_the_solved_sheet_says_what_is_off_in_an_answer() -> None:
    ladder = written(LENET5, {1: Mark("150")})
    assert "The bias is missing" in sheet.page(LENET5, ladder, "", solutions=True)
    assert "The bias is missing" not in sheet.page(LENET5, ladder, "", solutions=False)


def test_answers_and_names_are_letters_on_the_sheet_and_nothing_else() -> None:
    ladder = written(LENET5, {0: Mark("<script>x</script>"), 1: Mark("156"), 2: Mark("156")})
    text = sheet.page(LENET5, ladder, "<b>Ada</b> & Co" + "y" * 500, solutions=False)
    assert "<script" not in text
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in text
    assert "y" * 90 not in text
    assert "156 ✓" in text
    assert "156 ✗" in text
    assert "1 of 21 right." in text


def test_the_page_hands_out_its_files(app: AppTest) -> None:
    opened(app)
    labels = [one.proto.label for one in app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
    assert labels == ["CSV", "Sheet (HTML, for A4)"]
    app.toggle(key="ladder-lecturer").set_value(True).run()
    labels = [one.proto.label for one in app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
    assert labels[2:] == ["Sheet with solutions"]
