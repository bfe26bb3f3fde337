"""A layer's field is true: change an input value and exactly the outputs that say they see it change."""

import numpy as np
import pytest

from cnn_core.layers import LAYERS, AvgPool2d, Concat, Conv2d, Flatten, GlobalAvgPool2d, MaxPool2d, Softmax
from cnn_core.layers.base import FieldStep
from tests.core.layers.cases import GENEROUS, build, every_example, push


def reads(layer, step, shapes, source, output_shape, axis):
    """Which indices of an input each output index reads along one spatial axis, as a table of booleans."""
    outputs, length = output_shape[axis + 2], shapes[source][axis + 2]
    table = np.zeros((outputs, length), bool)
    before = step.padding[axis]
    if isinstance(layer, Concat) and layer.axis % 4 == axis + 2:
        before += sum(shape[axis + 2] for shape in shapes[:source])
    broadcast = length == 1 and outputs > 1 and len(shapes) > 1 and not isinstance(layer, Concat)
    for i in range(outputs):
        for k in range(step.size[axis]):
            place = 0 if broadcast else i * step.stride[axis] - before + k * step.dilation[axis]
            if 0 <= place < length:
                table[i, place] = True
    return table


def changed(case, source, place):
    """Places of the output where any channel changes with the input values at one place."""
    inputs = [x.copy() for x in case.inputs]
    # another one in every channel, so that softmax notices
    push(case.layer.kind, inputs[source][0, :, *place], np.linspace(20, 30, inputs[source].shape[1]))
    before, after = case.forward().output, case.forward(inputs=tuple(inputs)).output
    return (before != after)[0].any(axis=0)


def copied(origin, shape, place):
    """Places of the output that are copies of any channel at one place of the input."""
    numbers = np.arange(np.prod(shape[1:])).reshape(shape[1:])[:, *place]
    return np.isin(origin, numbers).any(axis=0)


@every_example
def test_outputs_change_exactly_where_they_look(example):
    case = build(example)
    shapes = tuple(x.shape for x in case.inputs)
    step = case.layer.field(*shapes)
    output_shape = case.layer.infer_shape(*example.inputs)
    for source, shape in enumerate(shapes):
        origin, read = case.layer.origin(shape), case.layer.reads(shape)
        for place in np.ndindex(*shape[2:]):
            if origin is not None:
                assert np.array_equal(changed(case, source, place), copied(origin, shape, place))
            elif read is not None:
                seen = np.logical_and.outer(read[0][:, place[0]], read[1][:, place[1]])
                assert np.array_equal(changed(case, source, place), seen), (source, place)
            elif case.layer.kind in GENEROUS:
                assert changed(case, source, place).shape == output_shape[2:]
            elif step is None and not isinstance(case.layer, Flatten):
                assert changed(case, source, place).all()
            elif len(output_shape) == 4:
                rows, columns = (reads(case.layer, step, shapes, source, output_shape, a) for a in (0, 1))
                seen = np.logical_and.outer(rows[:, place[0]], columns[:, place[1]])
                assert np.array_equal(changed(case, source, place), seen), (source, place)


@pytest.mark.parametrize(
    ("layer", "shape", "step"),
    [
        (Conv2d(1, 1, (3, 2), (2, 1), (1, 0, 2, 2), (1, 3)), (1, 1, 9, 9), ((3, 2), (2, 1), (1, 0), (1, 3))),
        (MaxPool2d((2, 3), padding=(0, 1, 1, 2)), (1, 1, 9, 9), ((2, 3), (2, 3), (0, 1), (1, 1))),
        (AvgPool2d((2, 3), (1, 1), (1, 2, 0, 0)), (1, 1, 9, 9), ((2, 3), (1, 1), (1, 2), (1, 1))),
        (Softmax(axis=2), (1, 1, 4, 5), ((4, 1), (0, 1), (0, 0), (1, 1))),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_fields_by_hand(layer, shape, step):
    assert layer.field(shape) == FieldStep(*step)


def test_layers_that_see_everything_say_none():
    assert GlobalAvgPool2d().field((1, 2, 3, 3)) is None
    assert LAYERS["dense"](4, 2).field((1, 4)) is None
    assert Softmax().field((1, 4)) is None
