"""Operators that pick or replace single values at places that are known: each output is a copy of an input.

Where a value comes from is found by doing the operator to the numbers of the places.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import BadModelFile, ModelLimit, UnsupportedOperator
from cnn_core.layers import Concat, Gather
from cnn_core.onnx_import.operators.deciding import fixed
from cnn_core.onnx_import.operators.views import led, own_shape
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Tensor, Value, held

__all__ = ["SCATTERED"]

Row = Callable[[Step], Value]
Places = NDArray[np.int64]

MOST = 1_000_000
"""Values that may be picked one by one."""


def _numbered(step: Step, x: Tensor) -> Places:
    """The places of the file's tensor, counted through."""
    shape = own_shape(step, x)
    return np.arange(prod(shape), dtype=np.int64).reshape(shape)


def _picked(step: Step, x: Tensor, places: Places) -> Value:
    """The values of x at these places, which have the shape of the file's output."""
    shape = led(step, x, places.shape)
    if places.size > MOST:
        raise ModelLimit(f"ONNX file: {step.who} picks {places.size:,} values, at most {MOST:,} are read")
    each = prod(x.shape[1:])
    if len(shape) < 2 or shape[0] != x.shape[0] or not places.size:
        raise UnsupportedOperator(f"{step.who}: images would not stay apart")
    rows = places.reshape(shape[0], -1) - each * np.arange(shape[0])[:, np.newaxis]
    if (rows != rows[0]).any() or rows.min() < 0 or rows.max() >= each:
        raise UnsupportedOperator(f"{step.who}: images would not stay apart")
    layer = Gather((each,), held(shape)[1:], 0, tuple(rows[0].tolist()))
    return step.make(layer, x, shape=shape)


def _gather_elements(step: Step) -> Value:
    x, indices = step.tensor(), step.numbers(1)
    numbered = _numbered(step, x)
    axis = int(step.attribute("axis", 0)) % numbered.ndim
    cut = tuple(slice(None if at == axis else size) for at, size in enumerate(indices.shape))
    return _picked(step, x, np.take_along_axis(numbered[cut], indices, axis))


def _gather_nd(step: Step) -> Value:
    x, indices = step.tensor(), step.numbers(1)
    numbered, batch = _numbered(step, x), int(step.attribute("batch_dims", 0))
    front = indices.shape[:batch]
    parts = [numbered[at][tuple(np.moveaxis(indices[at], -1, 0))] for at in np.ndindex(*front)]
    return _picked(step, x, np.stack(parts).reshape(*front, *parts[0].shape))


def _compress(step: Step) -> Value:
    x, wanted = step.tensor(), step.numbers(1).astype(np.bool_)
    return _picked(step, x, np.compress(wanted, _numbered(step, x), step.attribute("axis")))


def _reverse_sequence(step: Step) -> Value:
    """The first so many values along one axis in turn, as many as is said for each place of another."""
    x, lengths = step.tensor(), step.numbers(1)
    places = _numbered(step, x)
    across, along = int(step.attribute("batch_axis", 1)), int(step.attribute("time_axis", 0))
    rows = np.moveaxis(places, (across, along), (0, 1))
    for row, length in zip(rows, lengths, strict=True):
        row[:length] = row[:length][::-1].copy()
    return _picked(step, x, places)


def _scatter_elements(step: Step) -> Value:
    indices = step.numbers(1)

    def placed(into: Places, fresh: Places) -> None:
        axis = int(step.attribute("axis", 0)) % into.ndim
        at = list(np.indices(indices.shape))
        at[axis] = indices % into.shape[axis]
        into[tuple(at)] = fresh.reshape(indices.shape)

    return _scattered(step, placed)


def _scatter_nd(step: Step) -> Value:
    indices = step.numbers(1)

    def placed(into: Places, fresh: Places) -> None:
        where = tuple(np.moveaxis(indices, -1, 0))
        into[where] = fresh.reshape(into[where].shape)

    return _scattered(step, placed)


def _scattered(step: Step, placed: Callable[[Places, Places], None]) -> Value:
    """The first input, some of its values replaced by those of the third: picked from both in a row."""
    if step.attribute("reduction", "none") != "none":
        raise UnsupportedOperator(f"{step.who}: it adds up what is written to one place")
    data, updates = step.value(0), step.value(2)
    image = next((each for each in (data, updates) if not isinstance(each, np.ndarray)), None)
    if image is None:
        raise BadModelFile(f"ONNX file: {step.who} reads constants alone")
    beside = step.network.settle(image, step.who)
    own = tuple(data.shape) if isinstance(data, np.ndarray) else own_shape(step, data)
    if not step.network.lead and (beside.shape[0] != 1 or own[0] != 1):
        raise UnsupportedOperator(f"{step.who}: images would not stay apart")
    places = np.arange(prod(own), dtype=np.int64).reshape(own)
    fresh = np.arange(prod(updates.shape), dtype=np.int64) + places.size
    placed(places, fresh)
    rows = [_in_a_row(step, each, beside, name) for each, name in ((data, "before"), (updates, "written"))]
    both = step.make(Concat(1), *rows, part="both")
    return _picked(step, both, places)


def _in_a_row(step: Step, value: Value, beside: Tensor, part: str) -> Tensor:
    """All numbers of a value as a vector."""
    if isinstance(value, np.ndarray):
        row: Known = value.reshape(1, -1) if not step.network.lead else value.ravel()
        return fixed(step, row, Tensor(beside.node, (beside.shape[0], row.size)), part)
    x = step.network.settle(value, step.who)
    return step.seen_as(x, (1, prod(x.shape)), part)


SCATTERED: dict[str, Row] = {
    "Compress": _compress,
    "GatherElements": _gather_elements,
    "GatherND": _gather_nd,
    "ReverseSequence": _reverse_sequence,
    "Scatter": _scatter_elements,
    "ScatterElements": _scatter_elements,
    "ScatterND": _scatter_nd,
}
