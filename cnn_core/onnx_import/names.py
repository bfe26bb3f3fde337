"""Names that are safe in an address, a CSV file and a file's name."""

from __future__ import annotations

import re

__all__ = ["safe_name"]

LONGEST = 80
"""Characters of a name that are kept, its last ones: they tell siblings apart."""


def safe_name(wanted: str) -> str:
    """What of a name is letters, digits, ``_``, ``-`` and single full stops within; may be nothing.

    >>> safe_name("/layer1/conv,<b>")
    'layer1.conv.b'
    """
    name = re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9_.-]+", ".", wanted)).strip(".-")
    return name[-LONGEST:].strip(".-")
