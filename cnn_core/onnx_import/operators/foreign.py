"""Operators that are arithmetic by another name: of runtimes, of classical learning, of ONNX's first years.

Reference: ONNX Runtime's contrib operators,
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md, and https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers import (
    AddConstant,
    Clip,
    Divide,
    Gelu,
    GeluTanh,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    MultiplyConstant,
    ReduceMax,
    ReLU,
    Sigmoid,
    Softplus,
    Swish,
    Tanh,
)
from cnn_core.layers.base import Layer
from cnn_core.onnx_import.operators.arithmetic import ADD, mapped, with_constant
from cnn_core.onnx_import.operators.matrix import MATRIX
from cnn_core.onnx_import.operators.normalize import norm, normalized
from cnn_core.onnx_import.operators.picking import cut
from cnn_core.onnx_import.operators.windows import WINDOWS
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Tensor, Value

__all__ = ["FOREIGN"]

Row = Callable[[Step], Value]


def _activation(step: Step) -> Layer | None:
    """What a fused operator applies at its end; None where it names nothing."""
    found = str(step.attribute("activation", ""))
    told = [float(value) for value in step.attribute("activation_params") or ()]
    makers: dict[str, Callable[[], Layer]] = {
        "Relu": ReLU,
        "Tanh": Tanh,
        "Sigmoid": Sigmoid,
        "LeakyRelu": lambda: LeakyReLU(told[0] if told else step.attribute("activation_alpha", 0.01)),
        "Clip": lambda: Clip(*told[:2]),
        "HardSigmoid": lambda: HardSigmoid(*told[:2]),
        "HardSwish": HardSwish,
    }
    if found and found not in makers:
        raise UnsupportedOperator(f"{step.who}: its activation {found[:40]!r} is not known here")
    return makers[found]() if found else None


def _fused(row: Row, addend: int = 99) -> Row:
    """An operator, what is added to it, and what is applied at its end."""

    def translate(step: Step) -> Value:
        layer = _activation(step)
        adds = step.given(addend)
        plain = step.part("product") if layer or adds else step
        made = row(plain)
        if adds:
            made = ADD.apply(step.part("sum") if layer else step, made, step.value(addend))
        if layer is None:
            return made
        x = step.network.settle(made, step.who)
        return step.make(layer, x, shape=x.shape)

    return translate


def _bias_gelu(step: Step) -> Value:
    layer = GeluTanh() if step.node.op_type == "FastGelu" else Gelu()
    if not step.given(1):
        return mapped(step, layer)
    x = step.network.settle(
        with_constant(step, step.value(0), step.numbers(1), AddConstant, "bias"), step.who
    )
    return step.make(layer, x, shape=x.shape)


def _skip_layer_norm(step: Step) -> Value:
    """The sum of two branches, and a bias, normalized; the sum itself is the fourth output."""
    joined: Value = ADD.apply(step, step.value(0), step.value(1), "sum")
    if step.given(4):
        joined = with_constant(step, joined, step.numbers(4), AddConstant, "bias")
    weight = step.numbers(2)
    bias = step.numbers(3) if step.given(3) else np.zeros_like(weight)
    axes = (len(joined.shape) - 1,)
    return normalized(step, joined, axes, weight, bias, step.attribute("epsilon", 1e-12))


def _scaled(step: Step, scale: Known, offset: Known, before: bool = False) -> Value:
    """x * scale + offset, or with ``before`` (x + offset) * scale."""
    first, second = (offset, scale) if before else (scale, offset)
    layers = (AddConstant, MultiplyConstant) if before else (MultiplyConstant, AddConstant)
    made = with_constant(step, step.value(0), first, layers[0], "first")
    return with_constant(step, made, second, layers[1])


def _image_scaler(step: Step) -> Value:
    """x * scale + one number per channel."""
    bias = np.array(step.attribute("bias") or [0.0], np.float32).reshape(-1, 1, 1)
    return _scaled(step, np.array(step.attribute("scale", 1.0), np.float32), bias)


def _affine(step: Step) -> Value:
    """alpha * x + beta."""
    alpha, beta = (
        np.array(step.attribute(name, other), np.float32) for name, other in (("alpha", 1.0), ("beta", 0.0))
    )
    return _scaled(step, alpha, beta)


def _outer(layer: Layer, inner: str, outer: str) -> Row:
    """alpha * f(beta * x), with the names that the two factors have."""

    def translate(step: Step) -> Value:
        factors = [np.array(step.attribute(name, 1.0), np.float32) for name in (inner, outer)]
        x = step.network.settle(
            with_constant(step, step.value(0), factors[0], MultiplyConstant, "inner"), step.who
        )
        bent = step.make(layer, x, shape=x.shape, part="bent")
        return with_constant(step, bent, factors[1], MultiplyConstant)

    return translate


def _crop(step: Step) -> Value:
    """Borders taken off, or a window of ``scale`` from the first two of them on."""
    x = step.map()
    left, top, right, bottom = (int(size) for size in step.attribute("border"))
    size = step.attribute("scale") or (x.shape[2] - top - bottom, x.shape[3] - left - right)
    if top + size[0] > x.shape[2] or left + size[1] > x.shape[3]:
        raise BadModelFile(f"ONNX file: {step.who} crops {x.shape} to {list(size)}")
    return cut(step, x, (0, top, left), (1, 1, 1), (x.shape[1], int(size[0]), int(size[1])), "")


def _scaler(step: Step) -> Value:
    """(x - offset) * scale, one of each, or one per value."""
    offset, scale = (
        np.array(step.attribute(name) or [other], np.float32)
        for name, other in (("offset", 0.0), ("scale", 1.0))
    )
    return _scaled(step, scale, -offset, before=True)


def _normalizer(step: Step) -> Value:
    """x over its largest value, its sum of sizes or the root of its sum of squares."""
    x, way = step.tensor(), step.attribute("norm", "MAX")
    if len(x.shape) != 2 or way not in ("MAX", "L1", "L2"):
        raise UnsupportedOperator(f"{step.who}: it normalizes {x.shape} by {str(way)[:40]!r}")
    most = way == "MAX"
    size = step.make(ReduceMax((1,)), x, part="largest") if most else norm(step, x, (1,), int(way[1]))
    return step.make(Divide(), x, Tensor(size.node, (x.shape[0], 1)), shape=x.shape)


def _fused_matmul(step: Step) -> Value:
    """alpha * A * B, one of which may be known, its last two axes perhaps exchanged."""
    for name in ("transA", "transB", "transBatchA", "transBatchB"):
        if step.attribute(name, 0):
            raise UnsupportedOperator(f"{step.who}: it multiplies with {name}")
    alpha = step.attribute("alpha", 1.0)
    if alpha == 1:
        return MATRIX["MatMul"](step)
    made = MATRIX["MatMul"](step.part("product"))
    return with_constant(step, made, np.array(alpha, np.float32), MultiplyConstant)


_MS = "com.microsoft."

FOREIGN: dict[str, Row] = {
    "Affine": _affine,
    "Crop": _crop,
    "ImageScaler": _image_scaler,
    "ParametricSoftplus": _outer(Softplus(), "beta", "alpha"),
    "ScaledTanh": _outer(Tanh(), "beta", "alpha"),
    "ai.onnx.ml.Normalizer": _normalizer,
    "ai.onnx.ml.Scaler": _scaler,
    f"{_MS}BiasGelu": _bias_gelu,
    f"{_MS}FastGelu": _bias_gelu,
    f"{_MS}FusedConv": _fused(WINDOWS["Conv"], 3),
    f"{_MS}FusedGemm": _fused(MATRIX["Gemm"]),
    f"{_MS}FusedMatMul": _fused_matmul,
    f"{_MS}Gelu": lambda step: mapped(step, Gelu()),
    f"{_MS}QuickGelu": lambda step: mapped(step, Swish(step.attribute("alpha", 1.702))),
    f"{_MS}SkipLayerNormalization": _skip_layer_norm,
}
"""By operator, with the name of its domain."""
