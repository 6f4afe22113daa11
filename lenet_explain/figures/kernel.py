"""One kernel before and after a step, its gradient, and the sum behind each number of the gradient.

Data in, a payload for frontend/kernel.js out, which shows the sum of the cell that is pointed at.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from lenet_explain.figures.theme import Palette
from lenet_explain.frontend import frame
from lenet_explain.kernel_lesson import Look, largest


def framed_kernel(look: Look, start: np.ndarray, image: np.ndarray, cell: int, palette: Palette) -> bytes:
    """start: the kernel before the first step; image: (H, W) as the network reads it; cell: the one to begin with,
    counted row by row."""
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
        "grids": [
            {"name": name, "title": title, "limit": limit, "words": _numbers(values), "alt": grid_alt(title, values)}
            for name, title, values, limit in grids
        ],
        "image": {"height": len(image), "width": image.shape[1], "limit": _limit(image)},
        "places": {"height": look.errors.shape[0], "width": look.errors.shape[1]},
        "errors": _limit(look.errors),
        "products": _limit(look.products),
        "sums": [sum_words(look, *divmod(at, side)) for at in range(side * side)],
        "palette": asdict(palette),
    }
    tensors = {name: values for name, _, values, _ in grids}
    pictures = {"picture": image, "errors": look.errors, "seen": look.seen, "product": look.products}
    return frame(meta, tensors | {name: array.astype(np.float16) for name, array in pictures.items()})


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
    words = f"{size:.1e}".replace("e-0", "e−").replace("e-", "e−").replace("e+0", "e").replace("e+", "e")
    if 0.001 <= size < 10000:
        words = f"{size:.3f}" if size < 1 else f"{size:#.4g}".rstrip(".") if size < 1000 else f"{size:.0f}"
    return ("−" if value < 0 else "+") + words


def grid_alt(title: str, values: np.ndarray) -> str:
    rows = "; ".join(" ".join(signed(value) for value in row) for row in values)
    return f"{title}, row by row: {rows}."


def _numbers(values: np.ndarray) -> list[str]:
    return [signed(value) for value in values.ravel()]


def _limit(*arrays: np.ndarray) -> float:
    return max(float(np.max(np.abs(array), initial=0, where=np.isfinite(array))) for array in arrays)
