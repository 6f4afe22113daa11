"""The generated PyTorch programs: each runs, learns as many numbers as are counted, answers as this project does."""

from __future__ import annotations

import builtins
import keyword
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from any_network import NAMES, TITLES, any_images, any_weights, networks
from closeness import assert_close
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from torch import nn

from lenet_explain.backends.starting_weights import Weights
from lenet_explain.backends.torch_module import LeNet
from lenet_explain.backends.torch_weights import fill
from lenet_explain.checkpoints.files import named
from lenet_explain.checkpoints.shipped import load_shipped, path_of
from lenet_explain.export.names import class_name, function_name, identifiers, one_line, quoted
from lenet_explain.export.plan import fraction
from lenet_explain.export.pytorch import missing_in_pytorch, pytorch_code, pytorch_loading
from lenet_explain.network.activations import Activation
from lenet_explain.network.layers import Convolution, DescriptionError, Shape
from lenet_explain.network.named import NETWORKS
from lenet_explain.network.walk import Network, Pixels, totals, walk

LENET5 = NETWORKS["lenet5"]


def run(network: Network, name: str = "generated") -> dict[str, Any]:
    """The program in a namespace of its own."""
    space: dict[str, Any] = {"__name__": name}
    exec(compile(pytorch_code(network), "generated.py", "exec"), space)
    return space


def loaded(network: Network, weights: Weights, path: Path) -> nn.Module:
    """The generated class with weights put in by the generated lines."""
    space = run(network)
    exec(pytorch_loading(network, weights, str(path)), space)
    return space["net"]


def own_module(network: Network, weights: Weights) -> LeNet:
    net = LeNet(network)
    fill(net.layers, weights)
    return net.eval()


def learned(net: nn.Module) -> int:
    return sum(one.numel() for one in net.parameters())


def counted(network: Network) -> int:
    return int(totals(walk(network)).parameters.value)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_with_the_shipped_file_it_answers_as_this_projects_module(network: Network) -> None:
    weights, _ = load_shipped(network.key)
    net, images = loaded(network, weights, path_of(network.key)), torch.from_numpy(any_images(network, 8))
    assert learned(net) == counted(network)
    with torch.no_grad():
        assert_close(net(images), own_module(network, weights)(images), what="the generated module's answer")


@given(network=networks())
@settings(max_examples=60, deadline=None)
def test_any_network_answers_as_this_projects_module(network: Network, tmp_path_factory: Any) -> None:
    weights, path = any_weights(network), tmp_path_factory.mktemp("any") / "any.safetensors"
    save_file(named(weights), path)
    net, images = loaded(network, weights, path), torch.from_numpy(any_images(network)).double()
    assert learned(net) == counted(network)
    with torch.no_grad():
        found, wanted = net.double()(images), own_module(network, weights).double()(images)
    assert_close(found, wanted, 1e-9, what="the generated module's answer")


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_run_by_itself_it_prints_its_size_and_its_answer(network: Network, capsys: pytest.CaptureFixture[str]) -> None:
    run(network, "__main__")
    size, answer = capsys.readouterr().out.split("\n", 1)
    assert size == f"{counted(network):,} parameters"
    assert len(re.findall(r"-?\d+\.\d+", answer)) == 10


def test_a_blank_input_is_what_the_network_is_fed_for_paper() -> None:
    assert "torch.full((1, 1, 32, 32), -0.1)" in pytorch_code(LENET5)
    assert "torch.full((1, 1, 28, 28), 0.0)" in pytorch_code(NETWORKS["lenet-28"])


@given(network=networks())
@settings(max_examples=40, deadline=None)
def test_only_the_layers_that_a_network_needs_are_written(network: Network) -> None:
    code = pytorch_code(network)
    classes = re.findall(r"^class (\w+)", code, re.MULTILINE)
    assert classes == [class_name(network.title), *missing_in_pytorch(network)]
    for name in classes[1:]:
        assert f"= {name}(" in code
    assert ("import torch.nn.functional as F" in code) == (" F." in code)


def test_every_line_of_a_layer_ends_with_its_shape_and_its_sum() -> None:
    lines = {line.split(" = ")[0].strip(): line for line in pytorch_code(LENET5).splitlines()}
    for step in walk(LENET5):
        end = f"{step.parameters.line} parameters" if step.parameters.value else "nothing to learn"
        assert lines[f"self.{step.name}"].endswith(f"# {step.after}, {end}")


def test_softmax_is_left_to_the_loss_and_said_so() -> None:
    code = pytorch_code(NETWORKS["lenet5-dense"])
    assert "softmax(" not in code
    assert "softmax is the loss's" in code
    assert "softmax" not in pytorch_code(LENET5)


def test_the_slope_is_written_as_the_papers_fraction() -> None:
    assert "1.7159 * torch.tanh(2 / 3 * a)" in pytorch_code(LENET5)
    assert fraction(2 / 3) == "2 / 3"
    assert fraction(0.5) == "0.5"
    assert eval(fraction(0.123456789)) == 0.123456789


def test_an_unknown_activation_is_named() -> None:
    layer = Convolution("C1", maps=1, kernel=1, activation=Activation("swish", "", ""))
    network = Network("odd", "Odd", "", "", Shape(1, 4, 4), (layer,), Pixels(0.0, 1.0))
    with pytest.raises(DescriptionError, match=r"C1: there is no PyTorch code for the activation 'swish'"):
        pytorch_code(network)


@given(names=st.lists(st.one_of(st.text(min_size=1, max_size=60), st.sampled_from([*NAMES, *dir(nn.Module())]))))
@settings(max_examples=300, deadline=None)
def test_any_name_becomes_an_identifier_that_nothing_else_has(names: list[str]) -> None:
    found = identifiers(names)
    assert len({one.lower() for one in found}) == len(names)
    taken = {*dir(nn.Module()), *dir(builtins)}
    for one in found:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", one)
        assert not keyword.iskeyword(one)
        assert one not in taken


def test_words_of_torch_and_python_are_not_used_as_names() -> None:
    words = {*dir(nn.Module()), *keyword.kwlist}
    names = {word: identifiers([word])[0] for word in words}
    assert {word: name for word, name in names.items() if name in words} == {}


def test_the_papers_names_stay_as_they_are() -> None:
    assert identifiers(["C1", "S2", "OUTPUT"]) == ("C1", "S2", "OUTPUT")
    assert class_name("LeNet-5 (1998)") == "LeNet5"
    assert function_name("LeNet-5 (1998)") == "lenet_5"


@given(title=st.one_of(st.text(max_size=80), st.sampled_from(TITLES)))
@settings(max_examples=200, deadline=None)
def test_any_title_becomes_a_class_and_a_function_that_no_other_part_has(title: str) -> None:
    for name in (class_name(title), function_name(title)):
        assert name.isidentifier()
        assert name.isascii()
        assert "net" in name.lower()
        assert not keyword.iskeyword(name)


@given(words=st.text(alphabet=st.characters(codec="utf-8"), max_size=600))
@settings(max_examples=100, deadline=None)
def test_what_a_visitor_writes_never_ends_the_text_that_it_stands_in(words: str) -> None:
    layers = (Convolution("C1", maps=1, kernel=1),)
    network = Network("any", words, words, words, Shape(1, 4, 4), layers, Pixels(0.0, 1.0))
    space = run(network)
    found = space[class_name(words)].__doc__
    assert one_line(words) in " ".join(found.split()) or len(words) > 60
    assert set(re.findall(r"^\w+", pytorch_code(network), re.MULTILINE)) == {"import", "from", "class", "if"}
    assert eval(quoted(words)) == words
