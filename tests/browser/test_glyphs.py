"""F6 beside the glyphs: the distances are the network's, their parts add up, and all codes can be browsed by keys."""

from __future__ import annotations

import re

import pytest

from lenet_explain.paper.glyphs import CHARACTERS, hamming

from .visitor import Visitor

DISTANCES = """({ worked }) => {
  const { space } = worked();
  return [...space.steps[space.steps.length - 1].sums.data];
}"""
FOCUSED = "() => document.activeElement.shadowRoot?.activeElement?.textContent ?? ''"


def _open(visitor: Visitor) -> None:
    visitor.open("/codes")
    visitor.page.locator(".st-key-glyphs .target").first.wait_for()
    visitor.page.locator(".st-key-pad .pick").nth(6).click()  # a 3
    visitor.until(lambda: "Read as 3" in _words(visitor, "verdict"), "a 3 is read")


def _words(visitor: Visitor, part: str) -> str:
    return visitor.page.locator(f".st-key-glyphs .{part}").inner_text()


def _values(visitor: Visitor) -> list[str]:
    return visitor.page.locator(".st-key-glyphs .target .value").all_inner_texts()


def test_distances_are_the_networks_and_softmax_keeps_their_order(visitor: Visitor) -> None:
    _open(visitor)
    distances = visitor.live(DISTANCES)
    assert _values(visitor) == [f"{one:.1f}" for one in distances]
    visitor.page.get_by_role("button", name="Nearest first").click()
    visitor.until(lambda: _values(visitor) == [f"{one:.1f}" for one in sorted(distances)], "the nearest come first")
    visitor.page.get_by_role("button", name="Switch to softmax").click()
    visitor.until(lambda: _values(visitor)[0].endswith("%"), "shares are shown")
    shares = [float(one.rstrip("%")) for one in _values(visitor)]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100, abs=0.6)
    assert f"how far away it is: {min(distances):.1f}" in _words(visitor, "rule")
    assert visitor.faults == []


def test_the_parts_of_a_chosen_target_are_told_unit_by_unit(visitor: Visitor) -> None:
    _open(visitor)
    visitor.page.locator(".st-key-glyphs .target").nth(8).click()
    far = visitor.live(DISTANCES)[8]
    visitor.until(lambda: f"of the distance {far:.1f}" in _words(visitor, "total"), "the sum is the distance")
    visitor.page.locator(".st-key-glyphs .adds canvas").focus()
    before = _words(visitor, "told .one")
    visitor.page.keyboard.press("ArrowDown")
    visitor.until(lambda: _words(visitor, "told .one") != before, "a key moves to another unit")
    found = re.search(r"\((−?[\d.]+) − (1|\(−1\))\)² = (\d+\.\d+)", _words(visitor, "told .one"))
    assert found
    value, code = float(found[1].replace("−", "-")), -1 if "−" in found[2] else 1
    assert (value - code) ** 2 == pytest.approx(float(found[3]), abs=0.01)
    assert visitor.faults == []


def test_by_keys_a_character_is_chosen_and_its_nearest_are_told(visitor: Visitor) -> None:
    _open(visitor)
    visitor.page.locator(".st-key-glyphs .all .glyph").first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowRight"):
        visitor.page.keyboard.press(key)
    chosen = visitor.page.evaluate(FOCUSED)
    assert chosen in CHARACTERS[3:]
    visitor.page.keyboard.press("Enter")
    others = sorted((hamming(chosen, one), at) for at, one in enumerate(CHARACTERS) if one != chosen)
    words = f"{chosen}: nearest is {CHARACTERS[others[0][1]]}, {others[0][0]} of 84 units different"
    visitor.until(lambda: _words(visitor, "one:has(canvas)").startswith(words), "the nearest is told")
    told = visitor.page.locator(".st-key-glyphs .like .value").all_inner_texts()
    assert told == [f"{count} differ" for count, _ in others[:8]]
    assert visitor.faults == []
