"""What training minimises."""

from __future__ import annotations

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.ops.windows import Array

__all__ = ["softmax_cross_entropy"]


def softmax_cross_entropy(logits: Array, labels: Array, smoothing: float = 0.0) -> tuple[float, Array]:
    """Mean over the batch of -sum(target * log softmax(logits)), and its gradient.

    The target is ``1 - smoothing`` on the label plus ``smoothing / K`` on every one of the K classes, as in
    PyTorch's ``CrossEntropyLoss``. The gradient is (softmax - target) / N.

    Shape:
        logits: ``(N, K)``, gradient: ``(N, K)``, labels: ``(N,)`` integers below K, or, where images have
        shares of several classes, ``(N, K)`` shares that add up to 1.

    Raises:
        ShapeError: labels do not fit the logits.

    Reference: Szegedy et al. 2016, Rethinking the Inception Architecture, section 7 (smoothing).
    """
    count = len(logits)
    target = _target(logits, labels, smoothing)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -float((target * log_softmax).sum(dtype=np.float64)) / count
    return loss, (np.exp(log_softmax) - target) / count


def _target(logits: Array, labels: Array, smoothing: float) -> Array:
    if labels.ndim == 2:
        _check_shares(logits, labels)
        shares: Array = labels.astype(logits.dtype, copy=False)
        spread: Array = shares * (1 - smoothing) + smoothing / logits.shape[1]
        return spread
    _check_labels(logits, labels)
    target = np.full(logits.shape, smoothing / logits.shape[1], logits.dtype)
    target[np.arange(len(labels)), labels] += 1 - smoothing
    return target


def _check_shares(logits: Array, shares: Array) -> None:
    if shares.shape != logits.shape or not len(shares):
        raise ShapeError(
            f"softmax_cross_entropy: shares of classes must be as the logits, {logits.shape}, "
            f"got {shares.shape}"
        )
    if shares.min() < 0 or np.abs(shares.sum(axis=1) - 1).max() > 1e-3:
        raise ShapeError("softmax_cross_entropy: the shares of an image must be 0 or more and add up to 1")


def _check_labels(logits: Array, labels: Array) -> None:
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
