"""What training minimises."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.ops.windows import Array

__all__ = ["softmax_cross_entropy"]


def softmax_cross_entropy(
    logits: Array, labels: NDArray[np.integer], smoothing: float = 0.0
) -> tuple[float, Array]:
    """Mean over the batch of -sum(target * log softmax(logits)), and its gradient.

    The target is ``1 - smoothing`` on the label plus ``smoothing / K`` on every one of the K classes, as in
    PyTorch's ``CrossEntropyLoss``. The gradient is (softmax - target) / N.

    Shape:
        logits: ``(N, K)``, labels: ``(N,)`` integers below K, gradient: ``(N, K)``.

    Raises:
        ShapeError: labels do not fit the logits.

    Reference: Szegedy et al. 2016, Rethinking the Inception Architecture, section 7 (smoothing).
    """
    _check_labels(logits, labels)
    count, classes = logits.shape
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.full(logits.shape, smoothing / classes, logits.dtype)
    target[np.arange(count), labels] += 1 - smoothing
    loss = -float((target * log_softmax).sum(dtype=np.float64)) / count
    return loss, (np.exp(log_softmax) - target) / count


def _check_labels(logits: Array, labels: NDArray[np.integer]) -> None:
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or not len(labels):
        raise ShapeError(
            f"softmax_cross_entropy: logits and labels must be (N, K) and (N,), "
            f"got {logits.shape} and {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ShapeError(
            f"softmax_cross_entropy: labels must be 0 to {logits.shape[1] - 1}, "
            f"got {labels.min()} to {labels.max()}"
        )
