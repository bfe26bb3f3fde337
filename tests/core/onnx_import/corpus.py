"""Small networks in the ways in which exporters write them: one of each kind, all made here."""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import FunctionProto, ModelProto, TensorProto, helper, numpy_helper

from tests.core.onnx_import.files import model, node, numbers, tensor, weights

OPENS: dict[str, Callable[[], ModelProto]] = {}
"""Networks that open and are verified in every layer."""


def opens(made: Callable[[], ModelProto]) -> Callable[[], ModelProto]:
    OPENS[made.__name__] = made
    return made


def floats(name: str, values: Any) -> TensorProto:
    return numpy_helper.from_array(np.asarray(values, np.float32), name)


def behind_a_convolution(nodes: Any, initializers: Any = (), **options: Any) -> ModelProto:
    """Operators that read c (1, 4, 6, 6), a convolution of the picture."""
    first = node("Conv", "x w", "c")
    return model([first, *nodes], [weights("w", 4, 3, 3, 3), *initializers], **options)


def domains(made: ModelProto, *names: str) -> ModelProto:
    made.opset_import.extend(helper.make_opsetid(name, 1) for name in names)
    return made


@opens
def gelu_of_an_old_exporter() -> ModelProto:
    nodes = [
        node("Div", "c root", "d"),
        node("Erf", "d", "e"),
        node("Add", "e one", "s"),
        node("Mul", "c s", "m"),
        node("Mul", "m half", "y"),
    ]
    return behind_a_convolution(nodes, [floats("root", 2**0.5), floats("one", 1.0), floats("half", 0.5)])


@opens
def bends() -> ModelProto:
    nodes = [
        node("Gelu", "c", "a"),
        node("Gelu", "a", "b", approximate="tanh"),
        node("Mish", "b", "d"),
        node("Selu", "d", "e"),
        node("Celu", "e", "f", alpha=0.5),
        node("Softsign", "f", "g"),
        node("ThresholdedRelu", "g", "h", alpha=0.1),
        node("Shrink", "h", "i", lambd=0.2, bias=0.1),
        node("Swish", "i", "j", alpha=1.3),
        node("Swish", "j", "y"),
    ]
    return behind_a_convolution(nodes, opset=24)


@opens
def a_block_with_channels_last() -> ModelProto:
    nodes = [
        node("Transpose", "c", "t", perm=[0, 2, 3, 1]),
        node("LayerNormalization", "t scale shift", "n", axis=-1),
        node("MatMul", "n up", "u"),
        node("Add", "u bias", "b"),
        node("Gelu", "b", "g"),
        node("MatMul", "g down", "d"),
        node("Mul", "d gamma", "l"),
        node("Transpose", "l", "r", perm=[0, 3, 1, 2]),
        node("Add", "c r", "y"),
    ]
    constants = [
        weights("scale", 4),
        weights("shift", 4, seed=1),
        weights("up", 4, 8, seed=2),
        weights("bias", 8, seed=3),
        weights("down", 8, 4, seed=4),
        weights("gamma", 4, seed=5),
    ]
    return behind_a_convolution(nodes, constants, opset=20)


@opens
def tokens_that_are_a_map() -> ModelProto:
    nodes = [
        node("Reshape", "c list", "l"),
        node("Transpose", "l", "t", perm=[0, 2, 1]),
        node("LayerNormalization", "t scale shift", "n", axis=-1),
        node("MatMul", "n mix", "m"),
        node("Add", "t m", "a"),
        node("ReduceMean", "a one", "y", keepdims=0),
    ]
    constants = [
        numbers("list", 0, 4, -1),
        weights("scale", 4),
        weights("shift", 4, seed=1),
        weights("mix", 4, 4, seed=2),
        numbers("one", 1),
    ]
    return behind_a_convolution(nodes, constants, opset=18)


@opens
def norms() -> ModelProto:
    nodes = [
        node("GroupNormalization", "c scale shift", "g", num_groups=2),
        node("MeanVarianceNormalization", "g", "m", axes=[2, 3]),
        node("LpNormalization", "m", "l", axis=1, p=2),
        node("LpPool", "l", "p", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], p=3),
        node("GlobalLpPool", "p", "y", p=2),
    ]
    return behind_a_convolution(nodes, [weights("scale", 4), weights("shift", 4, seed=1)], opset=21)


