"""Runs to take home: a table for a spreadsheet, and one page that stands alone.

Names are the visitor's own words: escaped in HTML, and never a formula in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from lenet_explain.data.datasets import DATASETS
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import totals, walk
from lenet_explain.recipes.differences import FIELDS, between, listed, recipe_in_words
from lenet_explain.results.record import Record

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_STYLE = """
body { font: 16px/1.5 'Source Sans 3', 'Source Sans', 'Noto Sans', sans-serif; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; color: #1c2330; background: #fff }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #c8ced6; padding: .35rem .6rem; text-align: left; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
svg { width: 100%; height: auto }
@media print { body { margin: 0; max-width: none } tr, svg { break-inside: avoid } }
"""


def parameters(record: Record) -> int:
    return int(totals(walk(network_named(record.network))).parameters.value)


def row(record: Record) -> dict[str, Any]:
    """What is written of a run, by column; empty where there is no figure (yet)."""
    network, found = network_named(record.network), record.outcome
    reached = found.accuracy if found else None
    low, high = reached.interval if reached else ("", "")
    return {
        "name": record.title,
        "network": network.title,
        "recipe": recipe_in_words(record.recipe, network),
        "digits": DATASETS[record.data].title,
        "state": found.phase if found else "going on",
        "right": reached.right if reached else "",
        "of": reached.total if reached else "",
        "test accuracy": reached.share if reached else "",
        "95% from": low,
        "95% to": high,
        "seconds": round(found.seconds, 2) if found else "",
        "steps": found.step if found else "",
        "parameters": parameters(record),
        "began": datetime.fromtimestamp(record.began, UTC).isoformat(timespec="seconds"),
        "message": (found.message or "") if found else "",
        **{f"recipe: {words}": getattr(record.recipe, name) for name, words in FIELDS.items()},
    }


def spreadsheet(records: Sequence[Record]) -> bytes:
    """Comma-separated values as RFC 4180 has them, UTF-8 with the mark by which spreadsheets know it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    rows = [row(record) for record in records]
    if rows:
        writer.writerow(rows[0])
        writer.writerows([_safe(cell) for cell in one.values()] for one in rows)
    return file.getvalue().encode("utf-8-sig")


def _safe(cell: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front, also behind blanks."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA) else cell


def page(records: Sequence[Record], drawing: str) -> str:
    """One HTML file: table, curves, settings and differences; without script, and it asks no other host.

    drawing: the text of an SVG, see figures.drawing.svg.
    """
    names = listed([record.title for record in records])
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width"><title>LeNet-5 explained: training runs</title>',
        f"<style>{_STYLE}</style></head><body><h1>Training runs: {escape(names)}</h1>",
        f'<div class="wide">{_table(records)}</div>',
        f"<h2>Curves</h2>{drawing}",
        _against(records),
        f"<h2>Settings in full</h2>{_settings(records)}",
        "<p>The interval is the 95 % Wilson interval for digits drawn anew; another seed draws other weights.</p>",
        "</body></html>\n",
    ]
    return "".join(parts)


def _table(records: Sequence[Record]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Run", "Network", "Recipe", "Digits", "State"))
    head += "".join(f'<th scope="col" class="number">{n}</th>' for n in ("Test accuracy", "Seconds", "Parameters"))
    body = "".join(f"<tr>{_cells(record)}</tr>" for record in records)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(record: Record) -> str:
    found = row(record)
    words = "".join(f"<td>{escape(str(found[name]))}</td>" for name in ("network", "recipe", "digits", "state"))
    reached = record.outcome.accuracy if record.outcome else None
    numbers = (str(reached) if reached else "–", f"{found['seconds']}", f"{found['parameters']:,}")
    return f'<th scope="row">{escape(record.title)}</th>{words}' + "".join(
        f'<td class="number">{escape(number)}</td>' for number in numbers
    )


def _against(records: Sequence[Record]) -> str:
    """What two runs differ in; nothing for more or fewer."""
    if len(records) != 2:
        return ""
    one, other = records
    networks = network_named(one.network), network_named(other.network)
    found = between(networks, (one.recipe, other.recipe), (one.title, other.title)) or ["nothing"]
    return f"<h2>{escape(one.title)} against {escape(other.title)}</h2><p>{escape('; '.join(found))}.</p>"


def _settings(records: Sequence[Record]) -> str:
    lines = []
    for record in records:
        fields = "; ".join(f"{words} {getattr(record.recipe, name)}" for name, words in FIELDS.items())
        lines.append(f"<p><b>{escape(record.title)}</b>: {record.network} on {record.data}. {escape(fields)}.</p>")
    return "".join(lines)
