"""Mistakes by mouse, keyboard and touch; and trained weights that leave the app in a file and come back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lenet_explain.checkpoints.cards import Card
from lenet_explain.checkpoints.files import unpacked

from .test_opening import DEVICES, WIDEST
from .visitor import SHORT, Visit, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Locator

PAGE = "/errors"


def open_mistakes(visitor: Visitor, query: str = "") -> None:
    visitor.open("/")  # of a fresh server, the first visit must be to the first page: see test_opening
    visitor.open(PAGE + query)
    visitor.page.locator(".st-key-wall .digit").first.wait_for()
    visitor.page.locator(".st-key-matrix .cell").first.wait_for()


def cell(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(f'.st-key-matrix .cell[data-name="{name}"]')


def titles(visitor: Visitor) -> set[str]:
    return set(visitor.page.locator(".st-key-wall .title").all_inner_texts())


def wrong_cells(visitor: Visitor) -> list[str]:
    """Names of cells with mistakes, the fullest first."""
    found = visitor.page.locator(".st-key-matrix .cell.wrong:not(.none)").evaluate_all(
        "(cells) => cells.map((cell) => [Number(cell.textContent), cell.dataset.name])"
    )
    return [name for _, name in sorted(found, reverse=True)]


def test_a_cell_opens_its_digits_by_mouse_and_the_link_keeps_it(visitor: Visitor) -> None:
    open_mistakes(visitor)
    name = wrong_cells(visitor)[0]
    truth, answer = name.split()
    count = int(cell(visitor, name).inner_text())
    cell(visitor, name).click()
    visitor.until(lambda: titles(visitor) == {f"{truth} > {answer}"}, "the wall shows the cell")
    assert visitor.page.locator(".st-key-wall .digit").count() == min(count, 48)
    assert visitor.in_url() == {"true": truth, "read": answer}
    visitor.until(lambda: cell(visitor, name).get_attribute("aria-selected") == "true", "the cell is marked")
    heading = visitor.page.locator("#reasons")
    visitor.until(lambda: f"a {truth}, read as {answer}" in heading.inner_text(), "the first is explained")
    last = visitor.page.locator(".st-key-wall .digit").last
    index = last.get_attribute("data-name")
    last.click()
    visitor.until(lambda: f"Test digit {index}:" in heading.inner_text(), "the chosen one is explained")
    assert visitor.in_url()["digit"] in (index, f"{index}.0")
    visitor.page.reload()
    visitor.until(lambda: f"Test digit {index}:" in heading.inner_text(), "the link restores it")
    cell(visitor, f"{truth} another").click()
    visitor.until(lambda: visitor.in_url() == {"true": truth}, "another cell forgets the digit")
    assert visitor.faults == []


def test_a_cell_and_a_digit_are_opened_by_keyboard_alone(visitor: Visitor) -> None:
    open_mistakes(visitor)
    visitor.page.locator('.st-key-matrix .cell[tabindex="0"]').focus()
    keyboard = visitor.page.keyboard
    keyboard.press("ArrowUp")  # from all mistakes to those of the last digit
    words = visitor.page.locator(".st-key-matrix .words")
    visitor.until(lambda: words.inner_text().endswith("of true digit 9 misread"), "the arrow moves on")
    assert "true" not in visitor.in_url()
    keyboard.press("Enter")
    visitor.until(lambda: visitor.in_url().get("true") == "9", "Enter opens it")
    visitor.until(lambda: all(t.startswith("9 > ") for t in titles(visitor)), "the wall shows the row")
    visitor.idle()
    visitor.page.locator('.st-key-wall .digit[tabindex="0"]').focus()
    keyboard.press("ArrowRight")
    keyboard.press(" ")
    visitor.until(lambda: "digit" in visitor.in_url(), "the space bar chooses the second")
    second = visitor.page.locator(".st-key-wall .digit").nth(1)
    visitor.until(lambda: second.get_attribute("aria-selected") == "true", "it is marked")
    assert visitor.faults == []


def test_on_a_phone_a_finger_opens_a_cell_and_nothing_sticks_out(visit: Visit) -> None:
    visitor = visit(**DEVICES["phone"])
    open_mistakes(visitor)
    name = wrong_cells(visitor)[0]
    cell(visitor, name).tap()
    visitor.until(lambda: visitor.in_url().get("true") == name.split()[0], "the cell opens")
    visitor.idle()
    visitor.page.locator(".st-key-reasons-bars tbody tr").nth(9).wait_for()
    assert visitor.page.evaluate(WIDEST) == [0, 0, 0]
    wide = cell(visitor, name).evaluate(
        "(cell) => cell.closest('.root').scrollWidth - cell.closest('.root').clientWidth"
    )
    assert wide <= 0
    assert visitor.faults == []


@pytest.mark.parametrize("device", DEVICES)
def test_the_page_opens_without_fault(visit: Visit, device: str) -> None:
    visitor = visit(**DEVICES[device])
    open_mistakes(visitor)
    visitor.page.locator(".st-key-wall-82 .digit").first.wait_for()
    assert visitor.page.locator('[data-testid="stException"]').count() == 0
    assert visitor.page.evaluate(WIDEST) == [0, 0, 0]
    assert visitor.faults == []


def test_weights_leave_in_a_file_and_come_back(visit: Visit, tmp_path: Path) -> None:
    visitor = visit()
    visitor.open_lesson(SHORT)
    visitor.train()
    visitor.until_finished()
    button = visitor.button("download-weights")
    button.wait_for()
    with visitor.page.expect_download() as waiting:
        button.click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    _, card = unpacked(file.read_bytes(), file.name)
    assert isinstance(card, Card)
    assert card.network == "lenet5-dense"
    assert file.name == f"lenet5-dense-{100 * card.reached.share:.2f}.safetensors"
    assert visitor.faults == []

    other = visit()
    other.open_lesson("/?network=lenet5&layer=C1")
    bad = tmp_path / "cut.safetensors"
    bad.write_bytes(file.read_bytes()[:-9])
    other.page.get_by_text("Load weights that you have downloaded here").click()
    field = other.page.locator('[data-testid="stFileUploaderDropzoneInput"]')
    field.set_input_files(bad)
    other.until(lambda: "Nothing was changed." in " ".join(other.alerts()), "the cut file is refused")
    assert "cut.safetensors is not a whole safetensors file" in " ".join(other.alerts())
    field.set_input_files(file)
    results = other.page.locator("#results")
    other.until(lambda: results.count() and "Loaded" in results.inner_text(), "the whole one is taken")
    assert other.in_url()["network"] == "lenet5-dense"
    other.page.get_by_text("What it misreads, and why").click()
    other.page.locator(".st-key-matrix .cell").first.wait_for()
    other.until(lambda: other.in_url().get("weights") == "loaded", "Mistakes shows the loaded file")
    wrong = sum(int(n) for n in other.page.locator(".st-key-matrix .cell.wrong:not(.none)").all_inner_texts())
    assert wrong == card.reached.total - card.reached.right
    assert other.faults == []
