"""The shift lab's results as messages: numbers for HTTP, numbers and maps for the live socket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.equivariance import Comparison, LayerComparison, consistency
from cnn_core.layers.base import Array
from cnn_core.preprocess import Crop, InputSpec, Pixels, to_pixels

from .schemas import CropSchema
from .shift_schemas import InvarianceSchema, NodeEquivariance, SweepSummary

__all__ = [
    "crop_schema",
    "invariance",
    "layer_maps",
    "liveliest_channel",
    "node_equivariance",
    "seen_pixels",
    "sweep_summary",
]

_SHOWN_CLASSES: Final = 3


def crop_schema(crop: Crop) -> CropSchema:
    """The part of the image that is looked at."""
    return CropSchema(left=crop.left, top=crop.top, width=crop.width, height=crop.height)


def node_equivariance(layer: LayerComparison) -> NodeEquivariance:
    """A layer's comparison in numbers."""
    return NodeEquivariance(
        node=layer.node,
        stride=list(layer.stride),
        move=None if layer.move is None else list(layer.move),
        error=layer.error,
        differing=layer.differing,
        compared=layer.compared,
        exact=layer.exact,
        left_out=layer.left_out,
        interpolated=layer.interpolated,
        edge=layer.edge,
        error_inside=layer.error_inside,
        differing_inside=layer.differing_inside,
    )


def layer_maps(layer: LayerComparison, channel: int, still: Array) -> dict[str, Any]:
    """One channel's two maps, where they are compared, and the scale of f(x), which does not move.

    Their difference is left to who gets them: it would be a third of a message.

    Shape:
        still: ``(C, H, W)``, f(x).
    """
    first, after = layer.first[channel], layer.after[channel]
    whole = bool(layer.kept.all())
    return {
        "shape": list(layer.first.shape),
        "channel": channel,
        "scale": [float(still[channel].min()), float(still[channel].max())],
        "layer_scale": [float(still.min()), float(still.max())],
        "shifted_input": first,
        "shifted_map": after,
        "compared_mask": None if whole else layer.kept.astype(np.uint8),
    }


def liveliest_channel(maps: Array) -> int:
    """The channel that makes most of its colours: the largest deviation, in units of its largest value.

    A map with a few bright places, or with one value all over, says little about what moves along.

    Shape:
        maps: ``(C, H, W)``.
    """
    largest = np.abs(maps).max(axis=(1, 2))
    spread = maps.std(axis=(1, 2)) / np.where(largest > 0, largest, 1)
    return int(spread.argmax())


def seen_pixels(comparison: Comparison, spec: InputSpec) -> Pixels:
    """The moved photo as the network gets it, in pixels again: uint8 ``(H, W, 3)``."""
    return to_pixels(comparison.image, spec)


def invariance(
    labels: Sequence[str], fill: str, before: NDArray[np.float32], after: NDArray[np.float32]
) -> InvarianceSchema:
    """Class probabilities before and after, and the classes that matter."""
    order = np.argsort(-np.maximum(before, after), kind="stable")[:_SHOWN_CLASSES]
    return InvarianceSchema(
        labels=list(labels), fill=fill, before=before.tolist(), after=after.tolist(), top=order.tolist()
    )


def sweep_summary(labels: Sequence[str], top: NDArray[np.integer]) -> SweepSummary:
    """How steady the first class is.

    Shape:
        top: ``(2R+1, 2R+1)`` class numbers; the middle is the unmoved photo.
    """
    middle = top.shape[0] // 2
    first = int(top[middle, middle])
    shifts = top.size - 1
    flips = int((top != first).sum())
    return SweepSummary(
        label=labels[first],
        class_index=first,
        shifts=shifts,
        flips=flips,
        flip_rate=flips / shifts,
        consistency=consistency(top),
    )
