"""Axes taken apart, moved and joined."""

import numpy as np
from onnx import ModelProto, helper, numpy_helper

from tests.core.onnx_import.corpus.making import behind_a_convolution, floats, opens
from tests.core.onnx_import.files import node, numbers, weights


@opens
def an_axis_of_images_dropped_and_brought_back() -> ModelProto:
    nodes = [
        node("Squeeze", "c first", "s"),
        node("Transpose", "s", "t", perm=[1, 2, 0]),
        node("Relu", "t", "r"),
        node("Transpose", "r", "b", perm=[2, 0, 1]),
        node("Unsqueeze", "b first", "u"),
        node("Conv", "u v", "d"),
        node("Reshape", "d four", "y"),
    ]
    constants = [numbers("first", 0), weights("v", 4, 4, 3, 3), numbers("four", 4, 16)]
    return behind_a_convolution(nodes, constants)


@opens
def maps_stacked_along_the_axis_of_images() -> ModelProto:
    nodes = [
        node("Relu", "c", "r"),
        node("Unsqueeze", "c first", "a"),
        node("Unsqueeze", "r first", "b"),
        node("Concat", "a b", "s", axis=0),
        node("ReduceSum", "s first", "t", keepdims=0),
        node("Conv", "t v", "y"),
    ]
    return behind_a_convolution(nodes, [numbers("first", 0), weights("v", 4, 4, 3, 3)])


@opens
def split_attention() -> ModelProto:
    nodes = [
        node("Reshape", "c apart", "r"),
        node("ReduceSum", "r one", "s", keepdims=0),
        node("GlobalAveragePool", "s", "p"),
        node("Conv", "p v", "a"),
        node("Reshape", "a radix", "b"),
        node("Softmax", "b", "d", axis=1),
        node("Reshape", "d five", "e"),
        node("Mul", "r e", "m"),
        node("ReduceSum", "m one", "y", keepdims=0),
    ]
    shapes = {"apart": (0, 2, 2, 6, 6), "one": (1,), "radix": (0, 2, 2), "five": (0, 2, 2, 1, 1)}
    constants = [numbers(name, *values) for name, values in shapes.items()]
    return behind_a_convolution(nodes, [*constants, weights("v", 4, 2, 1, 1)])


@opens
def attention() -> ModelProto:
    """As timm and torchvision write it: queries, keys and values in front of the axis of the images."""
    nodes = [
        node("Reshape", "c list", "l"),
        node("Transpose", "l", "t", perm=[0, 2, 1]),
        node("MatMul", "t in", "i"),
        node("Reshape", "i three", "r"),
        node("Transpose", "r", "s", perm=[2, 0, 3, 1, 4]),
        helper.make_node("Split", ["s"], ["q5", "k5", "v5"], axis=0, num_outputs=3, name="split"),
        node("Squeeze", "q5 first", "q"),
        node("Squeeze", "k5 first", "k"),
        node("Squeeze", "v5 first", "v"),
        node("Transpose", "k", "kt", perm=[0, 1, 3, 2]),
        node("MatMul", "q kt", "qk"),
        node("Mul", "qk scale", "scaled"),
        node("Softmax", "scaled", "a", axis=-1),
        node("MatMul", "a v", "av"),
        node("Transpose", "av", "avt", perm=[0, 2, 1, 3]),
        node("Reshape", "avt together", "o"),
        node("MatMul", "o out", "p"),
        node("Add", "t p", "e"),
        node("Concat", "token e", "d", axis=1),
        node("Gather", "d zero", "y", axis=1),
    ]
    shapes = {"list": (0, 4, 36), "three": (0, 36, 3, 2, 2), "together": (0, 36, 4), "first": (0,)}
    constants = [numbers(name, *values) for name, values in shapes.items()]
    constants += [weights("in", 4, 12), weights("out", 4, 4, seed=1), weights("token", 1, 1, 4, seed=2)]
    constants += [floats("scale", 0.5**0.5), numpy_helper.from_array(np.array(0, np.int64), "zero")]
    return behind_a_convolution(nodes, constants, opset=18)


@opens
def attention_by_letters() -> ModelProto:
    nodes = [
        node("Reshape", "c heads", "h"),
        node("Einsum", "h h", "qk", equation="bhdn,bhdm->bhnm"),
        node("Softmax", "qk", "a", axis=-1),
        node("Einsum", "a h", "o", equation="bhnm,bhdm->bhdn"),
        node("Einsum", "o mix", "m", equation="bhdn,de->bhne"),
        node("Reshape", "m maps", "y"),
    ]
    shapes = {"heads": (0, 2, 2, 36), "maps": (0, 4, 6, 6)}
    return behind_a_convolution(
        nodes, [*(numbers(name, *values) for name, values in shapes.items()), weights("mix", 2, 2)]
    )


@opens
def neighbouring_channels_as_a_third_side() -> ModelProto:
    """Local response normalization as PyTorch's first exporter writes it."""
    nodes = [
        node("Mul", "c c", "squares"),
        node("Unsqueeze", "squares one", "sides"),
        node("Pad", "sides pads", "padded"),
        node("AveragePool", "padded", "means", kernel_shape=[3, 1, 1], strides=[1, 1, 1]),
        node("Squeeze", "means one", "flat"),
        node("Mul", "flat alpha", "scaled"),
        node("Add", "scaled k", "more"),
        node("Pow", "more beta", "root"),
        node("Div", "c root", "y"),
    ]
    constants = [numbers("one", 1), numbers("pads", 0, 0, 1, 0, 0, 0, 0, 1, 0, 0)]
    constants += [floats("alpha", 0.5), floats("k", 2.0), floats("beta", 0.75)]
    return behind_a_convolution(nodes, constants)
