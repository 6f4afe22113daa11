"""Predict the ladder by keys alone: answers are judged where they stand, nothing jumps, and they can be taken home."""

from __future__ import annotations

from pathlib import Path

from .visitor import Visit, Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
FOCUSED = "() => document.activeElement.getAttribute('aria-label') ?? ''"
TOP = "(box) => box.getBoundingClientRect().top + document.querySelector('[data-testid=stMain]').scrollTop"
WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"


def _open(visitor: Visitor) -> None:
    visitor.open("/predict?network=lenet5")
    visitor.page.get_by_label("OUTPUT connections").wait_for()


def _focused(visitor: Visitor) -> str:
    return visitor.page.evaluate(FOCUSED)


def _said(visitor: Visitor, box: str) -> str:
    """What stands below a box, such as '0-shape'."""
    return " ".join(visitor.page.locator(f".st-key-box-{box} [data-testid=stCaptionContainer]").all_inner_texts())


def _top(visitor: Visitor, label: str) -> float:
    return visitor.page.get_by_label(label).evaluate(TOP)


def test_by_keys_answers_are_judged_in_their_place_and_focus_is_never_lost(visitor: Visitor) -> None:
    _open(visitor)
    keys = visitor.page.keyboard
    visitor.page.get_by_label("C1 shape").focus()
    below = _top(visitor, "S2 shape")
    keys.type("28×28×6")
    keys.press("Tab")
    visitor.until(lambda: "(32 + 2·0 − 5)/1 + 1 = 28" in _said(visitor, "0-shape"), "the sum is shown")
    assert _focused(visitor) == "C1 parameters"
    keys.type("150")
    keys.press("Enter")
    visitor.until(lambda: "The bias is missing" in _said(visitor, "0-parameters"), "the mistake is named")
    assert _focused(visitor) == "C1 parameters"
    keys.press("Control+a")
    keys.type("156")
    keys.press("Enter")
    visitor.until(lambda: "(5·5·1 + 1)·6 = 156" in _said(visitor, "0-parameters"), "the sum is shown")
    visitor.until(lambda: visitor.page.get_by_role("button", name="Hint").count() == 0, "no hint is offered any more")
    keys.press("Tab")
    assert _focused(visitor) == "C1 connections"
    keys.type("?")
    keys.press("Enter")
    visitor.until(lambda: "parameters · height · width" in _said(visitor, "0-connections"), "a hint is given")
    assert visitor.page.get_by_label("C1 connections").input_value() == ""
    assert _top(visitor, "S2 shape") == below
    assert "2 of 21 right" in visitor.status()
    assert visitor.faults == []


def test_own_answers_outlive_another_page_and_come_home_as_a_table_and_a_sheet(
    visitor: Visitor, tmp_path: Path
) -> None:
    _open(visitor)
    visitor.page.get_by_label("C3 parameters").fill("2416")
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: "All 6 input maps are counted" in _said(visitor, "2-parameters"), "the mistake is named")
    visitor.page.locator('[data-testid="stTopNavSection"]', has_text="Counting").click()
    visitor.page.locator('[data-testid="stTopNavDropdownLink"]', has_text="Its code").click()
    visitor.page.wait_for_url("**/code**")
    visitor.idle()
    visitor.page.go_back()
    visitor.until(lambda: "All 6 input maps are counted" in _said(visitor, "2-parameters"), "the answer is there")
    assert visitor.page.get_by_label("C3 parameters").input_value() == "2416"
    for name, words in (("CSV", "2416,wrong,table left out"), ("Sheet (HTML, for A4)", "2416 ✗")):
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("button", name=name).click()
        download.value.save_as(tmp_path / name[:3])
        assert words in (tmp_path / name[:3]).read_text("utf-8-sig")
    assert visitor.faults == []


def test_on_a_phone_the_boxes_stand_one_below_the_other_and_nothing_is_cut(visit: Visit) -> None:
    visitor = visit(**PHONE)
    _open(visitor)
    assert _top(visitor, "C1 shape") < _top(visitor, "C1 parameters") < _top(visitor, "C1 connections")
    visitor.page.get_by_label("S2 parameters").tap()
    below = _top(visitor, "S4 shape")
    visitor.page.keyboard.type("6")
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: "a coefficient and a bias" in _said(visitor, "1-parameters"), "the mistake is named")
    assert _top(visitor, "S4 shape") == below
    assert visitor.page.evaluate(WIDE) <= 0
    assert visitor.faults == []
