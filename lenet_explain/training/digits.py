"""Data sets by key, for processes that may use torch: the embedded ones, and MNIST from its folder."""

from __future__ import annotations

from lenet_explain.data.datasets import Digits, data_folder, dataset_named, load_embedded


def load_digits(key: str) -> Digits:
    """Raises DataError, with what to do, where the data set is unknown or not there."""
    if dataset_named(key).embedded:
        return load_embedded(key)
    from lenet_explain.data.mnist import load_mnist

    return load_mnist(data_folder())
