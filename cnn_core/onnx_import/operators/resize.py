"""Resize and Upsample: maps of another size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from cnn_core.errors import BadModelFile, ModelLimit, UnsupportedOperator
from cnn_core.layers import AddConstant, Resize2d
from cnn_core.onnx_import.step import Step, like
from cnn_core.onnx_import.values import Tensor, Value
from cnn_core.ops.resize import COORDINATES, MODES, ROUNDINGS

__all__ = ["RESIZE"]


def _resize(step: Step) -> Value:
    """Since operator set 11 the file says where coordinates lie; in 10 it was as in Upsample."""
    if step.opset < 11:
        return _upsample(step)
    x = step.map()
    scales, sizes = _wanted(step, x)
    mode = step.attribute("mode", "nearest")
    coordinates = step.attribute("coordinate_transformation_mode", "half_pixel")
    rounding = step.attribute("nearest_mode", "round_prefer_floor")
    for name, value, known in (
        ("mode", mode, MODES),
        ("coordinate_transformation_mode", coordinates, COORDINATES),
        ("nearest_mode", rounding, ROUNDINGS),
    ):
        if value not in known:
            raise UnsupportedOperator(
                f"{step.who}: {name} {value[:40]!r} is not known here, {', '.join(known)} are"
            )
    rows, columns = _part(step, x) if coordinates == "tf_crop_and_resize" else ((0.0, 1.0), (0.0, 1.0))
    told = Resize2d(
        (1, 1),
        mode,
        coordinates,
        rounding,
        cubic=step.attribute("cubic_coeff_a", -0.75),
        outside=not step.attribute("exclude_outside", 0),
        antialias=bool(step.attribute("antialias", 0)),
        rows=rows,
        columns=columns,
    )
    outside = float(step.attribute("extrapolation_value", 0.0))
    if coordinates != "tf_crop_and_resize" or not outside:
        return _made(step, x, sizes, scales, told)
    made = _made(step.part("inside"), x, sizes, scales, told)
    return _filled(step, x, made, outside)


def _filled(step: Step, x: Tensor, made: Tensor, outside: float) -> Value:
    """Another number than 0 where the map was left: added there, and nothing elsewhere."""
    layer = step.network.nodes[made.node].layer
    ones = np.ones((1, 1, *(*x.shape[2:], 1)[:2]), np.float32)
    left = (outside * (1 - layer.forward({}, ones).output[0, 0])).astype(np.float32)
    return step.make(AddConstant(left.shape), made, shape=made.shape, parameters={"constant": left})


def _part(step: Step, x: Tensor) -> tuple[tuple[float, float], tuple[float, float]]:
    """What of rows and columns is cropped: starts of all axes, then ends."""
    rank = len(x.shape)
    axes = [int(axis) % rank for axis in step.attribute("axes") or range(rank)]
    told = [float(value) for value in np.ravel(step.numbers(1))]
    if len(told) != 2 * len(axes):
        raise BadModelFile(f"ONNX file: {step.who} crops {len(axes)} axes by {len(told)} numbers")
    parts = {axis: (told[at], told[at + len(axes)]) for at, axis in enumerate(axes)}
    return parts.get(2, (0.0, 1.0)), parts.get(3, (0.0, 1.0))


def _upsample(step: Step) -> Value:
    x, scales = step.map(), step.attribute("scales")
    factors = [float(value) for value in (np.ravel(step.numbers(1)) if scales is None else scales)]
    mode = {"bilinear": "linear"}.get(found := step.attribute("mode", "nearest"), found)
    if mode not in MODES:
        raise UnsupportedOperator(f"{step.who}: mode {mode[:40]!r} is not known here, {', '.join(MODES)} are")
    _check_factors(step, x, factors)
    return _made(step, x, _sizes(x, factors), factors, Resize2d((1, 1), mode, "asymmetric", "floor"))


def _wanted(step: Step, x: Tensor) -> tuple[list[float], list[int]]:
    """Scale and size along every axis of the file."""
    rank = len(x.shape)
    axes = [int(axis) % rank for axis in step.attribute("axes") or range(rank)]
    given = step.numbers(2) if step.given(2) and step.numbers(2).size else None
    if given is not None:
        factors = [1.0] * rank
        for axis, factor in zip(axes, np.ravel(given), strict=True):
            factors[axis] = float(factor)
        _check_factors(step, x, factors)
        return factors, _sizes(x, factors)
    sizes = list(x.shape)
    for axis, size in zip(axes, np.ravel(step.numbers(3)), strict=True):
        sizes[axis] = int(size)
    _check_factors(step, x, [size / own for size, own in zip(sizes, x.shape, strict=True)])
    policy = step.attribute("keep_aspect_ratio_policy", "stretch")
    factors = [size / own for size, own in zip(sizes, x.shape, strict=True)]
    if policy != "stretch":
        factor = (min if policy == "not_larger" else max)(factors[axis] for axis in axes)
        factors = [factor if axis in axes else 1.0 for axis in range(rank)]
        sizes = [math.floor(own * by + 0.5) for own, by in zip(x.shape, factors, strict=True)]
    return factors, sizes


def _sizes(x: Tensor, factors: Sequence[float]) -> list[int]:
    return [math.floor(own * factor) for own, factor in zip(x.shape, factors, strict=True)]


def _check_factors(step: Step, x: Tensor, factors: Sequence[float]) -> None:
    if len(factors) != len(x.shape) or not all(0 < factor < 1e6 for factor in factors):
        raise BadModelFile(f"ONNX file: {step.who} resizes {x.shape} by {list(factors)[:8]}")
    if any(factor != 1 for factor in factors[:2]):
        raise UnsupportedOperator(
            f"{step.who}: it resizes along images or channels, not only height and width"
        )


def _made(step: Step, x: Tensor, sizes: Sequence[int], scales: Sequence[float], how: Resize2d) -> Tensor:
    (height, width), (by_rows, by_columns) = (*sizes[2:], 1)[:2], (*scales[2:], 1.0)[:2]
    layer = replace(how, size=(height, width), scale=(by_rows, by_columns))
    channels, rows, columns = (*x.shape[1:], 1)[:3]
    if 8 * (height * rows + width * columns) > step.network.limits.max_constant_bytes:
        raise ModelLimit(
            f"ONNX file: {step.who} resizes {rows}x{columns} to {height}x{width}; its matrices would take "
            f"more than {step.network.limits.max_constant_bytes >> 20} MiB"
        )
    made = step.make(layer, x)
    if how.mode != "nearest":
        step.network.spend(channels * height * columns * (rows + width), made.node)
    return Tensor(made.node, like(x, made.shape))


RESIZE: dict[str, Callable[[Step], Value]] = {"Resize": _resize, "Upsample": _upsample}
