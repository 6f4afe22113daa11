"""torchvision, brought in so that it also works beside a CPU-only torch. Only worker processes import this.

The Linux wheel on the package index is built for CUDA. Beside a torch without CUDA its compiled operators cannot
load, and then importing torchvision fails on the missing schema of `nms`. Nothing here computes with those
operators; declaring the schemas is enough for data sets, transforms and models.
Not covered: calling nms or qnms in such a pairing, which raises NotImplementedError.
"""

from __future__ import annotations

import torch

__all__ = ["datasets", "downloads", "models", "torchvision", "transforms"]


def _declare_operators() -> torch.library.Library:
    """The declaration lasts as long as the library returned is kept."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


try:
    import torchvision
except RuntimeError as error:
    if "torchvision::nms" not in str(error):
        raise
    _OPERATORS = _declare_operators()
    import torchvision

from torchvision import datasets, models  # noqa: E402 — only now can it be imported
from torchvision.datasets import utils as downloads  # noqa: E402
from torchvision.transforms import v2 as transforms  # noqa: E402
