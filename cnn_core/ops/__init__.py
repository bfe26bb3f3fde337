"""Pure functions on arrays, each operator with its vector-Jacobian product beside it.

Maps are ``(N, C, H, W)``, vectors ``(N, F)``. Float32 in gives float32 out, float64 gives float64.
"""
