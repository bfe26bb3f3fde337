"""What ``convscope bench`` runs beside ConvScope: whichever of these peers is installed.

Each is built from the very graph and parameters, and gives every node's output as ConvScope does, but for
the one that is asked for the last alone.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import forward
from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array, Params
from cnn_core.ops.windows import Window

__all__ = ["PEERS", "Peer", "Run"]

Outputs = Mapping[str, Any]
Run = Callable[[], Outputs]
"""One forward pass; arrays or tensors by node."""

Make = Callable[[Graph, Params, Array, int], Run]


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to run a network: what it needs installed, how to make it run, whether it takes seconds."""

    title: str
    needs: tuple[str, ...]
    make: Make
    slow: bool = False

    @property
    def missing(self) -> list[str]:
        """What it needs and is not installed."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


def _plain(graph: Graph, parameters: Params, x: Array, threads: int) -> Run:
    return lambda: {record.node.name: record.output for record in forward(graph, parameters, x)}


def _torch(channels_last: bool) -> Make:
    def make(graph: Graph, parameters: Params, x: Array, threads: int) -> Run:
        import torch

        from .torch_module import torch_module

        torch.set_num_threads(threads)
        module = torch_module(graph, parameters).eval()
        tensor = torch.from_numpy(x)
        if channels_last:
            module = module.to(memory_format=torch.channels_last)
            tensor = tensor.to(memory_format=torch.channels_last)
        kept: dict[str, Any] = {}
        for name, part in module.named_children():
            part.register_forward_hook(lambda _, __, output, name=name: kept.__setitem__(name, output))

        def run() -> Outputs:
            kept.clear()
            with torch.inference_mode():
                module(tensor)
            return kept

        return run

    return make


def _onnxruntime(last_only: bool) -> Make:
    def make(graph: Graph, parameters: Params, x: Array, threads: int) -> Run:
        import onnxruntime

        from .onnx_model import onnx_model

        wanted = [graph.output] if last_only else _computed(graph)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        model = onnx_model(graph, parameters, x.shape, wanted).SerializeToString()
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return lambda: dict(zip(wanted, session.run(wanted, {"input": x}), strict=True))

    return make


def _onnx_reference(graph: Graph, parameters: Params, x: Array, threads: int) -> Run:
    from onnx.reference import ReferenceEvaluator

    from .onnx_model import onnx_model

    wanted = _computed(graph)
    evaluator = ReferenceEvaluator(onnx_model(graph, parameters, x.shape, wanted))
    return lambda: dict(zip(wanted, evaluator.run(None, {"input": x}), strict=True))


def _computed(graph: Graph) -> list[str]:
    return [node.name for node in graph if node.inputs]


def _textbook(graph: Graph, parameters: Params, x: Array, threads: int) -> Run:
    """Every convolution as one matrix product over all its columns at once, the rest by plain operators."""

    def run() -> Outputs:
        outputs: dict[str, Array] = {}
        for node in graph:
            sources = tuple(outputs[name] for name in node.inputs) or (x,)
            own = graph.params_of(node.name, parameters)
            if isinstance(node.layer, Conv2d) and node.layer.groups == 1:
                outputs[node.name] = _im2col(sources[0], own, node.layer.window)
            else:
                outputs[node.name] = node.layer.forward(own, *sources).output
        return outputs

    return run


def _im2col(x: Array, params: Params, window: Window) -> Array:
    weight = params["weight"]
    rows, columns = window.output(*x.shape[2:])
    gathered = np.ascontiguousarray(window.view(window.pad(x)))
    flat = gathered.reshape(len(x), -1, rows * columns)
    out: Array = (weight.reshape(len(weight), -1) @ flat).reshape(len(x), -1, rows, columns)
    return out + params["bias"].reshape(-1, 1, 1) if "bias" in params else out


PEERS: Mapping[str, Peer] = {
    "torch": Peer("torch eager, hooks", ("torch",), _torch(False)),
    "torch_last": Peer("torch channels-last, hooks", ("torch",), _torch(True)),
    "ort": Peer("ORT, all outputs", ("onnxruntime", "onnx"), _onnxruntime(False)),
    "ort_last": Peer("ORT, last only", ("onnxruntime", "onnx"), _onnxruntime(True)),
    "onnx_reference": Peer("onnx.reference", ("onnx",), _onnx_reference, slow=True),
    "im2col": Peer("textbook im2col", (), _textbook, slow=True),
    "plain": Peer("plain operators", (), _plain, slow=True),
}
"""By the name that ``--json`` has."""
