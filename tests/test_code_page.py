"""The page of the code: every form of every network, its file, and what the web process loads for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest
from visit import Scripted, shown

from lenet_explain.export.pytorch import pytorch_code
from lenet_explain.network.activations import SOFTMAX
from lenet_explain.network.description import Draft, text_of
from lenet_explain.network.fitting import own_network
from lenet_explain.network.layers import BatchNormalisation, Convolution, Dense
from lenet_explain.network.link_code import code_of
from lenet_explain.network.named import NETWORKS
from lenet_explain.ui.counting.code import FORMS

PAGE = "pages/counting/code.py"
OWN = text_of(
    Draft(28, "unit", (Convolution("None", 2, 3), BatchNormalisation("True"), Dense("OUT", 10, activation=SOFTMAX)))
)


def codes(app: AppTest) -> list[str]:
    """As they are shown: without the last line's end."""
    return [block.value for block in app.code]


def test_what_is_shown_is_the_chosen_networks(app: AppTest, jobs: Scripted) -> None:
    for key, network in NETWORKS.items():
        shown(app, PAGE, {"network": key})
        assert codes(app)[0] == pytorch_code(network).strip()
        assert f'load_file("{key}-' in codes(app)[1]


def test_what_the_library_lacks_is_told(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"network": "lenet5"})
    assert "`Subsampling`, `SparseConv2d`, `RadialBasis`" in app.markdown[0].value
    shown(app, PAGE, {"network": "lenet-modern", "form": "keras"})
    assert "Keras has every layer of this network" in app.markdown[0].value


def test_a_network_of_ones_own_has_every_form_and_no_trained_weights(app: AppTest, jobs: Scripted) -> None:
    shown(app, PAGE, {"network": "yours", "own": code_of(OWN)})
    assert codes(app) == [pytorch_code(own_network(OWN)).strip()]
    assert "There are none of this network yet" in app.caption[-1].value
    for form in FORMS:
        app.get("button_group")[0].set_value(form).run()  # pyright: ignore[reportAttributeAccessIssue]
        assert not app.exception, form
        assert not app.error, form
        [file] = [one.proto.label for one in app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
        assert file.endswith(FORMS[form].ending), form


def test_the_page_loads_neither_onnx_nor_keras(root: Path) -> None:
    program = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        f"app.query_params['form'] = 'onnx'\napp.switch_page({PAGE!r}).run()\n"
        "assert not app.exception and app.code, app\n"
        "print(sorted({'onnx', 'keras', 'onnxruntime', 'torch', 'pandas'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
