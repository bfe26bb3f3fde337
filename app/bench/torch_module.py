"""A graph of ours as a PyTorch module; imported only where PyTorch is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import BatchNorm2d, Concat, Conv2d, Dense, MaxPool2d
from cnn_core.layers.base import Params

__all__ = ["torch_module"]


class _Merge(nn.Module):  # type: ignore[misc, unused-ignore]
    """A sum, a product or a concatenation, as a module so that a hook can see it."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, *inputs: Any) -> Any:
        """The inputs as one."""
        if self.kind == "concat":
            return torch.cat(inputs, dim=1)
        first, *others = inputs
        for other in others:
            first = first + other if self.kind == "add" else first * other
        return first


class _Padded(nn.Conv2d):  # type: ignore[misc, unused-ignore]
    """A convolution padded by other numbers before and behind, as TensorFlow's are."""

    def __init__(self, margins: tuple[int, int, int, int], *options: Any) -> None:
        super().__init__(*options)
        self.margins = margins

    def forward(self, x: Any) -> Any:
        """Zeros around, then the sums."""
        return super().forward(nn.functional.pad(x, self.margins))


class _Net(nn.Module):  # type: ignore[misc, unused-ignore]
    """Modules by node name, run in the graph's order."""

    def __init__(self, graph: Graph, until: str) -> None:
        super().__init__()
        computed = [node for node in graph if node.inputs]
        computed = computed[: [node.name for node in computed].index(until) + 1]
        self.nodes = [(node.name, node.inputs) for node in computed]
        for node in computed:
            self.add_module(node.name, _module(node))

    def forward(self, x: Any) -> Any:
        """The last node's output."""
        values = {"input": x}
        for name, inputs in self.nodes:
            values[name] = getattr(self, name)(*(values[source] for source in inputs))
        return values[name]


def torch_module(graph: Graph, parameters: Params, until: str | None = None) -> Any:
    """An ``nn.Module`` with one child a node, of the same name, holding the same parameters.

    Args:
        until: the last node wanted, None for the graph's last.

    Raises:
        ValueError: a kind of layer that the benchmark's networks do not have.
    """
    net = _Net(graph, until or graph.output)
    values = {name: torch.from_numpy(np.array(value)) for name, value in parameters.items()}
    net.load_state_dict(values, strict=False)
    return net


def _module(node: Node) -> Any:
    layer = node.layer
    simple = {
        "relu": nn.ReLU,
        "sigmoid": nn.Sigmoid,
        "silu": nn.SiLU,
        "clip": lambda: _clip(layer),
        "flatten": nn.Flatten,
        "global_avg_pool2d": lambda: nn.AdaptiveAvgPool2d(1),
        "softmax": lambda: nn.Softmax(dim=-1),
    }
    if layer.kind in simple:
        return simple[layer.kind]()
    if layer.kind in ("add", "multiply") or isinstance(layer, Concat):
        return _Merge(layer.kind)
    if isinstance(layer, MaxPool2d):
        return nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding[:2], ceil_mode=layer.ceil_mode)
    if isinstance(layer, Conv2d):
        return _convolution(layer)
    if isinstance(layer, Dense):
        return nn.Linear(layer.in_features, layer.out_features, layer.bias)
    if isinstance(layer, BatchNorm2d):
        return nn.BatchNorm2d(layer.channels, layer.epsilon)
    raise ValueError(f"bench: no PyTorch module for {layer.kind}")


def _convolution(layer: Conv2d) -> Any:
    top, left, bottom, right = layer.padding
    even = (top, left) == (bottom, right)
    options = (
        layer.in_channels,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        (top, left) if even else (0, 0),
        layer.dilation,
        layer.groups,
        layer.bias,
    )
    return nn.Conv2d(*options) if even else _Padded((left, right, top, bottom), *options)


def _clip(layer: Any) -> Any:
    infinity = float("inf")
    least, most = layer.least, layer.most
    return nn.Hardtanh(-infinity if least is None else least, infinity if most is None else most)