@opens
def all_that_is_taken_together() -> ModelProto:
    kinds = ("L1", "L2", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")
    nodes = [node(f"Reduce{kind}", "c sides", kind, keepdims=1) for kind in kinds]
    joined = helper.make_node("Concat", list(kinds), ["y"], axis=1, name="y_node")
    return behind_a_convolution([*nodes, joined], [numbers("sides", 2, 3)], opset=18)


@opens
def an_operator_fused_for_a_runtime() -> ModelProto:
    nodes = [
        node("FusedConv", "c v b", "f", activation="Relu", domain="com.microsoft"),
        node("QuickGelu", "f", "q", domain="com.microsoft"),
        node(
            "FusedConv",
            "f v b q",
            "y",
            activation="LeakyRelu",
            activation_params=[0.2],
            domain="com.microsoft",
        ),
    ]
    return domains(behind_a_convolution(nodes, [weights("v", 4, 4, 1, 1), weights("b", 4)]), "com.microsoft")


@opens
def a_scaler_of_classical_learning() -> ModelProto:
    nodes = [
        node("GlobalAveragePool", "c", "p"),
        node("Flatten", "p", "f"),
        node(
            "Scaler", "f", "s", offset=[0.1, 0.2, 0.3, 0.4], scale=[1.0, 2.0, 3.0, 4.0], domain="ai.onnx.ml"
        ),
        node("Normalizer", "s", "y", norm="L2", domain="ai.onnx.ml"),
    ]
    return domains(behind_a_convolution(nodes), "ai.onnx.ml")


def function(name: str, nodes: Any) -> FunctionProto:
    return helper.make_function("own", name, ["a"], ["z"], nodes, [helper.make_opsetid("", 17)])


@opens
def functions_of_its_own() -> ModelProto:
    made = domains(behind_a_convolution([node("Twice", "c", "y", domain="own")]), "own")
    inner = [node("Bend", "a", "b", domain="own"), node("Bend", "b", "z", domain="own")]
    twice = helper.make_function(
        "own", "Twice", ["a"], ["z"], inner, [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    )
    bend = [helper.make_node("Sigmoid", ["a"], ["s"]), helper.make_node("Mul", ["a", "s"], ["z"])]
    made.functions.extend([twice, function("Bend", bend)])
    return made


@opens
def a_branch_that_is_known() -> ModelProto:
    def branch(kind: str) -> Any:
        return helper.make_graph([node(kind, "c", kind)], kind, [], [tensor(kind, None)])

    nodes = [
        node("Shape", "c", "shape"),
        node("Gather", "shape one", "channels"),
        node("Equal", "channels four", "four_there"),
        node("If", "four_there", "i", then_branch=branch("Relu"), else_branch=branch("Tanh")),
        node("Sigmoid", "i", "y"),
    ]
    one = numpy_helper.from_array(np.array(1, np.int64), "one")
    return behind_a_convolution(nodes, [one, numpy_helper.from_array(np.array(4, np.int64), "four")])


@opens
def weights_made_of_weights() -> ModelProto:
    """Weight standardisation: mean and deviation of every filter taken out."""
    nodes = [
        node("ReduceMean", "v", "mean", axes=[1, 2, 3]),
        node("Sub", "v mean", "rest"),
        node("ReduceL2", "rest", "size", axes=[1, 2, 3]),
        node("Div", "rest size", "own"),
        node("Conv", "c own", "y"),
    ]
    return behind_a_convolution(nodes, [weights("v", 2, 4, 3, 3)], opset=13)


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
def decisions() -> ModelProto:
    nodes = [
        node("Greater", "c least", "g"),
        node("LessOrEqual", "c most", "l"),
        node("And", "g l", "both"),
        node("Where", "both c least", "chosen"),
        node("Cast", "both", "f", to=TensorProto.FLOAT),
        node("Mul", "chosen f", "m"),
        node("Not", "both", "n"),
        node("Where", "n m c", "y"),
    ]
    return behind_a_convolution(nodes, [floats("least", -0.2), floats("most", 0.3)])


@opens
def places_joined_to_maps() -> ModelProto:
    nodes = [node("Concat", "grid c", "j", axis=1), node("Conv", "j v", "y")]
    return behind_a_convolution(nodes, [weights("grid", 1, 2, 6, 6), weights("v", 3, 6, 1, 1)])


@opens
def the_largest_of_all() -> ModelProto:
    return behind_a_convolution([node("ArgMax", "c", "y", axis=1, keepdims=0)])


@opens
def the_largest_in_their_order() -> ModelProto:
    nodes = [
        node("GlobalAveragePool", "c", "p"),
        node("Flatten", "p", "f"),
        helper.make_node("TopK", ["f", "two"], ["values", "places"], name="top"),
        node("Cast", "places", "cast", to=TensorProto.FLOAT),
        node("Add", "values cast", "y"),
    ]
    return behind_a_convolution(nodes, [numbers("two", 2)])


@opens
def cubic() -> ModelProto:
    nodes = [
        node("Resize", "c none scales", "r", mode="cubic", coordinate_transformation_mode="align_corners"),
        node("Resize", "r none none sizes", "y", mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1),
    ]
    constants = [floats("none", []), floats("scales", [1, 1, 2, 1.5]), numbers("sizes", 1, 4, 5, 7)]
    return behind_a_convolution(nodes, constants)


def of_another_form(
    shape: Any, nodes: Any, initializers: Any = (), kind: int = TensorProto.FLOAT
) -> ModelProto:
    return model(nodes, initializers, inputs=[tensor("x", shape, kind)])


@opens
def grey_without_an_axis_of_channels() -> ModelProto:
    nodes = [node("Unsqueeze", "x one", "u"), node("Conv", "u w", "y")]
    return of_another_form(["N", 9, 8], nodes, [weights("w", 2, 1, 3, 3), numbers("one", 1)])


@opens
def one_picture_with_channels_last() -> ModelProto:
    nodes = [
        node("Unsqueeze", "x first", "u"),
        node("Transpose", "u", "t", perm=[0, 3, 1, 2]),
        node("Conv", "t w", "y"),
    ]
    return of_another_form([9, 8, 3], nodes, [weights("w", 2, 3, 3, 3), numbers("first", 0)])


@opens
def four_channels_last() -> ModelProto:
    nodes = [node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t w", "y")]
    return of_another_form([1, 9, 8, 4], nodes, [weights("w", 2, 4, 3, 3)])


@opens
def bytes_of_a_picture() -> ModelProto:
    nodes = [
        node("Cast", "x", "f", to=TensorProto.FLOAT),
        node("Div", "f most", "d"),
        node("Conv", "d w", "y"),
    ]
    return of_another_form(
        [1, 3, 9, 8], nodes, [weights("w", 2, 3, 3, 3), floats("most", 255)], TensorProto.UINT8
    )


@opens
def a_row_of_values() -> ModelProto:
    nodes = [node("Gemm", "x w", "g"), node("Relu", "g", "y")]
    return of_another_form(["N", 64], nodes, [weights("w", 64, 5)])


@opens
def eight_pictures_at_once() -> ModelProto:
    nodes = [node("Conv", "x w", "c"), node("Reshape", "c eight", "y")]
    return of_another_form([8, 3, 9, 8], nodes, [weights("w", 2, 3, 3, 3), numbers("eight", 8, -1)])


@opens
def an_input_that_nothing_reads() -> ModelProto:
    inputs = [tensor("x", [1, 3, 8, 8]), tensor("scale", [1, 2])]
    return model([node("Conv", "x w", "y")], [weights("w", 2, 3, 3, 3)], inputs=inputs)


@opens
def sides_left_open_that_must_be_32() -> ModelProto:
    nodes = [node("Conv", "x w", "c", strides=[4, 4]), node("Flatten", "c", "f"), node("Gemm", "f v", "y")]
    constants = [weights("w", 2, 3, 3, 3), weights("v", 2 * 8 * 8, 4)]
    return of_another_form(["N", 3, "H", "W"], nodes, constants)


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
