"""The shift lab's records as messages: numbers for HTTP, numbers and maps for the live socket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import singledispatch
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.equivariance import LayerComparison, consistency
from cnn_core.preprocess import Crop

from ..errors import Problem
from ..services.shift_answers import (
    CurvePart,
    Invariance,
    LayerResult,
    LayerWish,
    Result,
    SweepPart,
    Variant,
    Wish,
)
from ..services.shift_contrast import Contrast
from ..services.shift_views import Movement, View
from ..services.trace_service import Subject
from .live_frames import Rgba
from .live_schemas import (
    BorderMessage,
    ContrastMessage,
    CurveMessage,
    CurvePoint,
    LayerMaps,
    LiveMessage,
    PoolingMessage,
    ResultMessage,
    SweepMessage,
)
from .schemas import CropSchema
from .shift_schemas import InvarianceSchema, LiveState, NodeEquivariance, SweepSummary

__all__ = ["crop_schema", "invariance", "live_message", "node_equivariance", "sweep_summary", "wish_of"]

_SHOWN_CLASSES: Final = 3


def crop_schema(crop: Crop) -> CropSchema:
    """The part of the image that is looked at."""
    return CropSchema(left=crop.left, top=crop.top, width=crop.width, height=crop.height)


def node_equivariance(layer: LayerComparison) -> NodeEquivariance:
    """A layer's comparison in numbers."""
    return NodeEquivariance(**_numbers(layer))


def invariance(found: Invariance) -> InvarianceSchema:
    """Class probabilities before and after, and the classes that matter."""
    order = np.argsort(-np.maximum(found.before, found.after), kind="stable")[:_SHOWN_CLASSES]
    return InvarianceSchema(
        labels=list(found.labels),
        fill=found.fill,
        before=found.before.tolist(),
        after=found.after.tolist(),
        top=order.tolist(),
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


def wish_of(state: LiveState, subject: Subject) -> Wish:
    """What a state asks of the shift lab.

    Raises:
        Problem: 422, it asks for what there is of shifts alone.
    """
    if state.transform != "shift" and (state.curve or state.sweep or state.contrast):
        raise Problem(
            422, "Shifts only", "curve, sweep and contrast need transform 'shift'; set them to 0 and false."
        )
    return Wish(
        view=View(subject, state.border, state.pooling, state.size),
        movement=Movement(state.transform, state.dx, state.dy, state.angle, state.factor),
        layers=tuple(LayerWish(layer.node, layer.channel) for layer in state.layers),
        curve=state.curve,
        sweep=state.sweep,
        variants=state.variants,
        contrast=state.contrast,
    )


@singledispatch
def live_message(part: Any, seq: int, state: LiveState) -> LiveMessage:
    """A part of the answer to a state as a message."""
    raise TypeError(f"live_message: wanted a part of an answer, got {type(part).__name__}")


@live_message.register
def _(part: Result, seq: int, state: LiveState) -> LiveMessage:
    opened = part.opened
    asked = state.model_dump(
        include={"model", "image", "transform", "dx", "dy", "angle", "factor", "border", "pooling"}
    )
    return ResultMessage(
        seq=seq,
        **asked,
        crop=crop_schema(opened.view.subject.crop),
        size=(opened.height, opened.width),
        changes=opened.changes,
        picture=Rgba(part.picture),
        exposed=None if part.exposed is None else part.exposed.astype(np.uint8),
        layers=[_maps(layer) for layer in part.layers],
        probabilities=None if part.probabilities is None else invariance(part.probabilities),
        milliseconds=part.milliseconds,
    )


@live_message.register
def _(part: Variant, seq: int, state: LiveState) -> LiveMessage:
    layers = [node_equivariance(layer) for layer in part.layers]
    view = part.view
    if part.what == "pooling":
        return PoolingMessage(seq=seq, pooling=view.pooling, trained=part.trained, layers=layers)
    return BorderMessage(seq=seq, border=view.border, trained=part.trained, layers=layers)


@live_message.register
def _(part: CurvePart, seq: int, state: LiveState) -> LiveMessage:
    shares = None if part.probabilities is None else part.probabilities.tolist()
    point = CurvePoint(**asdict(part.point), probabilities=shares)
    return CurveMessage(seq=seq, key=part.key, range=part.reach, dy=part.dy, points=[point])


@live_message.register
def _(part: SweepPart, seq: int, state: LiveState) -> LiveMessage:
    return SweepMessage(
        seq=seq,
        key=part.key,
        max_shift=part.max_shift,
        dy=part.row.dy,
        top=part.row.top.tolist(),
        probability=part.row.probability.tolist(),
        summary=None if part.top is None else sweep_summary(part.labels, part.top),
    )


@live_message.register
def _(part: Contrast, seq: int, state: LiveState) -> LiveMessage:
    found = part.found
    return ContrastMessage(
        seq=seq,
        model=part.model,
        node=found.node,
        inputs=found.inputs,
        outputs=found.outputs,
        change=found.change,
        unrelated=found.unrelated,
        moved=found.moved,
        rest=found.rest,
        other=part.other,
    )


def _maps(layer: LayerResult) -> LayerMaps:
    compared = layer.compared
    channels, rows, columns = compared.first.shape
    return LayerMaps(
        **_numbers(compared),
        kind=layer.kind,
        shape=(channels, rows, columns),
        channel=layer.channel,
        scale=layer.scale,
        layer_scale=layer.layer_scale,
        shifted_input=compared.first[layer.channel],
        shifted_map=compared.after[layer.channel],
        compared_mask=None if compared.kept.all() else compared.kept.astype(np.uint8),
    )


def _numbers(layer: LayerComparison) -> dict[str, Any]:
    return {name: getattr(layer, name) for name in NodeEquivariance.model_fields}
