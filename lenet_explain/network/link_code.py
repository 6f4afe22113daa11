"""A text as a short word that fits in a link, and back."""

from __future__ import annotations

import base64
import binascii
import zlib

from lenet_explain.network.description import LARGEST_TEXT
from lenet_explain.network.layers.shape import DescriptionError

LONGEST_CODE = 8_000  # characters; servers refuse much longer links, and no draft's shortest spelling has more


def code_of(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def text_of_code(code: str) -> str:
    """Raises DescriptionError for what `code_of` cannot have made; never more than LARGEST_TEXT is unpacked."""
    if len(code) > LONGEST_CODE:
        raise DescriptionError(f"the link's network has {len(code):,} characters, and may have {LONGEST_CODE:,}")
    try:
        packed = base64.b64decode(code.encode("ascii") + b"=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, LARGEST_TEXT + 1)
        if len(content) > LARGEST_TEXT or not unpacking.eof or unpacking.unused_data:
            raise DescriptionError("the link's network is cut short or too long: ask for the link again")
        return content.decode()
    except (UnicodeError, binascii.Error, zlib.error) as error:
        raise DescriptionError("the link's network cannot be read: ask for the link again") from error
