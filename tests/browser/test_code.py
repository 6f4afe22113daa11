"""The page of the code in a browser: the figure as it is drawn, files as they arrive, the flowchart from its text."""

from __future__ import annotations

import ast
from itertools import combinations
from pathlib import Path

import pytest

from lenet_explain.export.mermaid import mermaid
from lenet_explain.export.svg import svg
from lenet_explain.network.named import NETWORKS

from .visitor import Visit, Visitor

PHONE = {"width": 390, "height": 844}
BOXES = """(svg) => [...svg.querySelectorAll("text")].map((text) => {
  const { left, right, top, bottom } = text.getBoundingClientRect();
  return [left, right, top, bottom];
})"""
DRAWN = "async (address) => (await fetch(address)).text()"
SIDE = "() => document.scrollingElement.scrollWidth - innerWidth"


def _saved(visitor: Visitor, form: str, folder: Path) -> tuple[str, bytes]:
    with visitor.page.expect_download() as waiting:
        visitor.button(f"file-{form}").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.name, path.read_bytes()


def test_forms_are_chosen_by_hand_and_downloaded(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("/code?network=lenet5")
    name, content = _saved(visitor, "pytorch", tmp_path)
    assert name == "lenet_5_pytorch.py"
    assert "LeNet5" in [node.name for node in ast.parse(content).body if isinstance(node, ast.ClassDef)]
    visitor.page.get_by_role("radio", name="svg").click()
    image = visitor.page.locator('img[src^="data:image/svg+xml"]')
    image.wait_for()
    visitor.until(lambda: visitor.in_url().get("form") == "svg", "the link keeps the form")
    assert image.evaluate("(image) => image.complete && image.naturalWidth > 300")
    assert "C1 6@28×28 by 5×5 convolution" in (image.get_attribute("alt") or "")
    _, drawing = _saved(visitor, "svg", tmp_path)
    assert drawing.decode() == svg(NETWORKS["lenet5"])
    visitor.page.get_by_role("radio", name="onnx").click()
    visitor.button("file-onnx").wait_for()
    name, model = _saved(visitor, "onnx", tmp_path)
    assert name == "lenet_5.onnx"
    assert b"lenet_explain" in model[:100]
    assert visitor.faults == []


def test_on_a_phone_nothing_is_cut_off_and_the_flowchart_is_drawn(visit: Visit) -> None:
    visitor = visit(viewport=PHONE)
    visitor.open("/code?form=mermaid&network=lenet-modern")
    chart = visitor.page.locator('[data-testid="stMermaidChart"] img')
    chart.wait_for()
    drawn = visitor.page.evaluate(DRAWN, chart.get_attribute("src"))
    assert all(f">{layer.name}<" in drawn for layer in NETWORKS["lenet-modern"].layers)
    assert visitor.page.locator("code").first.inner_text().strip() == mermaid(NETWORKS["lenet-modern"]).strip()
    for name in ("onnx", "svg"):
        visitor.page.get_by_role("radio", name=name).click()
        visitor.button(f"file-{name}").wait_for()
        assert visitor.page.evaluate(SIDE) <= 0
    assert visitor.faults == []


@pytest.mark.parametrize("key", ["lenet5", "lenet-modern"])
def test_no_letter_of_the_figure_covers_another(visitor: Visitor, key: str) -> None:
    for font in (10, 16, 36):
        visitor.page.set_content(svg(NETWORKS[key], font))
        boxes = visitor.page.locator("svg").evaluate(BOXES)
        for (left, right, top, bottom), other in combinations(boxes, 2):
            beside = right <= other[0] or other[1] <= left
            assert beside or min(bottom, other[3]) - max(top, other[2]) <= 0.25 * font  # lines of one label touch
