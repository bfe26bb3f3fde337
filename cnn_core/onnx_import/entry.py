"""What a file wants to be fed: which of its inputs is the picture, in which layout, of which size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from onnx import GraphProto, TensorProto, ValueInfoProto, helper

from cnn_core.errors import BadModelFile, ModelLimit, ShapeError, UnsupportedOperator
from cnn_core.layers.base import Array, Shape
from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.order import reads

__all__ = ["Entry", "entry_of"]

SIDE = 224
"""Height and width where neither the file nor anybody says: what most networks were trained on."""

_FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)
_WHOLE = (TensorProto.UINT8, TensorProto.INT8, TensorProto.INT32, TensorProto.INT64)

_PICTURE = (1, 3, 4)
"""Channels that a picture may have, the fourth being what shines through."""

_AXES = {
    "NCHW": ("batch", "channels", "height", "width"),
    "NHWC": ("batch", "height", "width", "channels"),
    "CHW": ("channels", "height", "width"),
    "HWC": ("height", "width", "channels"),
    "NHW": ("batch", "height", "width"),
    "NF": ("batch", "values"),
}
"""What the axes of a file's input are, by the name of the layout."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The input of a file that is the picture.

    ``layout`` is one of ``_AXES``: without N there is no axis of images, without C one channel, and F are
    all values in a row. ``sample`` is what one picture is in the graph, ``(C, H, W)``; ``batch`` how many the
    file wants at once. ``free`` are the sizes that the file leaves open, with what was taken for them;
    ``notes`` say what else was taken for granted.
    """

    name: str
    layout: str
    batch: int
    sample: Shape
    dtype: np.dtype[np.generic]
    free: Mapping[str, int] = field(default_factory=dict)
    clear: bool = False
    """Whether the file wants a fourth channel, which the graph adds."""
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the file wants whole numbers, 0 to 255."""
        return self.dtype.kind in "iu"

    @property
    def opaque(self) -> float:
        """The fourth channel of a picture through which nothing shines."""
        return 255.0 if self.whole else 1.0

    @property
    def channels(self) -> int:
        """How many channels the file wants."""
        return self.sample[0] + self.clear

    @property
    def shape(self) -> Shape:
        """The file's tensor, with an axis of images in front if it has none."""
        _, height, width = self.sample
        sides = {
            "height": height,
            "width": width,
            "channels": self.channels,
            "values": self.channels * height * width,
        }
        return (self.batch, *(sides[axis] for axis in _AXES[self.layout] if axis != "batch"))

    def fed(self, x: Array) -> Array:
        """The graph's input ``(1, C, H, W)`` as the file wants it."""
        x = np.rint(x).astype(self.dtype) if self.whole else x.astype(self.dtype)
        if self.clear:
            x = np.concatenate([x, np.full_like(x[:, :1], self.opaque)], axis=1)
        x = x.transpose(0, 2, 3, 1) if self.layout.endswith("HWC") else x
        shaped = np.repeat(x.reshape(1, *self.shape[1:]), self.batch, axis=0)
        return np.ascontiguousarray(shaped if self.layout.startswith("N") else shaped[0])


def entry_of(graph: GraphProto, limits: Limits, sizes: tuple[int, int] | None = None) -> Entry:
    """The picture among a file's inputs; ``sizes`` are height and width where the file leaves them open.

    Raises:
        BadModelFile: there is no input, or a side is too long.
        UnsupportedOperator: several are read, or the one is no picture.
        ShapeError: the file has another size than was asked for.
    """
    value, notes = _only_input(graph)
    dims = _dims(value)
    layout = _layout(value.name, dims)
    found = dict(zip(_AXES[layout], dims, strict=True))
    if layout == "NF":
        notes.append(_as_a_picture(value.name, found))
    if layout == "NHW":
        found["channels"] = 1
    asked = dict(zip(("height", "width"), sizes or (SIDE, SIDE), strict=True))
    free = {name: asked[name] for name in asked if found[name] is None}
    for name, side in asked.items():
        if sizes and found[name] not in (None, side):
            raise ShapeError(f"input: the file fixes its {name} to {found[name]}, got {side}")
    if found["channels"] is None:
        free["channels"] = _channels_read(graph, value.name) or 3
    known = {**{name: size for name, size in found.items() if size is not None}, **free}
    clear = known["channels"] == 4
    if clear:
        notes.append("Its input has four channels; the fourth, opacity, is full for every photo.")
    sample = (known["channels"] - clear, known["height"], known["width"])
    _check_sizes(sample, known.get("batch", 1), limits)
    dtype = helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
    return Entry(value.name, layout, known.get("batch", 1), sample, dtype, free, clear, tuple(notes))


def _only_input(graph: GraphProto) -> tuple[ValueInfoProto, list[str]]:
    """The input that is read, and a sentence on every other."""
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    if not inputs:
        raise BadModelFile("ONNX file: it has no input that a picture could be given to")
    used = {name for node in graph.node for name in reads(node)}
    read = [value for value in inputs if value.name in used] or inputs[:1]
    if len(read) > 1:
        names = ", ".join(repr(value.name[:60]) for value in read[:5])
        raise UnsupportedOperator(
            f"ONNX file: wanted one input, the picture; this network reads {len(read)}: {names}. "
            "Export it with the others as constants"
        )
    unread = [value for value in inputs if value is not read[0]]
    return read[0], [f"Nothing reads its input {value.name[:60]!r}." for value in unread]


def _dims(value: ValueInfoProto) -> list[int | None]:
    kind = value.type.tensor_type
    if not value.type.HasField("tensor_type") or kind.elem_type not in _FLOATS + _WHOLE:
        said = TensorProto.DataType.Name(kind.elem_type).lower() if kind.elem_type in _TYPES else "no tensor"
        raise UnsupportedOperator(
            f"ONNX file: wanted an input of numbers, {value.name[:60]!r} is {said}; "
            "export the network with its input as float32"
        )
    if not kind.HasField("shape"):
        raise BadModelFile(f"ONNX file: it does not say how many axes its input {value.name[:60]!r} has")
    # a size of 0 is how some exporters leave one open
    return [dim.dim_value if dim.dim_value > 0 else None for dim in kind.shape.dim]


_TYPES = frozenset(TensorProto.DataType.values())


def _layout(name: str, dims: list[int | None]) -> str:
    if len(dims) == 4:
        return "NHWC" if dims[1] not in _PICTURE and dims[3] in _PICTURE else "NCHW"
    if len(dims) == 3 and dims[0] in _PICTURE:
        return "CHW"
    if len(dims) == 3:
        return "HWC" if dims[2] in _PICTURE else "NHW"
    if len(dims) == 2 and dims[1]:
        return "NF"
    form = " x ".join("?" if size is None else str(size) for size in dims) or "a single number"
    raise UnsupportedOperator(
        f"ONNX file: wanted an input that is a picture (N, C, H, W), {name[:60]!r} is {form}"
    )


def _as_a_picture(name: str, found: dict[str, int | None]) -> str:
    """A row of values as the square picture that it may be; says so."""
    count = found["values"] or 0
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if channels * side * side == count:
            found.update(channels=channels, height=side, width=side)
            colours = "one channel" if channels == 1 else "three channels"
            return f"Its input is a row of {count:,} values; they are taken for {side} x {side} of {colours}."
    raise UnsupportedOperator(
        f"ONNX file: wanted an input that is a picture, {name[:60]!r} is a row of {count} values, "
        "which make no square"
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
