"""Arrays as NumPy's own file format (NEP 1): ``np.load`` reads them."""

from __future__ import annotations

import io

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["NPY_TYPE", "npy_bytes"]

NPY_TYPE = "application/x-npy"


def npy_bytes(array: Array) -> bytes:
    """The array as little-endian float32 in C order."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array, dtype="<f4"), allow_pickle=False)
    return buffer.getvalue()
