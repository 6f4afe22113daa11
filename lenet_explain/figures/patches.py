"""What a unit answers to, as pictures and as words: parts of digits, and an input made for it.

Data in; out come items for frontend/evidence/patches.js, and sentences whose every number is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lenet_explain.data.datasets import Bytes
from lenet_explain.figures.kernel import signed
from lenet_explain.figures.thumbs import address
from lenet_explain.network.activations import IDENTITY
from lenet_explain.network.layers import Convolution, Dense, RadialBasis
from lenet_explain.network.named import network_named
from lenet_explain.network.walk import Step, walk
from lenet_explain.recipes.differences import listed
from lenet_explain.results.strongest import ALIKE, SHOWN, End, Extremes, Place, Unit, bordered, field_of, patch

Item = dict[str, Any]


def items(unit: Unit, end: End, images: Bytes, labels: Bytes) -> list[Item]:
    """One for each place: the digit with the field boxed, the field by itself, and what the unit gives there."""
    return [item_of(unit, place, images[place.image], int(labels[place.image])) for place in end.places(unit.map)]


def item_of(unit: Unit, place: Place, image: Bytes, label: int) -> Item:
    """image: (28, 28). Where the field is the whole picture, that is shown once."""
    side = network_named(unit.network).input.height
    box, ink = field_of(unit.step, place.row, place.column), bordered(image, side)
    small = box.side < side
    given = _given(unit.step, place.value, place.sum)
    where = f"row {place.row}, column {place.column} of {unit.layer} map {unit.map}"
    sees = f", which sees rows {_span(box.top, box.side)}, columns {_span(box.left, box.side)}" if small else ""
    return {
        "title": f"{label}: {signed(place.value)}",
        "note": _sum_note(unit.step, place.sum),
        "words": f"digit {place.image}, a {label}: {given} at {where}{sees}",
        "whole": address(ink),
        "part": address(patch(ink, box)) if small else None,
        "box": [box.top / side, box.left / side, box.side / side] if small else None,
    }


def strongest_item(unit: Unit, place: Place, image: Bytes, label: int) -> Item:
    """To stand beside made_item: the field alone, and whose it is."""
    item = item_of(unit, place, image, label)
    alone = {"whole": None, "part": item["part"] or item["whole"], "box": None}
    return {**item, **alone, "title": f"strongest, a {item['title']}"}


def made_item(unit: Unit, event: Mapping[str, Any], picture: Bytes) -> Item:
    """event: what jobs.preferences tells; picture: the field, 255 is ink."""
    return {
        "title": f"made: {signed(event['value'])}",
        "note": _sum_note(unit.step, event["sum"]),
        "words": f"the input after {event['step']} of {event['steps']} steps: "
        f"{_given(unit.step, event['value'], event['sum'])}",
        "whole": None,
        "part": address(picture),
        "box": None,
    }


def about(unit: Unit) -> str:
    """What the unit is: its places, what each of them sees, and what it reads."""
    step, network = unit.step, network_named(unit.network)
    side, after, size = network.input.height, step.after, round(float(step.field.size.value))
    many = f"of its {after.height}×{after.width} places, each" if after.height * after.width > 1 else "its one place"
    part = f"{size}×{size} of the {side}×{side} pixels" if size < side else f"all {side}×{side} pixels"
    return f"**{unit.layer} map {unit.map}** of {network.title} reads {reads(unit)}; {many} sees {part}."


def reads(unit: Unit) -> str:
    """'maps 1, 2 and 3 of S2'"""
    steps = walk(network_named(unit.network))
    at = [step.name for step in steps].index(unit.layer)
    if at == 0:
        return "the picture"
    layer, before = unit.step.layer, steps[at - 1]
    if isinstance(layer, Dense):
        return f"all {before.after.maps} maps of {before.name}"
    if not isinstance(layer, Convolution):
        return f"map {unit.map} of {before.name}"
    maps = layer.links(before.after)[unit.map]
    if len(maps) == before.after.maps:
        return f"all {len(maps)} maps of {before.name}"
    return f"maps {listed([str(one) for one in maps])} of {before.name}"


def end_words(unit: Unit, end: End, count: int) -> str:
    """What to look for in one end, or why there is little to see. count: digits that were looked at."""
    alike, value = int(end.alike[unit.map]), float(end.values[unit.map, 0])
    if alike > SHOWN:
        order = " They are ordered by the sum before squashing." if _squashes(unit.step) else " Any of them would do."
        return f"{alike:,} of {count:,} digits bring it to {signed(value)}, as far as these {SHOWN}.{order}"
    typical = signed(float(end.medians[unit.map]))
    return f"The {SHOWN} of {count:,} digits that bring it farthest, one place a digit; the middle digit: {typical}."


def verdict(unit: Unit, result: Mapping[str, Any]) -> str:
    """What was reached, beside the most that any real digit gives."""
    reached = f"After {result['step']} steps it gives {_given(unit.step, result['value'], result['sum'])}."
    best = _given(unit.step, result["digit_value"], result["digit_sum"])
    if result["sum"] > result["digit_sum"]:
        return f"{reached} **None of the {result['digits']:,} digits comes that far**: the farthest gives {best}."
    return (
        f"{reached} A real digit comes as far, at {best}: here the made input is held back by its price for ink and "
        "for edges."
    )


def conclusions(unit: Unit, found: Extremes, labels: Bytes) -> Sequence[str]:
    """What these pictures tell, and what they do not; each with its numbers."""
    end, count = found.strongest, len(labels)
    alike = int(end.alike[unit.map])
    common = Counter(labels[end.images[unit.map]].tolist()).most_common()
    kinds = listed([f"{digit} ({times}×)" for digit, times in common])
    lines = [
        f"**They tell** what drives this unit highest among {count:,} digits. The {SHOWN} strongest are of {kinds}.",
        f"**They do not tell what it is for.** A patch that excites it is not its purpose: {_read_on(unit)}",
    ]
    if alike > SHOWN and _squashes(unit.step):
        lines.append(
            f"**The order is finer than what the unit says.** {alike:,} of {count:,} digits bring it within "
            f"{ALIKE:.1%} of its highest value: the sums differ, and the values that go on do not."
        )
    else:
        lines.append(
            f"**Nor what it usually does.** Half of the digits bring it, at its best place, to "
            f"{signed(float(end.medians[unit.map]))} at most."
        )
    lines.append(
        "**The made input is not a digit** and not a hidden template: it is where gradient ascent ended from one "
        "random start. Another start, or another price for ink and edges, ends in another picture."
    )
    return lines


def _read_on(unit: Unit) -> str:
    """Who reads its values: the next layer that weighs several maps together."""
    steps = walk(network_named(unit.network))
    after = steps[[step.name for step in steps].index(unit.layer) + 1 :]
    reader = next(step.name for step in after if isinstance(step.layer, Convolution | Dense | RadialBasis))
    return f"it is one of {unit.step.after.maps} maps, which {reader} reads together, so that combinations count."


def _squashes(step: Step) -> bool:
    return step.layer.activation != IDENTITY


def _given(step: Step, value: float, total: float) -> str:
    return f"a sum of {signed(total)}, squashed to {signed(value)}" if _squashes(step) else signed(value)


def _sum_note(step: Step, total: float) -> str:
    return f"sum {signed(total)}" if _squashes(step) else ""


def _span(first: int, side: int) -> str:
    return f"{first} to {first + side - 1}"
