"""Memory that a training step frees is kept for the next one, which wants just as much."""

from __future__ import annotations

import ctypes
import os
import sys

__all__ = ["keep_freed_memory"]

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Names of options in glibc's malloc.h."""


def keep_freed_memory() -> bool:
    """Have this process keep what it frees until it ends, where the C library is glibc; whether it does.

    By default large arrays go back to the system at once, and each page of the next one costs a fault and
    is filled with zeros: a tenth of the processor time of a step of small layers.

    Reference: mallopt(3), M_MMAP_MAX and M_TRIM_THRESHOLD.
    """
    if not sys.platform.startswith("linux") or "CS_GNU_LIBC_VERSION" not in os.confstr_names:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # a C library that takes glibc's place, without its options
        return False
    return bool(mallopt(_MMAP_MAX, 0) and mallopt(_TRIM_THRESHOLD, 2**31 - 1))
