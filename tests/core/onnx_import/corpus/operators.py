"""Operators, alone and as blocks are made of them."""

from onnx import ModelProto, TensorProto, helper

from tests.core.onnx_import.corpus.making import behind_a_convolution, domains, floats, opens
from tests.core.onnx_import.files import node, numbers, weights


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
