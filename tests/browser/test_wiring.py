"""Rewire C3 by hand: counts and answers follow a click, a key and a preset, and each can be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lenet_explain.network.connection_table import Table, described, tables, wired
from lenet_explain.network.layers import Convolution
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Network, totals, walk

from .visitor import Visit, Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
WIDEST = """() => [document.documentElement, ...document.querySelectorAll("[data-testid=stMain]")].map(
  (one) => one.scrollWidth - one.clientWidth)"""
SUMS = """({ worked }) => {
  const { space } = worked();
  return [...space.steps[space.steps.length - 1].sums.data];
}"""
DIGIT = 6  # of the samples under the paper: one is chosen, so that something is read


def _open(visitor: Visitor, network: str = "lenet5") -> None:
    visitor.open(f"/table?network={network}")
    visitor.page.locator(".st-key-wiring .cell").first.wait_for()
    visitor.page.locator(".st-key-pad .pick").nth(DIGIT).click()
    visitor.until(lambda: "Read as" in _words(visitor, "verdict"), "a digit is read")


def _words(visitor: Visitor, part: str) -> str:
    return visitor.page.locator(f".st-key-wiring .{part}").first.inner_text()


def _counts(visitor: Visitor) -> list[tuple[str, str]]:
    """Parameters and connections of the map, the layer and the network, as they are now."""
    table = visitor.page.locator(".st-key-wiring .counts")
    found = zip(
        table.locator(".parameters").all_inner_texts(), table.locator(".connections").all_inner_texts(), strict=True
    )
    return [(_now(one), _now(other)) for one, other in found]


def _now(words: str) -> str:
    """'1,516 → 2,416 (+900)' is 2,416 now."""
    return words.split(" → ")[-1].split(" (")[0]


def _by_hand(network: Network, table: Table) -> Network:
    layers = [
        replace(layer, table=table) if isinstance(layer, Convolution) and layer.name == "C3" else layer
        for layer in network.layers
    ]
    return replace(network, layers=tuple(layers))


def _wanted(network: Network, table: Table, chosen: int) -> list[tuple[str, str]]:
    step, whole = wired(_by_hand(network, table)), totals(walk(_by_hand(network, table)))
    layer = step.layer
    assert isinstance(layer, Convolution)
    own = layer.kernel**2 * len(table[chosen]) + 1
    area = step.after.height * step.after.width
    numbers = [
        (own, own * area),
        (step.parameters.value, step.connections.value),
        (whole.parameters.value, whole.connections.value),
    ]
    return [(f"{one:,.0f}", f"{other:,.0f}") for one, other in numbers]


def _toggled(table: Table, map_: int, input_: int) -> Table:
    row = set(table[map_]) ^ {input_}
    return (*table[:map_], tuple(sorted(row)), *table[map_ + 1 :])


def _cell(visitor: Visitor, map_: int, input_: int) -> Any:
    return visitor.page.locator(".st-key-wiring .cell").and_(
        visitor.page.locator(f'[aria-label*="map {map_} "][aria-label*="S2 map {input_}"]')
    )


def _focused(visitor: Visitor) -> str | None:
    return visitor.page.evaluate(
        "() => document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label') ?? null"
    )


def test_dense_has_2416_and_60900_and_changes_no_answer_of_lenet5(visitor: Visitor) -> None:
    _open(visitor)
    network = network_named("lenet5")
    assert _counts(visitor) == _wanted(network, described(network), 0)
    before = visitor.live(SUMS)
    visitor.page.get_by_role("button", name="Dense", exact=True).click()
    wanted = _wanted(network, tables(network)["Dense"], 0)
    assert (wanted[1][0], wanted[2][0]) == ("2,416", "60,900")
    visitor.until(lambda: _counts(visitor) == wanted, "the counts are those of dense")
    assert "60,900 parameters" in visitor.page.locator(".st-key-carrier-main .facts").inner_text()
    assert "36 links added: 900 weights that are still 0" in _words(visitor, "note")
    assert visitor.live(SUMS) == before
    visitor.page.get_by_role("button", name="Undo").last.click()
    visitor.until(lambda: _counts(visitor) == _wanted(network, described(network), 0), "it is taken back")
    assert visitor.faults == []


def test_table_i_in_a_dense_network_changes_its_answer_and_can_be_taken_back(visitor: Visitor) -> None:
    _open(visitor, "lenet5-dense")
    network = network_named("lenet5-dense")
    before = visitor.live(SUMS)
    visitor.page.get_by_role("button", name="Table I", exact=True).click()
    visitor.until(lambda: _counts(visitor) == _wanted(network, tables(network)["Table I"], 0), "Table I is counted")
    visitor.until(lambda: visitor.live(SUMS) != before, "and answers otherwise")
    assert "36 links cut: 900 weights" in _words(visitor, "note")
    words = _words(visitor, "verdict")
    assert words.startswith("With Dense: 3, ")
    assert " Now: " in words
    visitor.page.get_by_role("button", name="Back to Dense").click()
    visitor.until(lambda: visitor.live(SUMS) == before, "and answers as before")
    assert visitor.faults == []


def test_a_cell_pressed_cuts_its_link_and_chooses_its_column(visitor: Visitor) -> None:
    _open(visitor)
    network = network_named("lenet5")
    before = visitor.live(SUMS)
    cell = _cell(visitor, 7, 3)
    assert cell.get_attribute("aria-label") == "C3 map 7 reads S2 map 3"
    cell.click()
    wanted = _wanted(network, _toggled(described(network), 7, 3), 7)
    visitor.until(lambda: _counts(visitor) == wanted, "map, layer and network count one kernel less")
    visitor.until(lambda: visitor.live(SUMS) != before, "the answer is another")
    assert cell.inner_text() == "✕"
    assert cell.get_attribute("aria-label") == "C3 map 7 does not read S2 map 3, cut"
    assert _words(visitor, "title") == "C3 map 7 is a sum"
    cell.click()
    visitor.until(lambda: visitor.live(SUMS) == before, "linked again, it answers as before")
    assert visitor.page.locator(".st-key-carrier-main .back").count() == 0
    assert visitor.faults == []


def test_by_keys_alone_a_column_is_chosen_and_a_link_is_cut(visitor: Visitor) -> None:
    _open(visitor)
    network = network_named("lenet5")
    visitor.page.get_by_label("number of the random table").focus()
    visitor.page.keyboard.press("Tab")
    assert _focused(visitor) == "C3 map 0"
    for _ in range(9):
        visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Enter")
    visitor.until(lambda: _counts(visitor) == _wanted(network, described(network), 9), "column 9 is chosen")
    assert _counts(visitor)[0][0] == "101"
    assert "25·4 + 1 = 101" in _words(visitor, "counts")
    for _ in range(4):
        visitor.page.keyboard.press("ArrowDown")
    assert _focused(visitor) == "C3 map 9 reads S2 map 3"
    visitor.page.keyboard.press("Space")
    wanted = _wanted(network, _toggled(described(network), 9, 3), 9)
    visitor.until(lambda: _counts(visitor) == wanted, "a key cuts the link")
    assert _focused(visitor) == "C3 map 9 does not read S2 map 3, cut"
    visitor.page.keyboard.press("Tab")
    assert visitor.page.locator(".st-key-wiring .cell:focus, .st-key-wiring .head:focus").count() == 0
    assert visitor.faults == []


def test_a_random_table_has_60_links_and_its_number_brings_it_again(visitor: Visitor) -> None:
    _open(visitor)
    button = visitor.page.get_by_role("button", name="Random 60")
    number = visitor.page.get_by_label("number of the random table")
    linked = "({ live }) => [...live().links.linked].join('')"
    button.click()
    first = visitor.live(linked)
    assert first.count("1") == 60
    button.click()
    assert number.input_value() == "2"
    assert visitor.live(linked) != first
    number.fill("1")
    number.press("Enter")
    visitor.until(lambda: visitor.live(linked) == first, "number 1 is the first again")
    assert _counts(visitor)[1:] == _wanted(network_named("lenet5"), described(network_named("lenet5")), 0)[1:]
    assert visitor.faults == []


def test_the_contributions_and_the_bias_make_the_sum_that_is_said(visitor: Visitor) -> None:
    _open(visitor)
    line = visitor.page.locator(".st-key-wiring .sum > .line").inner_text()
    terms, sums = line.split(". Sum ")
    numbers = [float(word.replace("−", "-").strip("+,")) for word in terms.split(": ")[1].split() if word != "bias"]
    assert len(numbers) == 4
    assert sum(numbers) == pytest.approx(float(sums.split(";")[0].replace("−", "-")), abs=0.015)
    visitor.page.locator(".st-key-wiring figure.sums canvas").focus()
    visitor.page.keyboard.press("ArrowDown")
    said = visitor.page.locator(".st-key-wiring .sum > .line")
    visitor.until(lambda: said.inner_text().startswith("At row 6, column 5"), "a key moves the place")
    assert visitor.faults == []


def test_a_finger_on_a_phone_toggles_without_sideways_scrolling_of_the_page(visit: Visit) -> None:
    visitor = visit(**PHONE)
    _open(visitor)
    _cell(visitor, 0, 0).tap()
    network = network_named("lenet5")
    wanted = _wanted(network, _toggled(described(network), 0, 0), 0)
    visitor.until(lambda: _counts(visitor) == wanted, "a tap cuts the link")
    assert visitor.page.evaluate(WIDEST) == [0, 0]
    visitor.open("/codes")
    visitor.page.locator(".st-key-glyphs .target").first.wait_for()
    assert visitor.page.evaluate(WIDEST) == [0, 0]
    assert visitor.faults == []
