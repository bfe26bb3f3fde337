"""The network while it is built: nodes, parameters, and what every name of the file stands for by now."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn_core.errors import ModelLimit, ShapeError, UnsupportedOperator
from cnn_core.graph.graph import Node
from cnn_core.layers import Flatten, Rearrange
from cnn_core.layers.base import Array, Layer, Shape
from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.names import safe_name
from cnn_core.onnx_import.values import Order, Pending, Tensor, Value, held

__all__ = ["Mark", "Network"]


@dataclass(frozen=True, slots=True)
class Mark:
    """How much there was of a network."""

    lengths: tuple[int, ...]
    bytes: int
    macs: int


class Network:
    """Grows node by node; every addition is held against the limits.

    ``lead`` says how many axes in front of the file's own stand for the images while an operator is
    translated: 0 where the file's first is theirs, 1 where all are its own.
    """

    def __init__(self, limits: Limits, opset: int) -> None:
        self.limits = limits
        self.opset = opset
        self.lead = 0
        self.nodes: dict[str, Node] = {}
        self.shapes: dict[str, Shape] = {}
        self.parameters: dict[str, Array] = {}
        self.sources: dict[str, str] = {}
        self.orders: dict[str, Order] = {}
        self.levels: set[str] = set()
        """Nodes whose numbers the file holds as whole ones, which stand for them."""
        self.notes: list[str] = []
        self._settled: dict[Pending, Tensor] = {}
        self._numbers: dict[str, int] = {}
        self._bytes = 0
        self._macs = 0

    def mark(self) -> Mark:
        """Where the network stands, to go back there."""
        lengths = tuple(len(each) for each in self._grown())
        return Mark(lengths, self._bytes, self._macs)

    def back_to(self, mark: Mark) -> None:
        """Take away what has been added since."""
        for each, length in zip(self._grown(), mark.lengths, strict=True):
            while len(each) > length:
                each.popitem()
        self._bytes, self._macs = mark.bytes, mark.macs

    def _grown(self) -> tuple[dict[Any, Any], ...]:
        own = (self.nodes, self.shapes, self.parameters, self.sources, self.orders)
        return (*own, self._settled, self._numbers)

    def add(
        self,
        wanted: str,
        layer: Layer,
        sources: Sequence[str] = (),
        parameters: Mapping[str, Array] | None = None,
        batch: int = 1,
    ) -> str:
        """Append a node; its name.

        Raises:
            ShapeError: the layer does not take what it is given; the message begins with the name.
            ModelLimit: the network outgrows a limit.
        """
        name = self._fresh(safe_name(wanted) or layer.kind)
        inputs = tuple(self.shapes[source] for source in sources)
        try:
            shape = layer.infer_shape(*inputs)
        except ShapeError as error:
            raise ShapeError(f"node {name!r}: {error}") from error
        self.shapes[name] = shape if sources else (batch, *shape[1:])
        self.nodes[name] = Node(name, layer, tuple(sources))
        for key, value in (parameters or {}).items():
            self.parameters[f"{name}.{key}"] = np.asarray(value, np.float32, order="C")
        self._count(name, layer, inputs)
        return name

    def _fresh(self, wanted: str) -> str:
        """The name, or with a number behind it that makes it free; fast, however many are called the same."""
        number = self._numbers.get(wanted, 1)
        name = wanted
        while name in self.nodes:
            number += 1
            name = f"{wanted}_{number}"
        self._numbers[wanted] = number
        return name

    def _count(self, name: str, layer: Layer, inputs: tuple[Shape, ...]) -> None:
        self._bytes += 4 * math.prod(self.shapes[name])
        if self._bytes > self.limits.max_activation_bytes:
            raise ModelLimit(
                f"ONNX file: up to {name!r} the outputs of its layers take more than "
                f"{self.limits.max_activation_bytes >> 20} MiB for one image; a smaller input may do"
            )
        self.spend(layer.cost(*inputs).macs * self.shapes[name][0], name)

    def spend(self, macs: int, name: str) -> None:
        """Count the work of a node, in multiply-adds or comparisons.

        Raises:
            ModelLimit: it is more than allowed.
        """
        self._macs += macs
        if self._macs > self.limits.max_macs:
            raise ModelLimit(
                f"ONNX file: up to {name!r} one image costs more than {self.limits.max_macs:.1e} "
                "multiply-adds; a smaller input may do"
            )

    def note(self, sentence: str) -> None:
        """Remember a sentence for people, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def settle(self, value: Value, who: str) -> Tensor:
        """The value as a node's output; one that is pending gets its node now.

        Raises:
            UnsupportedOperator: it is a constant.
        """
        if isinstance(value, Tensor):
            return value
        if not isinstance(value, Pending):
            raise UnsupportedOperator(f"{who}: wanted what is computed from the image, got a constant")
        if value not in self._settled:
            self._settled[value] = self._rearranged(value)
        return self._settled[value]

    def _rearranged(self, value: Pending) -> Tensor:
        before, after = self.shapes[value.source.node], held(value.shape)
        if not value.moves and before == after:
            return Tensor(value.source.node, value.shape)
        if not value.moves and len(after) == 2:
            layer: Layer = Flatten()
        else:
            split, order = (
                (value.split, value.order) if value.moves else (after[1:], tuple(range(len(after) - 1)))
            )
            layer = Rearrange(split, order, after[1:])
        name = self.add(value.name, layer, (value.source.node,))
        if value.tensor:
            self.sources[name] = value.tensor
        return Tensor(name, value.shape)
