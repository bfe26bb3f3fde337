"""The importer as a backend of the onnx package, so that its standard suite can be run against it."""

from typing import Any

import numpy as np
from onnx import ModelProto, ValueInfoProto, helper
from onnx.backend.base import Backend, BackendRep

from cnn_core.errors import UnsupportedOperator
from cnn_core.layers import Input
from cnn_core.onnx_import import Limits
from cnn_core.onnx_import.build import translate
from cnn_core.onnx_import.network import Network
from cnn_core.onnx_import.refusals import check_operators
from cnn_core.onnx_import.values import Led, Pending, Tensor, Value, held

CONSTANT = {
    "BatchNormalization": 1,
    "Clip": 1,
    "Conv": 1,
    "ConvTranspose": 1,
    "Dropout": 1,
    "Gemm": 1,
    "GroupNormalization": 1,
    "InstanceNormalization": 1,
    "LayerNormalization": 1,
    "MatMul": 1,
    "Pad": 1,
    "Pow": 1,
    "PRelu": 1,
    "RMSNormalization": 1,
    "Range": 0,
    "Resize": 1,
    "Upsample": 1,
}
"""Operators whose inputs from that number on are weights or settings, which no image computes."""


class Rep(BackendRep):
    """A model that takes its inputs with every run: what is no weight is computed from, layer by layer."""

    def __init__(self, model: ModelProto) -> None:
        self.model = model
        self.opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))

    def run(self, inputs: Any, **options: Any) -> tuple[np.ndarray, ...]:
        """As images of a batch; where an operator would mix those, as one sample."""
        weights = {tensor.name for tensor in self.model.graph.initializer}
        names = [value.name for value in self.model.graph.input if value.name not in weights]
        given = dict(zip(names, inputs, strict=True))
        try:
            return self._run(given, lead=0)
        except UnsupportedOperator:
            return self._run(given, lead=1)

    def _live(self, given: dict[str, np.ndarray]) -> list[str]:
        """Names of the inputs that stand for what is computed from an image."""
        nodes = self.model.graph.node
        read = {name for node in nodes for name in node.input}
        settings = {name for node in nodes for name in node.input[CONSTANT.get(node.op_type, 99) :]}
        return [
            name
            for name, value in given.items()
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and name in read - settings
        ]

    def _run(self, given: dict[str, np.ndarray], lead: int) -> tuple[np.ndarray, ...]:
        network = Network(Limits(), self.opset)
        outputs: dict[str, np.ndarray] = {}
        values: dict[str, Value | Led] = dict(given)
        live = self._live(given)
        if not lead and len({given[name].shape[:1] for name in live}) > 1:
            raise UnsupportedOperator("inputs: they have no axis of images in common")
        for name in live:
            x = given[name].astype(np.float32)
            x = x[np.newaxis] if lead else x
            if not x.shape:
                raise UnsupportedOperator("inputs: a number has no axis of images")
            node = network.add(name, Input(held(x.shape)[1:]), batch=len(x))
            outputs[node] = x.reshape(held(x.shape))
            tensor = Tensor(node, x.shape)
            values[name] = Led(tensor) if lead else tensor
        results = translate(self.model.graph, network, values)
        self._compute(network, outputs)
        return tuple(
            self._as_said(value, results[value.name], network, outputs) for value in self.model.graph.output
        )

    def _compute(self, network: Network, outputs: dict[str, np.ndarray]) -> None:
        for name, node in network.nodes.items():
            if name not in outputs:
                params = {key: network.parameters[f"{name}.{key}"] for key in node.layer.parameter_shapes()}
                inputs = [outputs[source] for source in node.inputs]
                outputs[name] = node.layer.forward(params, *inputs).output
                assert outputs[name].shape == network.shapes[name]

    def _as_said(
        self, value: ValueInfoProto, found: Value | Led, network: Network, outputs: dict[str, np.ndarray]
    ) -> np.ndarray:
        """An output with the shape and the type that the file says."""
        dtype = helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
        inner = found.value if isinstance(found, Led) else found
        if isinstance(inner, Pending | Tensor):
            tensor = network.settle(inner, "output")
            self._compute(network, outputs)
            inner = outputs[tensor.node].reshape(tensor.shape[isinstance(found, Led) :])
        return np.asarray(inner).astype(dtype)


class ConvScope(Backend):
    """What the standard suite calls."""

    @classmethod
    def prepare(cls, model: ModelProto, device: str = "CPU", **options: Any) -> Rep:
        """A model ready to run, if every operator is known.

        Raises:
            UnsupportedOperator: one is not.
        """
        check_operators(model.graph)
        return Rep(model)
