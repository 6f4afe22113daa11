"""What the curves of a run are drawn from: columns of rounded numbers, heads, and a sentence."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from lenet_explain.figures.curves import POINTS, curves, curves_alt
from lenet_explain.figures.theme import DARK, LIGHT
from lenet_explain.frontend import text

UPLOT = "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"  # dist/uPlot.iife.min.js of uplot 1.6.32


def entry(step: int, loss: float = 1.0, gradient: float = 0.01) -> dict:
    return {
        "step": step,
        "steps": 9000,
        "training_loss": None if step == 0 else loss,
        "training_accuracy": None if step == 0 else 0.5,
        "test_loss": loss,
        "test_accuracy": 0.25,
        "gradient_layers": ["C1"] if step else [],
        "gradients": [gradient] if step else [],
    }


def columns(history: list[dict], layer: str = "C1") -> dict[str, list]:
    return curves(history, layer, LIGHT)["columns"]


def test_curves_draw_each_value_at_its_step() -> None:
    assert columns([entry(0), entry(10, 0.5)]) == {
        "step": [0, 10],
        "training_loss": [None, 0.5],
        "test_loss": [1.0, 0.5],
        "training_accuracy": [None, 0.5],
        "test_accuracy": [0.25, 0.25],
        "gradient": [None, 0.01],
    }
    assert curves([entry(0)], "C1", LIGHT)["x"]["end"] == 9000


def test_before_a_run_there_is_nothing_to_draw() -> None:
    assert all(column == [] for column in columns([]).values())


def test_a_layer_without_parameters_has_no_gradient() -> None:
    history = [entry(0), entry(10)]
    assert columns(history, "S2")["gradient"] == [None, None]
    assert curves(history, "S2", LIGHT)["panels"][2]["head"] == "no gradient: S2 has nothing to learn"
    assert curves(history, "C1", LIGHT)["panels"][2]["head"] == "gradient of C1, root mean square"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_leave_a_gap(value: float) -> None:
    drawn = curves([entry(0), entry(10, value, value)], "C1", LIGHT)
    assert drawn["columns"]["test_loss"] == [1.0, None]
    assert drawn["columns"]["gradient"] == [None, None]
    json.dumps(drawn, allow_nan=False)


def test_a_gradient_of_zero_leaves_a_gap_in_its_logarithmic_panel() -> None:
    assert columns([entry(10, gradient=0.0)])["gradient"] == [None]


@for_all(st.floats(1e-300, 1e6))
def test_a_value_of_any_size_keeps_four_digits_and_no_more(value: float) -> None:
    [drawn] = columns([entry(10, gradient=value)])["gradient"]
    assert drawn == pytest.approx(value, rel=5.1e-4)
    assert len(Decimal(repr(drawn)).normalize().as_tuple().digits) <= 4  # as JSON writes it


def test_the_same_run_gives_the_same_bytes() -> None:
    first, second = (json.dumps(curves([entry(0), entry(10, 1 / 3)], "C1", LIGHT)) for _ in range(2))
    assert first == second


def test_a_long_run_is_thinned_and_keeps_its_first_and_last_step() -> None:
    drawn = columns([entry(step) for step in range(5001)])
    assert {len(column) for column in drawn.values()} == {len(drawn["step"])}
    assert len(drawn["step"]) <= POINTS + 1
    assert (drawn["step"][0], drawn["step"][-1]) == (0, 5000)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_training_and_test_differ_by_more_than_hue_in_both_schemes(colours) -> None:
    for panel in curves([entry(0)], "C1", colours)["panels"][:2]:
        training, test = panel["lines"]
        assert (training["dashed"], test["dashed"]) == (False, True)
        assert training["colour"] != test["colour"]


def test_the_curves_say_what_they_show() -> None:
    assert "no training yet" in curves_alt([], "LeNet")
    assert curves_alt([entry(0), entry(10, 0.5)], "LeNet") == (
        "LeNet, step 10 of 9000: test loss from 1 to 0.5, test accuracy from 25.0% to 25.0%."
    )


def test_uplot_is_the_published_one_but_for_the_line_that_makes_it_a_module() -> None:
    published, line = text("vendor/uplot/uPlot.min.js").rsplit("\n", 2)[:2]
    assert line == "export default uPlot;"
    assert sha256(f"{published}\n".encode()).hexdigest() == UPLOT
