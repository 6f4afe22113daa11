"""Simple methods learned and measured on the same digits as the networks: the one door to scikit-learn.

For worker processes and the command line. What each method keeps and multiplies is worked out in lore.baselines.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from lenet_explain.data.datasets import DataError, Digits
from lenet_explain.lore.baselines import BASELINES, COMPONENTS, HIDDEN, NEIGHBOURS, PASSES, RIDGE, SVM_C, Measured
from lenet_explain.training.digits import load_digits

SEED = 0
CHUNK = 500  # digits answered at once


def measured(key: str, name: str, data: Digits) -> Measured:
    """Learn all training digits by the method `key`, and answer all test digits. name: of the data."""
    model = _MODELS[key]()
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of passes is part of the method
        model.fit(_flat(data.train_images), data.train_labels)
        answers = np.concatenate([model.predict(part) for part in _parts(_flat(data.test_images))])
    right = int((answers == data.test_labels).sum())
    support = int(model.n_support_.sum()) if isinstance(model, SVC) else None
    return Measured(key, name, right, len(data.test_labels), len(data.train_labels), support)


def all_measured(keys: Sequence[str], name: str, data: Digits, stop: Callable[[], bool]) -> Iterator[Measured]:
    """One after the other, until `stop` says so."""
    for key in keys:
        if stop():
            return
        yield measured(key, name, data)


def products(components: NDArray[Any]) -> NDArray[Any]:
    """All products of two components, each pair once, squares among them: (N, 40) → (N, 820)"""
    rows, columns = np.triu_indices(components.shape[1])
    return components[:, rows] * components[:, columns]


def _flat(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 28, 28) → (N, 784), 0 to 1"""
    return (images.reshape(len(images), -1) / np.float32(255)).astype(np.float32)


def _parts(images: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    return (images[first : first + CHUNK] for first in range(0, len(images), CHUNK))


_MODELS: Mapping[str, Callable[[], Any]] = {
    "linear": lambda: RidgeClassifier(alpha=RIDGE, solver="cholesky"),
    "softmax": lambda: LogisticRegression(max_iter=100),
    "k-nn": lambda: KNeighborsClassifier(NEIGHBOURS, algorithm="brute"),
    "pca": lambda: make_pipeline(
        PCA(COMPONENTS, random_state=SEED),
        FunctionTransformer(products),
        RidgeClassifier(alpha=RIDGE, solver="cholesky"),
    ),
    "mlp": lambda: MLPClassifier(
        (HIDDEN,),
        activation="tanh",
        batch_size=128,  # pyright: ignore[reportArgumentType]
        max_iter=PASSES,
        tol=0,
        random_state=SEED,
    ),
    "rbf-svm": lambda: SVC(C=SVM_C, gamma="scale", cache_size=500),
}


def baselines_and_print(options: argparse.Namespace) -> None:
    """One line a method (a JSON object with --json); with --out the file is written after each. There, rows of other
    methods on the same digits stay."""
    keys = options.method or list(BASELINES)
    for key in keys:
        if key not in BASELINES:
            raise DataError(f"--method is {key!r}, and must be one of {', '.join(BASELINES)}")
    data = load_digits(options.data)
    for row in all_measured(keys, options.data, data, lambda: False):
        print(json.dumps(_values(row), ensure_ascii=False) if options.json else _line(row), flush=True)
        if options.out:
            _keep(options.out, row, data)


def _keep(path: Path, row: Measured, data: Digits) -> None:
    here = {"data": row.data, "fingerprint": data.fingerprint, "software": f"scikit-learn {sklearn.__version__}"}
    kept = {one["key"]: one for one in _rows(path, here)} | {row.key: _values(row)}
    rows = [kept[key] for key in BASELINES if key in kept]
    path.write_text(json.dumps(here | {"rows": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _rows(path: Path, here: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those of a file that was measured on the same digits by the same software; none of any other."""
    if not path.exists():
        return []
    try:
        before = json.loads(path.read_text("utf-8"))
        same = all(before[name] == value for name, value in here.items())
        return [one for one in before["rows"] if one["key"] in BASELINES] if same else []
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not a file of baselines: let --out name another") from error


def _values(row: Measured) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if value is not None}


def _line(row: Measured) -> str:
    cost = row.cost
    return (
        f"{row.baseline.title:22} {row.error:6.2f} % of {row.total:,} misread  "
        f"kept {cost.kept.line}  macs {cost.macs.line}"
    )
