"""Own answers to take home: a table for a spreadsheet, and a sheet of paper with or without the solutions."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html import escape

from lenet_explain.network.walk import Network, totals, walk
from lenet_explain.quiz.hint import stated
from lenet_explain.quiz.mistake import ASKED
from lenet_explain.quiz.score import Answered, score
from lenet_explain.quiz.verdict import solved
from lenet_explain.results.handout import FORMULA

COLUMNS = (
    "network",
    "layer",
    "what it is",
    "asked",
    "answer",
    "judged",
    "mistake",
    "points",
    "tries",
    "hints",
    "shown",
)
_WORDS = {"empty": "empty", "unread": "cannot be read", "right": "right", "wrong": "wrong"}
_LONGEST = 80  # characters of a name
_STYLE = """
@page { size: A4; margin: 14mm }
body { font: 15px/1.4 'Source Sans 3', 'Source Sans', 'Noto Sans', sans-serif; margin: 1.5rem auto; max-width: 50rem;
  padding: 0 1rem; color: #1c2330; background: #fff }
h1 { font-size: 1.4rem; margin: 0 0 .3rem }
p { margin: .3rem 0 }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 }
th, td { border: 1px solid #8a93a0; padding: .35rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
th { background: #f3f5f8; font-weight: 600 }
td { height: 2.6rem; min-width: 5.5rem }
.layer { width: 30% }
.stated, .sum, .source { font-size: .9em; color: #3d4654; font-weight: 400 }
.line { display: inline-block; min-width: 14rem; border-bottom: 1px solid #8a93a0 }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 13px } tr { break-inside: avoid } }
"""


def spreadsheet(network: Network, ladder: Sequence[Answered]) -> bytes:
    """Comma-separated values as RFC 4180 has them, UTF-8 with the mark by which spreadsheets know it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in _row(network, one)] for one in ladder)
    return file.getvalue().encode("utf-8-sig")


def _row(network: Network, one: Answered) -> tuple[object, ...]:
    layer, mark = one.box.step.layer, one.mark
    judged = _WORDS[one.verdict.state]
    shown = "yes" if mark.seen else "no"
    asked = (network.title, layer.name, stated(layer), one.box.asked)
    mistake = next(iter(one.verdict.mistakes), "")
    return (*asked, mark.text, judged, mistake, int(one.counts), mark.tries, mark.hints, shown)


def _safe(cell: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA) else cell


def page(network: Network, ladder: Sequence[Answered], name: str, *, solutions: bool) -> str:
    """One HTML file for A4: own answers, or boxes to fill in by hand; without script, and it asks no other host."""
    done = any(one.mark.text.strip() for one in ladder)
    who = escape(" ".join(name.split())[:_LONGEST])
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width"><title>Predict the ladder</title>',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>Predict the ladder: {escape(network.title)}{' · solutions' if solutions else ''}</h1>",
        f'<p>Name: <span class="line">{who}</span> Date: <span class="line"></span></p>',
        f"<p>Input: {network.input} (maps@height×width). Fill in what each layer gives and what it has.</p>",
        f'<div class="wide"><table><thead><tr>{_head()}</tr></thead><tbody>',
        *(_layer_row(ladder[at : at + len(ASKED)], solutions) for at in range(0, len(ladder), len(ASKED))),
        f"{_totals(network) if solutions else ''}</tbody></table></div>",
        f"<p>{escape(str(score(ladder)))}.</p>" if done else "",
        f'<p class="source">{escape(network.summary)} Source: {escape(network.source)}.</p></body></html>\n',
    ]
    return "".join(parts)


def _head() -> str:
    names = ("Layer", *(asked.capitalize() for asked in ASKED))
    return "".join(f'<th scope="col"{" class=layer" if name == "Layer" else ""}>{name}</th>' for name in names)


def _layer_row(row: Sequence[Answered], solutions: bool) -> str:
    layer = row[0].box.step.layer
    head = f'<th scope="row">{escape(layer.name)}<div class="stated">{escape(stated(layer))}</div></th>'
    return f"<tr>{head}{''.join(f'<td>{_cell(one, solutions)}</td>' for one in row)}</tr>"


def _cell(one: Answered, solutions: bool) -> str:
    own = escape(one.mark.text)
    if own:
        own += {"right": " ✓", "wrong": " ✗", "unread": " ?"}.get(one.verdict.state, "")
    if not solutions:
        return own
    answer, sums = solved(one.box)
    off = one.verdict.lines if one.verdict.state == "wrong" else ()
    own += "".join(f'<div class="sum">{escape(line)}</div>' for line in off)
    return f"{own}<div><b>{answer}</b></div>" + "".join(f'<div class="sum">{escape(line)}</div>' for line in sums)


def _totals(network: Network) -> str:
    sums = totals(walk(network))
    cells = "".join(f"<td><b>{int(one.value):,}</b></td>" for one in (sums.parameters, sums.connections))
    return f'<tr><th scope="row">Total</th><td></td>{cells}</tr>'
