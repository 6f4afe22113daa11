"""The learned numbers of torch modules under this project's names: out for pictures and files, in for a start."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lenet_explain.backends.starting_weights import Weights

_NAMES = {  # torch's name → ours, where they differ
    nn.Conv2d: {"weight": "kernels"},
    nn.Linear: {"weight": "weights"},
    nn.BatchNorm2d: {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"},
}


def named_arrays(module: nn.Module) -> dict[str, Tensor]:
    """A layer's own learned or measured tensors under this project's names."""
    names = next((names for kind, names in _NAMES.items() if isinstance(module, kind)), {})
    measured = [(own, value) for own, value in module.named_buffers() if own in names]
    return {names.get(own, own): value for own, value in (*module.named_parameters(), *measured)}


def weights_of(modules: nn.ModuleDict) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Copies of every learned or measured array, laid out as `starting_weights` says."""
    learned = {
        name: {own: value.detach().cpu().numpy().copy() for own, value in named_arrays(module).items()}
        for name, module in modules.items()
    }
    return {name: arrays for name, arrays in learned.items() if arrays}


def fill(modules: nn.ModuleDict, weights: Weights) -> None:
    """Put every array into its module, in place. The names and shapes must be the modules' own."""
    with torch.no_grad():
        for name, module in modules.items():
            for own, value in named_arrays(module).items():
                array = torch.from_numpy(weights[name][own])
                if array.shape != value.shape:
                    raise ValueError(
                        f"{name}: {own} has shape {tuple(array.shape)}, and must have {tuple(value.shape)}"
                    )
                value.copy_(array)
