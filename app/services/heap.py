"""What the C library's allocator holds for this process: values in use, and what it keeps though it is free.

Every thread has an arena of its own, and an arena gives pages back from its end alone: one small value that
lives behind the arrays of a request holds all their pages. So these are given back from time to time.
"""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from functools import cache

__all__ = ["KEPT", "Heap", "give_back", "heap"]

KEPT = 8 << 20
"""Free bytes that are worth keeping for the next request: less is not given back."""


@dataclass(frozen=True, slots=True)
class Heap:
    """Bytes in use, those mapped on their own included, and free bytes that the allocator keeps."""

    used: int
    free: int


class _Mallinfo(ctypes.Structure):
    """The fields of glibc's ``struct mallinfo2``, in its order."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def heap() -> Heap:
    """The allocator's own count; zeros where the C library is not glibc 2.33 or later.

    Reference: mallinfo(3).
    """
    library = _library()
    if library is None:
        return Heap(0, 0)
    told = library.mallinfo2()
    return Heap(told.uordblks + told.hblkhd, told.fordblks)


def give_back() -> bool:
    """Give free pages back to the system if there are more than ``KEPT`` bytes; whether it was done.

    Reference: malloc_trim(3).
    """
    library = _library()
    if library is None or heap().free <= KEPT:
        return False
    return bool(library.malloc_trim(0))


@cache
def _library() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux") or "CS_GNU_LIBC_VERSION" not in os.confstr_names:
        return None
    library = ctypes.CDLL(None)
    try:
        library.mallinfo2.restype = _Mallinfo
        library.malloc_trim.argtypes = [ctypes.c_size_t]
    except AttributeError:  # an older one, or one that takes glibc's place
        return None
    return library
