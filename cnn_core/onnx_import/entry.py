"""What a file wants to be fed: which of its inputs is the picture, in which layout, of which size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from onnx import GraphProto, TensorProto, ValueInfoProto, helper

from cnn_core.errors import BadModelFile, ModelLimit, ShapeError, UnsupportedOperator
from cnn_core.layers.base import Array, Shape
from cnn_core.onnx_import.limits import Limits

__all__ = ["Entry", "entry_of"]

SIDE = 224
"""Height and width where neither the file nor anybody says: what most networks were trained on."""

_NUMBERS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)


@dataclass(frozen=True, slots=True)
class Entry:
    """The input of a file that is the picture.

    ``layout`` is ``NCHW``, ``NHWC``, or without a batch axis ``CHW``; ``sample`` what one picture is in
    the graph, ``(C, H, W)``; ``batch`` how many the file wants at once. ``free`` are the sizes that the file
    leaves open, with what was taken for them.
    """

    name: str
    layout: str
    batch: int
    sample: Shape
    dtype: np.dtype[np.generic]
    free: Mapping[str, int] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """The file's tensor, a batch axis in front."""
        channels, height, width = self.sample
        rest = (height, width, channels) if self.layout == "NHWC" else self.sample
        return (self.batch, *rest)

    def fed(self, x: Array) -> Array:
        """The graph's input ``(1, C, H, W)`` as the file wants it."""
        x = x.astype(self.dtype)
        if self.layout == "CHW":
            return np.asarray(x[0])
        x = np.repeat(x, self.batch, axis=0)
        return np.ascontiguousarray(x.transpose(0, 2, 3, 1)) if self.layout == "NHWC" else x


def entry_of(graph: GraphProto, limits: Limits, sizes: tuple[int, int] | None = None) -> Entry:
    """The picture among a file's inputs; ``sizes`` are height and width where the file leaves them open.

    Raises:
        BadModelFile: there is no input, or a side is too long.
        UnsupportedOperator: there are several, or the one is no picture.
        ShapeError: the file has another size than was asked for.
    """
    value = _only_input(graph)
    dims = _dims(value)
    layout = _layout(value.name, dims)
    axes = ["batch", "channels", "height", "width"]
    order = {"NCHW": axes, "NHWC": [axes[i] for i in (0, 2, 3, 1)], "CHW": axes[1:]}[layout]
    found = dict(zip(order, dims, strict=True))
    asked = dict(zip(("height", "width"), sizes or (SIDE, SIDE), strict=True))
    free = {name: asked[name] for name in asked if found[name] is None}
    for name, side in asked.items():
        if sizes and found[name] not in (None, side):
            raise ShapeError(f"input: the file fixes its {name} to {found[name]}, got {side}")
    if found["channels"] is None:
        free["channels"] = _channels_read(graph, value.name) or 3
    known = {**{name: size for name, size in found.items() if size is not None}, **free}
    sample = (known["channels"], known["height"], known["width"])
    _check_sizes(sample, known.get("batch", 1), limits)
    dtype = helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
    return Entry(value.name, layout, known.get("batch", 1), sample, dtype, free)


def _only_input(graph: GraphProto) -> ValueInfoProto:
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    if not inputs:
        raise BadModelFile("ONNX file: it has no input that a picture could be given to")
    if len(inputs) > 1:
        names = ", ".join(repr(value.name[:60]) for value in inputs[:5])
        raise UnsupportedOperator(
            f"ONNX file: wanted one input, the picture; this network has {len(inputs)}: {names}. "
            "Export it with the others as constants"
        )
    found: ValueInfoProto = inputs[0]
    return found


def _dims(value: ValueInfoProto) -> list[int | None]:
    kind = value.type.tensor_type
    if not value.type.HasField("tensor_type") or kind.elem_type not in _NUMBERS:
        said = TensorProto.DataType.Name(kind.elem_type).lower() if kind.elem_type in _TYPES else "no tensor"
        raise UnsupportedOperator(
            f"ONNX file: wanted an input of floating-point numbers, {value.name[:60]!r} is {said}; "
            "export the network with its input as float32"
        )
    if not kind.HasField("shape"):
        raise BadModelFile(f"ONNX file: it does not say how many axes its input {value.name[:60]!r} has")
    # a size of 0 is how some exporters leave one open
    return [dim.dim_value if dim.dim_value > 0 else None for dim in kind.shape.dim]


_TYPES = frozenset(TensorProto.DataType.values())


def _layout(name: str, dims: list[int | None]) -> str:
    if len(dims) == 4:
        pictures = (1, 3)
        return "NHWC" if dims[1] not in pictures and dims[3] in pictures else "NCHW"
    if len(dims) == 3 and dims[0] in (1, 3):
        return "CHW"
    form = " x ".join("?" if size is None else str(size) for size in dims) or "a single number"
    raise UnsupportedOperator(
        f"ONNX file: wanted an input that is a picture (N, C, H, W), {name[:60]!r} is {form}"
    )


def _channels_read(graph: GraphProto, name: str) -> int | None:
    """How many channels the first convolution of the input takes."""
    weights = {tensor.name: tensor.dims for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Conv" and node.input[:1] == [name] and len(weights.get(node.input[1], ())) == 4:
            group = next((found.i for found in node.attribute if found.name == "group"), 1)
            return int(weights[node.input[1]][1]) * max(1, group)
    return None


def _check_sizes(sample: Shape, batch: int, limits: Limits) -> None:
    if max(sample[1:]) > limits.max_side:
        raise ModelLimit(
            f"ONNX file: the sides of its input may have {limits.max_side} pixels, got {max(sample[1:])}"
        )
    if batch > 256:
        raise ModelLimit(
            f"ONNX file: it wants {batch} pictures at once; export it with a batch of 1, or free"
        )
