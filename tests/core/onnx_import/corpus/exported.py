"""What PyTorch's exporter makes of networks that people use."""

import numpy as np
from onnx import ModelProto, helper

from tests.core.onnx_import.corpus.making import behind_a_convolution, floats, opens
from tests.core.onnx_import.files import model, node, numbers, weights


@opens
def a_dropout_of_nothing_as_in_training() -> ModelProto:
    true = helper.make_tensor("training", 9, [], [True])
    return behind_a_convolution([node("Dropout", "c none training", "y")], [floats("none", 0.0), true])


@opens
def tokens_normalized_as_a_batch() -> ModelProto:
    nodes = [
        node("Reshape", "c apart", "m"),
        node("Transpose", "m", "t", perm=[0, 2, 1]),
        node("Reshape", "t together", "r"),
        node("BatchNormalization", "r scale shift mean variance", "n"),
        node("Reshape", "n again", "a"),
        node("ReduceMean", "a", "y", axes=[1], keepdims=0),
    ]
    norm = [floats(name, np.arange(1, 5)) for name in ("scale", "shift", "mean", "variance")]
    views = [numbers("apart", 1, 4, 36), numbers("together", 36, 4), numbers("again", 1, 36, 4)]
    return behind_a_convolution(nodes, [*norm, *views])


@opens
def a_window_over_two_of_three_sides() -> ModelProto:
    nodes = [
        node("Unsqueeze", "c one", "u"),
        node("Conv", "u last bias", "l", pads=[1, 1, 0, 1, 1, 0]),
        node("Conv", "l first", "f", pads=[0, 1, 1, 0, 1, 1], group=3),
        node("MaxPool", "f", "y", kernel_shape=[2, 1, 2]),
    ]
    constants = [
        numbers("one", 1),
        weights("last", 6, 1, 3, 3, 1),
        weights("bias", 6, seed=1),
        weights("first", 6, 2, 1, 3, 3, seed=2),
    ]
    return behind_a_convolution(nodes, constants)


@opens
def weights_standardised_layer_by_layer() -> ModelProto:
    """As in BiT and NF-ResNet: every weight is normalized in the file, by constants."""
    nodes, constants, last = [], [], "x"
    for number, shape in enumerate(((4, 3, 3, 3), (4, 4, 3, 3))):
        names = [f"{name}{number}" for name in ("w", "m", "d", "s", "v", "r", "n", "c")]
        w, mean, apart, square, variance, root, normal, made = names
        nodes += [
            node("ReduceMean", w, mean, axes=[1, 2, 3]),
            node("Sub", f"{w} {mean}", apart),
            node("Mul", f"{apart} {apart}", square),
            node("ReduceMean", square, variance, axes=[1, 2, 3]),
            node("Sqrt", variance, root),
            node("Div", f"{apart} {root}", normal),
            node("Conv", f"{last} {normal}", made),
        ]
        constants.append(weights(w, *shape, seed=number))
        last = made
    return model(nodes, constants)


@opens
def values_written_to_places() -> ModelProto:
    nodes = [
        node("Relu", "c", "r"),
        node("GatherND", "r where", "g"),
        node("ScatterND", "c where g", "s"),
        node("GatherElements", "s rows", "e", axis=3),
        node("ScatterElements", "e two fixed", "v", axis=3),
        node("CumSum", "v axis", "y"),
    ]
    where = np.array([[[0, 1, 2, 3], [0, 0, 5, 5]]])
    rows, two = (np.broadcast_to(picked, (1, 4, 6, len(picked))) for picked in ([5, 0, 3], [2, 0]))
    constants = [
        helper.make_tensor("where", 7, where.shape, where.ravel()),
        helper.make_tensor("rows", 7, rows.shape, rows.ravel()),
        helper.make_tensor("two", 7, two.shape, two.ravel()),
        helper.make_tensor("axis", 7, [], [2]),
        weights("fixed", 1, 4, 6, 2),
    ]
    return behind_a_convolution(nodes, constants)


@opens
def a_crop_that_leaves_the_map() -> ModelProto:
    resized = node(
        "Resize",
        "c part  size",
        "y",
        mode="linear",
        coordinate_transformation_mode="tf_crop_and_resize",
        extrapolation_value=2.5,
    )
    resized.input[:] = ["c", "part", "", "size"]
    part = floats("part", [0, 0, -0.4, 0.2, 1, 1, 0.7, 1.3])
    return behind_a_convolution([resized], [part, numbers("size", 1, 4, 5, 7)])


@opens
def windows_of_one_picture_convolved() -> ModelProto:
    """Parts stacked along the axis of images, each convolved by itself, and put together again."""
    nodes = [
        node("Reshape", "c apart", "a"),
        node("Transpose", "a", "t", perm=[0, 2, 4, 1, 3, 5]),
        node("Reshape", "t stacked", "s"),
        node("Conv", "s v bias", "p", pads=[1, 1, 1, 1], group=2),
        node("AveragePool", "p", "q", kernel_shape=[3, 3]),
        node("Reshape", "q back", "b"),
        node("Transpose", "b", "u", perm=[0, 3, 1, 4, 2, 5]),
        node("Reshape", "u whole", "y"),
    ]
    constants = [
        numbers("apart", 1, 4, 2, 3, 2, 3),
        numbers("stacked", 4, 4, 3, 3),
        weights("v", 6, 2, 3, 3),
        weights("bias", 6, seed=1),
        numbers("back", 1, 2, 2, 6, 1, 1),
        numbers("whole", 1, 6, 2, 2),
    ]
    return behind_a_convolution(nodes, constants)


@opens
def places_convolved_beforehand() -> ModelProto:
    nodes = [node("Conv", "places v", "p", pads=[1, 1, 1, 1]), node("Add", "c p", "y")]
    return behind_a_convolution(nodes, [weights("places", 1, 2, 6, 6), weights("v", 4, 2, 3, 3, seed=1)])


@opens
def weights_normalized_as_a_batch_of_one() -> ModelProto:
    """As timm's networks without norms are exported: their weights standardised as in training."""
    normal = helper.make_node(
        "BatchNormalization",
        ["v", "one", "none", "none", "one"],
        ["n", "m", "d"],
        training_mode=1,
        epsilon=1e-6,
    )
    nodes = [normal, node("Reshape", "n form", "r"), node("Conv", "c r", "y")]
    norm = [floats("one", np.full(5, 1.5)), floats("none", np.zeros(5))]
    return behind_a_convolution(nodes, [weights("v", 1, 5, 36), numbers("form", 5, 4, 3, 3), *norm])
