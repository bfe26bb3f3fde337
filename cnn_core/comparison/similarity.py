"""How alike two layers are that share no channels: linear CKA.

Kornblith, Norouzi, Lee and Hinton 2019, Similarity of Neural Network Representations Revisited, section 3.
Every image is one example, all values of a layer its features. With few images the plain estimator is close
to 1 for any two layers; here it is the unbiased one (Song et al. 2012, section 3.1; Nguyen, Raghu and
Kornblith 2021, equation 3).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import BadInput, ShapeError
from cnn_core.layers.base import Array

__all__ = ["LEAST_IMAGES", "Gram", "gram_matrices", "linear_cka", "similarity_table"]

LEAST_IMAGES = 4
"""The unbiased estimator divides by n - 3."""

FLAT = 1e-12
"""A layer that varies by less than this share of its size says the same of every image."""

Gram = NDArray[np.float64]


def linear_cka(a: Gram, b: Gram) -> float | None:
    """Linear CKA of two layers, from the products of the examples with one another.

    1 if the layers are the same up to rotation and one scale, about 0 if they are independent; None if one of
    them does not tell the examples apart.

    Shape:
        both ``(n, n)``: ``X @ X.T`` of the features ``X (n, p)``; n at least ``LEAST_IMAGES``.

    Raises:
        ShapeError: they are no square matrices of one size.
        BadInput: there are fewer than ``LEAST_IMAGES`` examples.
    """
    if a.ndim != 2 or a.shape != b.shape or a.shape[0] != a.shape[1]:
        raise ShapeError(f"linear_cka: wanted two (n, n) matrices, got {a.shape} and {b.shape}")
    if len(a) < LEAST_IMAGES:
        raise BadInput(f"linear_cka: wanted {LEAST_IMAGES} images or more, got {len(a)}")
    one, other = _centred(a), _centred(b)
    if one is None or other is None:
        return None
    return float((one * other).sum())


def similarity_table(a: Mapping[str, Gram], b: Mapping[str, Gram]) -> dict[str, dict[str, float | None]]:
    """``linear_cka`` of every layer of A with every layer of B: ``table[layer of a][layer of b]``.

    Raises:
        ShapeError, BadInput: as ``linear_cka``.
    """
    return {name: {other: linear_cka(one, two) for other, two in b.items()} for name, one in a.items()}


def gram_matrices(
    outputs: Callable[[int], Mapping[str, Array]], count: int, nodes: Collection[str], held: int
) -> dict[str, Gram]:
    """The products of ``count`` examples with one another, ``(count, count)``, for every node.

    ``outputs(i)`` runs example i. At most ``held`` of their outputs are kept at a time, and one more; with
    fewer than ``count`` examples run several times.

    Shape:
        every output of one example, ``(1, ...)``.
    """
    found = {node: np.zeros((count, count)) for node in nodes}
    for first in range(0, count, held):
        block = range(first, min(first + held, count))
        rows = [outputs(i) for i in block]
        kept = {node: np.stack([row[node].astype(np.float64).reshape(-1) for row in rows]) for node in nodes}
        for node, features in kept.items():
            found[node][first : block.stop, first : block.stop] = features @ features.T
        for other in range(block.stop, count):
            row = outputs(other)
            for node, features in kept.items():
                products = features @ row[node].astype(np.float64).reshape(-1)
                found[node][first : block.stop, other] = found[node][other, first : block.stop] = products
    return found


def _centred(gram: Gram) -> Gram | None:
    """U-centred (Székely and Rizzo 2014, definition 2) and of length 1; None if nothing is left.

    The product of two of them is what Song et al. estimate without bias.
    """
    n = len(gram)
    off = gram - np.diag(np.diag(gram))
    sums = off.sum(axis=0)
    centred: Gram = off - (sums[:, np.newaxis] + sums) / (n - 2) + sums.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(centred, 0.0)
    length = float(np.linalg.norm(centred))
    return centred / length if length > FLAT * float(np.linalg.norm(gram)) else None
