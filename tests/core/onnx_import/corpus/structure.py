"""Functions, branches, and weights that are computed."""

from typing import Any

import numpy as np
from onnx import FunctionProto, ModelProto, helper, numpy_helper

from tests.core.onnx_import.corpus.making import behind_a_convolution, domains, opens
from tests.core.onnx_import.files import node, tensor, weights


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
