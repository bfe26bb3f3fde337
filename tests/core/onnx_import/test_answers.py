"""What the answer of a file is, told from what its values are made of."""

import numpy as np
import pytest
from onnx import numpy_helper

from cnn_core.errors import BadInput
from cnn_core.graph.answer import ending
from cnn_core.graph.wholes import Wholes, wholes
from cnn_core.input_spec import InputSpec
from cnn_core.onnx_import import import_model
from cnn_core.onnx_import.verify import verification_input
from cnn_core.runtime import run_compiled
from tests.core.onnx_import.files import model, node, numbers, tensor, weights


def scalar(name, value):
    return numpy_helper.from_array(np.array(value, np.float32), name)


def opened(nodes, initializers=(), **options):
    """A file whose nodes begin at x (1, 3, 8, 8); ``w`` has five filters of 3x3, ``one`` of 1x1."""
    known = [weights("w", 5, 3, 3, 3), weights("one", 5, 3, 1, 1), weights("fc", 3, 5), weights("far", 4, 3)]
    return import_model(model(nodes, [*known, *initializers], **options).SerializeToString())


POOLED = [node("Conv", "x w", "c"), node("GlobalAveragePool", "c", "p")]
SCORES = [*POOLED, node("Flatten", "p", "f")]
NHWC = node("Transpose", "p", "n", perm=[0, 2, 3, 1])

SOFTMAX_SEEN_OTHERWISE = {
    "plain": ([*SCORES, node("Softmax", "f", "y", axis=1)], 13),
    "before flatten": ([*POOLED, node("Softmax", "p", "s", axis=1), node("Flatten", "s", "y")], 13),
    "maps of one place": ([*POOLED, node("Softmax", "p", "y", axis=1)], 13),
    "maps of one place, all axes from one on": ([*POOLED, node("Softmax", "p", "y", axis=1)], 9),
    "channels last": (
        [*POOLED, NHWC, node("Softmax", "n", "s", axis=-1), node("Reshape", "s five", "y")],
        13,
    ),
    "channels last, four axes": ([*POOLED, NHWC, node("Softmax", "n", "y", axis=-1)], 13),
    "times one": ([*SCORES, node("Softmax", "f", "s", axis=1), node("Mul", "s unit", "y")], 13),
    "over one": ([*SCORES, node("Softmax", "f", "s", axis=1), node("Div", "s unit", "y")], 13),
    "exponential of logarithms": ([*SCORES, node("LogSoftmax", "f", "l", axis=1), node("Exp", "l", "y")], 13),
    "written out": (
        [*SCORES, node("Exp", "f", "e"), node("ReduceSum", "e axis", "t"), node("Div", "e t", "y")],
        13,
    ),
    "dropped and squeezed": (
        [
            *POOLED,
            node("Softmax", "p", "s", axis=1),
            node("Dropout", "s", "d"),
            node("Squeeze", "d sides", "y"),
        ],
        13,
    ),
}

HELP = [scalar("unit", 1), numbers("five", 1, 5), numbers("axis", 1), numbers("sides", 2, 3)]


@pytest.mark.parametrize("name", SOFTMAX_SEEN_OTHERWISE)
def test_a_softmax_seen_in_any_shape_is_one_distribution(name):
    nodes, opset = SOFTMAX_SEEN_OTHERWISE[name]
    found = opened(nodes, HELP, opset=opset)

    assert found.output.kind == "classes"
    assert wholes(found.graph, found.parameters)[found.graph.output] == Wholes(1, 1.0)
    x = verification_input(InputSpec(3, 8, 8))
    values = list(run_compiled(found.graph, found.parameters, x))[-1].output
    assert values.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([*SCORES, node("Softmax", "f", "s", axis=1), node("Mul", "s hundred", "y")], Wholes(1, 100)),
        (
            [*SCORES, node("Softmax", "f", "s", axis=1), node("Concat", "s s", "y", axis=1)],
            Wholes(2, 1),
        ),
        ([node("Conv", "x w", "c"), node("Softmax", "c", "y", axis=1)], Wholes(36, 1)),
        ([*SCORES, node("Softmax", "f", "s", axis=1), node("Add", "s s", "y")], Wholes(1, 2)),
        ([*SCORES, node("Softmax", "f", "s", axis=1), node("Add", "s hundred", "y")], None),
        ([*SCORES, node("Softmax", "f", "s", axis=1), node("Mul", "s minus", "y")], None),
        ([*SCORES, node("LogSoftmax", "f", "y", axis=1)], None),
        (SCORES, None),
    ],
)
def test_what_shares_add_up_to_is_told(nodes, expected):
    found = opened(nodes, [scalar("hundred", 100), scalar("minus", -1)])

    assert wholes(found.graph, found.parameters).get(found.graph.output) == expected


