"""Blocks of well-known networks, from their operators alone."""

import numpy as np
import pytest
from onnx import numpy_helper

from tests.core.onnx_import.checks import verified
from tests.core.onnx_import.files import model, node, numbers, weights

BLOCKS = {
    "inception": (
        [
            node("Conv", "x a", "b1"),
            node("Conv", "x b", "b2", pads=[1, 1, 1, 1]),
            node("MaxPool", "x", "p", kernel_shape=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1),
            node("Conv", "p a", "b3"),
            node("Concat", "b1 b2 b3", "y", axis=1),
        ],
        [weights("a", 2, 3, 1, 1), weights("b", 3, 3, 3, 3)],
    ),
    "squeeze and excitation": (
        [
            node("GlobalAveragePool", "x", "s"),
            node("Conv", "s a", "e"),
            node("HardSigmoid", "e", "g", alpha=1 / 6),
            node("Mul", "x g", "y"),
        ],
        [weights("a", 3, 3, 1, 1)],
    ),
    "decoder": (
        [
            node("ConvTranspose", "x a", "u", strides=[2, 2]),
            node("Resize", "u  scales", "r", mode="linear", coordinate_transformation_mode="align_corners"),
            node("InstanceNormalization", "r n n", "i"),
            node("LRN", "i", "l", size=3),
            node("Clip", "l low high", "y"),
        ],
        [
            weights("a", 3, 4, 2, 2),
            numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales"),
            weights("n", 4),
            numpy_helper.from_array(np.float32(-1), "low"),
            numpy_helper.from_array(np.float32(1), "high"),
        ],
    ),
    "split": (
        [
            node("Split", "x sizes", "first", axis=1),
            node("Slice", "x start end axes", "cut"),
            node("Pad", "cut pads", "padded", mode="reflect"),
            node("Mul", "first padded", "m"),
            node("ReduceMax", "m", "y", axes=[1], keepdims=1),
        ],
        [
            numbers("sizes", 1, 2),
            numbers("start", 1, 1),
            numbers("end", -1, 8),
            numbers("axes", 2, 3),
            numbers("pads", 0, 0, 1, 0, 0, 0, 1, 1),
        ],
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_are_verified(name):
    nodes, initializers = BLOCKS[name]
    made = model(nodes, initializers)
    for each in made.graph.node:
        if each.op_type == "Split":
            each.output.append("second")
        if each.op_type == "Resize":
            each.input[:] = ["u", "", "scales"]
    verified(made)
