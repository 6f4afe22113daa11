"""One kernel before and after a step, its gradient, and the sum behind each number of the gradient.

Data in, a payload for frontend/tiles/kernel.js out, which shows the sum of the cell that is pointed at.
"""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np

from lenet_explain.figures.theme import Palette
from lenet_explain.frontend import frame
from lenet_explain.results.kernel_lesson import Look, largest

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def framed_kernel(look: Look, start: np.ndarray, cell: int, palette: Palette) -> bytes:
    """start: the kernel before the first step; cell: the one to begin with, counted row by row. Grids have their own
    numbers, and pictures shares of the largest, −1 to 1."""
    weights = _limit(start, look.kernel, look.moved)
    grids = [
        ("start", "at the start", start, weights),
        ("now", "now", look.kernel, weights),
        ("gradient", "gradient", look.gradient, _limit(look.gradient)),
        ("update", f"update: −{look.rate:g} × gradient", look.update, _limit(look.update)),
        ("after", "after: now + update", look.moved, weights),
    ]
    side = len(look.kernel)
    meta = {
        "side": side,
        "cell": cell,
        "grids": [_grid(*grid) for grid in grids],
        "places": {"height": look.errors.shape[0], "width": look.errors.shape[1]},
        "sums": [sum_words(look, *divmod(at, side)) for at in range(side * side)],
        "palette": asdict(palette),
    }
    tensors = {name: values for name, _, values, _ in grids}
    pictures = {"seen": look.seen, "errors": look.errors, "product": look.products}
    return frame(meta, tensors | {name: _shares(array) for name, array in pictures.items()})


def _grid(name: str, title: str, values: np.ndarray, limit: float) -> dict[str, object]:
    words, unit = _numbers(values, limit)
    return {"name": name, "title": title + unit, "limit": limit, "words": words, "alt": grid_alt(title, values)}


def sum_words(look: Look, row: int, column: int) -> dict[str, object]:
    """The sum behind one number of the gradient: what it is of, its largest products, and what they add up to."""
    products, errors, seen = look.products[row, column], look.errors, look.seen[row, column]
    named = largest(products)
    lines = [
        f"row {y}, column {x}: {signed(errors[y, x])} × {signed(seen[y, x])} = {signed(products[y, x])}"
        for y, x in named
    ]
    total, rest = float(products.sum()), float(products.sum() - sum(products[y, x] for y, x in named))
    where = f"the kernel's row {row}, column {column}"
    return {
        "head": f"Gradient at {where}: a sum of {products.size:,} products, error × pixel. The largest:",
        "lines": lines,
        "rest": f"the other {products.size - len(named):,} together: {signed(rest)}",
        "total": f"sum: {signed(total)}; so this cell moves by −{look.rate:g} × {signed(total)} "
        f"= {signed(-look.rate * total)}",
    }


def signed(value: float) -> str:
    """Three significant digits with a sign: '+0.0123', '−4.56', '0'; '±∞' and 'no number' for weights that ran away."""
    if np.isnan(value):
        return "no number"
    if not np.isfinite(value):
        return "+∞" if value > 0 else "−∞"
    size = abs(float(value))
    if size == 0:
        return "0"
    sign = "−" if value < 0 else "+"
    if 0.001 <= size < 10000:
        digits = max(0, 2 - math.floor(math.log10(size)))
        return f"{sign}{size:.{digits}f}"
    digits, exponent = f"{size:.2e}".split("e")
    return f"{sign}{digits}e{int(exponent)}".replace("e-", "e−")


def grid_alt(title: str, values: np.ndarray) -> str:
    rows = "; ".join(" ".join(signed(value) for value in row) for row in values)
    return f"{title}, row by row: {rows}."


def _numbers(values: np.ndarray, limit: float) -> tuple[list[str], str]:
    """All numbers of a grid with as many decimals, in thousandths or thousands where they would not fit otherwise; and
    which of these, for the title."""
    size = math.floor(math.log10(limit)) if limit > 0 else 0
    exponent = 0 if -1 <= size < 3 else 3 * math.floor(size / 3)
    decimals = max(0, min(3, 2 - (size - exponent)))
    words = [
        f"{round(value / 10.0**exponent, decimals) + 0.0:+.{decimals}f}".replace("-", "−")
        if np.isfinite(value)
        else signed(value)
        for value in values.ravel().astype(np.float64)
    ]
    return words, f" (×10{str(exponent).translate(_RAISED)})" if exponent else ""


def _shares(array: np.ndarray) -> np.ndarray:
    """Halves have no room for numbers as small as some errors are."""
    with np.errstate(all="ignore"):
        return (array.astype(np.float64) / (_limit(array) or 1.0)).astype(np.float16)


def _limit(*arrays: np.ndarray) -> float:
    return max(float(np.max(np.abs(array), initial=0, where=np.isfinite(array))) for array in arrays)
