"""ONNX files made by hand: small networks, and the ways in which a file can be bad."""

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


def tensor(name: str, shape: Any, kind: int = FLOAT) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


def weights(name: str, *shape: int, seed: int = 0) -> Any:
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    fan_in = max(1, int(np.prod(shape[1:])))
    return numpy_helper.from_array(values / np.sqrt(fan_in).astype(np.float32), name)


def numbers(name: str, *values: int) -> Any:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def model(
    nodes: Any,
    initializers: Any = (),
    *,
    inputs: Any = None,
    outputs: Any = None,
    opset: int = 17,
    metadata: Any = None,
) -> Any:
    """A model; by default its input is x (1, 3, 8, 8), and its output whatever the last node makes."""
    last = nodes[-1].output[0]
    graph = helper.make_graph(
        nodes,
        "network",
        inputs or [tensor("x", [1, 3, 8, 8])],
        outputs or [tensor(last, None)],
        list(initializers),
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    helper.set_model_props(made, metadata or {})
    return made


def node(kind: str, inputs: str, output: str, **attributes: Any) -> Any:
    return helper.make_node(kind, inputs.split(), [output], name=f"{output}_node", **attributes)


def classifier(**options: Any) -> Any:
    """Convolution, batch normalization, a residual branch, pooling, a dense layer: 5 classes."""
    norm = [numpy_helper.from_array(np.abs(np.arange(1, 5, dtype=np.float32)), f"norm.{i}") for i in range(4)]
    return model(
        [
            node("Conv", "x conv.weight", "conv", pads=[1, 1, 1, 1]),
            node("BatchNormalization", "conv norm.0 norm.1 norm.2 norm.3", "norm"),
            node("Relu", "norm", "relu"),
            node("Conv", "relu branch.weight branch.bias", "branch"),
            node("Add", "relu branch", "sum"),
            node("MaxPool", "sum", "pool", kernel_shape=[2, 2], strides=[2, 2]),
            node("Flatten", "pool", "flat"),
            node("Gemm", "flat fc.weight fc.bias", "scores", transB=1),
        ],
        [
            weights("conv.weight", 4, 3, 3, 3),
            *norm,
            weights("branch.weight", 4, 4, 1, 1, seed=1),
            weights("branch.bias", 4, seed=2),
            weights("fc.weight", 5, 64, seed=3),
            weights("fc.bias", 5, seed=4),
        ],
        **options,
    )