KINDS = {
    "scores": (SCORES, "classes"),
    "scores of a dense layer": (
        [
            *SCORES[:1],
            node("GlobalAveragePool", "x", "p"),
            node("Flatten", "p", "f"),
            node("Gemm", "f fc", "y"),
        ],
        "classes",
    ),
    "scores behind a rectifier": (
        [node("Conv", "x one", "c"), node("Relu", "c", "r"), node("GlobalAveragePool", "r", "y")],
        "classes",
    ),
    "features behind a rectifier": (
        [node("Conv", "x w", "c"), node("Relu", "c", "r"), node("GlobalAveragePool", "r", "y")],
        "vector",
    ),
    "features of a residual network": (
        [
            node("Conv", "x one", "c"),
            node("Add", "c c", "a"),
            node("Relu", "a", "r"),
            node("GlobalAveragePool", "r", "y"),
        ],
        "vector",
    ),
    "an embedding behind a norm": ([*SCORES, node("BatchNormalization", "f n n n n", "y")], "vector"),
    "an embedding of length one": (
        [
            *SCORES,
            node("Mul", "f f", "q"),
            node("ReduceSum", "q axis", "t"),
            node("Sqrt", "t", "l"),
            node("Div", "f l", "y"),
        ],
        "vector",
    ),
    "a rectified vector": ([*SCORES, node("Relu", "f", "y")], "vector"),
    "a yes or no each": ([*SCORES, node("Sigmoid", "f", "y")], "independent"),
    "a yes or no each, seen otherwise": (
        [*POOLED, node("Sigmoid", "p", "s"), node("Flatten", "s", "y")],
        "independent",
    ),
    "shares without the first class": (
        [*SCORES, node("Softmax", "f", "s", axis=1), node("Slice", "s axis six axis", "y")],
        "independent",
    ),
    "scores without the first class": ([*SCORES, node("Slice", "f axis six axis", "y")], "classes"),
    "a detector's scores": (
        [
            node("Conv", "x mask", "c"),
            node("Transpose", "c", "t", perm=[0, 2, 3, 1]),
            node("Reshape", "t cells", "r"),
            node("Sigmoid", "r", "y"),
        ],
        "vector",
    ),
    "a flattened map": ([node("Conv", "x w", "c"), node("Flatten", "c", "y")], "vector"),
    "maps": ([node("Conv", "x w", "y")], "maps"),
    "one number": ([*SCORES, node("ReduceMean", "f", "y", axes=[1])], "vector"),
}


@pytest.mark.parametrize("name", KINDS)
def test_an_answer_is_told_by_what_it_is_made_of(name):
    nodes, expected = KINDS[name]
    more = [numbers("axis", 1), numbers("six", 6), numbers("cells", 1, 36, 1), weights("mask", 1, 3, 3, 3)]
    norm = numpy_helper.from_array(np.ones(5, np.float32), "n")

    assert opened(nodes, [*more, norm], opset=17).output.kind == expected


def two_outputs():
    return model(
        SCORES,
        [weights("w", 5, 3, 3, 3)],
        outputs=[tensor("c", None), tensor("f", None)],
    ).SerializeToString()


def test_of_several_outputs_the_one_with_classes_is_the_answer_and_any_can_be():
    found = import_model(two_outputs())

    assert [(each.name, each.kind, each.shape) for each in found.outputs] == [
        ("c", "maps", (5, 6, 6)),
        ("f", "classes", (5,)),
    ]
    assert found.graph.output == found.output.node == "f_node"
    assert import_model(two_outputs(), output="c").graph.output == "c_node"
    with pytest.raises(BadInput, match=r"the file has 'c', 'f', got 'z'"):
        import_model(two_outputs(), output="z")


def test_the_scores_behind_an_ending_are_found_through_views():
    nodes, opset = SOFTMAX_SEEN_OTHERWISE["channels last"]
    found = opened(nodes, HELP, opset=opset)
    end = ending(found.graph)

    assert end.function == "softmax"
    assert end.scores == found.graph["s_node"].inputs[0]
    assert ending(opened(SCORES).graph).function == ""
    assert ending(opened([*SCORES, node("Sigmoid", "f", "y")]).graph).function == "sigmoid"
