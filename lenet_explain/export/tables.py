"""A network as a table for a paper (LaTeX, with the package booktabs) and for a spreadsheet (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from lenet_explain.export.names import one_line
from lenet_explain.export.rows import Row, rows
from lenet_explain.network.layers import Shape
from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.results.handout import FORMULA

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "×": r"$\times$",
    "−": r"$-$",
    "–": "--",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
COLUMNS = ("layer", "kind", "window", "activation", "maps", "height", "width", "parameters", "connections", "MACs")


def latex_table(network: Network) -> str:
    """To stand in a document with \\usepackage{booktabs}; LaTeX's own signs in names are shown as they are."""
    sums = totals(walk(network))
    total = [sums.parameters.value, sums.connections.value, sums.macs.value]
    body = [[row.name, row.kind, row.window or "–", str(row.after), *_numbers(row)] for row in rows(network)]
    lines = [
        "% needs \\usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{latex(_caption(network))}}}",
        r"  \begin{tabular}{llllrrr}",
        r"    \toprule",
        "    " + _row(["Layer", "Kind", "Window", "Output", "Parameters", "Connections", "MACs"]),
        r"    \midrule",
        "    " + _row(["Input", "", "", str(network.input), "", "", ""]),
        *("    " + _row(cells) for cells in body),
        r"    \midrule",
        "    " + _row(["Total", "", "", "", *(f"{int(one):,}" for one in total)]),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _caption(network: Network) -> str:
    return f"{one_line(network.title)}: layers, maps@height×width, and what is counted for one image."


def _numbers(row: Row) -> list[str]:
    return [f"{number:,}" if number else "–" for number in (row.parameters, row.connections, row.macs)]


def _row(cells: Sequence[str]) -> str:
    return " & ".join(latex(cell) for cell in cells) + r" \\"


def latex(words: str) -> str:
    """Words that LaTeX prints as they are."""
    return "".join(_LATEX.get(letter, letter) for letter in one_line(words))


def csv_table(network: Network) -> str:
    """Comma-separated values as RFC 4180 has them; the last row is the total."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerow(["input", "", "", "", *_sides(network.input), "", "", ""])
    for row in rows(network):
        numbers = (row.parameters, row.connections, row.macs)
        words = (row.name, row.kind, row.window, row.activation)
        writer.writerow([*map(_harmless, words), *_sides(row.after), *numbers])
    sums = totals(walk(network))
    writer.writerow(["total", *[""] * 6, *(int(one.value) for one in (sums.parameters, sums.connections, sums.macs))])
    return file.getvalue()


def _sides(shape: Shape) -> tuple[int, int, int]:
    return shape.maps, shape.height, shape.width


def _harmless(words: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    plain = one_line(words)
    return f"'{plain}" if plain.startswith(FORMULA) else plain
