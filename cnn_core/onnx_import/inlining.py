"""Functions that a file defines for itself, written out where they are called."""

from __future__ import annotations

from collections.abc import Mapping

import onnx
import onnx.inliner
from onnx import FunctionProto, ModelProto

from cnn_core.errors import BadModelFile, ModelLimit
from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.order import reads

__all__ = ["asked", "inlined"]

Key = tuple[str, str]


def inlined(model: ModelProto, limits: Limits | None = None) -> ModelProto:
    """The model without functions of its own; with ``limits`` how much that makes is found out before.

    Raises:
        BadModelFile: a function calls itself, or a call does not fit.
        ModelLimit: written out it has more operators than allowed.
    """
    if not model.functions:
        return model
    if limits is not None:
        functions = {(each.domain, each.name): each for each in model.functions}
        sizes: dict[Key, int] = {}
        total = sum(
            _size((node.domain, node.op_type), functions, sizes, (), limits) for node in model.graph.node
        )
        _check(total, limits)
    try:
        made: ModelProto = onnx.inliner.inline_local_functions(model)
    except Exception as error:  # of another package: whatever it trips over, the file is why
        raise BadModelFile("ONNX file: its own functions cannot be written out") from error
    return made


def asked(data: bytes) -> ModelProto:
    """A model for another program to compute, of which the picture is all that it asks for."""
    model = inlined(onnx.load_from_string(data))
    used = {name for node in model.graph.node for name in reads(node)}
    used |= {tensor.name for tensor in model.graph.initializer}
    for value in list(model.graph.input):
        if value.name not in used and len(model.graph.input) > 1:
            model.graph.input.remove(value)
    return model


def _size(
    key: Key,
    functions: Mapping[Key, FunctionProto],
    sizes: dict[Key, int],
    path: tuple[Key, ...],
    limits: Limits,
) -> int:
    """How many operators a call becomes."""
    if key not in functions:
        return 1
    if key in path:
        raise BadModelFile(f"ONNX file: its function {key[1][:60]!r} calls itself")
    if key not in sizes:
        own = functions[key].node
        sizes[key] = sum(
            _size((node.domain, node.op_type), functions, sizes, (*path, key), limits) for node in own
        )
        _check(sizes[key], limits)
    return sizes[key]


def _check(count: int, limits: Limits) -> None:
    if count > limits.max_nodes:
        raise ModelLimit(
            f"ONNX file: at most {limits.max_nodes} operators, its own functions written out make {count:,}"
        )
