"""Digits as small pictures that a browser shows without asking for a file."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from lenet_explain.data.datasets import Bytes


def address(image: Bytes, scale: int = 1) -> str:
    """(28, 28), 255 is ink → the picture itself as an address, dark on light as on paper; a pixel becomes
    scale×scale. So none is asked for after it has been dropped."""
    file = io.BytesIO()
    large = np.repeat(np.repeat(255 - image, scale, axis=0), scale, axis=1)
    Image.fromarray(large).save(file, "png")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
