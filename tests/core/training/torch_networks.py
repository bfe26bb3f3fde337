"""Any network of this package, run by PyTorch's own functions: an independent trainer to compare with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Layer, Params
from cnn_core.training.losses import logits_node

Run = Callable[[ModuleType, Layer, Mapping[str, Any], list[Any]], Any]


def pad(torch: ModuleType, layer: Any, x: Any) -> Any:
    top, left, bottom, right = layer.padding
    return torch.nn.functional.pad(x, (left, right, top, bottom))


def conv(torch: ModuleType, layer: Any, own: Mapping[str, Any], x: list[Any]) -> Any:
    padded, options = pad(torch, layer, x[0]), (layer.stride, 0, layer.dilation, layer.groups)
    return torch.nn.functional.conv2d(padded, own["weight"], own.get("bias"), *options)


def max_pool(torch: ModuleType, layer: Any, own: Mapping[str, Any], x: list[Any]) -> Any:
    top, left, *rest = layer.padding
    assert rest == [top, left], "PyTorch pads both sides alike"
    options = (layer.kernel_size, layer.stride, (top, left), layer.dilation, layer.ceil_mode)
    return torch.nn.functional.max_pool2d(x[0], *options)


def avg_pool(torch: ModuleType, layer: Any, own: Mapping[str, Any], x: list[Any]) -> Any:
    assert not any(layer.padding)
    return torch.nn.functional.avg_pool2d(x[0], layer.kernel_size, layer.stride)


def blur_pool(torch: ModuleType, layer: Any, own: Mapping[str, Any], x: list[Any]) -> Any:
    assert layer.kernel_size == 3
    row, channels = torch.tensor([0.25, 0.5, 0.25]), x[0].shape[1]
    kernel = torch.outer(row, row).expand(channels, 1, 3, 3)
    return torch.nn.functional.conv2d(x[0], kernel, None, layer.stride, 1, 1, channels)


def batch_norm(torch: ModuleType, layer: Any, own: Mapping[str, Any], x: list[Any]) -> Any:
    statistics, affine = (own["running_mean"], own["running_var"]), (own["weight"], own["bias"])
    return torch.nn.functional.batch_norm(x[0], *statistics, *affine, True, layer.momentum, layer.epsilon)


KINDS: Mapping[str, Run] = {
    "conv2d": conv,
    "max_pool2d": max_pool,
    "avg_pool2d": avg_pool,
    "blur_pool2d": blur_pool,
    "batch_norm2d": batch_norm,
    "dense": lambda torch, layer, own, x: torch.nn.functional.linear(x[0], own["weight"], own["bias"]),
    "relu": lambda torch, layer, own, x: torch.relu(x[0]),
    "tanh": lambda torch, layer, own, x: torch.tanh(x[0]),
    "sigmoid": lambda torch, layer, own, x: torch.sigmoid(x[0]),
    "silu": lambda torch, layer, own, x: torch.nn.functional.silu(x[0]),
    "global_avg_pool2d": lambda torch, layer, own, x: x[0].mean((2, 3), keepdim=True),
    "flatten": lambda torch, layer, own, x: torch.flatten(x[0], 1),
    "add": lambda torch, layer, own, x: x[0] + x[1],
    "multiply": lambda torch, layer, own, x: x[0] * x[1],
}


class TorchNetwork:
    """The nodes of a graph up to its class scores, with tensors for parameters, in training mode."""

    def __init__(self, torch: ModuleType, graph: Graph, parameters: Params) -> None:
        self.torch, self.graph = torch, graph
        self.tensors = {name: torch.tensor(value) for name, value in parameters.items()}
        for name in self.trained:
            self.tensors[name].requires_grad_()

    @property
    def trained(self) -> list[str]:
        return [name for name in self.tensors if name not in self.graph.tracked()]

    def __call__(self, x: Any) -> Any:
        """The class scores ``(N, K)``; running statistics move."""
        outputs: dict[str, Any] = {self.graph.inputs[0].name: x}
        for node in self.graph.nodes:
            if node.inputs and node.layer.kind != "softmax":
                own = {key: self.tensors[f"{node.name}.{key}"] for key in node.layer.parameter_shapes()}
                sources = [outputs[name] for name in node.inputs]
                outputs[node.name] = KINDS[node.layer.kind](self.torch, node.layer, own, sources)
        return outputs[logits_node(self.graph)]
