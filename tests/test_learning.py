"""One kernel, step by step: the sums behind its gradient, the steps, and the page that shows them."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visit import Scripted, drawn, shown

from lenet_explain.backends.numpy_chain import Chain
from lenet_explain.backends.numpy_chain.losses import asked
from lenet_explain.figures.kernel import framed_kernel, signed, sum_words
from lenet_explain.figures.theme import LIGHT
from lenet_explain.network.activations import SOFTMAX, TANH
from lenet_explain.network.description import Draft, text_of
from lenet_explain.network.layers import Convolution, Dense
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.results import kernel_lesson
from lenet_explain.results.kernel_lesson import RATES, advance, first_weights, kernels_of, likeness, look, recipe_of
from lenet_explain.ui.training import learning
from lenet_explain.ui.visit import custom_network

PAGE = "pages/training/learning.py"


def payload(app: AppTest) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    [proto] = drawn(app, "lenet_kernel")
    (length,) = struct.unpack_from("<I", proto.bytes)
    meta = json.loads(proto.bytes[4 : 4 + length])
    found, offset = {}, 4 + length
    for name, shape in meta["tensors"]:
        found[name] = np.frombuffer(proto.bytes, "<f4", int(np.prod(shape)), offset).reshape(shape)
        offset += found[name].nbytes
    return meta, found


def rate_of(network: str) -> float:
    return RATES[network_named(network).answer]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kernel", [0, 5])
def test_each_gradient_is_the_sum_of_error_times_pixel(network: str, kernel: int) -> None:
    images, truth = learning.digits(network)
    weights = first_weights(network)
    chain = Chain(network_named(network), weights)
    chain.backward(asked(chain.forward(images[3:4]), truth[3:4], chain.network, recipe_of(network)).errors)
    theirs = kernels_of(network, chain.gradients())[kernel]
    found = look(network, weights, (images[3:4], 3), kernel, rate_of(network))
    largest = np.abs(theirs).max()
    assert largest > 0
    assert np.allclose(found.gradient, theirs, rtol=1e-5, atol=1e-6 * largest)
    assert found.products.shape == (5, 5, *found.errors.shape)
    assert np.allclose(found.products.sum(axis=(2, 3)), theirs, rtol=1e-3, atol=1e-4 * largest)


@pytest.mark.parametrize("network", NETWORKS)
def test_what_a_cell_saw_are_the_pixels_under_it(network: str) -> None:
    images, _ = learning.digits(network)
    found = look(network, first_weights(network), (images[7:8], 7), 2, 0.001)
    padding = (found.errors.shape[0] + 4 - images.shape[2]) // 2
    image = np.pad(images[7, 0], padding)
    for row, column in ((0, 0), (1, 4), (4, 2)):
        height, width = found.errors.shape
        assert np.array_equal(found.seen[row, column], image[row : row + height, column : column + width])


@pytest.mark.parametrize("network", NETWORKS)
def test_the_step_that_is_shown_is_the_step_that_is_taken(network: str) -> None:
    images, truth = learning.digits(network)
    weights, rate = first_weights(network), rate_of(network)
    found = look(network, weights, (images[4:5], 4), 1, rate)
    after = advance(network, weights, (images, truth), rate, range(4, 5))
    assert np.allclose(kernels_of(network, after)[1], found.moved, atol=1e-7)
    assert np.array_equal(kernels_of(network, weights)[1], found.kernel)
    assert found.after.loss < found.before.loss
    again = look(network, after, (images[4:5], 4), 1, rate)
    assert np.isclose(again.before.loss, found.after.loss, rtol=1e-4)


def test_a_weight_that_the_table_leaves_out_stays_out() -> None:
    """The dense form that Chain works with must not grow weights that no file has."""
    images, truth = learning.digits("lenet5")
    whole = advance("lenet5", first_weights("lenet5"), (images, truth), 0.001, range(20))
    parts = first_weights("lenet5")
    for turn in range(20):
        parts = advance("lenet5", parts, (images, truth), 0.001, range(turn, turn + 1))
    for layer, arrays in whole.items():
        for name, array in arrays.items():
            assert np.allclose(array, parts[layer][name], atol=1e-5), (layer, name)


@pytest.mark.parametrize("steps", [0, 1, 9, 10, 57, 100, 110, 200])
def test_steps_are_the_same_however_they_are_counted(steps: int) -> None:
    images, truth = learning.digits("lenet-28")
    straight = advance("lenet-28", first_weights("lenet-28"), (images, truth), 0.05, range(steps))
    found = learning.weights_after("lenet-28", learning.ALL, 0.05, steps)
    assert np.allclose(found["C1"]["kernels"], straight["C1"]["kernels"], atol=1e-5)


def test_one_digit_alone_is_shown_again_and_again() -> None:
    images, truth = learning.digits("lenet-28")
    only = (images[6:7], truth[6:7])
    straight = advance("lenet-28", first_weights("lenet-28"), only, 0.05, range(7))
    found = learning.weights_after("lenet-28", "6", 0.05, 7)
    assert np.allclose(found["OUTPUT"]["weights"], straight["OUTPUT"]["weights"], atol=1e-6)


def test_a_sum_in_words_adds_up() -> None:
    images, _ = learning.digits("lenet5")
    found = look("lenet5", first_weights("lenet5"), (images[2:3], 2), 0, 0.001)
    words = sum_words(found, 3, 1)
    total = float(found.products[3, 1].sum())
    assert words["head"] == (
        "Gradient at the kernel's row 3, column 1: a sum of 784 products, error × pixel. The largest:"
    )
    assert str(words["total"]).startswith(f"sum: {signed(total)};")
    assert f"= {signed(-0.001 * total)}" in str(words["total"])
    lines = [str(line) for line in words["lines"]]  # pyright: ignore[reportGeneralTypeIssues]
    products = found.products[3, 1]
    assert len(lines) == 3
    [first] = np.argwhere(np.abs(products) == np.abs(products).max())[:1]
    assert lines[0].startswith(f"row {first[0]}, column {first[1]}: ")
    named = sum(float(line.rsplit("= ")[1].replace("−", "-").replace("+", "")) for line in lines)
    rest = float(str(words["rest"]).rsplit(": ")[1].replace("−", "-").replace("+", ""))
    assert np.isclose(named + rest, total, rtol=0.02)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"), (1, "+1.00"), (-0.0123, "−0.0123"), (4.567, "+4.57"), (-45.67, "−45.7"), (123456, "+1.23e5"),
        (-3.2e-7, "−3.20e−7"), (0.999, "+0.999"), (np.nan, "no number"), (-np.inf, "−∞"),
    ],
)  # fmt: skip
def test_numbers_have_a_sign_and_three_digits(value: float, words: str) -> None:
    assert signed(value) == words


def test_neighbours_in_a_ramp_are_alike_and_in_a_chequerboard_opposite() -> None:
    ramp = np.add.outer(np.arange(5.0), np.arange(5.0)).astype(np.float32)
    assert (likeness(ramp) or 0) > 0.7
    assert likeness((np.indices((5, 5)).sum(axis=0) % 2).astype(np.float32)) == pytest.approx(-1)
    assert likeness(np.zeros((5, 5), np.float32)) == 0


def test_every_grid_says_its_numbers_in_its_own_unit() -> None:
    images, _ = learning.digits("lenet5")
    found = look("lenet5", first_weights("lenet5"), (images[2:3], 2), 0, 0.001)
    content = framed_kernel(found, found.kernel, 12, LIGHT)
    (length,) = struct.unpack_from("<I", content)
    grids = {one["name"]: one for one in json.loads(content[4 : 4 + length])["grids"]}
    for name, values in (("now", found.kernel), ("gradient", found.gradient), ("update", found.update)):
        unit = 10.0 ** {"³": -3, "⁶": -6}.get(grids[name]["title"][-2], 0) if "×10" in grids[name]["title"] else 1.0
        read = [float(word.replace("−", "-")) * unit for word in grids[name]["words"]]
        assert np.allclose(read, values.ravel(), atol=0.006 * np.abs(values).max())


def test_the_page_opens_with_the_question_and_no_step_taken(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {})
    assert [title.value for title in app.title] == ["How filters learn"]
    said = " ".join(one.value for one in app.markdown)
    assert kernel_lesson.QUESTION in said
    assert "The Architecture of LeNet-5" in said
    assert "28×28 = 784 places" in said
    assert app.button(key="undo").disabled
    assert app.button(key="again").disabled
    _, numbers = payload(app)
    assert np.array_equal(numbers["start"], numbers["now"])
    assert np.allclose(numbers["after"], numbers["now"] + numbers["update"])


def test_steps_forward_and_back_change_the_kernel_and_restore_it(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"network": "lenet-28"})
    seen = {0: payload(app)[1]["now"]}
    for key, steps in (("by-1", 1), ("by-10", 11), ("by-100", 111), ("undo", 110)):
        after = payload(app)[1]["after"]
        app.button(key=key).click().run()
        assert not app.exception
        assert app.number_input(key="steps").value == steps
        seen[steps] = payload(app)[1]["now"]
        if key == "by-1":
            assert np.allclose(seen[1], after, atol=1e-6)
    assert not np.allclose(seen[0], seen[110])
    app.button(key="again").click().run()
    assert np.array_equal(payload(app)[1]["now"], seen[0])


def test_a_link_restores_every_choice(app: AppTest, jobs: Scripted) -> None:
    link = {"network": "lenet-28", "kernel": "3", "shown": "5", "step_rate": "0.02", "steps": "12"}
    shown(app, PAGE, link)
    weights = learning.weights_after("lenet-28", "5", 0.02, 12)
    assert np.array_equal(payload(app)[1]["now"], kernels_of("lenet-28", weights)[3])


@pytest.mark.parametrize(
    "query",
    [{"kernel": "6"}, {"shown": "10"}, {"step_rate": "7"}, {"steps": "-1"}, {"steps": "1e9"}, {"steps": "nan"}],
    ids=str,
)
def test_a_link_with_an_impossible_choice_opens_as_if_it_had_none(
    app: AppTest, jobs: Scripted, query: dict[str, str]
) -> None:
    shown(app, PAGE, query)
    assert app.number_input(key="steps").value == 0
    assert np.array_equal(payload(app)[1]["now"], kernels_of("lenet5", first_weights("lenet5"))[0])


def test_weights_that_run_away_are_told_and_not_a_fault(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"network": "lenet-modern", "step_rate": "0.2", "steps": "1000"})
    assert app.button(key="by-1").disabled
    wild = np.full((5, 5), np.nan, np.float32)
    images, _ = learning.digits("lenet5")
    found = look("lenet5", _broken("lenet5"), (images[:1], 0), 0, 0.001)
    assert framed_kernel(found, wild, 0, LIGHT)


def _broken(network: str) -> Any:
    weights = first_weights(network)
    return {
        layer: {name: np.full_like(array, np.inf) for name, array in arrays.items()}
        for layer, arrays in weights.items()
    }


def test_a_kernel_of_one_cell_is_shown_and_has_no_pattern(app: AppTest, jobs: Scripted) -> None:
    one = Draft(28, "unit", (Convolution("C1", 3, 1, activation=TANH), Dense("OUTPUT", 10, activation=SOFTMAX)))
    shown(app, PAGE, custom_network.params(text_of(one)))
    assert likeness(np.ones((1, 1), np.float32)) is None
    said = " ".join(each.value for each in app.markdown)
    assert "Why no **pattern**? A kernel of one cell has no neighbours" in said
    assert "Why **patterns**" not in said
