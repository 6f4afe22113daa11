"""The learned numbers of torch modules under this project's names: out for pictures and files, in for a start."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lenet_explain.start import Weights

_NAMES = {  # torch's name → ours, where they differ
    nn.Conv2d: {"weight": "kernels"},
    nn.Linear: {"weight": "weights"},
    nn.BatchNorm2d: {"weight": "scale", "bias": "shift"},
}


def _named(module: nn.Module) -> dict[str, nn.Parameter]:
    names = next((names for kind, names in _NAMES.items() if isinstance(module, kind)), {})
    return {names.get(own, own): value for own, value in module.named_parameters()}


def weights_of(modules: nn.ModuleDict) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Copies of every learned array, laid out as `start.starting_weights` says."""
    learned = {
        name: {own: value.detach().cpu().numpy().copy() for own, value in _named(module).items()}
        for name, module in modules.items()
    }
    return {name: arrays for name, arrays in learned.items() if arrays}


def fill(modules: nn.ModuleDict, weights: Weights) -> None:
    """Put every array into its module, in place. The names and shapes must be the modules' own."""
    with torch.no_grad():
        for name, module in modules.items():
            for own, value in _named(module).items():
                array = torch.from_numpy(weights[name][own])
                if array.shape != value.shape:
                    raise ValueError(
                        f"{name}: {own} has shape {tuple(array.shape)}, and must have {tuple(value.shape)}"
                    )
                value.copy_(array)
