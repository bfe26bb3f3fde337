"""Pictures as inputs of another form."""

from typing import Any

from onnx import ModelProto, TensorProto

from tests.core.onnx_import.corpus.making import floats, opens
from tests.core.onnx_import.files import model, node, numbers, tensor, weights


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
