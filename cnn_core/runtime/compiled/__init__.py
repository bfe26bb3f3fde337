"""Kernels that Numba compiles, where it is installed (extra ``fast``) and once it has done so."""

from cnn_core.runtime.compiled.loading import functions, load, load_behind

__all__ = ["functions", "load", "load_behind"]
