"""One operator of the file with its inputs, as the functions that translate it see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers.base import Array, Layer, Shape
from cnn_core.onnx_import.network import Network
from cnn_core.onnx_import.values import Known, Led, Order, Pending, Tensor, Value, held

__all__ = ["Step", "like", "operator_of"]


@dataclass(frozen=True, slots=True)
class Step:
    """An operator: ``inputs`` are None where the file leaves an optional one out."""

    network: Network
    node: NodeProto
    inputs: tuple[Value | Led | None, ...]
    within: str = ""
    """Which part of its operator it is, where it is one."""

    @property
    def name(self) -> str:
        """What the node is called in the file, or failing that its output."""
        name = self.node.name or self.node.output[0]
        return f"{name}.{self.within}" if self.within else name

    def part(self, name: str) -> Step:
        """The same operator as a part of itself: nothing that it makes is the file's output of it."""
        return replace(self, within=name)

    @property
    def operator(self) -> str:
        """The operator, with the name of its domain if that is not ONNX's own."""
        return operator_of(self.node)

    @property
    def who(self) -> str:
        """For messages: operator and name."""
        return f"{self.node.op_type} {self.name!r}"

    @property
    def opset(self) -> int:
        """The operator set of the file."""
        return self.network.opset

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute as Python has it: number, text, list, array."""
        for found in self.node.attribute:
            if found.name == name:
                value = helper.get_attribute_value(found)
                if isinstance(value, float):
                    # single precision: 1e-05, not 9.999999747378752e-06
                    return float(str(np.float32(value)))
                return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        return default

    def given(self, number: int) -> bool:
        """Whether there is an input of that number."""
        return number < len(self.inputs) and self.inputs[number] is not None

    def value(self, number: int) -> Value:
        """An input that must be there.

        Raises:
            BadModelFile: it is not.
        """
        found = self.inputs[number] if number < len(self.inputs) else None
        if found is None:
            raise BadModelFile(
                f"ONNX file: {self.who} wants an input number {number + 1}, which it does not have"
            )
        assert not isinstance(found, Led), "operators see values with the axis of the images in front"
        return found

    def tensor(self, number: int = 0) -> Tensor:
        """An input that is computed from the image."""
        return self.network.settle(self.value(number), self.who)

    def numbers(self, number: int) -> Known:
        """An input that must be known now: weights, sizes.

        Raises:
            UnsupportedOperator: it is computed from the image.
        """
        found = self.value(number)
        if isinstance(found, Tensor | Pending):
            raise UnsupportedOperator(
                f"{self.who}: its input number {number + 1} must be constant, but is computed from the image"
            )
        return found

    def integers(self, name: str, number: int, default: Any = None) -> Any:
        """Whole numbers that older operator sets have as an attribute and newer ones as an input; a list."""
        if self.given(number):
            return [int(value) for value in np.ravel(self.numbers(number))]
        return self.attribute(name, default)

    def axis(self, axis: int, rank: int) -> int:
        """An axis of the file, which may count from the back, as one of the value's; never the batch.

        Raises:
            BadModelFile: there is no such axis.
            UnsupportedOperator: it is the batch axis.
        """
        own = rank - self.network.lead
        if not -own <= axis < own:
            raise BadModelFile(f"ONNX file: {self.who} names axis {axis} of a tensor that has {own}")
        found = axis % own + self.network.lead
        if found == 0:
            raise UnsupportedOperator(
                f"{self.who}: it works along the batch axis, images would not stay apart"
            )
        return found

    def make(
        self,
        layer: Layer,
        *tensors: Tensor,
        shape: Shape | None = None,
        part: str = "",
        parameters: Mapping[str, Array] | None = None,
        seen: Pending | None = None,
    ) -> Tensor:
        """Append a node. ``shape`` is the file's, by default the graph's; ``part`` names one of several.

        ``seen`` has the order of axes in which the file has the node's output.
        """
        wanted = f"{self.name}.{part}" if part else self.name
        name = self.network.add(wanted, layer, [tensor.node for tensor in tensors], parameters)
        if not part and not self.within:
            self.network.sources[name] = self.node.output[0]
        if not part and seen is not None:
            sides = seen.split[1:]
            self.network.orders[name] = Order((self.network.shapes[name][1], *sides), seen.order)
        return Tensor(name, self.network.shapes[name] if shape is None else shape)

    def seen_as(self, value: Tensor, shape: Shape, part: str = "") -> Tensor:
        """The same numbers in another shape, as a node if it takes one; without ``part`` the output."""
        order = tuple(range(len(value.shape) - 1))
        name = f"{self.name}.{part}" if part else self.name
        tensor = "" if part or self.within else self.node.output[0]
        return self.network.settle(Pending(value, value.shape[1:], order, shape, name, tensor), self.who)

    def map(self, number: int = 0) -> Tensor:
        """An input that must be a map of one or two sides.

        Raises:
            UnsupportedOperator: it has more sides, or none.
        """
        value = self.tensor(number)
        if len(value.shape) not in (3, 4):
            raise UnsupportedOperator(
                f"{self.who}: wanted maps (N, C, H, W) or rows (N, C, L), got {len(value.shape)} axes"
            )
        return value


def operator_of(node: NodeProto) -> str:
    """An operator, with the name of its domain if that is not ONNX's own: ``com.microsoft.FusedConv``."""
    return str(node.op_type) if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"


def like(value: Tensor, shape: Shape) -> Shape:
    """A shape of the graph with as many axes as the file's: that of rows loses its last."""
    return shape[:3] if len(value.shape) == 3 else held(shape)
