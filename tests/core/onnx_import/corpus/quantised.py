"""Quantised networks."""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.core.onnx_import.corpus.making import behind_a_convolution, floats, opens
from tests.core.onnx_import.files import node


def bytes_of(name: str, *shape: int, seed: int = 0) -> TensorProto:
    return numpy_helper.from_array(np.random.default_rng(seed).integers(-99, 99, shape, np.int8), name)


@opens
def a_quantised_network_by_pairs() -> ModelProto:
    nodes = [
        node("QuantizeLinear", "c s z", "q"),
        node("DequantizeLinear", "q s z", "d"),
        node("DequantizeLinear", "bytes t n", "v"),
        node("Conv", "d v", "e"),
        node("Relu", "e", "y"),
    ]
    constants = [floats("s", 0.03), floats("t", [0.01, 0.02]), bytes_of("bytes", 2, 4, 3, 3)]
    constants += [numpy_helper.from_array(np.array(7, np.uint8), "z")]
    constants += [numpy_helper.from_array(np.zeros(2, np.int8), "n")]
    made = behind_a_convolution(nodes, constants)
    made.graph.node[3].attribute.append(helper.make_attribute("axis", 0))
    return made


@opens
def a_quantised_network_by_operators() -> ModelProto:
    nodes = [
        node("QuantizeLinear", "c s z", "q"),
        node("QLinearConv", "q s z bytes t n u z bias", "r"),
        node("MaxPool", "r", "m", kernel_shape=[2, 2]),
        node("DequantizeLinear", "m u z", "y"),
    ]
    constants = [
        floats("s", 0.03),
        floats("t", [0.01, 0.02]),
        floats("u", 0.05),
        bytes_of("bytes", 2, 4, 3, 3),
    ]
    constants += [numpy_helper.from_array(np.array(120, np.uint8), "z")]
    constants += [numpy_helper.from_array(np.zeros(2, np.int8), "n")]
    constants += [numpy_helper.from_array(np.array([300, -200], np.int32), "bias")]
    return behind_a_convolution(nodes, constants)
